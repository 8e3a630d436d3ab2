import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openCore, Published } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import { type RunReport, runConnector } from "@plimsoll/pipeline"
import { codings, components } from "@plimsoll/quality"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { root } from "./workspace.ts"

// About 7,900 comments of the Friends and Family Test, coded by hand (MIT, NHS England). No comment is told here.
const source = join(root, "../shared/data/culture/fft_comments_labelled.csv")
const there = existsSync(source) || process.env["CI"] === "true"

/** One answer, dated by the day on which the collection was published: the whole collection is one figure. */
const answers = defineStream({
  name: "fft-answer",
  domain: "experience",
  version: 1,
  title: "Answers to the Friends and Family Test",
  schema: Schema.Struct({
    id: Schema.String,
    trust: Schema.String,
    collected: PlainDate,
    answer: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 }))
  }),
  key: ["id"],
  microsystem: "trust",
  occurredAt: "collected",
  covers: "day",
  sensitivity: { id: "open", trust: "open", collected: "open", answer: "open" }
})

/** The same, dated by the day of the answer. 05/10/2021 is no such day: it could be in May or in October. */
const datedAnswers = defineStream({
  name: "fft-dated-answer",
  domain: "experience",
  version: 1,
  title: "Answers by day",
  schema: Schema.Struct({ id: Schema.String, trust: Schema.String, day: PlainDate, answer: Schema.Int }),
  key: ["id"],
  microsystem: "trust",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", trust: "open", day: "open", answer: "open" }
})

const share = {
  version: 1,
  period: "month",
  microsystem: sql`trust`,
  where: sql`answer BETWEEN 1 AND 5`,
  numerator: sql`answer <= 2`,
  denominator: sql`1`,
  empty: "missing",
  chart: "p_auto",
  direction: "up",
  kind: "outcome",
  class: "open"
} as const
const positive = measure({
  ...share,
  id: "fft-positive",
  title: "Good or very good",
  from: answers,
  at: "collected"
})
const monthly = measure({
  ...share,
  id: "fft-monthly",
  title: "Good or very good",
  from: datedAnswers,
  at: "day"
})
const undocumented = measure({
  ...share,
  id: "fft-undocumented",
  title: "Answers 6 and 7, which the source does not document",
  from: answers,
  at: "collected",
  where: sql`answer > 5`,
  numerator: sql`1`,
  denominator: undefined as never,
  chart: "xmr",
  direction: "neutral"
})

/** A seeded generator (Park and Miller 1988), for the second coder, who is simulated. */
const seeded = (seed: number) => {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

interface Comment {
  readonly id: string
  readonly trust: string
  readonly day: string
  readonly answer: string
  readonly status: string
  readonly themes: ReadonlyArray<string>
  readonly ambiguous: boolean
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")

/** The columns wanted of a CSV with quoted fields. */
const read = (path: string): ReadonlyArray<Comment> => {
  const records: string[][] = [[]]
  for (const [, quoted, plain, end] of readFileSync(path, "utf8").matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g
  )) {
    records.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "")
    if (end !== ",") records.push([])
  }
  const [header = [], ...rows] = records.filter((row) => row.length > 1)
  return rows.map((row) => {
    const of = (name: string) => row[header.indexOf(name)]!
    return {
      id: of("id"),
      trust: of("trust"),
      // What the source wrote, where nobody can tell which day it was.
      day: of("date") === "" ? of("date_raw") : of("date"),
      answer: of("fft_answer"),
      status: of("label_status"),
      themes: of("themes") === "" ? [] : of("themes").split("|").map(slug),
      ambiguous: of("date_status") === "ambiguous"
    }
  })
}

const themeIds = ["timeliness-of-care", "staff-manner-personal-attributes", "contacting-services"] as const

/** Nominal alpha of two coders, by hand: 1 − observed over expected disagreement (Krippendorff 2011). */
const alphaOf = (pairs: ReadonlyArray<readonly [boolean, boolean]>): number => {
  const n = 2 * pairs.length
  const ones = pairs.reduce((sum, [a, b]) => sum + Number(a) + Number(b), 0)
  const apart = pairs.filter(([a, b]) => a !== b).length
  return 1 - ((n - 1) * apart * 2) / (2 * ones * (n - ones))
}

describe.skipIf(!there)("the Friends and Family Test (../shared/data, skipped where it is not there)", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-fft-"))
  const published = join(folder, "plimsoll.duckdb")
  let comments: ReadonlyArray<Comment> = []
  const reports = new Map<string, RunReport>()
  const seconds = new Map<string, ReadonlyArray<string>>()

  const rows = async (query: string) => {
    const file = await Published.open(published)
    try {
      return (await file.query(query)).rows
    } finally {
      file.close()
    }
  }

  const write = (name: string, lines: ReadonlyArray<string>): string => {
    const path = join(folder, name)
    writeFileSync(path, `${lines.join("\n")}\n`)
    utimesSync(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
    return path
  }

  beforeAll(async () => {
    comments = read(source)
    const coded = comments.filter((one) => one.status !== "not_assigned")
    const coding = (one: Comment, pass: string, coder: string, themes: ReadonlyArray<string>) =>
      JSON.stringify({
        note: one.id,
        pass,
        coder,
        microsystem: one.trust,
        day: one.day,
        themes: [...new Set(themes)],
        cannotBeCoded: one.status === "not_possible"
      })
    // The second coder misses or adds the first theme seldom, the second sometimes, the third as often as not.
    const chance = seeded(20261123)
    const sample = coded.filter((one) => one.status === "labelled" && !one.ambiguous && chance() < 0.1)
    for (const one of sample) {
      const themes = new Set(one.themes)
      for (const [at, theme] of themeIds.entries()) {
        const slips = chance() < [0.01, 0.08, 0.3][at]!
        if (slips && !themes.delete(theme)) themes.add(theme)
      }
      seconds.set(one.id, [...themes])
    }
    const sources = [
      files({
        instance: "answers",
        stream: answers,
        path: write("answers.csv", [
          "id,trust,collected,answer",
          ...comments.map((one) => `${one.id},${one.trust},2023-08-31,${one.answer}`)
        ])
      }),
      files({
        instance: "dated",
        stream: datedAnswers,
        path: write("dated.csv", [
          "id,trust,day,answer",
          ...comments.map((one) => `${one.id},${one.trust},${one.day},${one.answer}`)
        ])
      }),
      files({
        instance: "codings",
        stream: codings,
        path: write("codings.jsonl", [
          ...coded.map((one) => coding(one, "first", "c1", one.themes)),
          ...sample.map((one) => coding(one, "second", "c2", seconds.get(one.id)!))
        ])
      })
    ]
    const log = await openEmbeddedLog(join(folder, "log.sqlite"))
    const core = await openCore({
      log,
      organisation: "test",
      project: "fft",
      zone: "Europe/London",
      directory: join(folder, ".plimsoll"),
      modules: components({
        control: { themes: themeIds.map((id) => ({ id, title: id, class: "open" })) }
      }).filter((one) => ["statistics", "control"].includes(one.name))
    })
    await core.define({
      measures: [positive, monthly, undocumented],
      microsystems: ["NEAS", "NHFT"].map((id) => ({
        id,
        name: id,
        kind: "organisation",
        parent: null,
        since: "2000-01-01"
      }))
    })
    await core.tick("2023-09-01")
    for (const [at, connector] of sources.entries()) {
      const [report] = await runConnector(connector, {
        log,
        organisation: "test",
        project: "fft",
        configPath: `connectors[${at}]`
      })
      reports.set(connector.instance, report!)
    }
    await core.update()
    await core.publish(published)
    await core.close()
    await log.close()
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test("the positive share of each trust, with its interval; answers 6 and 7 are left out and counted", async () => {
    expect(
      await rows(
        `SELECT microsystem, numerator::INTEGER, denominator::INTEGER, round(100 * value, 2),
           round(100 * stats.wilson(numerator, denominator).low, 2), round(100 * stats.wilson(numerator, denominator).high, 2)
         FROM plimsoll.measure_value WHERE measure = 'fft-positive' ORDER BY microsystem`
      )
    ).toEqual([
      ["NEAS", 4373, 5018, 87.15, 86.19, 88.04],
      ["NHFT", 1994, 2445, 81.55, 79.97, 83.04]
    ])
    expect(
      await rows(
        "SELECT sum(numerator)::INTEGER FROM plimsoll.measure_value WHERE measure = 'fft-undocumented'"
      )
    ).toEqual([[439]])
  })

  test("ambiguous dates are in quarantine, and in no monthly chart", async () => {
    expect(reports.get("dated")).toMatchObject({ in: 7902, out: 7902 - 1230, rejected: 1230, unchanged: 0 })
    expect(
      await rows(
        "SELECT code, count(*)::INTEGER, bool_and(contains(reason, 'day')) FROM plimsoll.dead_letter WHERE topic LIKE '%fft-dated-answer%' GROUP BY code"
      )
    ).toEqual([["decode-failed", 1230, true]])
    const charted = comments.filter((one) => !one.ambiguous && Number(one.answer) <= 5)
    const months = new Map<string, number>()
    for (const one of charted) {
      const name = `${one.trust} ${one.day.slice(0, 7)}`
      months.set(name, (months.get(name) ?? 0) + 1)
    }
    const shown = await rows(
      `SELECT microsystem || ' ' || strftime(period, '%Y-%m'), denominator::INTEGER FROM plimsoll.measure_value
       WHERE measure = 'fft-monthly' AND observed ORDER BY ALL`
    )
    // The last row is of the last day of its month, so all months are over.
    expect(shown).toEqual([...months].sort(([a], [b]) => (a < b ? -1 : 1)))
  })

  test("the chart of a theme counts coded notes, those that cannot be coded included and uncoded ones left out", async () => {
    const dated = comments.filter(
      (one) => !one.ambiguous && one.trust === "NHFT" && one.day.startsWith("2021-09")
    )
    const coded = dated.filter((one) => one.status !== "not_assigned")
    expect(coded.length).toBeLessThan(dated.length)
    expect(
      await rows(
        `SELECT v.numerator::INTEGER, v.denominator::INTEGER, s.coded::INTEGER, round(s.cannot_be_coded_share, 6)
         FROM plimsoll.measure_value v JOIN control.theme_share s ON 'theme-' || s.theme = v.measure AND s.microsystem = v.microsystem AND s.period = v.period
         WHERE v.measure = 'theme-timeliness-of-care' AND v.microsystem = 'NHFT' AND v.period = '2021-09-01'`
      )
    ).toEqual([
      [
        coded.filter((one) => one.themes.includes("timeliness-of-care")).length,
        coded.length,
        coded.length,
        Number((coded.filter((one) => one.status === "not_possible").length / coded.length).toFixed(6))
      ]
    ])
  })

  test("themes of which coders disagree are not judged; the second coder is simulated", async () => {
    const first = new Map(comments.map((one) => [one.id, one.themes]))
    const alpha = themeIds.map((theme) =>
      alphaOf(
        [...seconds].map(([id, second]) => [first.get(id)!.includes(theme), second.includes(theme)] as const)
      )
    )
    const found = await rows(
      `SELECT theme, double_coded::INTEGER, round(alpha, 9), low < alpha AND alpha < high, verdict, len(events)::INTEGER FROM control.agreement
       ORDER BY list_position(['${themeIds.join("', '")}'], theme)`
    )
    expect(found).toEqual(
      themeIds.map((theme, at) => [
        theme,
        seconds.size,
        Number(alpha[at]!.toFixed(9)),
        true,
        ["good", "tentative", "no trend"][at],
        2 * seconds.size
      ])
    )
    expect(
      await rows(
        "SELECT DISTINCT measure FROM plimsoll.series WHERE starts_with(caveat, 'coders agree too little')"
      )
    ).toEqual([["theme-contacting-services"]])
    expect(
      await rows(
        "FROM plimsoll.special_cause WHERE measure = 'theme-contacting-services' AND rule <> 'silence'"
      )
    ).toEqual([])
  })
})

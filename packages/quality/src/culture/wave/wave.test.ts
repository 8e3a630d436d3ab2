import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { openVaultKeys, readSealed } from "@plimsoll/log"
import { contractOf } from "@plimsoll/schema"
import { afterEach, describe, expect, test } from "vitest"
import { World } from "../../../test/world.ts"
import { statistics } from "../../statistics/module.ts"
import type { Instrument } from "../instrument/instrument.ts"
import { defineModule } from "@plimsoll/core"
import { instrumentRow, instruments } from "../instrument/events.ts"
import {
  type Answer,
  answers,
  type Invitation,
  invitations,
  releasedFigures,
  releases,
  waves
} from "../waves.ts"
import { type ClosedWave, closeWave, frozenBy } from "./close.ts"
import { type Ask, knownRelease, waveFacts } from "./facts.ts"

const culture = ({ instruments: own }: { instruments: ReadonlyArray<Instrument> }) =>
  defineModule({
    name: "culture",
    version: 1,
    title: "Culture",
    streams: [waves, invitations, releases, releasedFigures, instruments],
    declares: [{ stream: instruments, rows: own.map((one) => instrumentRow(one)) }],
    views: readFileSync(new URL("../waves.sql", import.meta.url), "utf8")
  })
const items = ["A1", "A2", "A3", "A4"]
const safety: Instrument = {
  id: "safety",
  version: "1",
  title: "Safety",
  source: "made for this test",
  licence: "Apache-2.0",
  wording: "by-user",
  items: items.map((id) => ({
    id,
    min: 1,
    max: 5,
    reversed: id === "A4",
    notApplicable: null,
    alone: false,
    labels: {},
    wording: null,
    citation: "seen"
  })),
  scales: [
    { id: "speaking-up", title: "Speaking up", items, scoring: { kind: "percent-positive", threshold: 4 } }
  ]
}
const wave = {
  id: "w1",
  title: "Spring",
  survey: "staff",
  instrument: "safety",
  instrumentVersion: "1",
  opened: "2026-03-01",
  closes: "2026-03-31",
  k: 10
}
const token = () => randomBytes(15).toString("base64url")
const answer = (microsystem: string, values: ReadonlyArray<number | null>, change: object = {}): Answer => ({
  wave: "w1",
  respondent: token(),
  instrumentVersion: "1",
  microsystem,
  role: null,
  mode: null,
  half: null,
  opened: "2026-03-01",
  answers: Object.fromEntries(items.map((id, at) => [id, values[at] ?? null])),
  ...change
})
/** People of a team who answer this and that. */
const team = (id: string, people: number, high: number): ReadonlyArray<Answer> =>
  Array.from({ length: people }, (_, at) => answer(id, at < high ? [5, 4, 4, 2] : [2, 3, 2, 4]))
const asked = (microsystem: string, invited: number): Invitation => ({
  wave: "w1",
  microsystem,
  role: "all",
  mode: "all",
  invited,
  sent: "2026-03-01"
})
const unit = (id: string, parent: string | null) => ({
  id,
  name: id,
  kind: "service" as const,
  parent,
  since: "0001-01-01"
})
/** Teams of which fewer than ten people answer. */
const small = ["c", "d", "e", "f", "g", "h", "i", "j"]
/** People asked. */
const teams = { a: 26, b: 20, ...Object.fromEntries(small.map((id) => [id, 9])) }

let world: World
const open = async () => {
  world = await World.make([statistics(), culture({ instruments: [safety] })])
  await world.define(
    { microsystems: [unit("trust", null), ...Object.keys(teams).map((id) => unit(id, "trust"))] },
    "2026-04-01"
  )
  await world.feed(waves, [wave])
  await world.feed(
    invitations,
    Object.entries(teams).map(([id, people]) => asked(id, people))
  )
}
afterEach(() => world.close())

const close = async (): Promise<ClosedWave> => {
  await world.compute()
  const facts = await waveFacts((sql) => world.rows(sql) as never, "w1")
  expect(facts.state).toBe("to-close")
  return closeWave({
    ...facts,
    day: "2026-04-01",
    answers: () =>
      readSealed(world.log, openVaultKeys(world.vault), contractOf("test", answers), { scope: "w1" })
  })
}
const publish = async ({ release, figures }: ClosedWave) => {
  await world.feed(releases, [release])
  await world.feed(releasedFigures, figures)
  await world.compute()
}
const everyone = () => [...team("a", 24, 14), ...team("b", 18, 9), ...small.flatMap((id) => team(id, 4, 2))]

describe("a wave", () => {
  test("goes from sealed answers to figures of teams and of the small ones together, which make up the whole", async () => {
    await open()
    await world.feed(answers, everyone())
    const closed = await close()
    expect([closed.counted, closed.again, [...closed.aside]]).toEqual([74, 0, []])
    await publish(closed)
    expect(await world.rows("SELECT state, figures::INTEGER AS figures FROM culture.wave")).toEqual([
      { state: "released", figures: closed.figures.length }
    ])
    const response = await world.rows(
      "SELECT cell, n::INTEGER AS n FROM culture.survey_figure WHERE figure = 'response' AND n IS NOT NULL ORDER BY cell"
    )
    expect(response).toEqual([
      { cell: "a", n: 24 },
      { cell: "b", n: 18 },
      { cell: "trust", n: 74 },
      { cell: "trust/rest", n: 32 }
    ])
    const hidden = await world.rows(
      "SELECT cell, reason FROM culture.survey_figure WHERE figure = 'response' AND n IS NULL ORDER BY cell"
    )
    expect(hidden).toEqual(small.map((cell) => ({ cell, reason: "too-few" })))
    const shares = await world.rows(
      "SELECT cell, round(value, 6) AS value, bound FROM culture.survey_figure WHERE figure = 'percent-positive' AND subject = 'A1' AND value IS NOT NULL ORDER BY cell"
    )
    expect(shares).toEqual([
      { cell: "a", value: Math.round((14 / 24) * 1e8) / 1e6, bound: "exact" },
      { cell: "b", value: 50, bound: "exact" },
      { cell: "trust", value: Math.round((39 / 74) * 1e8) / 1e6, bound: "exact" },
      { cell: "trust/rest", value: 50, bound: "exact" }
    ])
  })

  test("what does not fit is set aside with its reason, and counted nowhere else", async () => {
    await open()
    await world.feed(invitations, [asked("nobody-knows", 12)])
    await expect(close()).rejects.toMatchObject({ code: "wave-unit-unknown" })
    await world.remove(invitations, [{ wave: "w1", microsystem: "nobody-knows", role: "all", mode: "all" }])
    const [twice, gone] = [token(), token()]
    await world.feed(answers, [
      ...everyone(),
      answer("a", [5, 4, 4, 9]),
      answer("a", [5, 4, 4, 2], { answers: { A1: 5, Z9: 3 } }),
      answer("a", [5, 4, 4, 2], { instrumentVersion: "2" }),
      answer("nowhere", [5, 4, 4, 2]),
      answer("a", [1, 1, 1, 1], { respondent: twice })
    ])
    await world.feed(answers, [
      answer("a", [1, 1, 1, 1], { respondent: twice }),
      answer("a", [5, 5, 5, 5], { respondent: twice }),
      answer("b", [5, 5, 5, 5], { respondent: gone })
    ])
    const closed = await close()
    expect(closed.counted).toBe(76)
    expect(closed.again).toBe(1)
    expect(Object.fromEntries(closed.aside)).toEqual({
      "out-of-scale": 1,
      "unknown-item": 1,
      "other-version": 1,
      "unknown-unit": 1,
      twice: 1
    })
  })

  test("a team that is called otherwise meanwhile keeps its people, and one with another id is another team", async () => {
    await open()
    await world.feed(answers, everyone())
    const others = Object.keys(teams).filter((id) => id !== "a" && id !== "b")
    await world.define({
      microsystems: [
        unit("trust", null),
        ...others.map((id) => unit(id, "trust")),
        { ...unit("a", "trust"), name: "Another name" },
        unit("b-now", "trust")
      ]
    })
    await world.feed(answers, team("b-now", 11, 5))
    const closed = await close()
    expect([closed.counted, [...closed.aside]]).toEqual([85, []])
    const people = closed.figures.filter(({ figure, n }) => figure === "response" && n !== null)
    expect(Object.fromEntries(people.map(({ cell, n }) => [cell, n]))).toEqual({
      a: 24,
      b: 18,
      "b-now": 11,
      trust: 85,
      "trust/rest": 32
    })
  })

  test("closed again from the same log it is the same to the last digit, and an answer after the close changes nothing", async () => {
    await open()
    await world.feed(answers, everyone())
    const closed = await close()
    await publish(closed)
    await world.feed(answers, team("c", 9, 9))
    await world.define({ microsystems: [unit("trust", null), unit("a", "trust")] })
    await world.feed(waves, [{ ...wave, id: "w2", instrument: "none" }])
    await world.compute()
    const ask: Ask = (sql) => world.rows(sql) as never
    await expect(waveFacts(ask, "w2")).rejects.toMatchObject({ code: "instrument-unknown" })
    await expect(waveFacts(ask, "w3")).rejects.toMatchObject({ code: "wave-unknown" })
    const facts = await waveFacts(ask, "w1")
    const release = await knownRelease((sql) => world.rows(sql) as never, "w1")
    expect(release).toEqual(closed.release)
    const { until, ...frozen } = frozenBy(release!)
    const again = await closeWave({
      ...facts,
      ...frozen,
      day: "2026-04-01",
      answers: () =>
        readSealed(world.log, openVaultKeys(world.vault), contractOf("test", answers), { scope: "w1", until })
    })
    expect(again.release).toEqual(closed.release)
  })

  test("erased, its answers are gone and its figures stay; no word of it is in any file before or after", async () => {
    await open()
    const canary = `canary-${token()}`
    await world.feed(answers, [...everyone(), answer("a", [5, 5, 5, 1], { respondent: canary })])
    await publish(await close())
    const figures = await world.rows("SELECT * FROM culture.survey_figure ORDER BY ALL")
    const found = () =>
      readdirSync(world.folder, { recursive: true, encoding: "utf8" })
        .map((name) => join(world.folder, name))
        .filter((path) => statSync(path).isFile() && readFileSync(path, "latin1").includes(canary))
    expect(found()).toEqual([])
    openVaultKeys(world.vault).erase("culture.answer.v1", "w1")
    expect(found()).toEqual([])
    for await (const { rows } of readSealed(
      world.log,
      openVaultKeys(world.vault),
      contractOf("test", answers)
    )) {
      expect(rows).toBeUndefined()
    }
    await world.core.update({ everything: true })
    await world.core.publish(world.published)
    expect(await world.rows("SELECT * FROM culture.survey_figure ORDER BY ALL")).toEqual(figures)
    await expect(world.feed(answers, team("a", 1, 1))).rejects.toMatchObject({ code: "sealed-erased" })
  })
})

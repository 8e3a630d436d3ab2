import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { stories } from "../codesign/events.ts"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { feedCodings, ward } from "../../test/control-world.ts"
import { checkOf, feedChecks, feedScans, freeTextWorld, texts } from "../../test/free-text-world.ts"
import type { World } from "../../test/world.ts"
import type { Coding } from "../control/events.ts"
import { repeatedTexts, type SealedText, suggestByTerms, themeSuggestions } from "./index.ts"

const terms = [{ theme: "waiting", term: "wait*" }]
const named = "Nurse Canaryname let us wait four hours."
const plain = "The tea was cold, and so was the soup."

const coding = (one: SealedText, pass: "first" | "second", themes: ReadonlyArray<string>): Coding => ({
  note: one.id,
  pass,
  coder: pass === "first" ? "c1" : "c2",
  microsystem: one.microsystem,
  day: one.day,
  themes,
  cannotBeCoded: false
})

const suggestion = (one: SealedText) => {
  const found = suggestByTerms(one.text, terms)
  return {
    text: one.id,
    method: "terms" as const,
    seal: one.seal,
    microsystem: one.microsystem,
    day: one.day,
    basis: "terms:0",
    themes: found.map(({ theme }) => theme),
    starts: found.map(({ start }) => start),
    ends: found.map(({ end }) => end)
  }
}

describe("how far free text has been worked with", () => {
  let world: World
  const oak = [...texts("oak", "2022-01-10", 20, named), ...texts("oak", "2022-01-11", 20, plain)]
  const elm = texts("elm", "2022-01-12", 12, named)
  const later = texts("oak", "2022-03-05", 12, named)
  const nowhere = texts("nowhere", "2022-01-10", 12, plain)
  beforeAll(async () => {
    world = await freeTextWorld({ terms: { waiting: ["wait*"], nothing: ["no such theme"] } })
    await world.define({ microsystems: ["oak", "elm"].map(ward) }, "2022-03-10")
    await feedScans(world, [...oak, ...elm, ...later, ...nowhere])
    await world.feed(stories, [
      { id: oak[0]!.id, microsystem: "oak", day: oak[0]!.day, text: named },
      { id: "s2", microsystem: "oak", day: "2022-01-10", text: "canary-story" }
    ])
    await feedChecks(world, [
      ...oak.slice(0, 15).map((one) => [one, checkOf(one, "accepted", "2022-02-03")] as const),
      ...oak.slice(15, 20).map((one) => [one, checkOf(one, "rejected", "2022-02-03")] as const),
      ...oak.slice(20, 30).map((one) => [one, checkOf(one, "accepted", "2022-02-03")] as const),
      // Of this month: its checks are told when it is over.
      ...oak.slice(30, 40).map((one) => [one, checkOf(one, "accepted", "2022-03-04")] as const),
      ...elm.slice(0, 9).map((one) => [one, checkOf(one, "accepted", "2022-02-03")] as const)
    ])
    await world.feed(themeSuggestions, oak.map(suggestion))
    await feedCodings(world, [
      ...oak.slice(0, 25).map((one, at) => coding(one, "first", at < 15 ? ["waiting"] : [])),
      ...oak.slice(0, 10).map((one) => coding(one, "second", ["waiting"]))
    ])
    await world.feed(
      repeatedTexts,
      oak.slice(35, 40).map((one) => ({
        text: one.id,
        other: oak[20]!.id,
        microsystem: "oak",
        verdict: "same",
        coder: "c1",
        decided: "2022-02-04"
      }))
    )
    await world.compute()
  })
  afterAll(() => world.close())

  const progress = (where: string) =>
    world.rows<{ readonly [column: string]: unknown }>(
      `SELECT * EXCLUDE (events), len(events) AS events FROM free_text.progress WHERE ${where} ORDER BY month`
    )

  test("texts of a month that is over are counted by what was done with them", async () => {
    expect(await progress("microsystem = 'oak'")).toEqual([
      {
        microsystem: "oak",
        month: "2022-01-01",
        texts: "40",
        flagged: "20",
        redacted: "15",
        clean: "15",
        unchecked: "10",
        suggested: "20",
        not_looked: "0",
        coded: "25",
        coded_twice: "10",
        repeated: "5",
        uncoded: "10",
        flagged_share: 0.5,
        checked_share: 0.75,
        redacted_share: 0.375,
        suggested_share: 0.5,
        coded_share: 25 / 35,
        coded_twice_share: 0.4,
        hidden: false,
        // 40 scans, 30 checks, 40 suggestions, 35 codings, 5 repeats.
        events: "150"
      }
    ])
  })

  test("what is 1 to 4, or leaves so many beside it, is told with none of its parts", async () => {
    const [row] = await progress("microsystem = 'elm'")
    // Nine of twelve are checked: three are not, and all twelve are flagged.
    expect(row).toMatchObject({
      texts: "12",
      flagged: "12",
      redacted: null,
      clean: null,
      unchecked: null,
      checked_share: null,
      redacted_share: null,
      uncoded: "12",
      hidden: true,
      events: "12"
    })
  })

  test("a suggestion is held against both coders", async () => {
    expect(
      await world.rows(
        `SELECT theme, method, pass, texts, suggested, coded, both_said, precision, round(precision_low, 4) AS low, recall, hidden, len(events) AS events
         FROM free_text.suggestion WHERE theme = 'waiting' ORDER BY pass`
      )
    ).toEqual([
      {
        theme: "waiting",
        method: "terms",
        pass: "first",
        texts: "25",
        suggested: "20",
        coded: "15",
        both_said: "15",
        precision: 0.75,
        low: 0.5313,
        recall: 1,
        hidden: false,
        events: "50"
      },
      {
        theme: "waiting",
        method: "terms",
        pass: "second",
        texts: "10",
        suggested: "10",
        coded: "10",
        both_said: "10",
        precision: 1,
        low: 0.7225,
        recall: 1,
        hidden: false,
        events: "20"
      }
    ])
  })

  test("a pattern is held against what people decided, in units of which that is told", async () => {
    // Without the nine of elm: less those of oak they would tell that three are not checked.
    expect(
      await world.rows(
        "SELECT pattern, accepted, rejected, marked, round(precision, 4) AS precision, hidden FROM free_text.pattern"
      )
    ).toEqual([
      { pattern: "name", accepted: "15", rejected: "5", marked: "0", precision: 0.75, hidden: false }
    ])
  })

  test("texts of a unit nobody knows wait, and count when it arrives; terms of a theme nobody declared are told", async () => {
    expect(await world.rows("SELECT microsystem, len(events) AS events FROM free_text.unplaced")).toEqual([
      { microsystem: "nowhere", events: "1" }
    ])
    expect(await world.rows("SELECT stream, reason FROM free_text.unfit")).toEqual([
      { stream: "theme-term", reason: "names a theme that nobody has declared: nothing" }
    ])
    expect(await progress("microsystem = 'nowhere'")).toEqual([])
    await world.define({ microsystems: ["oak", "elm", "nowhere"].map(ward) })
    await world.compute()
    expect(await progress("microsystem = 'nowhere'")).toMatchObject([{ texts: "12", uncoded: "12" }])
    expect(await world.rows("FROM free_text.unplaced")).toEqual([])
  })

  test("what does not fit counts for nothing, and is told without a text", async () => {
    const [one, other] = [oak[0]!, oak[1]!]
    await feedChecks(world, [
      [one, checkOf(one, "accepted", "2022-02-03", { seal: "another" })],
      [
        other,
        checkOf(other, "accepted", "2022-02-03", { patterns: [], starts: [], ends: [], decisions: [] })
      ],
      [elm[0]!, checkOf(elm[0]!, "accepted", "2022-02-03", { microsystem: "oak" })],
      [elm[1]!, checkOf(elm[1]!, "accepted", "2022-01-01")],
      [elm[2]!, checkOf(elm[2]!, "accepted", "2022-04-01")]
    ])
    await world.feed(themeSuggestions, [
      { ...suggestion(one), text: "unheard" },
      { ...suggestion(one), seal: "another" },
      { ...suggestion(oak[2]!), themes: ["wating"] }
    ])
    const repeat = { microsystem: "oak", verdict: "same", coder: "c1", decided: "2022-02-04" } as const
    await world.feed(repeatedTexts, [
      { ...repeat, text: one.id, other: oak[3]!.id },
      { ...repeat, text: one.id, other: "unheard" }
    ])
    await world.compute()
    const told = await world.rows<{ readonly stream: string; readonly reason: string }>(
      "SELECT stream, reason FROM free_text.unfit ORDER BY ALL"
    )
    expect(told.map(({ stream, reason }) => `${stream} ${reason}`)).toEqual([
      "redaction is of a day before its text",
      "redaction is of a day to come",
      "redaction is of another version of its text",
      "redaction leaves a proposed span undecided",
      "redaction names another unit than its text",
      "repeated-text is of a text that nobody has looked through",
      "repeated-text repeats a later text",
      "theme-suggestion is of a text that nobody has looked through",
      "theme-suggestion is of another version of its text",
      "theme-suggestion names a theme that nobody has declared: wating",
      "theme-term names a theme that nobody has declared: nothing"
    ])
    // Two checks count no longer: ten and two are unchecked.
    expect((await progress("microsystem = 'oak'"))[0]).toMatchObject({ redacted: "13", unchecked: "12" })
  })

  test("no text, no name in one, no coder and no id of a text is in the published file; no word in any", async () => {
    const published = readFileSync(world.published, "latin1")
    expect(published.includes(oak[0]!.id)).toBe(false)
    const columns = await world.rows(
      "SELECT 1 FROM duckdb_columns() WHERE schema_name = 'free_text' AND column_name IN ('text', 'coder', 'words', 'seal', 'starts')"
    )
    expect(columns).toEqual([])
    const files = readdirSync(world.folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(world.folder, name))
      .filter((path) => statSync(path).isFile())
    for (const canary of ["Canaryname", "canary-story"]) {
      expect(files.filter((path) => readFileSync(path, "latin1").includes(canary))).toEqual([])
    }
  })

  test("the same log gives the same rows", async () => {
    const relations = ["progress", "pattern", "suggestion", "unfit", "unplaced", "theme_term", "setting"]
    const all = () => Promise.all(relations.map((name) => world.rows(`FROM free_text.${name} ORDER BY ALL`)))
    const before = await all()
    const again = await world.open("again")
    await again.update()
    await again.publish(world.published)
    await again.close()
    expect(await all()).toEqual(before)
    expect(before[0]!.length).toBeGreaterThan(1)
  })
})

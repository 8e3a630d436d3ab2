import { DuckDBInstance } from "@duckdb/node-api"
import { observations } from "@plimsoll/schema"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  evidence,
  figures,
  insight,
  learningWorld,
  lesson,
  monthly,
  steady,
  unit
} from "../../test/learning-world.ts"
import type { World } from "../../test/world.ts"
import { codings } from "../control/events.ts"
import { insightEvidence, insights } from "./insight-events.ts"
import { lessons } from "./lesson-events.ts"
import { similarSql } from "./similar.ts"

let world: World

/** Twenty coded notes of a unit on one day, so many on each theme. */
const notes = (microsystem: string, day: string, themes: { readonly [theme: string]: number }) =>
  Object.entries(themes)
    .flatMap(([theme, count]) => Array.from({ length: count }, () => theme))
    .map((theme, at) => ({
      note: `${microsystem}-${day}-${at}`,
      pass: "first" as const,
      coder: "c1",
      microsystem,
      day,
      themes: [theme],
      cannotBeCoded: false
    }))

/** Steady, then higher: a slip; then, where it was got past, better than ever. */
const slip = [...steady(24), ...steady(8, 14)]
const past = [...steady(24), ...steady(8, 14), ...steady(12, 4)]

beforeAll(async () => {
  world = await learningWorld(
    { families: { harm: ["falls", "sores"] } },
    {
      themes: ["timeliness", "contact", "food"].map((id) => ({
        id,
        title: id,
        class: "small-count" as const
      }))
    }
  )
  await world.define(
    {
      microsystems: [
        ...["oak", "elm", "ash", "yew", "bay"].map((id) => unit(id)),
        unit("post", "back-office-team")
      ],
      measures: [monthly("falls"), monthly("sores")]
    },
    "2025-09-15"
  )
  await world.feed(codings, [
    ...notes("oak", "2025-05-10", { timeliness: 12, contact: 8 }),
    ...notes("elm", "2025-05-10", { timeliness: 10, contact: 10 }),
    ...notes("ash", "2025-05-10", { food: 20 }),
    ...notes("post", "2025-05-10", { timeliness: 12, contact: 8 }),
    // Too few notes, and too few of them on a theme, to be told of.
    ...notes("yew", "2025-06-10", { timeliness: 9 }),
    ...notes("bay", "2025-06-10", { timeliness: 3, contact: 20 })
  ])
  await world.compute()
}, 120_000)
afterAll(() => world.close())

test("check (a): timeliness .6 and contact .4 match .5 and .5 before food 1.0, with the two shared themes", async () => {
  const rows = await world.rows(
    `SELECT microsystem, round(cosine, 6) AS cosine, round(score, 6) AS score, same_family, same_kind,
       list_transform(shared_themes, lambda x: x.theme) AS themes, reasons FROM learning.similar('oak')`
  )
  const cosine = (0.6 * 0.5 + 0.4 * 0.5) / (Math.hypot(0.6, 0.4) * Math.hypot(0.5, 0.5))
  // Ash shares neither theme nor family with oak: that it is a ward, too, is no reason to list it.
  expect(rows).toEqual([
    {
      microsystem: "elm",
      cosine: Number(cosine.toFixed(6)),
      score: Number((0.6 * cosine + 0.15).toFixed(6)),
      same_family: false,
      same_kind: true,
      themes: ["contact", "timeliness"],
      reasons: [
        "the same is said: contact (40 % here, 50 % there), timeliness (60 % here, 50 % there)",
        "the same kind of unit: ward"
      ]
    },
    {
      microsystem: "post",
      cosine: 1,
      score: 0.6,
      same_family: false,
      same_kind: false,
      themes: ["contact", "timeliness"],
      reasons: ["the same is said: contact (40 % here, 40 % there), timeliness (60 % here, 60 % there)"]
    }
  ])
  expect(await world.rows("SELECT microsystem FROM learning.similar('oak', most := 1)")).toEqual([
    { microsystem: "elm" }
  ])
  expect(await world.rows("FROM learning.similar('nowhere')")).toEqual([])
})

test("who had the problem and got past it, by a measure of the same family; likeness in words outweighs the rest", async () => {
  await world.feed(observations, [
    ...figures("falls", "oak", [...steady(8), ...slip]),
    ...figures("sores", "yew", slip),
    ...figures("falls", "bay", [...steady(8), ...slip]),
    ...figures("falls", "ash", slip)
  ])
  await world.feed(codings, notes("ash", "2024-04-10", { food: 20 }))
  const opened = (await world.core.update()).signals
  await world.feed(insights, [
    insight("i-sores", { microsystem: "yew", day: "2025-06-01" }),
    insight("i-falls", { microsystem: "bay", measure: "falls", day: "2025-06-01" })
  ])
  await world.feed(insightEvidence, [
    evidence(
      "i-sores",
      "signal",
      opened.find((one) => one.microsystem === "yew" && one.variation === "concern")!.signal,
      { microsystem: "yew", day: "2025-06-01" }
    )
  ])
  await world.feed(lessons, [
    lesson("turn", { title: "Turn at night", microsystem: "yew", insights: ["i-sores"], day: "2025-06-02" }),
    lesson("mats", {
      title: "Mats beside beds",
      microsystem: "bay",
      insights: ["i-falls"],
      worked: false,
      day: "2025-06-02"
    })
  ])
  await world.feed(observations, [...figures("sores", "yew", past), ...figures("falls", "ash", past)])
  await world.compute()
  const rows = await world.rows(
    "SELECT microsystem, own_family, family, state, past, same_family, score::DECIMAL(6, 4) AS score FROM learning.similar('oak')"
  )
  expect(rows.map((row) => Object.values(row))).toEqual([
    ["elm", "harm", null, "said", false, false, "0.7383"],
    ["post", "harm", null, "said", false, false, "0.6000"],
    ["ash", "harm", "harm", "improved", true, true, "0.4000"],
    ["yew", "harm", "harm", "improved", true, true, "0.4000"],
    ["bay", "harm", "harm", "open", false, true, "0.4000"]
  ])
  // Elm's notes alone outweigh ash's figures and kind: before one with food 1.0, even with the same measure family.
  expect(
    await world.rows(
      "SELECT state, began, over_on FROM learning.problem WHERE microsystem = 'ash' AND family = 'harm'"
    )
  ).toEqual([{ state: "improved", began: "2024-01-01", over_on: expect.any(String) }])
})

test("the feed tells how many had it, how many got past it, what helped and what failed", async () => {
  expect(
    await world.rows(
      "SELECT units::INTEGER AS units, past::INTEGER AS past, still::INTEGER AS still, past_units, words FROM learning.feed WHERE microsystem = 'oak'"
    )
  ).toEqual([
    {
      units: 3,
      past: 2,
      still: 1,
      past_units: ["ash", "yew"],
      words:
        "3 other units have had this, 2 have got past it. What is said to have helped: Turn at night. What is said to have failed: Mats beside beds."
    }
  ])
})

test("hidden counts are in no likeness: fewer than ten coded notes, or themes of one to four, tell nothing", async () => {
  expect(
    await world.rows(
      "SELECT microsystem, list_transform(themes, lambda x: x.theme) AS themes FROM learning.problem WHERE microsystem IN ('yew', 'bay') AND family IS NULL"
    )
  ).toEqual([])
})

test("a reader who has attached the file under a name asks in the same way", async () => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run(`ATTACH '${world.published}' AS live (READ_ONLY)`)
  const asked = "most := 2, problems := 'live.learning.problem', settings := 'live.learning.setting'"
  const rows = (
    await connection.runAndReadAll(`SELECT microsystem FROM live.learning.similar('oak', ${asked})`)
  ).getRows()
  connection.closeSync()
  instance.closeSync()
  expect(rows).toEqual([["elm"], ["post"]])
})

test("likeness of themes is the same both ways and does not change with how many notes there are", async () => {
  const theme = fc.constantFrom("a", "b", "c", "d")
  const profile = fc.dictionary(theme, fc.integer({ min: 1, max: 20 }), { minKeys: 1 })
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run(`CREATE SCHEMA learning; ${similarSql};
    CREATE TABLE learning.setting AS SELECT * FROM (VALUES ('similar-themes', 1.0::DOUBLE), ('similar-family', 0.0), ('similar-kind', 0.0)) AS s(id, value);
    CREATE TABLE learning.problem (microsystem VARCHAR, kind VARCHAR, family VARCHAR, state VARCHAR, began DATE, over_on DATE,
      themes STRUCT(theme VARCHAR, notes BIGINT, coded BIGINT, share DOUBLE)[], norm DOUBLE)`)
  const cosine = async (from: string): Promise<number> => {
    const [row] = (await connection.runAndReadAll(`SELECT cosine FROM learning.similar('${from}')`)).getRows()
    return row === undefined ? 0 : Number(row[0])
  }
  const put = async (unit: string, of: { readonly [name: string]: number }, times: number): Promise<void> => {
    const coded = Object.values(of).reduce((sum, one) => sum + one, 0) * times
    const themes = Object.entries(of)
      .map(
        ([name, n]) =>
          `{theme: '${name}', notes: ${n * times}::BIGINT, coded: ${coded}::BIGINT, share: ${n * times}::DOUBLE / ${coded}}`
      )
      .join(", ")
    await connection.run(
      `INSERT INTO learning.problem SELECT '${unit}', 'ward', NULL, 'said', NULL, NULL, t, sqrt(list_sum(list_transform(t, lambda x: x.share * x.share))) FROM (SELECT [${themes}] AS t)`
    )
  }
  await fc.assert(
    fc.asyncProperty(profile, profile, fc.integer({ min: 2, max: 9 }), async (one, other, times) => {
      await connection.run("DELETE FROM learning.problem")
      await put("x", one, 1)
      await put("y", other, 1)
      const [there, back] = [await cosine("x"), await cosine("y")]
      await connection.run("DELETE FROM learning.problem WHERE microsystem = 'y'")
      await put("y", other, times)
      const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
      const product = names.reduce((sum, name) => sum + (one[name] ?? 0) * (other[name] ?? 0), 0)
      const plain = product / (Math.hypot(...Object.values(one)) * Math.hypot(...Object.values(other)))
      expect(there).toBeCloseTo(plain, 9)
      expect(back).toBe(there)
      expect(await cosine("x")).toBeCloseTo(there, 9)
    }),
    { numRuns: 15 }
  )
  connection.closeSync()
  instance.closeSync()
})

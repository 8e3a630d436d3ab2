import { readFileSync } from "node:fs"

import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, expect, test } from "vitest"

import { fill, openDatabase } from "../test/database.ts"
import type { InputRow } from "../test/database.ts"
import { everRate, lastPointRate } from "./index.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase(1)
})

interface Told {
  readonly chart: string
  readonly profile: string
  readonly series: string | null
  readonly phase: number | null
  readonly kind: "signal" | "warning" | "assurance"
  readonly code: string
  readonly rule: string | null
  readonly side: string | null
  readonly first: unknown
  readonly completed: unknown
  readonly last: unknown
  readonly points: number | null
  readonly active: boolean
  readonly variation: string | null
  readonly rate: number | null
  readonly sentence: string
}

const told = async (sql: string): Promise<ReadonlyArray<Told>> =>
  (
    await connection.runAndReadAll(`FROM ${sql} ORDER BY ALL`)
  ).getRowObjectsJS() as unknown as ReadonlyArray<Told>

/** What is told of a chart of these values; `period` is SQL over `i`, from 0. */
const explained = async (
  values: ReadonlyArray<number | null>,
  {
    period = "i",
    columns = "NULL AS direction",
    chart = "xmr('mine')",
    args = ""
  }: {
    readonly period?: string
    readonly columns?: string
    readonly chart?: string
    readonly args?: string
  } = {}
): Promise<ReadonlyArray<Told>> => {
  await connection.run(
    `CREATE OR REPLACE TABLE mine AS SELECT 'a' AS series, ${period} AS period, v AS value, ${columns} FROM (SELECT unnest([${values.map((v) => v ?? "NULL").join(", ")}]::DOUBLE[]) AS v, unnest(range(${values.length})) AS i)`
  )
  await connection.run(`CREATE OR REPLACE TABLE shown AS FROM spc.${chart}`)
  return told(`spc.explain('shown'${args})`)
}

const signals = (rows: ReadonlyArray<Told>): ReadonlyArray<Told> => rows.filter((r) => r.kind === "signal")

/** 17 points about 10, then 7 above the average: the last of 24. */
const shifted = [...Array.from({ length: 17 }, (_, i) => 8 + ((i * 3 + 2) % 5)), 12, 13, 12, 13, 12, 13, 12]
const month = "DATE '2023-01-01' + to_months(i::INTEGER)"

test("a shift: how long, how often by luck, and whether that is the wrong way", async () => {
  const [row, ...rest] = signals(
    await explained(shifted, { period: `(${month})::DATE`, columns: "'down' AS direction" })
  )
  expect(rest).toEqual([])
  const rate = everRate("shift", 24)!.rate
  expect(row).toMatchObject({
    rule: "shift",
    code: "shift",
    side: "high",
    points: 7,
    active: true,
    variation: "concern",
    first: new Date("2024-06-01"),
    last: new Date("2024-12-01")
  })
  expect(row!.rate).toBeCloseTo(rate, 6)
  expect(row!.sentence).toBe(
    `Seven months in a row above the average. On a steady chart of 24 points this happens by luck on about 1 chart in ${Math.round(1 / rate)}. That is the wrong way: lower is better here.`
  )
})

test("nowhere the chance that something is luck", async () => {
  const texts = (
    await connection.runAndReadAll("SELECT string_agg(text, ' ') FROM spc.texts()")
  ).getRowsJson()
  expect(String(texts[0])).not.toMatch(/chance|probab|likelihood/i)
})

test.each([
  ["(DATE '2023-01-01' + i::INTEGER)", "Seven days in a row above"],
  ["TIMESTAMP '2023-01-01 08:00:00' + to_days(i::INTEGER * 7)", "Seven weeks in a row above"],
  [month, "Seven months in a row above"],
  [`(${month})::DATE::VARCHAR`, "Seven months in a row above"],
  ["DATE '2019-01-01' + to_months(i::INTEGER * 3)", "Seven quarters in a row above"],
  ["make_date(1990 + i, 1, 1)", "Seven years in a row above"],
  ["1990 + i", "Seven points in a row above"],
  ["TIMESTAMP '2023-01-01' + to_hours(i::INTEGER)", "Seven points in a row above"],
  ["'week ' || lpad(i::VARCHAR, 2, '0')", "Seven points in a row above"],
  // A month is left out within the run: seven points, but not seven months in a row.
  [
    "DATE '2023-01-01' + to_months(i::INTEGER + CASE WHEN i > 20 THEN 1 ELSE 0 END)",
    "Seven points in a row above"
  ]
])("periods %s: %s", async (period, start) => {
  const [row] = signals(await explained(shifted, { period }))
  expect(row!.sentence.slice(0, start.length)).toBe(start)
  expect(row!.variation).toBe("changed")
  expect(row!.sentence).not.toMatch(/way/)
})

test("the run goes on: its rate is that of so many in a row, and beyond twelve it is said to be less", async () => {
  const longer = (above: number): ReadonlyArray<number> => [
    ...Array.from({ length: 30 - above }, (_, i) => 8 + ((i * 3) % 5)),
    ...Array.from({ length: above }, (_, i) => 13 + (i % 2))
  ]
  const [nine] = signals(await explained(longer(9))).filter((r) => r.side === "high" && r.rule === "shift")
  expect(nine!.points).toBe(9)
  expect(nine!.rate).toBeCloseTo(everRate("shift", 30, 9, "mdc-2023", "all")!.rate, 6)
  const [thirteen] = signals(await explained(longer(13))).filter(
    (r) => r.side === "high" && r.rule === "shift"
  )
  expect(thirteen!.points).toBe(13)
  expect(thirteen!.rate).toBeCloseTo(everRate("shift", 30, 12, "mdc-2023", "all")!.rate, 6)
  expect(thirteen!.sentence).toMatch(
    /^13 points in a row above the average\. On .* on fewer than 1 chart in [\d,]+\.$/
  )
})

test("limits from some points have the rates of the frozen scheme", async () => {
  const rows = await explained([...shifted.slice(0, 17), ...shifted], { columns: "i < 24 AS baseline" })
  const [shift] = signals(rows).filter((r) => r.rule === "shift" && r.active)
  const frozen = everRate("shift", 41, shift!.points!)!.rate
  expect(frozen).not.toBe(everRate("shift", 41, shift!.points!, "mdc-2023", "all")!.rate)
  expect(shift!.rate).toBeCloseTo(frozen, 6)
  expect(shift!.sentence).toContain("On a steady chart of 42 points")
})

test("a rule or a profile that nobody measured has no number", async () => {
  await connection.run("CREATE OR REPLACE TABLE own AS SELECT 'ours' AS name, 7 AS \"shift\"")
  const [row] = signals(
    await explained(shifted, { chart: "xmr('mine', profile := 'ours', profile_table := 'own')" })
  )
  expect(row!.rate).toBeNull()
  expect(row!.sentence).toBe(
    "Seven points in a row above the average. How often a steady chart shows this was not measured."
  )
  const [short] = signals(
    await explained(shifted, { chart: "xmr('mine', profile := 'ptd-0.2', shift := 6)" })
  )
  expect(short!.points).toBe(7)
  expect(short!.rate).toBeCloseTo(everRate("shift", 24, 7, "ptd-0.2")!.rate, 6)
})

test("unusual runs of a run chart, about the middle; common luck is told by the hundred", async () => {
  const few = Array.from({ length: 24 }, (_, i) => (i < 12 ? i % 5 : 10 + (i % 5)))
  const [row] = signals(await explained(few, { chart: "run('mine')" }))
  expect(row).toMatchObject({ rule: "runs", side: null, points: 24, active: true, variation: "changed" })
  const odds = Math.round(1 / everRate("runs", 24, 7, "anhoej")!.rate)
  expect(row!.sentence).toBe(
    `Twelve points in a row on one side of the middle (median): with 24 points off it, eight at most are usual. Crossings of the middle (median): one. With 24 points off it, eight or more are usual. On a steady chart of 24 points this happens by luck on about 1 chart in ${odds}. This was measured on charts of single values.`
  )
  const many = [
    ...Array.from({ length: 70 }, (_, i) => 8 + ((i * 3) % 5)),
    30,
    ...Array.from({ length: 49 }, (_, i) => 8 + ((i * 3) % 5))
  ]
  const [outside] = signals(await explained(many)).filter((r) => r.rule === "beyond-limits")
  expect(outside!.rate).toBeGreaterThan(0.25)
  expect(outside!.sentence).toBe(
    `One point above the upper limit. On a steady chart of 120 points this happens by luck on about ${Math.round(100 * everRate("beyond-limits", 120, 7, "mdc-2023", "all")!.rate)} charts in 100. This no longer holds at the latest point.`
  )
})

test("an improvement and a concern on one point are two rows, each saying that both are there", async () => {
  // Falling for seven points, all of them above the average: better by the trend, worse by the level.
  const both = [...Array.from({ length: 20 }, (_, i) => 4 + ((i * 3) % 5)), 16, 15, 14, 13, 12, 11, 10]
  const rows = signals(await explained(both, { columns: "'down' AS direction" })).filter((r) => r.active)
  expect(rows.map((r) => [r.rule, r.variation])).toEqual([
    ["shift", "concern"],
    ["trend", "improvement"]
  ])
  for (const row of rows)
    expect(row.sentence).toContain("Some of these points also show a change the other way; both are there.")
})

test("a signal of an earlier phase, or of an earlier point, is not active", async () => {
  const rows = signals(
    await explained([...shifted, ...shifted.slice(0, 14)], { columns: "(i >= 24)::INTEGER AS phase" })
  )
  expect(rows.map((r) => [r.rule, r.phase, r.active])).toEqual([["shift", 0, false]])
  expect(rows[0]!.sentence).toMatch(/This no longer holds at the latest point\.$/)
  const [young] = signals(await explained([...shifted, 9, 8, 9], { columns: "(i >= 24)::INTEGER AS phase" }))
  expect(young!.active).toBe(false)
  // A missing value or a ghost at the end is no point: the run before it still holds.
  const [missing] = signals(await explained([...shifted, null]))
  expect(missing!.active).toBe(true)
  const [ghost] = signals(await explained([...shifted, 0], { columns: "i = 24 AS excluded" }))
  expect(ghost!.active).toBe(true)
})

test("too few points, by the profile", async () => {
  const nine = shifted.slice(0, 9)
  expect((await explained(nine)).map((r) => [r.kind, r.rule, r.sentence])).toEqual([
    ["warning", null, "Only 9 points: 13 are needed before anything is judged."]
  ])
  expect((await explained(nine, { period: month }))[0]!.sentence).toBe(
    "Only 9 months: 13 are needed before anything is judged."
  )
  expect((await explained(nine, { chart: "run('mine')" }))[0]!.sentence).toBe(
    "Only 9 points: with fewer than 13 the limits are rough."
  )
  await connection.run("CREATE OR REPLACE TABLE own AS SELECT 'mdc-2023' AS name, 20 AS minimum")
  expect(
    (await explained(shifted.slice(0, 15), { chart: "xmr('mine', profile_table := 'own')" }))[0]!.sentence
  ).toBe("Only 15 points: too few for anything to be judged.")
  expect((await explained([null, null])).map((r) => r.sentence)).toContain(
    "There is no point with a value: nothing is judged."
  )
})

test("every warning of the contract has its sentence", async () => {
  const contract = readFileSync(new URL("../../../docs/spc-contract.md", import.meta.url), "utf8")
  const table = /\| warning \| when \|\n([\s\S]*?)\n\n/.exec(contract)![1]!
  const codes = table
    .split("\n")
    .flatMap((line) => [...line.split("|")[1]!.matchAll(/`([a-z-]+)`/g)].map((m) => m[1]!))
    .filter((code) => code !== "not-stable")
  expect(codes.length).toBeGreaterThan(11)
  const known = (
    await connection.runAndReadAll("SELECT code FROM spc.texts() WHERE starts_with(code, 'warning.')")
  ).getRowsJson()
  expect(codes.filter((c) => !known.flat().includes(`warning.${c}`))).toEqual([])
})

test("points that lean on each other: the false alarms of such charts, now", async () => {
  // A slow wave: no signal is needed for the warning.
  const wave = Array.from({ length: 24 }, (_, i) => Math.sin(i / 2.5) + ((i * 7) % 5) / 3)
  const rows = await explained(wave)
  const warned = rows.find((r) => r.code === "autocorrelated")!
  const [{ r1 } = { r1: 0 }] = (
    await connection.runAndReadAll("SELECT DISTINCT r1 FROM shown")
  ).getRowObjectsJS() as unknown as ReadonlyArray<{ r1: number }>
  const leaning = lastPointRate(24, Math.round(10 * r1) / 10)!.any
  expect(warned.sentence).toBe(
    `Each point leans on the one before: more false alarms are likely: about ${Math.round(100 * leaning)} % of steady charts like this have one at their latest point, against ${Math.round(100 * lastPointRate(24)!.any)} % where points do not lean on each other.`
  )
})

test("the target: what to expect, unless the chart is moving", async () => {
  const steady = Array.from({ length: 24 }, (_, i) => 8 + ((i * 3) % 5))
  const assurance = async (values: ReadonlyArray<number>, target: number): Promise<string | undefined> =>
    (await explained(values, { columns: `'down' AS direction, ${target} AS target` })).find(
      (r) => r.kind === "assurance"
    )?.sentence
  expect(await assurance(steady, 100)).toMatch(/it will be met every time\.$/)
  expect(await assurance(steady, 0)).toMatch(/it will be missed every time\.$/)
  expect(await assurance(steady, 10)).toMatch(/by luck\.$/)
  expect(await assurance(shifted, 100)).toMatch(
    /met every time\. But the latest point shows a signal: things are changing, so this may not hold\.$/
  )
})

test("a language of the user's own, and a line of ours replaced", async () => {
  await connection.run(`CREATE TABLE meine AS SELECT * FROM (VALUES
    ('de', 'shift.high', '{Count} {units} in Folge über dem {middle}.'),
    ('de', 'odds.one', 'Auf einem ruhigen Blatt mit {n} Punkten kommt das auf etwa einem von {odds} Blättern durch Zufall vor.'),
    ('de', 'way.concern.down', 'Das ist die falsche Richtung: weniger ist hier besser.'),
    ('de', 'units.month', 'Monate'), ('de', 'number.7', 'sieben'), ('de', 'middle.mean', 'Durchschnitt'),
    ('en', 'way.concern.down', 'Lower would be better.')) AS v(lang, code, text)`)
  const how = { period: month, columns: "'down' AS direction" }
  const [german] = signals(await explained(shifted, { ...how, args: ", lang := 'de', texts := 'meine'" }))
  const odds = Math.round(1 / everRate("shift", 24)!.rate)
  expect(german!.sentence).toBe(
    `Sieben Monate in Folge über dem Durchschnitt. Auf einem ruhigen Blatt mit 24 Punkten kommt das auf etwa einem von ${odds} Blättern durch Zufall vor. Das ist die falsche Richtung: weniger ist hier besser.`
  )
  const [english] = signals(await explained(shifted, { ...how, args: ", texts := 'meine'" }))
  expect(english!.sentence).toMatch(/^Seven months in a row above the average\..* Lower would be better\.$/)
  await expect(explained(shifted, { args: ", lang := 'fr'" })).rejects.toThrow(/no texts in this language/)
  // A line that the language lacks is told in English rather than not at all.
  expect(
    (await explained(shifted.slice(0, 9), { args: ", lang := 'de', texts := 'meine'" }))[0]!.sentence
  ).toContain("are needed before anything is judged")
})

test("series without a name, charts stacked, neither order nor threads", async () => {
  const rows: InputRow[] = Array.from({ length: 40 }, (_, s) =>
    Array.from({ length: 24 }, (_, i): InputRow => ({
      series: `s${s}`,
      period: i,
      value: ((i * (s + 3) * 7) % 11) + (i > 14 ? s % 7 : 0),
      direction: s % 2 === 0 ? "up" : "down"
    }))
  ).flat()
  const all = async (threads: number, given: ReadonlyArray<InputRow>): Promise<string> => {
    connection = await openDatabase(threads)
    await fill(connection, "points", given)
    await connection.run("UPDATE points SET series = NULL WHERE series = 's5'")
    await connection.run(
      "CREATE TABLE stacked AS FROM spc.xmr('points') UNION ALL FROM spc.run('points') UNION ALL FROM spc.xmr('points', profile := 'nelson')"
    )
    return JSON.stringify(await told("spc.explain('stacked')"))
  }
  const once = await all(1, rows)
  const parsed = JSON.parse(once) as ReadonlyArray<Told>
  expect(new Set(parsed.map((r) => `${r.chart} ${r.profile}`))).toEqual(
    new Set(["xmr mdc-2023", "run anhoej", "xmr nelson"])
  )
  expect(parsed.some((r) => r.series === null)).toBe(true)
  expect(parsed.every((r) => r.sentence.length > 20 && !/[{}]|undefined|null/.test(r.sentence))).toBe(true)
  expect(await all(2, rows.toReversed())).toBe(once)
  // As many signals as distinct runs in the output.
  const [[runs]] = (
    await connection.runAndReadAll(
      "SELECT count(*)::INTEGER FROM (SELECT DISTINCT chart, profile, series, phase, unnest(rules) FROM stacked)"
    )
  ).getRowsJson() as [[number]]
  expect(parsed.filter((r) => r.kind === "signal")).toHaveLength(runs)
})

test("an empty output explains nothing", async () => {
  expect(await explained([])).toEqual([])
})

import { Ajv2020 } from "ajv/dist/2020.js"
import { beforeAll, expect, test } from "vitest"

import { drafts, makeCase } from "../build/conformance/make.ts"
import { render } from "../build/conformance/render.ts"
import { ruleNames } from "../src/rules.ts"
import { spcCharts } from "../src/charts.ts"
import { profiles } from "../src/profiles.ts"
import type { Case } from "./conformance.ts"
import { differences, index, readCases, runCases, textOf } from "./conformance.ts"
import { openDatabase } from "./database.ts"

const cases = readCases()
let found: ReadonlyMap<string, ReadonlyArray<Record<string, unknown>>>

beforeAll(async () => {
  const connections = await Promise.all([openDatabase(1), openDatabase(1)])
  found = await runCases(connections, cases)
  for (const connection of connections) connection.closeSync()
})

const differ = (of: Case): ReadonlyArray<string> => differences(of, found.get(of.id) ?? [])

test("every case comes out of the macros as expected", () => {
  expect(cases.length).toBe(index.cases)
  expect(cases.flatMap(differ)).toEqual([])
})

test("one wrong expectation is found in every column and every case", () => {
  const wrong = (cell: unknown): unknown => {
    if (typeof cell === "number")
      return cell === 0 ? 1e-6 : cell + Math.sign(cell) * Math.max(1e-8 * Math.abs(cell), 1e-12)
    if (typeof cell === "boolean") return !cell
    if (Array.isArray(cell)) return [...(cell as ReadonlyArray<unknown>), "another"]
    return cell === null ? 1 : `${String(cell)}?`
  }
  for (const of of cases) {
    const { same, each } = of.expected
    const spoiled = [
      ...Object.keys(same).map((name) => ({ same: { ...same, [name]: wrong(same[name]) }, each })),
      ...Object.keys(each).map((name) => ({
        same,
        each: { ...each, [name]: each[name]!.map((x, i) => (i === each[name]!.length - 1 ? wrong(x) : x)) }
      }))
    ]
    const unseen = spoiled.filter((expected) => differ({ ...of, expected }).length === 0)
    expect(unseen, of.id).toEqual([])
    expect(differences(of, (found.get(of.id) ?? []).slice(1)), of.id).not.toEqual([])
  }
})

test("the generator gives the files byte for byte", () => {
  for (const [name, text] of render(drafts.map(makeCase))) expect(text === textOf(name), name).toBe(true)
})

test("the generator stops where a value worked out by hand differs", () => {
  const [first] = drafts
  expect(() =>
    makeCase({ ...first!, byHand: { ...first!.byHand, centre: first!.byHand.centre!.map(() => 11) } })
  ).toThrow("by hand")
})

test("every file is of the format, every id is unique, every column has the length of its rows", () => {
  const check = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(textOf("schema.json")) as object
  )
  for (const name of index.files) {
    check(JSON.parse(textOf(name)))
    expect(check.errors ?? [], name).toEqual([])
  }
  expect(check({ $schema: "", format: 1, version: 1, cases: [{ ...cases[0], derived: "by a tool" }] })).toBe(
    false
  )
  expect(new Set(cases.map((c) => c.id)).size).toBe(cases.length)
  for (const { id, data, expected } of cases)
    for (const columns of [data, expected.each])
      expect(new Set(Object.values(columns).map((c) => c.length)).size, id).toBe(1)
})

test("every chart, profile, rule, verdict and warning is in some case", () => {
  const all = cases.flatMap((c) => [...Object.entries(c.expected.same), ...Object.entries(c.expected.each)])
  const cells = (name: string): ReadonlySet<unknown> => {
    const flat = all.filter(([column]) => column === name).map(([, cell]) => cell)
    return new Set(flat.flat(2))
  }
  const told = new Set([...cells("rules")].map((run) => (run as { rule: string }).rule))
  const missing = (wanted: ReadonlyArray<string>, there: ReadonlySet<unknown>): ReadonlyArray<string> =>
    wanted.filter((x) => !there.has(x))
  expect(
    missing([...spcCharts, "funnel_pr", "funnel_rc", "funnel_sr"], new Set(cases.map((c) => c.chart)))
  ).toEqual([])
  expect(
    missing(
      profiles.map((p) => p.name),
      new Set(cases.map((c) => c.profile))
    )
  ).toEqual([])
  expect(missing([...ruleNames, "runs"], told)).toEqual([])
  expect(
    missing(["concern", "improvement", "both", "changed", "common", "not-judged"], cells("variation"))
  ).toEqual([])
  expect(missing(["pass", "fail", "hit-or-miss", "no-target", "not-judged"], cells("assurance"))).toEqual([])
  expect(missing(["high", "low", "both"], cells("direction_of_signal"))).toEqual([])
  const warnings = textOf("README.md")
    .match(/^- `[a-z-]+`(?=:)/gm)!
    .map((line) => line.slice(3, -1))
  expect(warnings.length).toBe(20)
  expect(missing(warnings, cells("warning"))).toEqual([])
})

test("public data names its source, and the notice goes with it", () => {
  const notice = "Contains public sector information licensed under the Open Government Licence v3.0."
  const open = cases.filter((c) => c.source !== null)
  expect(open.length).toBeGreaterThan(15)
  for (const { id, source } of open)
    expect(source!.endsWith(notice) || source!.endsWith("CC0 1.0."), id).toBe(true)
  expect(textOf("NOTICE.md")).toContain(notice)
})

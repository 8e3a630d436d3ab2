import { readFileSync } from "node:fs"

import type { DuckDBConnection } from "@duckdb/node-api"

/** A case as it is read from the files: nothing here knows how it was made. */
export interface Case {
  readonly id: string
  readonly chart: string
  readonly profile: string | null
  readonly derived: string
  readonly by_hand: ReadonlyArray<string>
  readonly source: string | null
  readonly arguments: Readonly<Record<string, string | number | boolean>>
  readonly data: Readonly<Record<string, ReadonlyArray<unknown>>>
  readonly expected: {
    readonly same: Readonly<Record<string, unknown>>
    readonly each: Readonly<Record<string, ReadonlyArray<unknown>>>
  }
}

const folder = new URL("../conformance/", import.meta.url)

/** The text of a file of the set. */
export const textOf = (name: string): string => readFileSync(new URL(name, folder), "utf8")

interface Index {
  readonly files: ReadonlyArray<string>
  readonly cases: number
  readonly tolerance: { readonly relative: number; readonly absolute: number }
}

/** What the set says of itself. */
export const index = JSON.parse(textOf("index.json")) as Index

/** All cases of the set. */
export const readCases = (): ReadonlyArray<Case> =>
  index.files.flatMap((name) => (JSON.parse(textOf(name)) as { cases: ReadonlyArray<Case> }).cases)

const same = (actual: unknown, expected: unknown): boolean => {
  if (typeof expected === "number" && typeof actual === "number")
    return (
      Math.abs(actual - expected) <= index.tolerance.relative * Math.abs(expected) + index.tolerance.absolute
    )
  if (Array.isArray(expected) && Array.isArray(actual))
    return (
      actual.length === expected.length &&
      expected.every((e: unknown) => actual.some((a: unknown) => same(a, e)))
    )
  if (typeof expected === "object" && expected !== null && typeof actual === "object" && actual !== null)
    return Object.entries(expected).every(([k, v]) => same((actual as Record<string, unknown>)[k], v))
  return actual === expected
}

/** Where output rows, in order of phase and period or of unit, differ from what a case expects. */
export const differences = (
  of: Case,
  rows: ReadonlyArray<Record<string, unknown>>
): ReadonlyArray<string> => {
  const { same: all, each } = of.expected
  const count = Object.values(each)[0]!.length
  if (rows.length !== count) return [`${of.id}: ${rows.length} rows for ${count}`]
  return rows.flatMap((row, i) =>
    [...Object.entries(all), ...Object.entries(each).map(([k, v]) => [k, v[i]] as const)].flatMap(
      ([name, e]) => {
        const given = name === "rules" && of.profile !== null ? distinct(row[name], e) : row[name]
        return same(given, e)
          ? []
          : [`${of.id} row ${i + 1}: ${name} is ${JSON.stringify(given)}, expected ${JSON.stringify(e)}`]
      }
    )
  )
}

/** Runs told apart by what the case tells of them: some cases name only rule and side. */
const distinct = (actual: unknown, expected: unknown): unknown => {
  const [first] = expected as ReadonlyArray<Record<string, unknown>>
  if (first === undefined || !Array.isArray(actual)) return actual
  const cut = (actual as ReadonlyArray<Record<string, unknown>>).map((r) =>
    Object.fromEntries(Object.keys(first).map((k) => [k, r[k]]))
  )
  return [...new Map(cut.map((r) => [JSON.stringify(r), r])).values()]
}

const types: Readonly<Record<string, string>> = {
  phase: "INTEGER",
  value: "DOUBLE",
  numerator: "DOUBLE",
  denominator: "DOUBLE",
  baseline: "BOOLEAN",
  excluded: "BOOLEAN",
  target: "DOUBLE",
  direction: "VARCHAR"
}

const literal = (x: unknown): string =>
  x === null || x === undefined ? "NULL" : typeof x === "string" ? `'${x}'` : String(x)
const plain = (x: unknown): unknown => (typeof x === "bigint" ? Number(x) : x)

const isFunnel = (c: Case): boolean => c.profile === null

const callOf = (of: Case): string => {
  const named = [...(of.profile === null ? [] : [["profile", of.profile]]), ...Object.entries(of.arguments)]
  return `FROM spc.${of.chart}('given'${named.map(([k, v]) => `, "${String(k)}" := ${literal(v)}`).join("")})`
}

/** Runs cases of one chart, profile, arguments and columns in one query. */
const runGroup = async (
  connection: DuckDBConnection,
  those: ReadonlyArray<Case>
): Promise<ReadonlyArray<readonly [id: string, rows: ReadonlyArray<Record<string, unknown>>]>> => {
  const first = those[0]!
  const key = isFunnel(first) ? "unit" : "period"
  const columns = [...new Set(those.flatMap((c) => Object.keys(c.data)))]
  const typeOf = (name: string): string =>
    types[name] ?? (typeof first.data[key]?.[0] === "string" ? "VARCHAR" : "INTEGER")
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE given (series VARCHAR, ${columns.map((c) => `${c} ${typeOf(c)}`).join(", ")})`
  )
  const rows = those.flatMap((c) =>
    c.data[key]!.map((_, i) => `('${c.id}', ${columns.map((name) => literal(c.data[name]?.[i])).join(", ")})`)
  )
  await connection.run(`INSERT INTO given VALUES ${rows.join(", ")}`)
  const order = isFunnel(first) ? "unit" : "phase, period"
  const found = (await connection.runAndReadAll(`${callOf(first)} ORDER BY ${order}`)).getRowObjectsJS()
  const cells = found.map((r) => Object.fromEntries(Object.entries(r).map(([k, v]) => [k, plain(v)])))
  return those.map((c) => [c.id, isFunnel(c) ? cells : cells.filter((r) => r.series === c.id)] as const)
}

/** Runs cases through the macros, several queries at a time: most of the time is planning, on one thread each. */
export const runCases = async (
  connections: ReadonlyArray<DuckDBConnection>,
  cases: ReadonlyArray<Case>
): Promise<ReadonlyMap<string, ReadonlyArray<Record<string, unknown>>>> => {
  const groups = Map.groupBy(cases, (c) => [callOf(c), isFunnel(c) ? c.id : typeof c.data.period?.[0]].join())
  const waiting = [...groups.values()]
  const found = await Promise.all(
    connections.map(async (connection) => {
      const done: Array<readonly [string, ReadonlyArray<Record<string, unknown>>]> = []
      for (let those = waiting.pop(); those !== undefined; those = waiting.pop())
        done.push(...(await runGroup(connection, those)))
      return done
    })
  )
  return new Map(found.flat())
}

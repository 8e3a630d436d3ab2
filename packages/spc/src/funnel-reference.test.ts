import { existsSync, readFileSync } from "node:fs"

import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { funnel, openFunnels } from "../test/funnel.ts"
import type { FunnelRow } from "../test/funnel.ts"

type Column = ReadonlyArray<number>

interface FunnelCase {
  readonly id: string
  readonly data: {
    readonly group: ReadonlyArray<string>
    readonly numerator: Column
    readonly denominator: Column
  }
  readonly parameters: {
    readonly multiplier?: number
    readonly sr_method?: string
    readonly trim_by?: number
    readonly draw_adjusted?: boolean
  }
  readonly expected: Readonly<Record<"phi" | "tau2" | "target", number>> &
    Readonly<Record<"z" | "ratio" | Limit, Column>> & {
      readonly group: ReadonlyArray<string>
      readonly outlier: ReadonlyArray<boolean | number>
    }
}

const limits = [
  "lcl95",
  "ucl95",
  "lcl998",
  "ucl998",
  "od_lcl95",
  "od_ucl95",
  "od_lcl998",
  "od_ucl998"
] as const
type Limit = (typeof limits)[number]

const folder = new URL("../../../../shared/reference/spc/", import.meta.url)
const have = existsSync(folder) || process.env["CI"] === "true"
const why = have ? "" : " (skipped: no ../shared/reference/spc)"

const close = (ours: number | null | undefined, theirs: number): boolean =>
  typeof ours === "number" && Math.abs(ours - theirs) <= Math.max(1e-12, 1e-8 * Math.abs(theirs))

const named = (p: FunnelCase["parameters"]): string =>
  [
    ...(p.multiplier === undefined ? [] : [`multiply := ${p.multiplier}`]),
    ...(p.sr_method === undefined ? [] : [`method := '${p.sr_method}'`]),
    ...(p.trim_by === undefined ? [] : [`trim_by := ${p.trim_by}`]),
    ...(p.draw_adjusted === false ? ["overdispersion := 'none'"] : [])
  ].join(", ")

/** What does not agree with the case, by unit and column. */
const differences = (c: FunnelCase, rows: ReadonlyArray<FunnelRow>): ReadonlyArray<string> => {
  const scale = c.parameters.multiplier ?? 1
  const e = c.expected
  const byUnit = new Map(rows.map((r) => [r.unit, r]))
  return e.group.flatMap((unit, i) => {
    const r = byUnit.get(unit)
    return [
      ...(["phi", "tau2"] as const).filter((k) => !close(r?.[k], e[k])),
      ...(close(r?.target, e.target * scale) ? [] : ["target"]),
      ...(close(r?.value, e.ratio[i]! * scale) ? [] : ["value"]),
      ...(["z", ...limits] as const).filter((k) => !close(r?.[k], e[k][i]!)),
      ...((r?.outlier !== null) === Boolean(e.outlier[i]) ? [] : ["outlier"])
    ].map((column) => `${unit} ${column}`)
  })
}

describe.skipIf(!have)(`FunnelPlotR 0.6.0${why}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openFunnels()
  })

  const cases = (["pr", "rc", "sr"] as const).flatMap((kind) =>
    have
      ? (
          JSON.parse(readFileSync(new URL(`FunnelPlotR__funnel-${kind}.json`, folder), "utf8")) as {
            cases: ReadonlyArray<FunnelCase>
          }
        ).cases.map((c) => [c.id, kind, c] as const)
      : []
  )

  test.each(cases)("%s", async (_id, kind, c) => {
    const units = c.data.group.map((unit, i) => ({
      unit,
      numerator: c.data.numerator[i]!,
      denominator: c.data.denominator[i]!
    }))
    const rows = await funnel(connection, kind, units, named(c.parameters))
    expect(rows.length).toBe(c.expected.group.length)
    expect(differences(c, rows)).toEqual([])
  })
})

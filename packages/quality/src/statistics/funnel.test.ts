import type { DuckDBConnection } from "@duckdb/node-api"
import { spcStatements } from "@plimsoll/spc"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  fill,
  haveReference,
  openStatistics,
  referenceCases,
  whySkipped
} from "../../test/statistics.ts"

type Column = ReadonlyArray<number>

interface Case {
  readonly id: string
  readonly numerator: Column
  readonly denominator: Column
  readonly dataType: "PR" | "SR"
  readonly method: "SHMI" | "CQC"
  readonly trim: number
  readonly expected: Readonly<
    Record<"z" | "zAdjusted" | "se", Column> &
      Record<"phi" | "tau2" | "nUsed" | "target", number> &
      Record<"flag998", ReadonlyArray<boolean>>
  >
  readonly tolerance: number
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
  for (const statement of spcStatements) await db.run(statement)
})

// The funnels are those of the package spc. CQC's scores are held through `square-root`: its own limits are narrower than they
// say (the warning narrow-limits), so what lies beyond them is not what the adjusted score flags.
describe.skipIf(!haveReference)(`funnel_overdispersion.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("funnel_overdispersion.json"))("$id", async (c) => {
    await fill(
      db,
      "units",
      "unit INTEGER, numerator DOUBLE, denominator DOUBLE",
      c.numerator.map((x, i) => [i, x, c.denominator[i]!])
    )
    const call =
      c.dataType === "PR"
        ? "funnel_pr('units'"
        : `funnel_sr('units', method := '${c.method === "CQC" ? "square-root" : c.method}'`
    const rows = await ask<
      Readonly<Record<"z" | "phi" | "tau2", number>> & { readonly outlier: string | null }
    >(db, `FROM spc.${call}, trim_by := ${c.trim}) ORDER BY unit`)
    expect(
      distance(
        rows.map((r) => r.z),
        c.expected.z
      )
    ).toBeLessThan(c.tolerance)
    expect(distance([rows[0]!.phi, rows[0]!.tau2], [c.expected.phi, c.expected.tau2])).toBeLessThan(
      c.tolerance
    )
    const adjusted = rows.map(
      (r, i) => (r.z * c.expected.se[i]!) / Math.sqrt(c.expected.se[i]! ** 2 + r.tau2)
    )
    expect(distance(adjusted, c.expected.zAdjusted)).toBeLessThan(1e-8)
    expect(rows.map((r) => r.outlier !== null)).toEqual(c.expected.flag998)
  })
})

import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import {
  ask,
  distance,
  haveReference,
  openStatistics,
  referenceCases,
  whySkipped
} from "../../test/statistics.ts"

interface Case {
  readonly id: string
  readonly before: ReadonlyArray<number>
  readonly after: ReadonlyArray<number>
  readonly expected: Readonly<Record<"diff" | "t" | "df" | "p" | "cohenD" | "hedgesG", number>> & {
    readonly ci95: ReadonlyArray<number>
  }
  readonly tolerance: number
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const names = ["difference", "t", "df", "p", "low", "high", "d", "g"]

describe.skipIf(!haveReference)(`change.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("change.json"))("$id", async ({ before, after, expected: e, tolerance }) => {
    const list = (xs: ReadonlyArray<number>): string => `(SELECT unnest([${xs.join(", ")}]::DOUBLE[]) AS x)`
    const [row] = await ask(
      db,
      `SELECT unnest(stats.welch(a.n, a.m, a.s, b.n, b.m, b.s))
       FROM (SELECT count(x) AS n, avg(x) AS m, stddev_samp(x) AS s FROM ${list(before)}) AS a
       CROSS JOIN (SELECT count(x) AS n, avg(x) AS m, stddev_samp(x) AS s FROM ${list(after)}) AS b`
    )
    expect(
      distance(
        names.map((n) => row![n]),
        [e.diff, e.t, e.df, e.p, ...e.ci95, e.cohenD, e.hedgesG]
      )
    ).toBeLessThan(tolerance)
  })
})

describe("Welch's test", () => {
  test("needs two in each, and a spread in one", async () => {
    const [row] = await ask(
      db,
      "SELECT stats.welch(1, 2, 0, 5, 3, 1).p AS a, stats.welch(5, 2, 0, 5, 3, 0).p AS b, stats.welch(5, 2, 1, 5, 3, 0).p AS c"
    )
    expect([row!["a"], row!["b"]]).toEqual([null, null])
    expect(row!["c"]).toBeGreaterThan(0)
  })
})

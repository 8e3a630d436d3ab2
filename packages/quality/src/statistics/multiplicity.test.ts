import type { DuckDBConnection } from "@duckdb/node-api"
import fc from "fast-check"
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

interface Case {
  readonly p: ReadonlyArray<number>
  readonly expected: Readonly<Record<string, ReadonlyArray<number>>>
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const adjust = async (
  p: ReadonlyArray<number | null>,
  method: string
): Promise<ReadonlyArray<number | null>> => {
  await fill(
    db,
    "tests",
    "id INTEGER, p DOUBLE",
    p.map((x, i) => [i, x])
  )
  return (
    await ask<{ readonly q: number | null }>(
      db,
      `FROM stats.adjust('tests', method := '${method}') ORDER BY id`
    )
  ).map((r) => r.q)
}

const methods = ["bonferroni", "holm", "hochberg", "BH", "BY"]

describe.skipIf(!haveReference)(`multiplicity.json${whySkipped}`, () => {
  const cases = referenceCases<Case>("multiplicity.json").flatMap((c, i) =>
    methods.map((m) => [m, i + 1, c] as const)
  )
  test.each(cases)("%s of case %i", async (method, _, { p, expected }) => {
    expect(distance(await adjust(p, method.toLowerCase()), expected[method]!)).toBeLessThan(1e-12)
  })
})

const someP = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })

describe("adjusted p-values", () => {
  test.each(methods)(
    "%s: at least p, at most 1, in the order of p, equal for equals, whatever the order of rows",
    async (name) => {
      const method = name.toLowerCase()
      await fc.assert(
        fc.asyncProperty(someP, async (some) => {
          const p = [...some, some[0]!]
          const q = await adjust(p, method)
          p.forEach((x, i) => {
            expect(q[i]).toBeGreaterThanOrEqual(x * (1 - 1e-15))
            expect(q[i]).toBeLessThanOrEqual(1)
            p.forEach((y, j) => {
              if (x <= y) expect(q[i]).toBeLessThanOrEqual(q[j]!)
            })
          })
          expect((await adjust(p.toReversed(), method)).toReversed()).toEqual(q)
        }),
        { numRuns: 10 }
      )
    }
  )

  test("BH finds what Bonferroni finds, and one test is itself", async () => {
    const p = [0.001, 0.012, 0.02, 0.5]
    const [bh, bonferroni] = [await adjust(p, "bh"), await adjust(p, "bonferroni")]
    bh.forEach((q, i) => expect(q).toBeLessThanOrEqual(bonferroni[i]!))
    expect(await adjust([0.03], "bh")).toEqual([0.03])
  })

  test("a null is no test, and groups do not mix", async () => {
    expect(await adjust([0.01, null, 0.04], "bh")).toEqual([0.02, null, 0.04])
    await fill(db, "two", "grp VARCHAR, id INTEGER, p DOUBLE", [
      ["a", 1, 0.01],
      ["b", 1, 0.01],
      ["b", 2, 0.04]
    ])
    expect(await ask(db, "SELECT grp, q, tests FROM stats.adjust('two') ORDER BY ALL")).toEqual([
      { grp: "a", q: 0.01, tests: 1 },
      { grp: "b", q: 0.02, tests: 2 },
      { grp: "b", q: 0.04, tests: 2 }
    ])
  })

  test("an unknown method is an error", async () => {
    await expect(adjust([0.1], "sidak")).rejects.toThrow("method must be")
  })
})

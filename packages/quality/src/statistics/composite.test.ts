import type { DuckDBConnection } from "@duckdb/node-api"
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
  readonly id: string
  readonly measures: ReadonlyArray<string>
  readonly measureGroup: ReadonlyArray<string>
  readonly groupWeight: Readonly<Record<string, number>>
  readonly direction: ReadonlyArray<number>
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>
  readonly expected: {
    readonly groupScore: ReadonlyArray<ReadonlyArray<number | null>>
    readonly summary: ReadonlyArray<number | null>
  }
  readonly tolerance: number
}

let db: DuckDBConnection
beforeAll(async () => {
  db = await openStatistics()
})

const columns =
  "unit INTEGER, measure VARCHAR, domain VARCHAR, weight DOUBLE, direction INTEGER, value DOUBLE"
type Row = readonly [
  unit: number,
  measure: string,
  domain: string,
  weight: number,
  direction: number,
  value: number | null
]

interface Score {
  readonly unit: number
  readonly score: number | null
  readonly domains: number
  readonly domain_scores: ReadonlyArray<{
    readonly domain: string
    readonly score: number
    readonly weight: number
  }> | null
}

const composite = (): Promise<ReadonlyArray<Score>> =>
  ask<Score>(db, "FROM stats.composite('long') ORDER BY unit")

describe.skipIf(!haveReference)(`composite.json${whySkipped}`, () => {
  test.each(referenceCases<Case>("composite.json"))("$id", async (c) => {
    await fill(
      db,
      "long",
      columns,
      c.values.flatMap((row, unit) =>
        row.map(
          (value, m) =>
            [
              unit,
              c.measures[m]!,
              c.measureGroup[m]!,
              c.groupWeight[c.measureGroup[m]!]!,
              c.direction[m]!,
              value
            ] as const
        )
      )
    )
    const rows = await composite()
    expect(
      distance(
        rows.map((r) => r.score),
        c.expected.summary
      )
    ).toBeLessThan(c.tolerance)
    const domains = Object.keys(c.groupWeight)
    rows.forEach((r, i) => {
      const scores = domains.map((d) => r.domain_scores?.find((s) => s.domain === d)?.score ?? null)
      expect(distance(scores, c.expected.groupScore[i]!)).toBeLessThan(c.tolerance)
      expect(r.domains).toBe(c.expected.groupScore[i]!.filter((s) => s !== null).length)
    })
  })
})

const system = (weight: (domain: number) => number): ReadonlyArray<Row> =>
  Array.from({ length: 8 }, (_, unit) =>
    [0, 1, 2, 3].map(
      (d) =>
        [
          unit,
          `m${d}`,
          `d${d}`,
          weight(d),
          d === 3 ? -1 : 1,
          ((unit * 37 + d * 101 + unit * unit * d) % 53) / 7
        ] as const
    )
  ).flat()

describe("composites", () => {
  test("the order of rows, the scale of a measure and the sum of the weights change nothing", async () => {
    await fill(
      db,
      "long",
      columns,
      system((d) => d + 1)
    )
    const rows = await composite()
    expect(rows.every((r) => r.score !== null)).toBe(true)
    await fill(db, "long", columns, system((d) => d + 1).toReversed())
    expect(await composite()).toEqual(rows)
    await fill(
      db,
      "long",
      columns,
      system((d) => 10 * (d + 1)).map(([u, m, g, w, s, x]) => [u, m, g, w, s, 3 + 5 * x!])
    )
    expect(
      distance(
        (await composite()).map((r) => r.score),
        rows.map((r) => r.score)
      )
    ).toBeLessThan(1e-12)
    for (const r of rows) expect(r.domain_scores!.reduce((s, d) => s + d.weight, 0)).toBeCloseTo(1, 12)
  })

  test("turning every direction turns every sign", async () => {
    await fill(
      db,
      "long",
      columns,
      system(() => 1)
    )
    const rows = await composite()
    await db.run("UPDATE long SET direction = -direction")
    expect(
      distance(
        (await composite()).map((r) => r.score),
        rows.map((r) => -r.score!)
      )
    ).toBeLessThan(1e-12)
  })

  test("a measure on which all are equal says nothing", async () => {
    await fill(db, "long", columns, [
      ...system(() => 1),
      ...Array.from({ length: 8 }, (_, u) => [u, "same", "d9", 1, 1, 0.1] as const)
    ])
    expect((await composite()).map((r) => r.domains)).toEqual(Array(8).fill(4))
  })

  test("a domain with two weights, a weight below 0 and a direction of 0 are errors", async () => {
    await fill(
      db,
      "long",
      columns,
      system(() => 1)
    )
    for (const [change, message] of [
      ["weight = unit", "a domain must have one weight"],
      ["weight = -1", "a domain must have one weight"],
      ["direction = 0", "direction must be 1 or -1"]
    ] as const) {
      await db.run(`CREATE OR REPLACE TABLE wrong AS FROM long; UPDATE wrong SET ${change}`)
      await expect(ask(db, "FROM stats.composite('wrong')")).rejects.toThrow(message)
    }
  })
})

describe("what the weights do to the order", () => {
  interface Sensitivity {
    readonly unit: number
    readonly score: number
    readonly rank: number
    readonly rank_low: number
    readonly rank_high: number
    readonly same_rank: number
    readonly top_share: number
  }
  const sensitivity = (more = ""): Promise<ReadonlyArray<Sensitivity>> =>
    ask<Sensitivity>(db, `FROM stats.composite_sensitivity('long'${more}) ORDER BY rank, unit`)

  test("is nothing where the weights do not move", async () => {
    await fill(
      db,
      "long",
      columns,
      system(() => 1)
    )
    for (const r of await sensitivity(", spread := 0")) {
      expect([r.rank_low, r.rank_high, r.same_rank]).toEqual([r.rank, r.rank, 1])
      expect(r.top_share).toBe(r.rank <= 3 ? 1 : 0)
    }
  })

  test("a unit that is first in all domains stays first; the top shares add up to the places", async () => {
    await fill(db, "long", columns, [
      ...system((d) => d + 1),
      ...[0, 1, 2, 3].map((d) => [99, `m${d}`, `d${d}`, d + 1, d === 3 ? -1 : 1, d === 3 ? -50 : 50] as const)
    ])
    const rows = await sensitivity()
    expect(rows[0]).toMatchObject({
      unit: 99,
      rank: 1,
      rank_low: 1,
      rank_high: 1,
      same_rank: 1,
      top_share: 1
    })
    expect(rows.reduce((s, r) => s + r.top_share, 0)).toBeCloseTo(3, 9)
    expect(rows.some((r) => r.rank_low < r.rank_high)).toBe(true)
  })

  test("a wider spread moves ranks no less, and the same seed moves them the same", async () => {
    await fill(
      db,
      "long",
      columns,
      system((d) => d + 1)
    )
    const stays = (rows: ReadonlyArray<Sensitivity>): number => rows.reduce((s, r) => s + r.same_rank, 0)
    const narrow = await sensitivity(", spread := 0.05")
    expect(stays(await sensitivity(", spread := 0.9"))).toBeLessThanOrEqual(stays(narrow))
    expect(await sensitivity(", spread := 0.05")).toEqual(narrow)
  })
})

import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"

import { agrees, haveReference, readCases, whySkipped } from "../test/cases.ts"
import type { ReferenceCase } from "../test/cases.ts"
import { judge, openDatabase } from "../test/database.ts"
import type { InputRow, OutputRow } from "../test/database.ts"

/** Where we differ from a tool on purpose: why, and what we give instead. */
interface Decision {
  readonly because: string
  readonly ours: (rows: ReadonlyArray<OutputRow>) => void
}
type Decisions = Readonly<Record<string, Decision>>

const listed = (x: number | ReadonlyArray<number> | undefined): ReadonlyArray<number> =>
  x === undefined ? [] : typeof x === "number" ? [x] : x

/** The points of a case as the tool saw them, in order; a baseline counts all rows, or only those with a value. */
const input = (c: ReferenceCase, rows: "aggregated" | "valid" = "aggregated"): InputRow[] => {
  const p = c.parameters
  const slots = new Map<
    string | number,
    { value: number[]; numerator: number; denominator: number; missing: boolean }
  >()
  c.data.period.forEach((period, i) => {
    const key = rows === "valid" ? i : period
    const slot = slots.get(key) ?? { value: [], numerator: 0, denominator: 0, missing: false }
    const value = c.data.value?.[i]
    const numerator = c.data.numerator?.[i]
    const denominator = c.data.denominator?.[i]
    if (value !== undefined && value !== null)
      slot.value.push(...(typeof value === "number" ? [value] : value))
    if (c.data.numerator && (numerator === null || denominator === null)) slot.missing = true
    slot.numerator += numerator ?? 0
    slot.denominator += denominator ?? 0
    slots.set(key, slot)
  })
  const middle = (xs: ReadonlyArray<number>): number => {
    const s = [...xs].sort((a, b) => a - b)
    return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2
  }
  const scale = p.multiply ?? 1
  const part = listed(p.part)
  const direction = p.improvement_direction ?? p.direction
  let counted = 0
  return [...slots.keys()]
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((period, i): InputRow => {
      const slot = slots.get(period)!
      const value =
        slot.value.length === 0
          ? null
          : p["agg.fun"] === "median"
            ? middle(slot.value)
            : slot.value.reduce((a, b) => a + b, 0) / slot.value.length
      const phase = p.rebase
        ? p.rebase.filter((d) => String(period) >= d).length
        : part.filter((last) => i + 1 > last).length
      const frozen = p.fix_after_n_points ?? (part.length > 0 ? undefined : p.freeze)
      if (rows === "aggregated" || !(c.data.numerator ? slot.missing : value === null)) counted += 1
      return {
        series: c.id,
        period: i,
        phase,
        excluded: listed(p.exclude).includes(i + 1),
        ...(c.data.numerator
          ? {
              numerator: slot.missing ? null : slot.numerator * scale,
              denominator: slot.missing ? null : slot.denominator
            }
          : { value: value === null ? null : value * scale }),
        ...(frozen === undefined ? {} : { baseline: counted <= frozen }),
        ...(p.cl === undefined ? {} : { centre: p.cl }),
        ...(p.target === undefined || p.target === null ? {} : { target: p.target }),
        ...(direction === undefined
          ? {}
          : { direction: direction === "increase" ? "up" : direction === "decrease" ? "down" : "neutral" })
      }
    })
}

/** Frozen limits of ptd count rows in every phase, not over the whole chart. */
const frozenByPhase = (rows: ReadonlyArray<InputRow>, first: number | undefined): InputRow[] => {
  if (first === undefined) return [...rows]
  const seen = new Map<number, number>()
  return rows.map((r) => {
    const i = (seen.get(r.phase ?? 0) ?? 0) + 1
    seen.set(r.phase ?? 0, i)
    return { ...r, baseline: i <= first }
  })
}

const limits = [
  ["centre", "centre"],
  ["lcl", "lcl"],
  ["ucl", "ucl"],
  ["lcl_2s", "lcl_2sigma"],
  ["ucl_2s", "ucl_2sigma"]
] as const

const different = (
  rows: ReadonlyArray<OutputRow>,
  c: ReferenceCase,
  names: ReadonlyArray<readonly [keyof OutputRow, string]>
): string[] =>
  names.flatMap(([ours, theirs]) => {
    const column = c.expected[theirs] as unknown as ReadonlyArray<number | null> | null
    return rows.every((r, i) => agrees(r[ours] as number | null, column?.[i])) ? [] : [String(theirs)]
  })

const unequal = (name: string, ours: ReadonlyArray<unknown>, theirs: ReadonlyArray<unknown>): string[] =>
  ours.length === theirs.length && ours.every((x, i) => x === theirs[i]) ? [] : [name]

/** Holds every case to "agrees" or to its decision; neither may be left over. */
const settle = (
  cases: ReadonlyArray<ReferenceCase>,
  out: ReadonlyMap<string, ReadonlyArray<OutputRow>>,
  differences: (rows: ReadonlyArray<OutputRow>, c: ReferenceCase) => ReadonlyArray<string>,
  decisions: Decisions
): void => {
  const unsettled = cases.flatMap((c) => {
    const rows = out.get(c.id)!
    const decision = decisions[c.id]
    if (decision) {
      decision.ours(rows)
      return []
    }
    const found = differences(rows, c)
    return found.length > 0 ? [`${c.id}: ${found.join(", ")}`] : []
  })
  expect(unsettled).toEqual([])
  const needless = cases.filter(
    (c) => decisions[c.id] && !c.expected.error && differences(out.get(c.id)!, c).length === 0
  )
  expect(needless.map((c) => c.id)).toEqual([])
  expect(Object.keys(decisions).filter((id) => !cases.some((c) => c.id === id))).toEqual([])
}

interface Part {
  readonly n_useful: number
  readonly longest_run: number
  readonly longest_run_max: number
  readonly n_crossings: number
  readonly n_crossings_min: number
  readonly runs_signal: boolean
}

const anhoejDifferences = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): string[] => {
  const parts = c.expected["parts"] as unknown as ReadonlyArray<Part>
  const phases = [...Map.groupBy(rows, (r) => r.phase).values()].map((r) => r[0]!)
  if (phases.length !== parts.length) return ["number of parts"]
  return phases.flatMap((row, i) => {
    const part = parts[i]!
    return [
      ...unequal("useful", [row.useful], [part.n_useful]),
      ...unequal(
        "runs",
        [row.longest_run, row.longest_run_max, row.crossings, row.crossings_min, row.signal],
        [part.longest_run, part.longest_run_max, part.n_crossings, part.n_crossings_min, part.runs_signal]
      )
    ]
  })
}

const qicDifferences = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): string[] => [
  ...different(rows, c, [["value", "y"], ...limits]),
  ...unequal(
    "sigma_signal",
    rows.map((r) => r.outside !== null),
    c.expected["sigma_signal"] as unknown as boolean[]
  ),
  ...anhoejDifferences(rows, c)
]

const special: Record<string, string> = {
  special_cause_improvement: "improvement",
  special_cause_concern: "concern",
  special_cause_neutral_high: "changed",
  special_cause_neutral_low: "changed",
  common_cause: "common"
}
const assurances: Record<string, string> = {
  consistent_pass: "pass",
  consistent_fail: "fail",
  inconsistent: "hit-or-miss"
}

/** Its one label for a point is the first of outside, trend, two of three, shift. */
const ptdLabel = (r: OutputRow): string =>
  r.outside !== null
    ? r.outside === "high"
      ? "Above UCL"
      : "Below LCL"
    : r.trend !== null
      ? `7 Point Trend (${r.trend === "high" ? "Increasing" : "Decreasing"})`
      : r.two_of_three !== null
        ? `2 in 3 ${r.two_of_three === "high" ? "Above" : "Below"} CL`
        : r.shift !== null
          ? `7 Points ${r.shift === "high" ? "Above" : "Below"} CL`
          : "Common Cause"

const ptdDifferences = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): string[] => {
  const types = c.expected["point_type"] as unknown as ReadonlyArray<string>
  const icon = c.expected["icon"] as unknown as { assurance: string | null }
  const assured =
    icon.assurance === null
      ? c.parameters.target === undefined
        ? "no-target"
        : "not-judged"
      : assurances[icon.assurance]!
  return [
    ...different(rows, c, [
      ["value", "y"],
      ["centre", "centre"],
      ["lcl", "lcl"],
      ["ucl", "ucl"]
    ]),
    ...unequal(
      "outside_limits",
      rows.map((r) => r.outside !== null),
      c.expected["outside_limits"] as unknown as boolean[]
    ),
    ...unequal(
      "special_cause_type",
      rows.map(ptdLabel),
      c.expected["special_cause_type"] as unknown as string[]
    ),
    // A point of both kinds keeps both here; the tool has one word.
    ...unequal(
      "point_type",
      rows.map((r, i) => (r.variation === "both" ? special[types[i]!]! : r.variation)),
      types.map((t) => special[t]!)
    ),
    ...unequal("assurance", [rows[0]!.assurance], [assured])
  ]
}

const ptdDecisions: Decisions = {
  "ptd-syn-const": {
    because: "a constant series has limits, on its value, and passes or fails its target by that value",
    ours: (rows) => {
      const value = rows[0]!.value!
      for (const r of rows) {
        expect([r.lcl, r.ucl, r.outside, r.variation]).toEqual([value, value, null, "common"])
        expect(r.assurance).toBe(value >= 95 ? "pass" : "fail")
      }
    }
  },
  "ptd-syn-na-mid": {
    because: "a missing value is no point: it is not judged, and no moving range is bridged across it",
    ours: (rows) => {
      for (const r of rows) expect(r.variation).toBe(r.value === null ? "not-judged" : "common")
      expect(rows.filter((r) => r.value !== null && r.moving_range === null).map((r) => r.period)).toEqual([
        0, 6, 15
      ])
    }
  }
}

const sides: Record<string, string | null> = { upper: "high", lower: "low", none: null }

/** Its trend and shift have one word for a point; a peak of two trends is "both" here. */
const pbiDifferences = (all: ReadonlyArray<OutputRow>, c: ReferenceCase): string[] => {
  if (c.expected.error) return ["refused"]
  const rows = (c.expected.kept_rows ?? []).map((i) => all[i]!)
  const flags = (name: string): ReadonlyArray<string | null> =>
    (c.expected[name] as unknown as ReadonlyArray<string>).map((x) => sides[x]!)
  return [
    ...different(rows, c, [["value", "y"], ...limits]),
    ...unequal(
      "astronomical",
      rows.map((r) => r.outside),
      flags("astronomical")
    ),
    ...unequal(
      "shift",
      rows.map((r) => r.shift),
      flags("shift")
    ),
    ...unequal(
      "trend",
      rows.map((r, i) => (r.trend === "both" ? flags("trend")[i] : r.trend)),
      flags("trend")
    )
  ]
}
const pbiDecisions = (noCase: Decision): Decisions => ({
  "pbi-i-syn-allna": noCase,
  "pbi-i-syn-const-but-one": {
    because:
      "screening may not leave a sigma of zero, which flags every point: the unscreened range is taken",
    ours: (rows) => {
      expect(agrees(rows[0]!.sigma, 1 / 19 / 1.128)).toBe(true)
      expect(rows.filter((r) => r.outside !== null).map((r) => r.period)).toEqual([19])
      expect(rows[0]!.warnings).toEqual(["too-little-variation"])
    }
  },
  "pbi-syn-na-mid": {
    because:
      "the tool drops the row and joins its neighbours; no moving range is bridged across a missing value",
    ours: (rows) => {
      const ranges = rows
        .slice(1)
        .flatMap((r, i) =>
          r.value === null || rows[i]!.value === null ? [] : [Math.abs(r.value - rows[i]!.value!)]
        )
      expect(agrees(rows[0]!.sigma, ranges.reduce((a, b) => a + b, 0) / ranges.length / 1.128)).toBe(true)
    }
  }
})
const pbiProportions: Decisions = {
  "pbi-p-syn-zeroden": {
    because: "where the denominator is zero there is no limit to be beyond; the tool draws 0 and 1",
    ours: (rows) => {
      const without = rows.filter((r) => r.denominator === 0)
      expect(without.length).toBeGreaterThan(0)
      for (const r of without) expect([r.value, r.lcl, r.ucl, r.outside]).toEqual([null, null, null, null])
      for (const r of rows) if (r.denominator !== 0) expect(r.ucl).toBeGreaterThan(r.centre!)
    }
  }
}

describe.skipIf(!haveReference)(`reference values${whySkipped}`, () => {
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await openDatabase()
  })

  test("qicharts2, individual values: limits, points out, runs analysis", async () => {
    const cases = readCases("qicharts2__i")
    expect(cases).toHaveLength(28)
    const out = await judge(
      connection,
      "xmr('points', profile := 'anhoej')",
      cases.flatMap((c) => input(c))
    )
    settle(cases, out, qicDifferences, {
      "qic-i-syn-allna": {
        because: "without a single value nothing is judged: no signal is not the same as unknown",
        ours: (rows) => {
          for (const r of rows)
            expect([r.centre, r.judged, r.signal, r.variation]).toEqual([null, false, null, "not-judged"])
        }
      },
      "qic-i-syn-const": {
        because: "a constant series has limits, on its value; the tool gives none",
        ours: (rows) => {
          for (const r of rows)
            expect([r.centre, r.lcl, r.ucl, r.sigma, r.outside]).toEqual([5, 5, 5, 0, null])
          expect(rows[0]!.warnings).toEqual(["constant"])
        }
      },
      "qic-i-syn-const-but-one": {
        because:
          "screening may not leave a sigma of zero, which flags every point: the unscreened range is taken",
        ours: (rows) => {
          const values = rows.map((r) => r.value!)
          const mean = values.reduce((a, b) => a + b, 0) / values.length
          const ranges = values.slice(1).map((v, i) => Math.abs(v - values[i]!))
          const half = (3 / 1.128) * (ranges.reduce((a, b) => a + b, 0) / ranges.length)
          expect(agrees(rows[0]!.ucl, mean + half)).toBe(true)
          expect(agrees(rows[0]!.lcl, mean - half)).toBe(true)
          expect(rows.filter((r) => r.outside !== null)).toHaveLength(1)
          expect(rows[0]!.warnings).toEqual(["too-little-variation"])
        }
      }
    })
  })

  test("qicharts2, run charts: median, runs analysis", async () => {
    const cases = readCases("qicharts2__run")
    expect(cases).toHaveLength(42)
    const out = await judge(
      connection,
      "run('points')",
      cases.flatMap((c) => input(c))
    )
    settle(cases, out, qicDifferences, {})
  })

  test("qicharts2, proportions: limits, points out, runs analysis", async () => {
    const cases = readCases("qicharts2__p")
    expect(cases).toHaveLength(16)
    const out = await judge(
      connection,
      "p('points', profile := 'anhoej')",
      cases.flatMap((c) => input(c))
    )
    settle(cases, out, qicDifferences, {})
  })

  test.each([true, false])("NHSRplotthedots, screened %s: limits, flags, words", async (screened) => {
    const cases = readCases("NHSRplotthedots__xmr").filter((c) => c.parameters.screen_outliers === screened)
    expect(cases).toHaveLength(screened ? 55 : 3)
    const rows = cases.flatMap((c) => frozenByPhase(input(c), c.parameters.fix_after_n_points))
    const out = await judge(connection, `xmr('points', profile := 'ptd-0.2', screened := ${screened})`, rows)
    settle(cases, out, ptdDifferences, screened ? ptdDecisions : {})
  })

  const noCase: Decision = {
    because: "the tool refuses; every row is kept here, without a centre, and not judged",
    ours: (rows) => {
      for (const r of rows) expect([r.centre, r.lcl, r.variation]).toEqual([null, null, "not-judged"])
    }
  }

  test("PowerBI-SPC, individual values, run charts and proportions: limits, points out, shift, trend", async () => {
    for (const [file, chart, count, decisions] of [
      ["PowerBI-SPC__i", "xmr", 46, pbiDecisions(noCase)],
      ["PowerBI-SPC__run", "run", 18, { "pbi-run-syn-allna": noCase }],
      ["PowerBI-SPC__p", "p", 14, pbiProportions]
    ] as const) {
      const cases = readCases(file)
      expect(cases).toHaveLength(count)
      const settled = new Map<string, ReadonlyArray<OutputRow>>()
      for (const screened of [true, false])
        for (const trend of [5, 6]) {
          const mine = cases.filter(
            (c) => c.parameters.trend_n === trend && c.parameters.outliers_in_limits !== screened
          )
          if (mine.length === 0) continue
          const rows = mine.flatMap((c) => input(c, "valid"))
          const switched = chart === "xmr" ? `, screened := ${screened}` : ""
          const limited = await judge(connection, `${chart}('points', profile := 'anhoej'${switched})`, rows)
          const patterned = await judge(
            connection,
            `${chart}('points', profile := 'ptd-0.2', trend := ${trend}${switched})`,
            rows
          )
          for (const [id, found] of limited)
            settled.set(
              id,
              found.map((r, i) => ({
                ...r,
                shift: patterned.get(id)![i]!.shift,
                trend: patterned.get(id)![i]!.trend
              }))
            )
        }
      settle(cases, settled, pbiDifferences, decisions)
    }
  })
})

import { expect } from "vitest"

import { agrees } from "./cases.ts"
import type { ReferenceCase } from "./cases.ts"
import type { OutputRow } from "./database.ts"

/** A matter in which we differ from a tool on purpose; DECISIONS.md tells the same in words. */
export interface Matter {
  /** Its heading in DECISIONS.md. */
  readonly name: string
  /** The cases that differ, and in which fields: each of these and no other. */
  readonly cases: Readonly<Record<string, ReadonlyArray<string>>>
  /** Asserts our own value or rule on the rows of such a case. */
  readonly ours: (rows: ReadonlyArray<OutputRow>, c: ReferenceCase) => void
}

const limits = ["lcl", "ucl", "lcl_2sigma", "ucl_2sigma"] as const

const mean = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0) / xs.length
const near = (ours: number | null, expected: number): void => {
  expect(agrees(ours, expected), `${ours} for ${expected}`).toBe(true)
}
const present = (rows: ReadonlyArray<OutputRow>): ReadonlyArray<OutputRow> =>
  rows.filter((r) => r.value !== null)

/** The moving ranges between neighbouring rows that both have a value, on any scale. */
const movingRanges = (rows: ReadonlyArray<OutputRow>, of: (r: OutputRow) => number): ReadonlyArray<number> =>
  rows.slice(1).flatMap((r, i) => {
    const before = rows[i]!
    return r.value === null || before.value === null || r.phase !== before.phase
      ? []
      : [Math.abs(of(r) - of(before))]
  })

/** Their average over the baseline, those of 3.267 times it or more left out once. */
const average = (ranges: ReadonlyArray<number>, screened: boolean): number => {
  const first = mean(ranges)
  return screened ? mean(ranges.filter((x) => x < 3.267 * first)) : first
}

const median = (xs: ReadonlyArray<number>): number => {
  const s = [...xs].sort((a, b) => a - b)
  return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2
}

const screens = (c: ReferenceCase): boolean => c.parameters.outliers_in_limits !== true

/** Limits of individual values that no moving range crosses a missing row for. */
const unbridged = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): void => {
  const power = c.chart === "t" ? 3.6 : 1
  const y = (r: OutputRow): number => r.value! ** (1 / power)
  const base = rows.filter((r) => r.in_baseline || r.value === null)
  const ranges = movingRanges(base, y)
  const values = present(base).map(y)
  const typical = c.chart === "i_mm" ? medianScreened(ranges, screens(c)) : average(ranges, screens(c))
  const centre = c.chart.startsWith("i_m") ? median(values) : mean(values)
  for (const r of rows) {
    near(r.centre, centre ** power)
    near(r.ucl3, (centre + (3 * typical) / 1.128) ** power)
    near(
      r.lcl3,
      (power === 1 ? centre - (3 * typical) / 1.128 : Math.max(0, centre - (3 * typical) / 1.128)) ** power
    )
    expect(r.warning).toContain("missing")
  }
}
const medianScreened = (ranges: ReadonlyArray<number>, screened: boolean): number => {
  const first = median(ranges)
  return screened ? median(ranges.filter((x) => x < 3.267 * first)) : first
}

/** Limits of proportions and rates; a row without a ratio has none, and bounds no moving range. */
const ratioLimits = (rows: ReadonlyArray<OutputRow>, c: ReferenceCase): void => {
  const base = rows.filter((r) => r.in_baseline)
  const sum = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0)
  const centre = sum(base.map((r) => r.numerator!)) / sum(base.map((r) => r.denominator!))
  const proportion = c.chart === "p" || c.chart === "pp"
  const error = (r: OutputRow): number =>
    Math.sqrt((proportion ? centre * (1 - centre) : centre) / r.denominator!)
  const ranges = movingRanges(
    rows.filter((r) => r.in_baseline || r.value === null),
    (r) => (r.value! - centre) / error(r)
  )
  const wide = c.chart.length === 2 ? average(ranges, screens(c)) / 1.128 : 1
  for (const r of rows) {
    near(r.centre, centre)
    if (r.value === null)
      expect([r.lcl3, r.ucl3, r.beyond_limits, r.signal]).toEqual([null, null, null, null])
    else {
      near(r.ucl3, Math.min(proportion ? 1 : Number.POSITIVE_INFINITY, centre + 3 * error(r) * wide))
      near(r.lcl3, Math.max(0, centre - 3 * error(r) * wide))
    }
  }
}

/** Every matter in which a reference case differs. */
export const matters: ReadonlyArray<Matter> = [
  {
    name: "No value at all",
    cases: {
      "qic-i-syn-allna": ["n_useful", "runs_signal"],
      "pbi-i-syn-allna": ["error"],
      "pbi-run-syn-allna": ["error"]
    },
    ours: (rows, c) => {
      expect(rows).toHaveLength(c.data.period.length)
      for (const r of rows) {
        expect([r.centre, r.lcl3, r.ucl3, r.signal, r.runs_signal]).toEqual([null, null, null, null, null])
        expect([r.judged, r.variation, r.n]).toEqual([false, "not-judged", 0])
      }
    }
  },
  {
    name: "A constant series",
    cases: {
      "qic-i-syn-const": [...limits],
      "ptd-syn-const": ["lcl", "ucl", "outside_limits", "close_to_limits", "icon.assurance"],
      "qic-pp-syn-equal-rate": [...limits],
      "qic-pp-syn-tinyden": [...limits],
      "qic-up-syn-allzero": [...limits],
      "qic-up-syn-tinyden": [...limits],
      "pbi-pp-syn-equal-rate": [...limits, "icon.assurance"],
      "pbi-pp-syn-allzero": [...limits, "icon.assurance"],
      "pbi-up-syn-allzero": [...limits, "icon.assurance"],
      "pbi-up-syn-tinyden": [...limits]
    },
    ours: (rows) => {
      for (const r of rows) {
        near(r.lcl3, r.value!)
        near(r.ucl3, r.value!)
        near(r.centre, r.value!)
        expect([r.sigma, r.beyond_limits, r.warning.includes("constant")]).toEqual([0, false, true])
        if (r.target !== null && r.direction !== null && r.direction !== "neutral")
          expect(r.assurance).toBe(
            (r.direction === "up" ? r.value! >= r.target : r.value! <= r.target) ? "pass" : "fail"
          )
      }
    }
  },
  {
    name: "Constant but for one point",
    cases: {
      "qic-i-syn-const-but-one": [...limits, "sigma_signal"],
      "pbi-i-syn-const-but-one": [...limits, "astronomical", "two_in_three"]
    },
    ours: (rows) => {
      const values = rows.map((r) => r.value!)
      const sigma = mean(movingRanges(rows, (r) => r.value!)) / 1.128
      for (const r of rows) {
        near(r.sigma, sigma)
        near(r.ucl3, mean(values) + 3 * sigma)
        near(r.lcl3, mean(values) - 3 * sigma)
        expect(r.warning).toContain("too-little-variation")
      }
      const odd = rows.filter((r) => r.value !== median(values))
      expect(rows.filter((r) => r.beyond_limits === true)).toEqual(odd)
      expect(odd).toHaveLength(1)
    }
  },
  {
    name: "No moving range across a missing value",
    cases: {
      "pbi-syn-na-mid": [...limits],
      "pbi-syn-na-mid-i_m": [...limits],
      "pbi-pp-syn-freeze-na": [...limits],
      "pbi-up-syn-numna": [...limits],
      "pbi-t-syn-na": [...limits]
    },
    ours: (rows, c) => (c.data.numerator ? ratioLimits(rows, c) : unbridged(rows, c))
  },
  {
    name: "A missing point is not judged",
    cases: { "ptd-syn-na-mid": ["point_type"] },
    ours: (rows) => {
      for (const r of rows) {
        expect(r.variation === "not-judged").toBe(r.value === null)
        expect(r.signal === null).toBe(r.value === null)
      }
    }
  },
  {
    name: "A denominator of zero",
    cases: {
      "pbi-p-syn-zeroden": [...limits, "astronomical"],
      "pbi-u-syn-zeroden-freeze": ["lcl", "lcl_2sigma", "astronomical", "shift"],
      "pbi-pp-syn-zeroden": [...limits],
      "pbi-pp-syn-zeroden-freeze": [...limits, "icon.assurance"],
      "pbi-up-syn-zeroden": [...limits]
    },
    ours: (rows, c) => {
      expect(rows.some((r) => r.denominator === 0)).toBe(true)
      for (const r of rows) expect(r.warning).toContain("zero-denominator")
      ratioLimits(rows, c)
    }
  },
  {
    name: "Points after the baseline of an mr chart",
    cases: {
      "pbi-mr-cdi-freeze24": ["y", "astronomical", "shift"],
      "pbi-mr-syn-freeze": ["y", "astronomical", "icon.variation"]
    },
    ours: (rows, c) => {
      const values = c.data.value as ReadonlyArray<number>
      expect(rows.map((r) => r.in_baseline).indexOf(false, 1)).toBe(c.parameters.freeze)
      rows.forEach((r, i) => {
        if (i === 0) expect(r.value).toBeNull()
        else near(r.value, Math.abs(values[i]! - values[i - 1]!))
      })
      const after = rows.slice(c.parameters.freeze)
      expect(after.map((r) => r.beyond_limits)).toEqual(after.map((r) => r.value! > r.ucl3!))
    }
  },
  {
    name: "A ghost is not judged",
    cases: { "qic-xbar-pistonrings-excl": ["sigma_signal"] },
    ours: (rows, c) => {
      expect(rows.filter((r) => r.excluded).map((r) => r.period + 1)).toEqual(c.parameters.exclude)
      for (const r of rows) {
        expect(r.beyond_limits).toBe(r.excluded ? null : r.value! > r.ucl3! || r.value! < r.lcl3!)
        expect(r.variation === "not-judged").toBe(r.excluded)
      }
    }
  }
]

/** Cases that differ though no tag gives them to us to decide: DECISIONS.md defends each one by itself. */
export const beyondTheTags: ReadonlyArray<string> = [
  "qic-pp-syn-tinyden",
  "qic-up-syn-tinyden",
  "pbi-up-syn-tinyden",
  "pbi-mr-cdi-freeze24",
  "pbi-mr-syn-freeze",
  "qic-xbar-pistonrings-excl"
]

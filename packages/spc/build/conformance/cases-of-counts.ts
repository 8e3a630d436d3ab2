import type { Data, Draft } from "./case.ts"
import { draft, repeat } from "./draft.ts"

const cases = [12, 9, 15, 11, 8, 13, 10, 14, 9, 12, 11, 13, 10, 16]
const sizes = [100, 90, 110, 105, 95, 100, 98, 120, 101, 99, 100, 104, 96, 130]
const pairs = (numerator: ReadonlyArray<number | null>, denominator: ReadonlyArray<number | null>): Data => ({
  numerator,
  denominator
})
const few = [1, 0, 2, 1, 0, 3, 1, 0, 1, 2, 0, 1, 1, 2]
const twenty = repeat(14, 20)
const others = (xs: ReadonlyArray<number>, of: ReadonlyArray<number>): ReadonlyArray<number> =>
  xs.map((x, i) => of[i]! - x)
const big = [5200, 4100, 6300, 4800, 5900, 4400, 6100, 4700, 5500, 5000, 6200, 4300, 5800, 4900]
const huge = repeat(14, 50_000)
const put = <T>(xs: ReadonlyArray<T>, i: number, x: T): ReadonlyArray<T> => xs.with(i, x)
const up = (count: number) => ({ direction: repeat(count, "up" as const) })
const down = (count: number) => ({ direction: repeat(count, "down" as const) })

const proportions: ReadonlyArray<Draft> = [
  draft("p-sizes", "Limits by each point's denominator", "p", pairs(cases, sizes)),
  draft("p-equal-sizes", "Equal denominators", "p", pairs(cases, repeat(14, 100)), {
    hand: { centre: 163 / 1400 }
  }),
  draft("p-high", "Proportions near 1: the upper limit is cut at 1", "p", pairs(others(cases, sizes), sizes)),
  draft("p-small-counts", "Small counts are judged by exact binomial tails", "p", pairs(few, twenty), {
    hand: { centre: 15 / 280 }
  }),
  draft(
    "p-small-counts-high",
    "The same seen from above: the others are the few",
    "p",
    pairs(others(few, twenty), twenty)
  ),
  draft(
    "p-small-counts-normal",
    "Small counts by 3 sigma where the profile knows no exact tails",
    "p",
    pairs(few, twenty),
    { profile: "ptd-0.2" }
  ),
  draft("p-small-counts-signal", "A small count beyond its exact tail", "p", pairs(put(few, 13, 7), twenty)),
  draft(
    "p-small-counts-sizes",
    "Small counts with denominators of their own",
    "p",
    pairs(few, [20, 15, 30, 25, 18, 40, 22, 20, 15, 31, 27, 20, 16, 35])
  ),
  draft(
    "p-zero-denominator",
    "A denominator of 0: that point alone has no value and no limits",
    "p",
    pairs(put(cases, 4, 0), put(sizes, 4, 0)),
    {
      hand: { n: 13, warning: ["missing", "zero-denominator"], signal: "....-.........", centre: 155 / 1353 }
    }
  ),
  draft("p-missing-numerator", "A missing numerator", "p", pairs(put<number | null>(cases, 4, null), sizes)),
  draft(
    "p-above-one",
    "More cases than there were at risk: drawn, not judged, no part of the centre",
    "p",
    pairs(put(cases, 4, 120), sizes),
    { hand: { n: 13, centre: 155 / 1353, signal: "....-........." } }
  ),
  draft("p-negative", "A negative numerator is missing", "p", pairs(put(cases, 4, -3), sizes), {
    hand: { n: 13, centre: 155 / 1353, warning: ["missing", "negative"] }
  }),
  draft(
    "p-dominant",
    "One enormous denominator is most of the centre",
    "p",
    pairs(put(cases, 5, 60_000), put(sizes, 5, 500_000))
  ),
  draft("p-all-zero", "No case at all", "p", pairs(repeat(14, 0), sizes), {
    hand: { centre: 0, ucl3: 0, sigma: 0, beyond_limits: "." }
  }),
  draft("p-all", "Every one a case", "p", pairs(sizes, sizes), {
    hand: { centre: 1, lcl3: 1, sigma: 0, beyond_limits: "." }
  }),
  draft("p-given-centre", "A given centre", "p", pairs(cases, sizes), {
    given: { centre: 0.2 },
    hand: { centre: 0.2 }
  }),
  draft(
    "p-multiply",
    "In per cent, with a target in per cent",
    "p",
    { ...pairs(cases, sizes), target: repeat(14, 25), ...down(14) },
    { given: { multiply: 100 }, hand: { assurance: "pass" } }
  ),
  draft(
    "p-baseline",
    "A frozen baseline",
    "p",
    { ...pairs([...cases, 40, 12], [...sizes, 100, 100]), baseline: [...repeat(14, true), false, false] },
    { hand: { beyond_limits: "x.", centre: 163 / 1448 } }
  ),
  draft("p-overdispersed", "Limits too narrow for big denominators, and said to be", "p", pairs(big, huge)),
  draft(
    "p-ghost",
    "A ghost keeps its limits and sets none",
    "p",
    { ...pairs(put(cases, 5, 60), sizes), excluded: put(repeat(14, false), 5, true) },
    { hand: { centre: 150 / 1348, beyond_limits: ".....-........" } }
  ),
  draft(
    "p-one-sided",
    "No lower limit above 0: it can only show worse",
    "p",
    { ...pairs([8, 5, 9, 7, 6, 8, 5, 10, 7, 6, 9, 8, 7, 5], repeat(14, 100)), ...down(14) },
    { hand: { warning: ["can-only-show-worse"] } }
  ),
  draft(
    "p-one-sided-better",
    "The same where up is better",
    "p",
    { ...pairs([8, 5, 9, 7, 6, 8, 5, 10, 7, 6, 9, 8, 7, 5], repeat(14, 100)), ...up(14) },
    { hand: { warning: ["can-only-show-better"] } }
  ),
  draft("pp-big", "Laney's limits on big denominators", "pp", pairs(big, huge)),
  draft(
    "pp-sizes",
    "Laney's limits where points vary less than their sampling error",
    "pp",
    pairs(cases, sizes)
  ),
  draft("pp-all-zero", "No case at all: the limits lie on 0", "pp", pairs(repeat(14, 0), sizes), {
    hand: { sigma: 0, ucl3: 0 }
  }),
  draft(
    "pp-zero-denominator",
    "No moving range across a denominator of 0",
    "pp",
    pairs(put(big, 6, 0), put(huge, 6, 0))
  ),
  draft("pp-screened", "Screened moving ranges", "pp", pairs(put(big, 6, 20_000), huge), {
    given: { screened: true }
  }),
  draft("pp-normalised", "Each step over its own standard error", "pp", pairs(cases, sizes), {
    given: { spread: "normalised" }
  }),
  draft("p-auto-plain", "The test keeps the plain chart", "p_auto", pairs(cases, sizes), {
    hand: { chart: "p" }
  }),
  draft("p-auto-laney", "The test takes Laney's chart", "p_auto", pairs(big, huge), {
    hand: { chart: "pp" }
  }),
  draft("p-auto-small", "The plain chart with exact tails", "p_auto", pairs(few, twenty), {
    hand: { chart: "p" }
  }),
  draft("np-sizes", "Cases, with a centre by each subgroup's size", "np", pairs(cases, sizes)),
  draft("np-equal", "Cases of equal subgroups", "np", pairs(cases, repeat(14, 100)), {
    hand: { centre: 163 / 14 }
  }),
  draft("np-small-counts", "Few cases by exact tails", "np", pairs(few, twenty), {
    hand: { centre: 15 / 14 }
  }),
  draft("np-small-others", "Few others by exact tails", "np", pairs(others(few, twenty), twenty)),
  draft("np-given-centre", "A given count as centre", "np", pairs(cases, sizes), {
    given: { centre: 10 },
    hand: { centre: 10 }
  }),
  draft(
    "np-zero-denominator",
    "A subgroup without members",
    "np",
    pairs(put(cases, 4, 0), put(sizes, 4, 0)),
    { hand: { n: 13 } }
  )
]

const days = [310, 280, 305, 300, 290, 315, 299, 301, 288, 310, 305, 295, 300, 320]
const rates: ReadonlyArray<Draft> = [
  draft("u-exposures", "Limits by each point's exposure", "u", pairs(cases, days)),
  draft("u-per-thousand", "Events per 1,000 days", "u", pairs(cases, days), {
    given: { multiply: 1000 },
    hand: { centre: (1000 * 163) / 4218 }
  }),
  draft("u-small-counts", "Few events by exact Poisson tails", "u", pairs(few, days), {
    hand: { centre: 15 / 4218 }
  }),
  draft(
    "u-small-fractions",
    "Few events, exposures that are no whole numbers",
    "u",
    pairs(
      few,
      days.map((d) => d / 8)
    )
  ),
  draft(
    "u-small-counts-signal",
    "A small count of events beyond its exact tail",
    "u",
    pairs(put(few, 13, 8), days)
  ),
  draft(
    "u-zero-denominator",
    "No exposure: that point alone has no value",
    "u",
    pairs(put(cases, 4, 0), put(days, 4, 0)),
    { hand: { n: 13 } }
  ),
  draft("u-above-one", "A rate may be above 1", "u", pairs(days, cases)),
  draft("u-all-zero", "No event at all", "u", pairs(repeat(14, 0), days), {
    hand: { centre: 0, ucl3: 0, beyond_limits: "." }
  }),
  draft("u-dominant", "One enormous exposure", "u", pairs(put(cases, 5, 60_000), put(days, 5, 500_000))),
  draft("up-big", "Laney's limits on big counts", "up", pairs(big, huge)),
  draft("up-per-thousand", "Laney's limits per 1,000 days", "up", pairs(cases, days), {
    given: { multiply: 1000 }
  }),
  draft(
    "up-zero-denominator",
    "No moving range across an exposure of 0",
    "up",
    pairs(put(big, 6, 0), put(huge, 6, 0))
  ),
  draft("u-auto-plain", "The test keeps the plain chart", "u_auto", pairs(cases, days), {
    hand: { chart: "u" }
  }),
  draft("u-auto-laney", "The test takes Laney's chart", "u_auto", pairs(big, huge), {
    hand: { chart: "up" }
  }),
  draft(
    "c-counts",
    "Counts about their mean",
    "c",
    { value: cases },
    { hand: { centre: 163 / 14, sigma: Math.sqrt(163 / 14) } }
  ),
  draft(
    "c-numerators",
    "Counts given as numerators",
    "c",
    { numerator: cases },
    { hand: { centre: 163 / 14 } }
  ),
  draft(
    "c-small-counts",
    "Few events by exact Poisson tails",
    "c",
    { value: few },
    { hand: { centre: 15 / 14 } }
  ),
  draft(
    "c-small-counts-on",
    "The greatest count that is usual: on the limit",
    "c",
    { value: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5], baseline: [...repeat(13, true), false] },
    { hand: { ucl3: 5, lcl3: 0, beyond_limits: "." } }
  ),
  draft(
    "c-small-counts-beyond",
    "One more is beyond",
    "c",
    { value: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 6], baseline: [...repeat(13, true), false] },
    { hand: { ucl3: 5, beyond_limits: "x" } }
  ),
  draft("c-small-counts-normal", "The same by 3 sigma", "c", { value: few }, { profile: "anhoej" }),
  draft(
    "c-all-zero",
    "No event at all",
    "c",
    { value: repeat(14, 0) },
    { hand: { centre: 0, ucl3: 0, beyond_limits: "." } }
  ),
  draft(
    "c-negative",
    "A negative count is missing",
    "c",
    { value: put(cases, 3, -1) },
    { hand: { n: 13, warning: ["missing", "negative"] } }
  ),
  draft(
    "c-given-centre",
    "A given centre",
    "c",
    { value: cases },
    { given: { centre: 16 }, hand: { centre: 16, sigma: 4, lcl3: 4, ucl3: 28 } }
  )
]

const between = [30, 12, 45, 8, 60, 22, 17, 90, 35, 5, 28, 41, 15, 33]
const rare: ReadonlyArray<Draft> = [
  draft(
    "g-cases",
    "Cases between events: the median as line, limits of a geometric distribution",
    "g",
    { value: between, ...up(14) },
    { hand: { centre: 29, lcl3: 0, shift: "." } }
  ),
  draft(
    "g-signal",
    "Many cases without an event",
    "g",
    { value: [...between, 400], ...up(15), baseline: [...repeat(14, true), false] },
    { hand: { variation: [...repeat(14, "common"), "improvement"] } }
  ),
  draft(
    "g-zeros",
    "Events one after another",
    "g",
    { value: [0, 0, 3, 0, 1, 0, 0, 2, 0, 5, 0, 1, 0, 0] },
    { hand: { centre: 0 } }
  ),
  draft(
    "g-given-centre",
    "A given mean, drawn as the median that belongs to it",
    "g",
    { value: between },
    { given: { centre: 40 }, hand: { centre: 27.72, sigma: Math.sqrt(1640) } }
  ),
  draft("g-anhoej", "Judged by runs and limits", "g", { value: between }, { profile: "anhoej" }),
  draft(
    "t-times",
    "Times between events: limits on the scale of the 3.6th root",
    "t",
    { value: between, ...up(14) },
    { hand: { centre: 29 } }
  ),
  draft("t-zero", "Two events at one time", "t", { value: put(between, 4, 0) }),
  draft("t-mean", "The mean on that scale as line", "t", { value: between }, { profile: "anhoej" }),
  draft(
    "t-multiply",
    "Days as hours",
    "t",
    { value: between },
    { given: { multiply: 24 }, hand: { centre: 29 * 24 } }
  ),
  draft(
    "t-given-centre",
    "A given time as centre",
    "t",
    { value: between },
    { given: { centre: 25 }, hand: { centre: 25 } }
  ),
  draft("t-missing", "No moving range across a missing time", "t", {
    value: put<number | null>(between, 6, null)
  })
]

/** Cases of proportions, rates, counts and rare events. */
export const casesOfCounts: ReadonlyArray<Draft> = [...proportions, ...rates, ...rare]

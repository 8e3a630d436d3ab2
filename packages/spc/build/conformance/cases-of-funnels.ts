import type { Arguments, Columns, Draft } from "./case.ts"

const names = Array.from({ length: 12 }, (_, i) => `unit ${String(i + 1).padStart(2, "0")}`)
const sizes = [120, 340, 90, 500, 260, 410, 75, 620, 180, 330, 240, 150]
const events = [25, 60, 17, 110, 49, 85, 14, 120, 38, 64, 50, 29]
const spread = [12, 96, 30, 70, 81, 50, 25, 160, 12, 99, 30, 52]
const expected = [24.31, 68.2, 17.5, 101.4, 52.75, 82.1, 15.05, 124.6, 36.4, 66.1, 48.9, 30.2]

const funnel = (
  id: string,
  title: string,
  chart: "funnel_pr" | "funnel_rc" | "funnel_sr",
  numerator: ReadonlyArray<number | null>,
  denominator: ReadonlyArray<number | null>,
  given: Arguments = {},
  byHand: Columns = {}
): Draft => ({
  id,
  title,
  chart,
  profile: null,
  arguments: given,
  data: { unit: names.slice(0, numerator.length), numerator, denominator },
  byHand
})

const all = (x: number): ReadonlyArray<number> => names.map(() => x)

/** Cases of funnels, with and without overdispersion. */
export const casesOfFunnels: ReadonlyArray<Draft> = [
  funnel(
    "funnel-pr-calm",
    "Proportions that vary as chance does",
    "funnel_pr",
    events,
    sizes,
    {},
    { target: all(661 / 3315) }
  ),
  funnel("funnel-pr-spread", "Proportions that vary more: additive adjustment", "funnel_pr", spread, sizes),
  funnel(
    "funnel-pr-none",
    "The same without adjustment",
    "funnel_pr",
    spread,
    sizes,
    { overdispersion: "none" },
    { phi: all(0), tau2: all(0) }
  ),
  funnel("funnel-pr-multiplicative", "The same, limits times the root of phi", "funnel_pr", spread, sizes, {
    overdispersion: "multiplicative"
  }),
  funnel("funnel-pr-exact", "Exact binomial limits", "funnel_pr", events, sizes, { limits: "exact" }),
  funnel(
    "funnel-pr-target",
    "A given target, in per cent",
    "funnel_pr",
    events,
    sizes,
    { target: 0.25, multiply: 100 },
    { target: all(25) }
  ),
  funnel("funnel-pr-zero-observed", "A unit without any case", "funnel_pr", events.with(6, 0), sizes),
  funnel(
    "funnel-pr-zero-size",
    "A unit without anyone at risk has no ratio",
    "funnel_pr",
    events.with(6, 0),
    sizes.with(6, 0)
  ),
  funnel(
    "funnel-pr-invalid",
    "A unit with more cases than were at risk has no ratio",
    "funnel_pr",
    events.with(6, 80),
    sizes
  ),
  funnel(
    "funnel-pr-missing",
    "A unit with a missing count",
    "funnel_pr",
    [...events.slice(0, 6), null, ...events.slice(7)],
    sizes
  ),
  funnel("funnel-pr-few", "Few units", "funnel_pr", events.slice(0, 4), sizes.slice(0, 4)),
  funnel(
    "funnel-pr-one",
    "A single unit: no phi",
    "funnel_pr",
    [25],
    [120],
    {},
    { phi: [null], tau2: [null] }
  ),
  funnel("funnel-pr-trim", "A quarter winsorised at either end", "funnel_pr", spread, sizes, {
    trim_by: 0.25
  }),
  funnel("funnel-rc-calm", "Ratios of two counts", "funnel_rc", events, sizes),
  funnel("funnel-rc-spread", "Ratios of two counts that vary more than chance", "funnel_rc", spread, sizes),
  funnel("funnel-rc-exact", "Exact limits given the total", "funnel_rc", events, sizes, {
    limits: "exact",
    overdispersion: "none"
  }),
  funnel("funnel-rc-zero-observed", "A unit without any event", "funnel_rc", events.with(6, 0), sizes),
  funnel(
    "funnel-sr-calm",
    "Observed against expected, exact Poisson limits",
    "funnel_sr",
    events,
    expected,
    {},
    { target: all(1) }
  ),
  funnel(
    "funnel-sr-spread",
    "Observed against expected, more spread than chance",
    "funnel_sr",
    spread,
    expected
  ),
  funnel(
    "funnel-sr-zero-observed",
    "No event observed: square-root z, outside phi and tau2",
    "funnel_sr",
    events.with(6, 0),
    expected
  ),
  funnel("funnel-sr-zero-expected", "Nothing expected: no ratio", "funnel_sr", events, expected.with(6, 0)),
  funnel("funnel-sr-byar", "Byar's limits", "funnel_sr", events, expected, { limits: "byar" }),
  funnel("funnel-sr-square-root", "On the scale of the square root", "funnel_sr", spread, expected, {
    method: "square-root",
    limits: "normal"
  }),
  funnel(
    "funnel-sr-hundred",
    "As an index of 100",
    "funnel_sr",
    events,
    expected,
    { multiply: 100 },
    { target: all(100) }
  )
]

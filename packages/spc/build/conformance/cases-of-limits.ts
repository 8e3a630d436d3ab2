import type { Draft } from "./case.ts"
import { draft, frozen, repeat, twelve } from "./draft.ts"

const plain = [12, 15, 11, 14, 13, 16, 12, 14, 13, 15, 11, 13, 14, 12]
const step = [...plain.slice(0, 13), 22, 23, 21, 24, 22, 23, 21, 22]
const months = (values: ReadonlyArray<number | null>) => ({ value: values })

const baselines: ReadonlyArray<Draft> = [
  draft("baseline-all", "All points set the limits", "xmr", months(step), {
    hand: { in_baseline: "x".repeat(21) }
  }),
  draft(
    "baseline-frozen",
    "The first thirteen set the limits, which hold to the end",
    "xmr",
    { value: step, baseline: step.map((_, i) => i < 13) },
    { hand: { in_baseline: "x".repeat(13) + ".".repeat(8), shift: "xxxxxxxxx" } }
  ),
  draft(
    "baseline-named",
    "Points in the middle set the limits",
    "xmr",
    { value: step, baseline: step.map((_, i) => i >= 4 && i < 12) },
    { hand: { in_baseline: "....xxxxxxxx.........", centre: 13.375 } }
  ),
  draft(
    "baseline-scattered",
    "Two stretches set the limits, the range between their ends included",
    "xmr",
    { value: [...twelve, 30, ...twelve], baseline: [...repeat(12, true), false, ...repeat(12, true)] },
    { hand: { centre: 10, ucl3: 15.32 } }
  ),
  draft(
    "baseline-none-valid",
    "A baseline without any value: no limits, nothing judged",
    "xmr",
    { value: [null, null, ...plain], baseline: [true, true, ...repeat(14, false)] },
    { hand: { centre: null, lcl3: null, signal: "-".repeat(16) } }
  ),
  draft(
    "baseline-one-point",
    "A baseline of one point has a centre and no limits",
    "xmr",
    { value: plain, baseline: plain.map((_, i) => i === 0) },
    { hand: { centre: 12, sigma: null, ucl3: null, beyond_limits: "-".repeat(14) } }
  ),
  draft("phases", "Each phase has limits of its own", "xmr", {
    value: [...twelve, 9, ...twelve.map((y) => y + 10), 21],
    phase: [...repeat(13, 1), ...repeat(13, 2)]
  }),
  draft(
    "phases-short",
    "A phase below the minimum is drawn and not judged",
    "xmr",
    { value: [...plain, 1, 20, 1], phase: [...repeat(14, 1), ...repeat(3, 2)] },
    { hand: { signal: ".".repeat(14) + "---", judged: "x".repeat(14) + "..." } }
  ),
  draft("minimum-below", "Twelve points are too few", "xmr", months(plain.slice(0, 12)), {
    hand: { judged: false, signal: "-".repeat(12), variation: "not-judged", warning: ["few-points"] }
  }),
  draft("minimum-on", "Thirteen points are enough", "xmr", months(plain.slice(0, 13)), {
    hand: { judged: true, signal: ".", variation: "common", warning: [] }
  }),
  draft(
    "minimum-missing",
    "Thirteen rows of which one is missing are too few",
    "xmr",
    months([...plain.slice(0, 12), null]),
    { hand: { judged: false, n: 12, warning: ["few-points", "missing"] } }
  ),
  draft("minimum-none", "A profile without a minimum judges three points", "xmr", months([10, 11, 30]), {
    profile: "ptd-0.2",
    hand: { judged: true, warning: ["few-points"] }
  }),
  draft("one-point", "A single point has a centre and no limits", "xmr", months([7]), {
    hand: { centre: 7, ucl3: null, judged: false, n: 1 }
  }),
  draft("no-values", "No value at all: every row is kept", "xmr", months([null, null, null]), {
    hand: { centre: null, n: 0, judged: false, variation: "not-judged", warning: ["few-points", "missing"] }
  })
]

const gaps: ReadonlyArray<Draft> = [
  draft(
    "missing-no-range",
    "No moving range crosses a missing value",
    "xmr",
    months([...twelve, null, 29, 31]),
    { hand: { centre: 180 / 14, ucl3: 180 / 14 + 2.66 * 2, n: 14 } }
  ),
  draft("missing-last", "A missing last point is not judged", "xmr", months([...plain, null]), {
    hand: { signal: ".".repeat(14) + "-", variation: [...repeat(14, "common"), "not-judged"] }
  }),
  draft(
    "ghost-in-the-middle",
    "A ghost moves no limit, and its neighbours become neighbours",
    "xmr",
    {
      value: [...twelve.slice(0, 6), 99, ...twelve.slice(6), 10],
      excluded: [...repeat(6, false), true, ...repeat(7, false)]
    },
    { hand: { centre: 10 } }
  ),
  draft(
    "order-of-rows",
    "Rows in any order give the same chart",
    "xmr",
    {
      period: [5, 3, 1, 2, 4, 14, 13, 12, 11, 10, 9, 8, 7, 6],
      value: [13, 11, 12, 15, 14, 12, 14, 13, 11, 15, 13, 14, 12, 16]
    },
    { hand: { signal: "." } }
  ),
  draft(
    "ratio-as-value",
    "Individual values from numerator and denominator, one of them 0",
    "xmr",
    {
      numerator: [10, 12, 9, 11, 10, 13, 0, 12, 10, 9, 11, 12, 10, 11],
      denominator: [...repeat(6, 100), 0, ...repeat(7, 100)]
    },
    { hand: { warning: ["missing", "zero-denominator"], n: 13 } }
  ),
  draft("constant", "All values equal: the limits lie on them", "xmr", months(repeat(14, 100)), {
    hand: {
      centre: 100,
      lcl3: 100,
      ucl3: 100,
      sigma: 0,
      beyond_limits: ".",
      signal: ".",
      warning: ["constant"]
    }
  }),
  draft(
    "constant-but-one",
    "Constant but for one point: only that one is beyond",
    "xmr",
    months([...repeat(13, 100), 92, ...repeat(10, 100)]),
    { hand: { beyond_limits: "x..........", centre: 2392 / 24, ucl3: 2392 / 24 + (2.66 * 16) / 23 } }
  ),
  draft(
    "constant-but-one-screened",
    "The same where moving ranges are screened: the unscreened ones count",
    "xmr",
    months([...repeat(13, 100), 92, ...repeat(10, 100)]),
    { profile: "ptd-0.2", hand: { beyond_limits: "x..........", ucl3: 2392 / 24 + (2.66 * 16) / 23 } }
  ),
  draft(
    "constant-then-other",
    "A constant baseline: any other value is beyond",
    "xmr",
    { value: [...repeat(13, 5), 5, 6], baseline: [...repeat(13, true), false, false] },
    { hand: { sigma: 0, beyond_limits: ".x" } }
  ),
  draft("negative-values", "Individual values may be negative", "xmr", months(plain.map((y) => y - 14))),
  draft("large-values", "Large values with small steps", "xmr", months(plain.map((y) => y + 1e6)))
]

const outlier = [...plain, 60, ...plain]
const arguments_: ReadonlyArray<Draft> = [
  draft("screened", "One large moving range is left out once", "xmr", months(outlier), {
    given: { screened: true }
  }),
  draft("not-screened", "The same with all moving ranges", "xmr", months(outlier), {
    given: { screened: false }
  }),
  draft("screened-by-profile", "Screened by its profile", "xmr", months(outlier), { profile: "ptd-0.2" }),
  draft("median-centre", "The median as centre", "xmr", months(outlier), {
    given: { centre: "median" },
    hand: { centre: 13 }
  }),
  draft("median-range", "Sigma by the median moving range", "xmr", months(outlier), {
    given: { spread: "median" }
  }),
  draft(
    "median-range-pbi",
    "Sigma by the median moving range with the constant of pbi",
    "xmr",
    months(outlier),
    { profile: "pbi", given: { spread: "median" } }
  ),
  draft("given-centre", "A given centre; sigma is that of the values", "xmr", months(plain), {
    given: { centre: 20 },
    hand: { centre: 20, shift: "x".repeat(14) }
  }),
  draft(
    "multiply",
    "Values, centre, limits and sigma times 1,000, flags as before",
    "xmr",
    { numerator: [3, 5, 2, 4, 6, 3, 5, 4, 2, 5, 3, 4, 6, 3], denominator: repeat(14, 1200) },
    { given: { multiply: 1000 } }
  )
]

const target = (
  id: string,
  title: string,
  of: number,
  direction: "up" | "down" | "neutral",
  assurance: string,
  data = frozen([10.5])
): Draft =>
  draft(
    `target-${id}`,
    title,
    "xmr",
    { ...data, target: repeat(data.value!.length, of), direction: repeat(data.value!.length, direction) },
    { hand: { assurance } }
  )

const constant = { value: repeat(13, 100) }
const words: ReadonlyArray<Draft> = [
  target("pass-up", "Lower limit above the target, up is better: it will pass", 4, "up", "pass"),
  target("fail-up", "Upper limit below the target, up is better: it will fail", 16, "up", "fail"),
  target("pass-down", "Upper limit below the target, down is better", 16, "down", "pass"),
  target("fail-down", "Lower limit above the target, down is better", 4, "down", "fail"),
  target("hit-or-miss", "A target within the limits", 12, "up", "hit-or-miss"),
  target("on-the-limit", "A target on the limit is within", 15.32, "up", "hit-or-miss"),
  target("neutral", "Neither way is better: no assurance", 16, "neutral", "not-judged"),
  target("constant-pass", "A constant series on its target passes", 100, "up", "pass", constant),
  target("constant-fail", "A constant series off its target fails", 99, "down", "fail", constant),
  target("few-points", "Too few points: no assurance", 1000, "up", "not-judged", { value: [1, 2, 3] }),
  draft(
    "target-none",
    "No target",
    "xmr",
    { ...frozen([10.5]), direction: repeat(13, "up" as const) },
    { hand: { assurance: "no-target" } }
  ),
  draft(
    "target-of-the-last-point",
    "The target of the last valid point counts, not that of a missing one after it",
    "xmr",
    { ...frozen([10.5, null]), target: [...repeat(12, 1), 16, 3], direction: repeat(14, "up" as const) },
    { hand: { assurance: "fail" } }
  ),
  draft(
    "target-multiplied",
    "A target is on the scale of the output",
    "xmr",
    { ...frozen([10.5]), target: repeat(13, 1600), direction: repeat(13, "up" as const) },
    { given: { multiply: 100 }, hand: { assurance: "fail" } }
  ),
  draft(
    "direction-up",
    "Up is better: a high signal is an improvement",
    "xmr",
    { ...frozen([16]), direction: repeat(13, "up" as const) },
    { hand: { variation: [...repeat(12, "common"), "improvement"] } }
  ),
  draft(
    "direction-down",
    "Down is better: a high signal is a concern, and the latest point makes the chart not stable",
    "xmr",
    { ...frozen([16]), direction: repeat(13, "down" as const) },
    { hand: { variation: [...repeat(12, "common"), "concern"], warning: ["not-stable"] } }
  ),
  draft(
    "direction-neutral",
    "Neutral: changed, never a concern",
    "xmr",
    { ...frozen([16]), direction: repeat(13, "neutral" as const) },
    { hand: { variation: [...repeat(12, "common"), "changed"] } }
  ),
  draft(
    "direction-mixed",
    "Directions mixed within a phase count as neutral",
    "xmr",
    { ...frozen([16]), direction: [...repeat(12, "up" as const), "down" as const] },
    { hand: { variation: [...repeat(12, "common"), "changed"] } }
  )
]

/** Cases of baselines, phases, gaps, constant series, arguments, targets and directions, on individual values. */
export const casesOfLimits: ReadonlyArray<Draft> = [...baselines, ...gaps, ...arguments_, ...words]

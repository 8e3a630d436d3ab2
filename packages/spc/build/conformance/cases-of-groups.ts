import type { Data, Draft } from "./case.ts"
import { draft, frozen, repeat } from "./draft.ts"

const even = [
  [5, 7, 6, 8],
  [6, 6, 7, 9],
  [4, 8, 5, 7],
  [7, 7, 8, 6],
  [5, 9, 6, 6],
  [8, 6, 7, 7],
  [6, 5, 7, 6],
  [7, 8, 9, 6],
  [5, 6, 6, 8],
  [6, 7, 5, 7],
  [8, 7, 6, 9],
  [6, 6, 5, 8],
  [7, 5, 8, 7],
  [6, 8, 7, 5]
]
const uneven = even.map((g, i) => g.slice(0, 2 + (i % 3)))
const rows = (
  groups: ReadonlyArray<ReadonlyArray<number | null>>,
  more: (group: number) => Partial<Record<"baseline" | "excluded", boolean>> = () => ({})
): Data => {
  const flat = groups.flatMap((g, i) => g.map((value) => ({ period: i + 1, value, ...more(i) })))
  const flag = (name: "baseline" | "excluded") =>
    flat.some((r) => r[name] !== undefined) ? { [name]: flat.map((r) => r[name] === true) } : {}
  return {
    period: flat.map((r) => r.period),
    value: flat.map((r) => r.value),
    ...flag("baseline"),
    ...flag("excluded")
  }
}
const spreads = ["mean-s", "pooled", "mean-range", "rmsdf"] as const

const spread: ReadonlyArray<Draft> = (["xbar", "s"] as const).flatMap((chart) =>
  spreads.flatMap((how) => [
    draft(`${chart}-${how}`, `Subgroups of four, sigma by ${how}`, chart, rows(even), {
      given: { spread: how },
      hand: chart === "xbar" ? { centre: 372 / 56 } : {}
    }),
    ...(how === "mean-range" && chart === "s"
      ? []
      : [
          draft(`${chart}-${how}-uneven`, `Subgroups of two to four, sigma by ${how}`, chart, rows(uneven), {
            given: { spread: how }
          })
        ])
  ])
)

const groups: ReadonlyArray<Draft> = [
  draft(
    "xbar-one-member",
    "A subgroup of one member has a mean and the limits of one value",
    "xbar",
    rows([...even, [7]])
  ),
  draft(
    "xbar-missing-member",
    "A missing member is left out, a subgroup without any is missing",
    "xbar",
    rows([...even.slice(0, 12), [5, null, 7, 6], [null, null, 7, 8], [null, null]])
  ),
  draft(
    "xbar-baseline",
    "A frozen baseline of subgroups",
    "xbar",
    rows([...even, [12, 13, 12, 14]], (i) => ({ baseline: i < 14 })),
    { hand: { beyond_limits: "x", centre: 372 / 56 } }
  ),
  draft(
    "xbar-ghost",
    "A ghost among subgroups",
    "xbar",
    rows([...even.slice(0, 7), [20, 30, 20, 30], ...even.slice(7)], (i) => ({ excluded: i === 7 })),
    { hand: { centre: 372 / 56 } }
  ),
  draft("xbar-given-centre", "A given centre", "xbar", rows(even), {
    given: { centre: 6 },
    hand: { centre: 6 }
  }),
  draft("xbar-western-electric", "Judged by zones, constants to three decimals", "xbar", rows(even), {
    profile: "western-electric"
  }),
  draft("r-four", "Ranges of subgroups of four", "r", rows(even)),
  draft("r-uneven", "Ranges of subgroups of two to four: the centre goes with the size", "r", rows(uneven)),
  draft(
    "r-large",
    "A subgroup of more than a hundred has a range that is drawn and not judged",
    "r",
    rows([...even, Array.from({ length: 101 }, (_, i) => i % 10)]),
    {
      hand: {
        n: 14,
        value: [3, 3, 4, 2, 4, 2, 2, 3, 3, 2, 3, 3, 3, 3, 9],
        beyond_limits: `${".".repeat(14)}-`
      }
    }
  ),
  draft("r-one-member", "A subgroup of one member has no range", "r", rows([...even, [7]])),
  draft(
    "r-high",
    "One wide subgroup after a frozen baseline",
    "r",
    rows([...even, [1, 12, 5, 6]], (i) => ({ baseline: i < 14 })),
    { hand: { beyond_limits: "x" } }
  ),
  draft("s-one-member", "A subgroup of one member has no standard deviation", "s", rows([...even, [7]])),
  draft("s-pbi", "Lower limits below 0", "s", rows(uneven), { profile: "pbi" }),
  draft(
    "s-constant-groups",
    "Most subgroups do not vary within",
    "s",
    rows(even.map((g, i) => (i < 9 ? repeat(4, g[0]!) : g)))
  )
]

const values = [12, 15, 11, 14, 13, 16, 12, 14, 13, 15, 11, 13, 14, 12, 19, 20, 18, 21, 19, 20]
const steps: ReadonlyArray<Draft> = [
  draft("mr-plain", "Moving ranges about their average", "mr", { value: values }, { hand: { lcl3: 0 } }),
  draft("mr-two-steps", "All moving ranges equal", "mr", frozen([11]), {
    hand: {
      centre: 2,
      ucl3: 6.534,
      lcl3: 0,
      value: [null, ...repeat(12, 2)],
      judged: false,
      n: 12,
      signal: "-".repeat(13)
    }
  }),
  draft(
    "mr-missing",
    "A missing value takes away both ranges beside it",
    "mr",
    { value: [...values.slice(0, 7), null, ...values.slice(7)] },
    { hand: { n: 18 } }
  ),
  draft(
    "mr-ghost",
    "A ghost has no range, and its neighbours become neighbours",
    "mr",
    {
      value: [...values.slice(0, 7), 99, ...values.slice(7)],
      excluded: [...repeat(7, false), true, ...repeat(13, false)]
    },
    { hand: { n: 19 } }
  ),
  draft(
    "mr-baseline",
    "Ranges after a frozen baseline are judged; a range is of the baseline if both its values are",
    "mr",
    { value: [...values, 40], baseline: [...repeat(14, true), ...repeat(7, false)] },
    { hand: { in_baseline: `.${"x".repeat(13)}.......`, beyond_limits: `-${".".repeat(19)}x` } }
  ),
  draft("mr-thirds", "Thirds of the upper limit counted from 0", "mr", { value: values }, { profile: "pbi" }),
  draft("mr-anhoej", "Judged by runs", "mr", { value: values }, { profile: "anhoej" }),
  draft(
    "mr-given-centre",
    "A given average",
    "mr",
    { value: values },
    { given: { centre: 3 }, hand: { centre: 3, ucl3: 9.801 } }
  )
]

const judgedBy: ReadonlyArray<Draft> = [
  draft("ewma-default", "The weighted average between widening limits", "ewma", { value: values }),
  draft("ewma-frozen", "About a frozen baseline: a small lasting change", "ewma", {
    value: values,
    baseline: values.map((_, i) => i < 14)
  }),
  draft(
    "ewma-weight",
    "Weight 0.4 and limits at 2.7",
    "ewma",
    { value: values },
    { given: { weight: 0.4, nsigmas: 2.7 } }
  ),
  draft(
    "ewma-given-centre",
    "About a given centre",
    "ewma",
    { value: values },
    { given: { centre: 14 }, hand: { centre: 14 } }
  ),
  draft("ewma-gaps", "Missing values and ghosts are passed over", "ewma", {
    value: [...values.slice(0, 5), null, 99, ...values.slice(5)],
    excluded: [...repeat(6, false), true, ...repeat(15, false)]
  }),
  draft(
    "ewma-constant",
    "All values equal",
    "ewma",
    { value: repeat(14, 4) },
    { hand: { ewma: 4, sigma: 0, signal: "." } }
  ),
  draft("cusum-default", "Cumulative sums of single values", "cusum", { value: values }),
  draft("cusum-frozen", "About a frozen baseline: the run starts where the sum left 0", "cusum", {
    value: values,
    baseline: values.map((_, i) => i < 14)
  }),
  draft(
    "cusum-arguments",
    "Allowance 0.25, decision interval 4",
    "cusum",
    { value: values },
    { given: { k: 0.25, h: 4 } }
  ),
  draft("cusum-gaps", "Missing values and ghosts are passed over", "cusum", {
    value: [...values.slice(0, 5), null, 99, ...values.slice(5)],
    excluded: [...repeat(6, false), true, ...repeat(15, false)]
  }),
  draft(
    "cusum-constant",
    "All values equal: no scale, nothing judged",
    "cusum",
    { value: repeat(14, 4) },
    { hand: { cusum_pos: null, signal: "-".repeat(14) } }
  )
]

/** Cases of subgroups, moving ranges and running statistics. */
export const casesOfGroups: ReadonlyArray<Draft> = [...spread, ...groups, ...steps, ...judgedBy]

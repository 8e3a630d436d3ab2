import type { Draft } from "./case.ts"
import { draft, frozen, repeat, twelve } from "./draft.ts"

const turned = (tail: ReadonlyArray<number>): ReadonlyArray<number> => tail.map((y) => 20 - y)
const low = (tail: ReadonlyArray<number>) => ({
  ...frozen(turned(tail)),
  value: [...turned(twelve), ...turned(tail)]
})
const high7 = [12, 11, 12, 11, 12, 11, 12]
const peak = [9.3, 9.6, 9.9, 10.2, 10.5, 10.8, 10.4, 10.1, 9.8, 9.5, 9.2, 8.9]

const border = (head: ReadonlyArray<number>, tail: ReadonlyArray<number>) => ({
  value: [...twelve, ...head, ...tail, ...turned(twelve)],
  phase: [...repeat(12 + head.length, 1), ...repeat(12 + tail.length, 2)],
  baseline: [...repeat(12, true), ...repeat(head.length + tail.length, false), ...repeat(12, true)]
})

const shifts: ReadonlyArray<Draft> = [
  draft("shift-seven", "Seven points above the centre are a shift", "xmr", frozen(high7), {
    hand: {
      shift: "xxxxxxx",
      centre: 10,
      lcl3: 4.68,
      ucl3: 15.32,
      signal: "xxxxxxx",
      variation: [...repeat(12, "common"), ...repeat(7, "changed")]
    }
  }),
  draft("shift-seven-low", "Seven points below the centre are a shift", "xmr", low(high7), {
    hand: { shift: "xxxxxxx" }
  }),
  draft("shift-six", "Six points on one side are no shift", "xmr", frozen([...high7.slice(1), 9]), {
    hand: { shift: ".", signal: "." }
  }),
  draft(
    "shift-nine",
    "All points of a run of nine are marked, and the run says where it was completed",
    "xmr",
    frozen([...high7, 11, 12, 9]),
    {
      hand: { shift: "xxxxxxxxx." }
    }
  ),
  draft("shift-tie", "A point on the centre breaks a run", "xmr", frozen([12, 11, 12, 10, 11, 12, 11, 12]), {
    hand: { shift: ".", signal: "." }
  }),
  draft(
    "shift-almost-tie",
    "Within a thousand-millionth of the centre is on it",
    "xmr",
    frozen([12, 11, 12, 10.000000005, 11, 12, 11, 12]),
    { hand: { shift: "." } }
  ),
  draft(
    "shift-off-centre",
    "Further than that from the centre is off it",
    "xmr",
    frozen([12, 11, 12, 10.00000002, 11, 12, 11]),
    { hand: { shift: "xxxxxxx" } }
  ),
  draft(
    "shift-ghost",
    "A ghost is no part of a run and does not break it",
    "xmr",
    {
      ...frozen([12, 11, 12, 2, 11, 12, 11, 12]),
      excluded: [...repeat(15, false), true, ...repeat(4, false)]
    },
    {
      hand: { shift: "xxx-xxxx", beyond_limits: "...-....", centre: 10 }
    }
  ),
  draft(
    "shift-missing",
    "A missing value is no part of a run and does not break it",
    "xmr",
    frozen([12, 11, 12, null, 11, 12, 11, 12]),
    {
      hand: { shift: "xxx-xxxx", warning: ["missing", "not-stable"] }
    }
  ),
  draft(
    "shift-at-a-border",
    "Four points at the end of a phase and four at the start of the next are no shift",
    "xmr",
    border([12, 11, 12, 11], [12, 11, 12, 11]),
    { hand: { shift: ".", signal: "." } }
  ),
  draft(
    "shift-argument",
    "Six in a row where the call asks for six",
    "xmr",
    frozen([12, 11, 12, 11, 12, 11, 9]),
    { given: { shift: 6 }, hand: { shift: "xxxxxx." } }
  ),
  draft(
    "shift-western-electric",
    "Eight in a row, of which the eighth and those after are marked",
    "xmr",
    frozen([11, 11.5, 11, 11.5, 11, 11.5, 11, 11.5, 11]),
    { profile: "western-electric", hand: { shift: ".......xx" } }
  ),
  draft(
    "shift-nelson",
    "Eight in a row are no shift after Nelson, nine are",
    "xmr",
    frozen([11, 12, 11, 12, 11, 12, 11, 12, 11]),
    { profile: "nelson", hand: { shift: "........x" } }
  )
]

const trends: ReadonlyArray<Draft> = [
  draft(
    "trend-seven",
    "Seven rising points are a trend, the lowest among them",
    "xmr",
    frozen([9.5, 10.5, 11, 11.5, 12, 12.5]),
    { hand: { trend: "xxxxxxx", shift: "." } }
  ),
  draft(
    "trend-seven-falling",
    "Seven falling points are a trend",
    "xmr",
    low([9.5, 10.5, 11, 11.5, 12, 12.5]),
    { hand: { trend: "xxxxxxx" } }
  ),
  draft("trend-six", "Six rising points are no trend", "xmr", frozen([9.5, 10.5, 11, 11.5, 12, 9]), {
    hand: { trend: ".", signal: "." }
  }),
  draft(
    "trend-equal",
    "Equal neighbours break a trend",
    "xmr",
    frozen([9.5, 9.8, 10.5, 10.5, 11, 11.5, 12, 9]),
    { hand: { trend: ".", signal: "." } }
  ),
  draft(
    "trend-peak",
    "A peak belongs to the trend that rises to it and to the one that falls from it",
    "xmr",
    { ...frozen(peak), direction: repeat(24, "down" as const) },
    {
      hand: {
        trend: "xxxxxxxxxxxxx",
        direction_of_signal: [...repeat(11, null), ...repeat(6, "high"), "both", ...repeat(6, "low")],
        variation: [...repeat(11, "common"), ...repeat(6, "concern"), "both", ...repeat(6, "improvement")]
      }
    }
  ),
  draft(
    "trend-at-a-border",
    "A rise across the border of two phases is no trend",
    "xmr",
    border([9.5, 10, 10.5], [11, 11.5, 12]),
    { hand: { trend: ".", signal: "." } }
  ),
  draft(
    "trend-missing",
    "A missing value does not break a trend",
    "xmr",
    frozen([9.5, 10.5, 11, null, 11.5, 12, 12.5]),
    { hand: { trend: "xxxx-xxx" } }
  ),
  draft(
    "trend-argument",
    "Six rising points where the call asks for six",
    "xmr",
    frozen([9.5, 10.5, 11, 11.5, 12, 9]),
    { given: { trend: 6 }, hand: { trend: "xxxxxx." } }
  ),
  draft("trend-pbi", "Five rising points under pbi", "xmr", frozen([9.5, 10.5, 11, 11.5, 9]), {
    profile: "pbi",
    hand: { trend: "xxxxx." }
  }),
  draft(
    "trend-nelson",
    "The sixth rising point is marked after Nelson",
    "xmr",
    frozen([9.5, 10.5, 11, 11.5, 11.7, 9]),
    { profile: "nelson", hand: { trend: "....x." } }
  )
]

const limits: ReadonlyArray<Draft> = [
  draft("beyond-high", "A point above the upper limit", "xmr", frozen([16]), {
    hand: { beyond_limits: "x", ucl3: 15.32, sigma: 5.32 / 3 }
  }),
  draft("beyond-low", "A point below the lower limit", "xmr", low([16]), {
    hand: { beyond_limits: "x", lcl3: 4.68 }
  }),
  draft("beyond-on-the-limit", "A point on the limit is not beyond it", "xmr", frozen([15.32]), {
    hand: { beyond_limits: ".", signal: "." }
  }),
  draft("beyond-on-the-lower-limit", "A point on the lower limit is not beyond it", "xmr", frozen([4.68]), {
    hand: { beyond_limits: "." }
  }),
  draft(
    "beyond-almost-on-the-limit",
    "Within a thousand-millionth of the limit is on it",
    "xmr",
    frozen([15.32000001]),
    { hand: { beyond_limits: "." } }
  ),
  draft("beyond-just", "Further than that is beyond it", "xmr", frozen([15.32000002]), {
    hand: { beyond_limits: "x" }
  }),
  draft(
    "beyond-run",
    "Neighbours beyond the same limit are one run, a point beyond the other is another",
    "xmr",
    frozen([16, 17, 4, 9]),
    { hand: { beyond_limits: "xxx." } }
  ),
  draft(
    "beyond-ghost",
    "A ghost beyond the limits is not judged",
    "xmr",
    { ...frozen([16, 9]), excluded: [...repeat(12, false), true, false] },
    { hand: { beyond_limits: "-.", signal: "-.", centre: 10 } }
  )
]

const far = 13.6
const twoOfThree = (
  id: string,
  title: string,
  tail: ReadonlyArray<number>,
  marks: string,
  profile = "mdc-2023"
): Draft =>
  draft(`two-of-three-${id}`, title, "xmr", frozen(tail), { profile, hand: { two_of_three: marks } })

const pairs: ReadonlyArray<Draft> = [
  twoOfThree(
    "apart",
    "Two of three beyond 2 sigma with one between them on the same side",
    [far, 11, far, 9],
    "x.x."
  ),
  twoOfThree("then-one", "Two beyond 2 sigma, then one on the same side", [far, far, 11, 9], "xx.."),
  twoOfThree("one-before", "One on the same side, then two beyond 2 sigma", [11, far, far, 9], ".xx."),
  twoOfThree("third-opposite", "The third point on the other side: nothing", [far, 9, far, 9], "...."),
  twoOfThree("third-on-centre", "The third point on the centre: nothing", [far, 10, far, 9], "...."),
  twoOfThree("alone", "Two beyond 2 sigma between points on the other side: nothing", [far, far, 9], "..."),
  twoOfThree("beyond-three", "A point beyond 3 sigma counts", [16, 11, far, 9], "x.x."),
  twoOfThree(
    "on-the-line",
    "A point on the 2-sigma line is not beyond it",
    [10 + (5.32 * 2) / 3, 11, far, 9],
    "...."
  ),
  twoOfThree("chain", "Three and more in a chain are one run", [far, 11, far, far, 9], "x.xx."),
  twoOfThree("opposite-sides", "One beyond 2 sigma above and one below: nothing", [far, 6.4, 9], "..."),
  draft("two-of-three-low", "Two of three below", "xmr", low([far, 11, far, 9]), {
    hand: { two_of_three: "x.x." }
  }),
  draft(
    "two-of-three-at-a-border",
    "One at the end of a phase and one at the start of the next: nothing",
    "xmr",
    border([far, 11], [far, 11]),
    { hand: { two_of_three: "." } }
  ),
  twoOfThree(
    "ptd",
    "Between 2 and 3 sigma under ptd-0.2: a point beyond 3 sigma does not count",
    [16, 11, far, 9],
    "....",
    "ptd-0.2"
  ),
  twoOfThree("ptd-both", "Both between 2 and 3 sigma under ptd-0.2", [far, 11, far, 9], "x.x.", "ptd-0.2"),
  twoOfThree("pbi", "Under pbi the third may lie on the other side", [far, 9, far, 9, 11], "x.x..", "pbi"),
  twoOfThree(
    "pbi-opposite",
    "Under pbi the third may not lie beyond the opposite 2 sigma",
    [far, 6.4, far, 11, 9],
    ".....",
    "pbi"
  ),
  twoOfThree(
    "western-electric",
    "The point that completes it is marked",
    [far, 11, far, 9],
    "..x.",
    "western-electric"
  )
]

const zones: ReadonlyArray<Draft> = [
  draft(
    "four-of-five",
    "Four of five beyond 1 sigma, the latest among them",
    "xmr",
    frozen([12, 12, 11, 12, 12]),
    { profile: "western-electric", hand: { signal: "....x" } }
  ),
  draft("four-of-five-three", "Three of five are not enough", "xmr", frozen([12, 12, 11, 11, 12]), {
    profile: "western-electric",
    hand: { signal: "....." }
  }),
  draft("stratification", "Fifteen in a row within 1 sigma", "xmr", frozen([10.5, 10.5, 10.5]), {
    profile: "nelson",
    hand: { signal: "..x" }
  }),
  draft("alternation", "Fourteen in a row that alternate", "xmr", frozen([12, 9, 9]), {
    profile: "nelson",
    hand: { signal: ".x." }
  }),
  draft(
    "mixture",
    "Eight in a row beyond 1 sigma on both sides",
    "xmr",
    frozen([12, 12, 8, 8, 12, 12, 8, 8]),
    { profile: "nelson", hand: { signal: ".......x" } }
  ),
  draft(
    "mixture-one-side",
    "Beyond 1 sigma on one side only is no mixture, but four of five",
    "xmr",
    frozen([12, 12.1, 12, 12.1, 12]),
    { profile: "nelson", hand: { signal: "...xx" } }
  )
]

const signs = (lengths: ReadonlyArray<number>): ReadonlyArray<number> =>
  lengths.flatMap((n, i) => Array.from({ length: n }, (_, j) => (i % 2 === 0 ? 12 + (j % 2) : 8 - (j % 2))))

const runs: ReadonlyArray<Draft> = [
  draft(
    "runs-longest-usual",
    "A run of eight among 24 useful points is usual",
    "run",
    { value: signs([8, 2, 1, 2, 1, 2, 1, 2, 1, 4]) },
    {
      hand: {
        centre: 10,
        longest_run: 8,
        longest_run_limit: 8,
        crossings: 9,
        crossings_limit: 8,
        n_useful: 24,
        runs_signal: false,
        signal: "."
      }
    }
  ),
  draft(
    "runs-longest",
    "A run of nine is not",
    "run",
    { value: signs([2, 9, 2, 1, 2, 1, 2, 1, 4]) },
    {
      hand: { longest_run: 9, crossings: 8, runs_signal: true, signal: "x".repeat(24), variation: "changed" }
    }
  ),
  draft(
    "runs-crossings-usual",
    "Eight crossings among 24 useful points are usual",
    "run",
    { value: signs([3, 3, 2, 3, 2, 3, 2, 3, 3]) },
    { hand: { crossings: 8, crossings_limit: 8, runs_signal: false } }
  ),
  draft(
    "runs-crossings",
    "Seven are too few",
    "run",
    { value: signs(repeat(8, 3)) },
    { hand: { crossings: 7, longest_run: 3, runs_signal: true } }
  ),
  draft(
    "runs-ties",
    "Points on the median are not useful",
    "run",
    { value: [12, 10, 8, 10, 12, 10, 8, 10, 12, 10, 8, 10, 12, 8] },
    { hand: { centre: 10, n_useful: 8, longest_run: 1, crossings: 7, runs_signal: false } }
  ),
  draft(
    "runs-all-equal",
    "All points on the median: no run and no crossing",
    "run",
    { value: repeat(14, 5) },
    { hand: { n_useful: 0, longest_run: null, crossings: null, runs_signal: false, warning: ["constant"] } }
  ),
  draft(
    "runs-mean",
    "A run chart about its mean",
    "run",
    { value: [1, 2, 3, 4, 40, 2, 3, 1, 2, 4, 3, 2, 1] },
    { given: { centre: "mean" }, hand: { n_useful: 13 } }
  ),
  draft(
    "runs-given-centre",
    "A run chart about a given centre",
    "run",
    { value: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] },
    {
      given: { centre: 7 },
      hand: { centre: 7, n_useful: 12, longest_run: 6, crossings: 1, runs_signal: true }
    }
  ),
  draft(
    "runs-shift-of-mdc",
    "A run chart judged by shifts and trends",
    "run",
    { value: [11, 9, 11, 9, 11, 9, 11, 9, 9, 9.5, 9, 12, 13, 12, 13, 12, 13, 12, 9] },
    { profile: "mdc-2023", hand: { lcl3: null, ucl3: null } }
  ),
  draft(
    "runs-of-xmr",
    "Individual values judged by their runs and limits",
    "xmr",
    { value: signs([2, 9, 2, 1, 2, 1, 2, 1, 4]) },
    { profile: "anhoej", hand: { longest_run: 9, runs_signal: true } }
  )
]

/** Cases of each rule: on it, just missing it, on a border. */
export const casesOfRules: ReadonlyArray<Draft> = [
  ...shifts,
  ...trends,
  ...limits,
  ...pairs,
  ...zones,
  ...runs
]

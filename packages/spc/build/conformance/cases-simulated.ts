import { makeSeries } from "../random.ts"
import type { Data, Draft } from "./case.ts"
import { draft } from "./draft.ts"

/** A seeded series of normal values, to two decimals, so that no machine rounds otherwise. */
const series = (seed: number, count: number, phi = 0, shift = 0): ReadonlyArray<number> => {
  const into = new Float64Array(count)
  makeSeries(seed, phi)(into)
  return Array.from(into, (x, i) => Math.round(100 * (20 + 3 * (x + (i >= 24 ? shift : 0)))) / 100)
}

const counts = (seed: number, count: number, mean: number): ReadonlyArray<number> =>
  series(seed, count).map((x) => Math.max(0, Math.round(mean + ((x - 20) / 3) * Math.sqrt(mean))))

const sizes = (seed: number, count: number): ReadonlyArray<number> =>
  series(seed, count).map((x) => Math.round(10 * x))
const baseline = (count: number): ReadonlyArray<boolean> => Array.from({ length: count }, (_, i) => i < 24)
const profiles = ["mdc-2023", "ptd-0.2", "anhoej", "western-electric", "nelson", "pbi"] as const

const individuals: ReadonlyArray<Draft> = profiles.flatMap((profile, p) =>
  [
    { name: "steady", title: "a steady process, 36 points", data: { value: series(100 + p, 36) } },
    {
      name: "step",
      title: "a step of 1.5 sigma after a frozen baseline of 24",
      data: { value: series(200 + p, 40, 0, 1.5), baseline: baseline(40) }
    }
  ].map(({ name, title, data }) =>
    draft(`simulated-${name}-${profile}`, `Simulated: ${title}, judged by ${profile}`, "xmr", data, {
      profile
    })
  )
)

const pair = (seed: number, mean: number): Data => ({
  numerator: counts(seed, 30, mean),
  denominator: sizes(seed + 50, 30)
})

/** Simulated series of every chart, from fixed seeds. */
export const casesSimulated: ReadonlyArray<Draft> = [
  ...individuals,
  draft("simulated-autocorrelated", "Simulated: each value carries over 0.8 of the one before", "xmr", {
    value: series(301, 48, 0.8)
  }),
  draft(
    "simulated-autocorrelated-gap",
    "Simulated: the same with a missing value, across which nothing is correlated",
    "xmr",
    { value: series(301, 48, 0.8).map((y, i) => (i === 20 ? null : y)) }
  ),
  draft("simulated-run", "Simulated: a run chart", "run", { value: series(302, 30) }),
  draft("simulated-mr", "Simulated: moving ranges", "mr", { value: series(303, 30) }),
  draft("simulated-ewma", "Simulated: a step of 1 sigma, weighted average", "ewma", {
    value: series(304, 40, 0, 1),
    baseline: baseline(40)
  }),
  draft("simulated-cusum", "Simulated: a step of 1 sigma, cumulative sums", "cusum", {
    value: series(304, 40, 0, 1),
    baseline: baseline(40)
  }),
  draft("simulated-p", "Simulated: proportions", "p", pair(305, 30)),
  draft("simulated-p-small", "Simulated: small proportions", "p", pair(306, 2)),
  draft("simulated-pp", "Simulated: proportions on Laney's chart", "pp", pair(307, 30)),
  draft("simulated-np", "Simulated: cases", "np", pair(308, 12)),
  draft("simulated-u", "Simulated: rates", "u", pair(309, 12)),
  draft("simulated-u-small", "Simulated: small rates per 1,000", "u", pair(310, 1.5), {
    given: { multiply: 1000 }
  }),
  draft("simulated-up", "Simulated: rates on Laney's chart", "up", pair(311, 40)),
  draft("simulated-c", "Simulated: counts", "c", { value: counts(312, 30, 9) }),
  draft("simulated-c-small", "Simulated: small counts", "c", { value: counts(313, 30, 2) }),
  draft("simulated-g", "Simulated: cases between events", "g", {
    value: series(314, 24).map((x) => Math.round(Math.abs(x - 20) * 12))
  }),
  draft("simulated-t", "Simulated: times between events", "t", {
    value: series(315, 24).map((x) => Math.round(Math.abs(x - 20) * 120) / 10 + 0.1)
  })
]

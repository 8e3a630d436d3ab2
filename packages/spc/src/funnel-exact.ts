/** The 2.5, 97.5, 0.1 and 99.9 % points: the share below, the share above, the normal score. */
const points = {
  "2.5": { below: 0.025, above: 0.975, z: -1.959963984540054 },
  "97.5": { below: 0.975, above: 0.025, z: 1.959963984540054 },
  "0.1": { below: 0.001, above: 0.999, z: -3.090232306167813 },
  "99.9": { below: 0.999, above: 0.001, z: 3.090232306167813 }
}

/** A point of a distribution, in per cent, whose place is asked for. */
export type Point = keyof typeof points

/** A number as a DOUBLE literal: without an exponent DuckDB would read a DECIMAL. */
const double = (x: number): string => `(${x.toExponential()})`

/** From this shape on the expansion below is good to 1e-12, so nothing is iterated. */
const large = 1000

/** Goldberg and Levine's terms (1946) for the chi-square quantile in its degrees of freedom, here for a gamma. */
const expansion = (a: string, z: number, terms: number): string =>
  [
    (z ** 2 - 1) / 3,
    (z ** 3 - 7 * z) / 36,
    -(3 * z ** 4 + 7 * z ** 2 - 16) / 810,
    (9 * z ** 5 + 256 * z ** 3 - 433 * z) / 38880,
    (12 * z ** 6 - 243 * z ** 4 - 923 * z ** 2 + 1472) / 204120,
    -(3753 * z ** 7 + 4353 * z ** 5 - 289517 * z ** 3 - 289717 * z) / 146966400
  ]
    .slice(0, terms)
    .reduceRight((inner, c) => `(${double(c)} + (${inner}) / sqrt(${a}))`, "0e0")

const expanded = (a: string, z: number, terms: number): string =>
  `${a} + ${double(z)} * sqrt(${a}) + ${expansion(a, z, terms)}`

/** How far beyond the peak the terms of a series matter, in standard deviations: exp(-72/2) is below 1e-15. */
const reach = (z: number): number => Math.ceil(10 * (Math.sqrt(z * z + 72) + z)) / 10

/** Newton steps down from the start `u` to the last `v`, `count` of them, as SQL; `step` is in terms of `v`. */
const newton = (start: string, count: string, step: string): string =>
  `list_reduce(list_resize([${start}], ${count}, 0e0), lambda v, _i: ${step})`

/**
 * SQL for the quantile of a gamma distribution of shape `a` and rate 1: half the chi-square quantile of 2a degrees
 * of freedom. Newton's method on ln P(a, x) in ln x, which is concave and so cannot run away; P by its power series
 * (Abramowitz and Stegun 6.5.29), whose terms are all positive. `a` names a column above 0.
 */
export const gammaQuantile = (point: Point, a: string): string => {
  const { below, z } = points[point]
  const least = `(ln(${double(below)}) + lgamma(${a} + 1)) / ${a}`
  const near = z > 0 ? 0.5 : 4
  const start = `CASE WHEN ${a} < ${near} THEN ${least} ELSE ln(${expanded(a, z, 6)}) END`
  const terms = `(40 + ${reach(z)} * sqrt(${a} + ${z > 0 ? 9 : 1}))::BIGINT`
  const series = `list_reduce(range(${terms}, 0, -1)::DOUBLE[], lambda s, k: 1 + s * exp(v) / (${a} + k), 1e0)`
  const step = `list_transform([${series}],
        lambda s: v - (${a} * v - exp(v) - lgamma(${a} + 1) + ln(s) - ln(${double(below)})) * s / ${a})[1]`
  const count = `CASE WHEN ${a} >= 100 THEN 2 WHEN ${a} >= 20 THEN 3 WHEN ${a} >= ${near} THEN 6 ELSE 10 END`
  return `CASE WHEN ${a} >= ${large} THEN ${expanded(a, z, 6)}
      ELSE exp(${newton(start, count, step)}) END`
}

/** A quantile of a beta distribution: the column that is to hold its logit, the point, and the shapes as SQL. */
export interface BetaQuantile {
  readonly name: string
  readonly point: Point
  readonly a: string
  readonly b: string
}

const series = (q: string, x: string): string =>
  `list_reduce(range(${q}.n, 0, -1)::DOUBLE[],
      lambda s, k: 1 + s * (${x}) * (${q}.a + ${q}.b + k - 1) / (${q}.a + k), 1e0)`

/** ln(a B(a, b)). */
const beta = (q: string): string => `lgamma(${q}.a + 1) + lgamma(${q}.b) - lgamma(${q}.a + ${q}.b)`

// Within 200 of each other the share below one half is summed; further apart the mean tells the side.
const shapes = ({ a, b }: BetaQuantile, q: string): string =>
  `{'a': ${a}, 'b': ${b}, 'n': CASE WHEN abs((${a}) - (${b})) > 200 THEN 0
      ELSE least(70 + 2 * greatest((${b}) - (${a}), 0) + 12 * sqrt((${a}) + (${b})), 1200)::BIGINT END} AS ${q}1`

// The quantile is sought from the end of the scale that is nearer, where the series is short.
const turned = ({ point }: BetaQuantile, q: string): string => {
  const { below, above, z } = points[point]
  return `CASE WHEN CASE WHEN ${q}1.n = 0 THEN ${q}1.a > ${q}1.b
      ELSE ln(${series(`${q}1`, "5e-1")}) - (${q}1.a + ${q}1.b) * ln(2e0) - (${beta(`${q}1`)}) < ln(${double(below)}) END
    THEN {'a': ${q}1.b, 'b': ${q}1.a, 'y': ${double(z)}, 'p': ln(${double(above)}), 'side': -1}
    ELSE {'a': ${q}1.a, 'b': ${q}1.b, 'y': ${double(-z)}, 'p': ln(${double(below)}), 'side': 1} END AS ${q}2`
}

// First guess: Abramowitz and Stegun 26.5.22, or for small shapes the first term of the series alone.
const started = ({ point }: BetaQuantile, name: string): string => {
  const { z } = points[point]
  const q = `${name}2`
  const l = (z * z - 3) / 6
  const h = `(2 / (1 / (2 * ${q}.a - 1) + 1 / (2 * ${q}.b - 1)))`
  const w = `(${q}.y * sqrt(greatest(${h} + ${double(l)}, 0)) / ${h}
      - (1 / (2 * ${q}.b - 1) - 1 / (2 * ${q}.a - 1)) * (${double(l + 5 / 6)} - 2 / (3 * ${h})))`
  return `{'a': ${q}.a, 'b': ${q}.b, 'p': ${q}.p, 'side': ${q}.side, 'c': ${beta(q)},
      'v': least(0, CASE WHEN least(${q}.a, ${q}.b) > 1 THEN ln(${q}.a / ${q}.b) - 2 * ${w}
        ELSE (${q}.p + ${beta(q)}) / ${q}.a END),
      'n': (70 + ${reach(Math.abs(z))} * sqrt((${q}.a + 1) * (${q}.a + ${q}.b) / ${q}.b))::BIGINT} AS ${name}3`
}

const found = ({ name }: BetaQuantile, prefix: string): string => {
  const q = `${prefix}3`
  const step = `list_transform([${series(q, "exp(v) / (1 + exp(v))")}],
      lambda s: v - (${q}.a * v - (${q}.a + ${q}.b) * ln(1 + exp(v)) - ${q}.c + ln(s) - ${q}.p) * s / ${q}.a)[1]`
  const count = `CASE WHEN least(${q}.a, ${q}.b) > 20 THEN 4 WHEN least(${q}.a, ${q}.b) > 2 THEN 7 ELSE 12 END`
  return `${q}.side * ${newton(`${q}.v`, count, step)} AS ${name}`
}

/**
 * Common table expressions that add to the rows of `from` the logit of each quantile, null where a shape is null.
 *
 * As above, in the logit, in which every beta is log-concave; I by the series with positive terms (Abramowitz and
 * Stegun 26.5.4). In stages rather than nested lambdas: DuckDB 1.5 confuses captures three levels deep. The last
 * expression is called `to`.
 */
export const betaQuantileLogits = (
  from: string,
  to: string,
  quantiles: ReadonlyArray<BetaQuantile>
): string =>
  [shapes, turned, started, found]
    .map((stage, i) => {
      const columns = quantiles.map((q) => stage(q, `${q.name}_`)).join(",\n  ")
      return `${i === 3 ? to : `${to}${i + 1}`} AS (SELECT *, ${columns} FROM ${i === 0 ? from : `${to}${i}`})`
    })
    .join(",\n")

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

/** A quantile that is wanted: the column that is to hold it, the point, and the shapes as SQL. */
export interface Quantile {
  readonly name: string
  readonly point: Point
  readonly a: string
  /** Of a beta distribution only. */
  readonly b?: string
}

/** One stage: what it adds to each row for one quantile, whose columns start with `q`. */
type Stage = (quantile: Quantile, q: string) => string

const staged = (
  from: string,
  to: string,
  quantiles: ReadonlyArray<Quantile>,
  stages: ReadonlyArray<Stage>
): string =>
  stages
    .map((stage, i) => {
      const columns = quantiles.map((q) => stage(q, `${q.name}_`)).join(",\n  ")
      return `${i === stages.length - 1 ? to : `${to}${i + 1}`} AS (SELECT *, ${columns} FROM ${i === 0 ? from : `${to}${i}`})`
    })
    .join(",\n")

/**
 * 1 + r1 (1 + r2 (1 + …)) over `n` ratios, where `ratio` is in terms of `k`. The ratios are made first, so that the
 * lambda of list_reduce captures nothing: DuckDB 1.5.5 hands it another row's captures where lists differ in length.
 */
const series = (n: string, ratio: string): string =>
  `list_reduce(list_transform(range(${n}, 0, -1)::DOUBLE[], lambda k: ${ratio}), lambda s, r: 1 + s * r, 1e0)`

/** `count` Newton steps from the column `v0`; a row stops after its own `i` of them. */
const newton = (
  count: number,
  ratio: (q: string, v: string) => string,
  logarithm: (q: string, v: string) => string
) =>
  Array.from({ length: count }, (_, j) => j).flatMap((j): ReadonlyArray<Stage> => [
    (_quantile, q) =>
      `${series(`CASE WHEN ${q}i > ${j} THEN ${q}n ELSE 0 END`, ratio(q, `${q}v${j}`))} AS ${q}s${j}`,
    (_quantile, q) => `CASE WHEN ${q}i > ${j}
      THEN ${q}v${j} - (${logarithm(q, `${q}v${j}`)} + ln(${q}s${j}) - ${q}p) * ${q}s${j} / ${q}a
      ELSE ${q}v${j} END AS ${q}v${j + 1}`
  ])

const gammaSteps = 9

const gammaGiven: Stage = ({ a, point }, q) =>
  `(${a})::DOUBLE AS ${q}a, ln(${double(points[point].below)}) AS ${q}p, lgamma((${a}) + 1) AS ${q}c`

const gammaStart: Stage = ({ point }, q) => {
  const { z } = points[point]
  const near = z > 0 ? 0.5 : 4
  return `CASE WHEN ${q}a < ${near} THEN (${q}p + ${q}c) / ${q}a ELSE ln(${expanded(`${q}a`, z, 6)}) END AS ${q}v0,
  (40 + ${reach(z)} * sqrt(${q}a + ${z > 0 ? 9 : 1}))::BIGINT AS ${q}n,
  CASE WHEN ${q}a >= ${large} THEN 0 WHEN ${q}a >= 100 THEN 1 WHEN ${q}a >= 20 THEN 2 WHEN ${q}a >= ${near} THEN 5
    ELSE ${gammaSteps} END AS ${q}i`
}

const gammaSought = newton(
  gammaSteps,
  (q, v) => `exp(${v}) / (${q}a + k)`,
  (q, v) => `${q}a * ${v} - exp(${v}) - ${q}c`
)

const gammaFound: Stage = ({ name }, q) => `exp(${q}v${gammaSteps}) AS ${name}`

/**
 * Common table expressions that add to the rows of `from` quantiles of gamma distributions of shape `a` and rate 1
 * (half the chi-square quantiles of 2a degrees of freedom), null where the shape is null. The last is called `to`.
 *
 * Newton's method on ln P(a, x) in ln x, which is concave and so cannot run away; P by its power series (Abramowitz
 * and Stegun 6.5.29), whose terms are all positive.
 */
export const gammaQuantiles = (from: string, to: string, quantiles: ReadonlyArray<Quantile>): string =>
  staged(from, to, quantiles, [gammaGiven, gammaStart, ...gammaSought, gammaFound])

const logBeta = (a: string, b: string): string => `lgamma(${a} + 1) + lgamma(${b}) - lgamma(${a} + ${b})`

const betaSteps = 11

const betaGiven: Stage = ({ a, b }, q) => `(${a})::DOUBLE AS ${q}a0, (${b})::DOUBLE AS ${q}b0`

// Within 200 of each other the share below one half is summed; further apart the mean tells the side.
const betaNear: Stage = (_quantile, q) => `abs(${q}a0 - ${q}b0) <= 200 AS ${q}near,
  ${series(
    `CASE WHEN abs(${q}a0 - ${q}b0) <= 200
      THEN least(70 + 2 * greatest(${q}b0 - ${q}a0, 0) + 12 * sqrt(${q}a0 + ${q}b0), 1200) ELSE 0 END::BIGINT`,
    `5e-1 * (${q}a0 + ${q}b0 + k - 1) / (${q}a0 + k)`
  )} AS ${q}half`

const betaSide: Stage = ({ point }, q) =>
  `CASE WHEN CASE WHEN ${q}near
      THEN ln(${q}half) - (${q}a0 + ${q}b0) * ln(2e0) - (${logBeta(`${q}a0`, `${q}b0`)}) < ln(${double(points[point].below)})
      ELSE ${q}a0 > ${q}b0 END
    THEN -1 ELSE 1 END AS ${q}side`

// The quantile is sought from the end of the scale that is nearer, where the series is short.
const betaTurned: Stage = ({ point }, q) => {
  const { below, above, z } = points[point]
  return `CASE WHEN ${q}side < 0 THEN ${q}b0 ELSE ${q}a0 END AS ${q}a,
  CASE WHEN ${q}side < 0 THEN ${q}a0 ELSE ${q}b0 END AS ${q}b, ${q}side * ${double(-z)} AS ${q}y,
  CASE WHEN ${q}side < 0 THEN ln(${double(above)}) ELSE ln(${double(below)}) END AS ${q}p`
}

// First guess: Abramowitz and Stegun 26.5.22, or for small shapes the first term of the series alone.
const betaStart: Stage = ({ point }, q) => {
  const { z } = points[point]
  const l = (z * z - 3) / 6
  const h = `(2 / (1 / (2 * ${q}a - 1) + 1 / (2 * ${q}b - 1)))`
  const w = `(${q}y * sqrt(greatest(${h} + ${double(l)}, 0)) / ${h}
      - (1 / (2 * ${q}b - 1) - 1 / (2 * ${q}a - 1)) * (${double(l + 5 / 6)} - 2 / (3 * ${h})))`
  const c = logBeta(`${q}a`, `${q}b`)
  return `${c} AS ${q}c,
  least(1, CASE WHEN least(${q}a, ${q}b) > 1 THEN ln(${q}a / ${q}b) - 2 * ${w} ELSE (${q}p + ${c}) / ${q}a END) AS ${q}v0,
  (70 + ${reach(Math.abs(z))} * sqrt((${q}a + 1) * (${q}a + ${q}b) / ${q}b))::BIGINT AS ${q}n,
  CASE WHEN least(${q}a, ${q}b) > 20 THEN 3 WHEN least(${q}a, ${q}b) > 2 THEN 6 ELSE ${betaSteps} END AS ${q}i`
}

const betaSought = newton(
  betaSteps,
  (q, v) => `exp(${v}) / (1 + exp(${v})) * (${q}a + ${q}b + k - 1) / (${q}a + k)`,
  (q, v) => `${q}a * ${v} - (${q}a + ${q}b) * ln(1 + exp(${v})) - ${q}c`
)

const betaFound: Stage = ({ name }, q) => `${q}side * ${q}v${betaSteps} AS ${name}`

/**
 * As above for the *logits* of quantiles of beta distributions of shapes `a` and `b`: in the logit every beta is
 * log-concave; I by the series with positive terms (Abramowitz and Stegun 26.5.4).
 */
export const betaQuantileLogits = (from: string, to: string, quantiles: ReadonlyArray<Quantile>): string =>
  staged(from, to, quantiles, [
    betaGiven,
    betaNear,
    betaSide,
    betaTurned,
    betaStart,
    ...betaSought,
    betaFound
  ])

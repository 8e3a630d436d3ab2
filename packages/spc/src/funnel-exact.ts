/** The points of a distribution that limits need, in per cent, in the order of `_point` from 1. */
export const limitPoints = ["2.5", "97.5", "0.1", "99.9"] as const

const listOf = (xs: ReadonlyArray<string>): string => `([${xs.join(", ")}]::DOUBLE[])`
const below = listOf(["0.025", "0.975", "0.001", "0.999"])
const above = listOf(["0.975", "0.025", "0.999", "0.001"])
const score = listOf(["-1.959963984540054", "1.959963984540054", "-3.090232306167813", "3.090232306167813"])

/** The columns that one stage adds to each row. */
type Stage = string

const staged = (from: string, to: string, stages: ReadonlyArray<Stage>): string =>
  stages
    .map((columns, i) => {
      const name = i === stages.length - 1 ? to : `${to}${i + 1}`
      return `${name} AS (SELECT *, ${columns} FROM ${i === 0 ? from : `${to}${i}`})`
    })
    .join(",\n")

/**
 * 1 + r1 (1 + r2 (1 + …)) over `n` ratios, where `ratio` is in terms of `k`. The ratios are made first, so that the
 * lambda of list_reduce captures nothing: DuckDB 1.5.5 hands it another row's captures where lists differ in length.
 */
const series = (n: string, ratio: string): string =>
  `list_reduce(list_transform(range(${n}, 0, -1)::DOUBLE[], lambda k: ${ratio}), lambda s, r: 1 + s * r, 1e0)`

/** `count` Newton steps on ln(probability) from the column `_v0`; a row stops after its own `_i` of them. */
const newton = (
  count: number,
  ratio: (v: string) => string,
  logarithm: (v: string) => string
): ReadonlyArray<Stage> =>
  Array.from({ length: count }, (_, j) => j).flatMap((j) => [
    `${series(`CASE WHEN _i > ${j} THEN _terms ELSE 0 END`, ratio(`_v${j}`))} AS _sum${j}`,
    `CASE WHEN _i > ${j} THEN _v${j} - (${logarithm(`_v${j}`)} + ln(_sum${j}) - _p) * _sum${j} / _a ELSE _v${j} END AS _v${j + 1}`
  ])

// How far beyond the peak the terms of a series matter, in standard deviations: exp(-72 / 2) is below 1e-15.
const reach = (z: string): string => `(sqrt(pow(${z}, 2) + 72) + ${z})`

/** From this shape on the expansion below is good to 1e-11, so nothing is iterated. */
const large = 1000

/** Goldberg and Levine's terms (1946) for the chi-square quantile in its degrees of freedom, here for a gamma. */
const expansion = [
  "(pow(_z, 2) - 1) / 3",
  "(pow(_z, 3) - 7 * _z) / 36",
  "(16 - 3 * pow(_z, 4) - 7 * pow(_z, 2)) / 810",
  "(9 * pow(_z, 5) + 256 * pow(_z, 3) - 433 * _z) / 38880",
  "(12 * pow(_z, 6) - 243 * pow(_z, 4) - 923 * pow(_z, 2) + 1472) / 204120",
  "(289717 * _z + 289517 * pow(_z, 3) - 4353 * pow(_z, 5) - 3753 * pow(_z, 7)) / 146966400"
].reduceRight((inner, term) => `(${term} + ${inner} / sqrt(_a))`, "0")

const gammaSteps = 9

/**
 * Common table expressions that add `_quantile` to the rows of `from`: the quantile of a gamma distribution of shape
 * `_a` and rate 1 (half the chi-square quantile of 2a degrees of freedom) at the point `_point`. The last is `to`.
 *
 * Newton's method on ln P(a, x) in ln x, which is concave and so cannot run away; P by its power series (Abramowitz
 * and Stegun 6.5.29), whose terms are all positive.
 */
export const gammaQuantiles = (from: string, to: string): string =>
  staged(from, to, [
    `ln(${below}[_point]) AS _p, ${score}[_point] AS _z, lgamma(_a + 1) AS _c, CASE WHEN _point % 2 = 0 THEN 0.5 ELSE 4 END AS _near`,
    `CASE WHEN _a < _near THEN (_p + _c) / _a ELSE ln(_a + _z * sqrt(_a) + ${expansion}) END AS _v0,
  (40 + ${reach("_z")} * sqrt(_a + CASE WHEN _z > 0 THEN 9 ELSE 1 END))::BIGINT AS _terms,
  CASE WHEN _a >= ${large} THEN 0 WHEN _a >= 100 THEN 1 WHEN _a >= 20 THEN 2 WHEN _a >= _near THEN 5 ELSE ${gammaSteps} END AS _i`,
    ...newton(
      gammaSteps,
      (v) => `exp(${v}) / (_a + k)`,
      (v) => `_a * ${v} - exp(${v}) - _c`
    ),
    `exp(_v${gammaSteps}) AS _quantile`
  ])

const logBeta = (a: string, b: string): string => `lgamma(${a} + 1) + lgamma(${b}) - lgamma(${a} + ${b})`

const betaSteps = 11

// Abramowitz and Stegun 26.5.22.
const h = "(2 / (1 / (2 * _a - 1) + 1 / (2 * _b - 1)))"
const l = "((pow(_z, 2) - 3) / 6)"
const firstGuess = `ln(_a / _b) - 2 * (_y * sqrt(greatest(${h} + ${l}, 0)) / ${h}
    - (1 / (2 * _b - 1) - 1 / (2 * _a - 1)) * (${l} + 5e0 / 6 - 2 / (3 * ${h})))`

/**
 * As above: `_quantile` is the *logit* of the quantile of a beta distribution of shapes `_a0` and `_b0`. In the logit
 * every beta is log-concave; I by the series with positive terms (Abramowitz and Stegun 26.5.4), from the end of the
 * scale that is nearer: within 200 of each other the share below one half is summed to know which, further apart the
 * mean tells.
 */
export const betaQuantileLogits = (from: string, to: string): string =>
  staged(from, to, [
    `${below}[_point] AS _below, ${above}[_point] AS _above, ${score}[_point] AS _z, abs(_a0 - _b0) <= 200 AS _close`,
    `${series(
      "CASE WHEN _close THEN least(70 + 2 * greatest(_b0 - _a0, 0) + 12 * sqrt(_a0 + _b0), 1200) ELSE 0 END::BIGINT",
      "5e-1 * (_a0 + _b0 + k - 1) / (_a0 + k)"
    )} AS _half`,
    `CASE WHEN CASE WHEN _close
      THEN ln(_half) - (_a0 + _b0) * ln(2e0) - (${logBeta("_a0", "_b0")}) < ln(_below) ELSE _a0 > _b0 END
    THEN -1 ELSE 1 END AS _side`,
    `CASE WHEN _side < 0 THEN _b0 ELSE _a0 END AS _a, CASE WHEN _side < 0 THEN _a0 ELSE _b0 END AS _b,
  -_side * _z AS _y, ln(CASE WHEN _side < 0 THEN _above ELSE _below END) AS _p`,
    `${logBeta("_a", "_b")} AS _c, (70 + ${reach("abs(_z)")} * sqrt((_a + 1) * (_a + _b) / _b))::BIGINT AS _terms,
  CASE WHEN least(_a, _b) > 20 THEN 3 WHEN least(_a, _b) > 2 THEN 6 ELSE ${betaSteps} END AS _i`,
    `least(1, CASE WHEN least(_a, _b) > 1 THEN ${firstGuess} ELSE (_p + _c) / _a END) AS _v0`,
    ...newton(
      betaSteps,
      (v) => `exp(${v}) / (1 + exp(${v})) * (_a + _b + k - 1) / (_a + k)`,
      (v) => `_a * ${v} - (_a + _b) * ln(1 + exp(${v})) - _c`
    ),
    `_side * _v${betaSteps} AS _quantile`
  ])

import type { Macro } from "./macro.ts"
import { normalTail, scoreOf } from "./normal.ts"
import { type At, expression, inTurn, type Stages } from "./stages.ts"

/** `to_low`, `to_high`: Wilson's score interval of x / n with the normal score `z`. */
export const wilson =
  (x: (at: At) => string, n: (at: At) => string, z: (at: At) => string, to: string): Stages =>
  (at) => {
    const middle = `(2 * ${x(at)} + ${z(at)} * ${z(at)})`
    const half = at(`${to}_half`)
    const below = `2 * (${n(at)} + ${z(at)} * ${z(at)})`
    return [
      {
        [`${to}_half`]: `${z(at)} * sqrt(${z(at)} * ${z(at)} + 4 * ${x(at)} * (${n(at)} - ${x(at)}) / ${n(at)})`
      },
      {
        // The ends said outright: rounding would else leave them a hair beside 0 and 1.
        [`${to}_low`]: `CASE WHEN ${x(at)} = 0 AND ${half} IS NOT NULL THEN 0e0 ELSE (${middle} - ${half}) / (${below}) END`,
        [`${to}_high`]: `CASE WHEN ${x(at)} = ${n(at)} AND ${half} IS NOT NULL THEN 1e0 ELSE (${middle} + ${half}) / (${below}) END`
      }
    ]
  }

/** `to`, `to_low`, `to_high`: the difference x1/n1 − x2/n2 by Newcombe's hybrid score method. */
export const newcombe =
  ([x1, n1, x2, n2]: ReadonlyArray<(at: At) => string>, z: (at: At) => string, to: string): Stages =>
  (at) => {
    const p1 = `(${x1!(at)} / ${n1!(at)})`
    const p2 = `(${x2!(at)} / ${n2!(at)})`
    const my = (name: string): string => at(`${to}_${name}`)
    const d = at(to)
    return [
      ...wilson(
        x1!,
        n1!,
        z,
        `${to}_1`
      )(at).map((s, i) => ({ ...s, ...wilson(x2!, n2!, z, `${to}_2`)(at)[i] })),
      { [to]: `${p1} - ${p2}` },
      {
        [`${to}_low`]: `${d} - sqrt(pow(${p1} - ${my("1_low")}, 2) + pow(${my("2_high")} - ${p2}, 2))`,
        [`${to}_high`]: `${d} + sqrt(pow(${my("1_high")} - ${p1}, 2) + pow(${p2} - ${my("2_low")}, 2))`
      }
    ]
  }

/** `to`, `to_low`, `to_high`: the ratio of x1/n1 to x2/n2 with Katz's interval on the log scale. */
export const katz =
  ([x1, n1, x2, n2]: ReadonlyArray<(at: At) => string>, z: (at: At) => string, to: string): Stages =>
  (at) => [
    {
      [to]: `CASE WHEN ${x1!(at)} > 0 AND ${x2!(at)} > 0 THEN (${x1!(at)} / ${n1!(at)}) / (${x2!(at)} / ${n2!(at)}) END`
    },
    {
      [`${to}_se`]: `CASE WHEN ${at(to)} > 0 THEN sqrt(greatest(1 / ${x1!(at)} - 1 / ${n1!(at)} + 1 / ${x2!(at)} - 1 / ${n2!(at)}, 0)) END`
    },
    {
      [`${to}_low`]: `${at(to)} * exp(-${z(at)} * ${at(`${to}_se`)})`,
      [`${to}_high`]: `${at(to)} * exp(${z(at)} * ${at(`${to}_se`)})`
    }
  ]

/** `to`, `to_p`: Pearson's chi-square of two proportions and its p-value; null where a margin is 0. */
export const pearson =
  ([x1, n1, x2, n2]: ReadonlyArray<(at: At) => string>, to: string): Stages =>
  (at) => {
    const [a, m, c, k] = [x1!(at), n1!(at), x2!(at), n2!(at)]
    const margins = `(${a} + ${c}) * (${m} + ${k} - ${a} - ${c})`
    return [
      {
        [to]: `CASE WHEN ${margins} > 0 THEN (${m} + ${k}) * pow(${a} * (${k} - ${c}) - ${c} * (${m} - ${a}), 2) / (${margins} * ${m} * ${k}) END`
      },
      ...normalTail(() => `sqrt(${at(to)})`, `${to}_half`)(at),
      { [`${to}_p`]: `2 * ${at(`${to}_half`)}` }
    ]
  }

/** `to`: Fisher's exact two-sided p-value: the tables that are no likelier than the one seen. */
export const fisher =
  ([x1, n1, x2, n2]: ReadonlyArray<(at: At) => string>, to: string): Stages =>
  (at) => {
    const [a, m, c, k] = [x1!(at), n1!(at), x2!(at), n2!(at)]
    const all = `(${a} + ${c})`
    const log = (x: string): string =>
      `-lgamma(${x} + 1) - lgamma(${m} - ${x} + 1) - lgamma(${all} - ${x} + 1) - lgamma(${k} - ${all} + ${x} + 1)`
    // What the first term leaves out cancels, as each is held against the one seen.
    return [
      {
        [`${to}_seen`]: log(a),
        [`${to}_from`]: `greatest(0, ${all} - ${k})::BIGINT`,
        [`${to}_till`]: `least(${m}, ${all})::BIGINT + 1`
      },
      {
        [`${to}_each`]: `list_transform(range(${at(`${to}_from`)}, ${at(`${to}_till`)})::DOUBLE[], lambda _k: exp(${log("_k")} - ${at(`${to}_seen`)}))`
      },
      {
        [to]: `list_sum(list_filter(${at(`${to}_each`)}, lambda _r: _r <= 1.0000001e0)) / list_sum(${at(`${to}_each`)})`
      }
    ]
  }

const pair = {
  x1: "CASE WHEN n1 > 0 AND x1 BETWEEN 0 AND n1 THEN x1::DOUBLE END",
  n1: "n1::DOUBLE",
  x2: "CASE WHEN n2 > 0 AND x2 BETWEEN 0 AND n2 THEN x2::DOUBLE END",
  n2: "n2::DOUBLE"
}
const four = ["x1", "n1", "x2", "n2"].map((name) => (at: At) => at(name))
const z = (at: At): string => at("z")
const score: Stages = scoreOf((at) => at("level"), "z")
const level = { level: "CASE WHEN level > 0 AND level < 1 THEN level::DOUBLE END" }

/** Intervals and tests of one or two proportions, and of a ratio of counts. */
export const intervalMacros: ReadonlyArray<Macro> = [
  {
    name: "wilson",
    kind: "scalar",
    parameters: "x, n, level := 0.95",
    body: expression(
      { x: "CASE WHEN n > 0 AND x BETWEEN 0 AND n THEN x::DOUBLE END", n: "n::DOUBLE", ...level },
      inTurn(
        score,
        wilson(
          (at) => at("x"),
          (at) => at("n"),
          z,
          "w"
        )
      ),
      (at) => `{'low': ${at("w_low")}, 'high': ${at("w_high")}}`
    ),
    comment: "Wilson's score interval of a proportion x / n: a struct of low and high."
  },
  {
    name: "newcombe",
    kind: "scalar",
    parameters: "x1, n1, x2, n2, level := 0.95",
    body: expression(
      { ...pair, ...level },
      inTurn(score, newcombe(four, z, "d")),
      (at) => `{'difference': ${at("d")}, 'low': ${at("d_low")}, 'high': ${at("d_high")}}`
    ),
    comment:
      "The difference x1 / n1 - x2 / n2 with Newcombe's interval: a struct of difference, low and high."
  },
  {
    name: "ratio",
    kind: "scalar",
    parameters: "x1, n1, x2, n2, level := 0.95",
    body: expression(
      { ...pair, ...level },
      inTurn(score, katz(four, z, "r")),
      (at) => `{'ratio': ${at("r")}, 'low': ${at("r_low")}, 'high': ${at("r_high")}}`
    ),
    comment: "The ratio of x1 / n1 to x2 / n2 with Katz's interval: a struct of ratio, low and high."
  },
  {
    name: "chi_square_2x2",
    kind: "scalar",
    parameters: "x1, n1, x2, n2",
    body: expression(pair, pearson(four, "c"), (at) => `{'statistic': ${at("c")}, 'p': ${at("c_p")}}`),
    comment: "Pearson's chi-square of two proportions without correction: a struct of statistic and p."
  },
  {
    name: "fisher",
    kind: "scalar",
    parameters: "x1, n1, x2, n2",
    body: expression(pair, fisher(four, "f"), (at) => at("f")),
    comment: "Fisher's exact two-sided p-value of two proportions."
  },
  {
    name: "observed_expected",
    kind: "scalar",
    parameters: "o, e, level := 0.95",
    body: expression(
      { o: "CASE WHEN o >= 0 AND e > 0 THEN o::DOUBLE END", e: "e::DOUBLE", ...level },
      score,
      (at) => {
        const upper = `(${at("o")} + 1)`
        return `{'ratio': ${at("o")} / ${at("e")},
          'low': CASE WHEN ${at("o")} = 0 AND ${at("z")} IS NOT NULL THEN 0e0 ELSE ${at("o")} * pow(greatest(1 - 1 / (9 * nullif(${at("o")}, 0)) - ${at("z")} / (3 * sqrt(nullif(${at("o")}, 0))), 0), 3) / ${at("e")} END,
          'high': ${upper} * pow(1 - 1 / (9 * ${upper}) + ${at("z")} / (3 * sqrt(${upper})), 3) / ${at("e")}}`
      }
    ),
    comment:
      "Observed over expected with Byar's interval: a struct of ratio, low and high; none where e is 0."
  }
]

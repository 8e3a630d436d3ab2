import type { Macro } from "./macro.ts"
import { normalQuantile } from "./normal.ts"
import { type At, expression, inTurn, type Stage, type Stages } from "./stages.ts"

/** What the incomplete beta function is computed from; the logarithms come from who knows them to more digits. */
interface Shape {
  readonly a: (at: At) => string
  readonly b: (at: At) => string
  readonly x: (at: At) => string
  /** ln x */
  readonly logX: (at: At) => string
  /** ln(1 − x) */
  readonly logRest: (at: At) => string
  /** ln B(a, b) */
  readonly logBeta: (at: At) => string
  readonly terms: (at: At) => string
}

/** 1 + d1 / (1 + d2 / (1 + …)) from the last of the `terms` backwards, where `d` is in terms of `_k`. */
export const continued = (terms: string, d: string): string =>
  `list_reduce(list_transform(range(${terms}, 0, -1)::DOUBLE[], lambda _k: ${d}), lambda _f, _d: 1 + _d / _f, 1e0)`

/** `to`: the regularised incomplete beta function by its continued fraction (DLMF 8.17.22), best where x is below the mean. */
export const lowerBeta =
  (shape: Shape, to: string): Stages =>
  (at) => {
    const a = at(`${to}_a`)
    const b = at(`${to}_b`)
    const x = at(`${to}_x`)
    return [
      { [`${to}_a`]: shape.a(at), [`${to}_b`]: shape.b(at), [`${to}_x`]: shape.x(at) },
      {
        [`${to}_f`]: continued(
          shape.terms(at),
          `CASE WHEN _k % 2 = 1
          THEN -(${a} + floor(_k / 2)) * (${a} + ${b} + floor(_k / 2)) * ${x} / ((${a} + _k - 1) * (${a} + _k))
          ELSE _k / 2 * (${b} - _k / 2) * ${x} / ((${a} + _k - 1) * (${a} + _k)) END`
        )
      },
      // As a logarithm first: far out the probability itself is too small for a float.
      {
        [`${to}_log`]: `${a} * ${shape.logX(at)} + ${b} * ${shape.logRest(at)} - (${shape.logBeta(at)}) - ln(${a} * ${at(`${to}_f`)})`
      },
      { [to]: `exp(${at(`${to}_log`)})` }
    ]
  }

const newtonSteps = 7

/**
 * `to`: the *logit* of the point below which a share `p` < ½ of the beta distribution lies. Newton's method on ln I in the
 * logit, where it is concave, so that no step can run away.
 */
export const betaQuantileLogit =
  (a: (at: At) => string, b: (at: At) => string, p: (at: At) => string, to: string): Stages =>
  (at) => {
    const my = (name: string): string => at(`${to}_${name}`)
    const v = my("v")
    const step: ReadonlyArray<Stage> = [
      ...lowerBeta(
        {
          a,
          b,
          x: () => `1 / (1 + exp(-${v}))`,
          logX: () => `-ln(1 + exp(-${v}))`,
          logRest: () => `-ln(1 + exp(${v}))`,
          logBeta: () => my("c"),
          terms: () => my("n")
        },
        `${to}_i`
      )(at),
      { [`${to}_v`]: `${v} - (${my("i_log")} - ln(${p(at)})) / (${a(at)} * ${my("i_f")})` }
    ]
    return [
      {
        [`${to}_c`]: `lgamma(${a(at)}) + lgamma(${b(at)}) - lgamma(${a(at)} + ${b(at)})`,
        [`${to}_n`]: `least(25 + 1.5 * sqrt(${a(at)} + ${b(at)}), 2000)::BIGINT`
      },
      ...normalQuantile(p, `${to}_z`)(at),
      { [`${to}_v`]: `ln(${a(at)} / ${b(at)}) + ${my("z")} * sqrt(1 / ${a(at)} + 1 / ${b(at)})` },
      ...Array.from({ length: newtonSteps }, () => step).flat(),
      { [to]: v }
    ]
  }

/** The exact interval of a proportion. */
export const betaMacros: ReadonlyArray<Macro> = [
  {
    name: "clopper_pearson",
    kind: "scalar",
    parameters: "x, n, level := 0.95",
    body: expression(
      {
        x: "CASE WHEN n > 0 AND x BETWEEN 0 AND n THEN x::DOUBLE END",
        n: "n::DOUBLE",
        a: "CASE WHEN x > 0 AND x <= n THEN x::DOUBLE END",
        b: "CASE WHEN x >= 0 AND x < n THEN n::DOUBLE - x END",
        p: "CASE WHEN level > 0 AND level < 1 THEN (1 - level::DOUBLE) / 2 END"
      },
      inTurn(
        betaQuantileLogit(
          (at) => at("a"),
          (at) => `(${at("n")} - ${at("x")} + 1)`,
          (at) => at("p"),
          "low"
        ),
        betaQuantileLogit(
          (at) => at("b"),
          (at) => `(${at("x")} + 1)`,
          (at) => at("p"),
          "rest"
        )
      ),
      (
        at
      ) => `{'low': CASE WHEN ${at("p")} IS NULL THEN NULL WHEN ${at("x")} > 0 THEN 1 / (1 + exp(-${at("low")})) WHEN ${at("x")} = 0 THEN 0e0 END,
        'high': CASE WHEN ${at("p")} IS NULL THEN NULL WHEN ${at("x")} < ${at("n")} THEN 1 / (1 + exp(${at("rest")})) WHEN ${at("x")} = ${at("n")} THEN 1e0 END}`
    ),
    comment: "The exact interval of a proportion x / n by Clopper and Pearson: a struct of low and high."
  }
]

import { continued } from "./beta.ts"
import type { Macro } from "./macro.ts"
import { type At, expression, type Stages } from "./stages.ts"

/** `to`: the probability that a chi-square variable with `df` degrees of freedom is above `x`. */
export const chiSquareTail =
  (x: (at: At) => string, df: (at: At) => string, to: string): Stages =>
  (at) => {
    const a = at(`${to}_a`)
    const h = at(`${to}_h`)
    const n = at(`${to}_n`)
    return [
      {
        [`${to}_a`]: `CASE WHEN ${df(at)} > 0 THEN ${df(at)}::DOUBLE / 2 END`,
        [`${to}_h`]: `CASE WHEN ${x(at)} >= 0 THEN ${x(at)}::DOUBLE / 2 END`
      },
      { [`${to}_n`]: `least(80 + 12 * sqrt(${a}), 20000)::BIGINT` },
      // DLMF 8.7.1 below the mean, where all terms are positive; above it the continued fraction 8.9.2.
      {
        [`${to}_f`]: `CASE WHEN ${h} < ${a} + 1
          THEN list_reduce(list_transform(range(${n}, 0, -1)::DOUBLE[], lambda _k: ${h} / (${a} + _k)), lambda _f, _r: 1 + _r * _f, 1e0)
          ELSE ${continued(n, `-_k * (_k - ${a}) / ((${h} + 2 * _k - 1 - ${a}) * (${h} + 2 * _k + 1 - ${a}))`)} END`
      },
      {
        [to]: `CASE WHEN ${h} = 0 THEN 1e0 WHEN ${h} < ${a} + 1
          THEN 1 - exp(${a} * ln(${h}) - ${h} - lgamma(${a} + 1)) * ${at(`${to}_f`)}
          ELSE exp(${a} * ln(${h}) - ${h} - lgamma(${a})) / ((${h} + 1 - ${a}) * ${at(`${to}_f`)}) END`
      }
    ]
  }

/** The chi-square distribution. */
export const gammaMacros: ReadonlyArray<Macro> = [
  {
    name: "chi_square_p",
    kind: "scalar",
    parameters: "x, df",
    body: expression(
      { x: "x::DOUBLE", n: "df::DOUBLE" },
      chiSquareTail(
        (at) => at("x"),
        (at) => at("n"),
        "p"
      ),
      (at) => at("p")
    ),
    comment: "The probability that a chi-square variable with df degrees of freedom is above x."
  }
]

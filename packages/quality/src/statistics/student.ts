import { lowerBeta } from "./beta.ts"
import type { Macro } from "./macro.ts"
import { normalQuantile, polynomial } from "./normal.ts"
import { type At, expression, inTurn, type Stages } from "./stages.ts"

/** ln(1 + u) for u ≥ 0 without the loss of digits where u is small. */
const logOnePlus = (u: string): string => {
  const v = `(${u} / (2 + ${u}))`
  return `CASE WHEN ${u} < 0.01 THEN 2 * ${v} * ${polynomial(`(${v} * ${v})`, ["1e0 / 7", "1e0 / 5", "1e0 / 3", "1e0"])} ELSE ln(1 + ${u}) END`
}

/** ln B(a, ½); from 40 on by the asymptotic series of Γ(a + ½)/Γ(a), since the difference of logarithms loses digits there. */
const logBetaHalf = (a: string): string =>
  `CASE WHEN ${a} < 40 THEN lgamma(${a}) + 0.5723649429247001e0 - lgamma(${a} + 0.5)
  ELSE 0.5723649429247001e0 - 0.5 * ln(${a}) + 1 / (8 * ${a}) - 1 / (192 * pow(${a}, 3)) + 1 / (640 * pow(${a}, 5)) END`

/** `to`: the probability beyond |t| on both sides, with `df` ≥ 1 degrees of freedom. */
export const studentTail =
  (t: (at: At) => string, df: (at: At) => string, to: string): Stages =>
  (at) => {
    const u = at(`${to}_u`)
    const outer = `(${u} > 3 / ${df(at)})`
    const half = `(${df(at)} / 2)`
    return [
      { [`${to}_u`]: `${t(at)} * ${t(at)} / ${df(at)}`, [`${to}_c`]: logBetaHalf(half) },
      { [`${to}_l`]: logOnePlus(u) },
      ...lowerBeta(
        {
          a: () => `CASE WHEN ${outer} THEN ${half} ELSE 0.5 END`,
          b: () => `CASE WHEN ${outer} THEN 0.5 ELSE ${half} END`,
          x: () => `CASE WHEN ${outer} THEN 1 / (1 + ${u}) ELSE ${u} / (1 + ${u}) END`,
          logX: () =>
            `CASE WHEN ${outer} THEN -${at(`${to}_l`)} WHEN ${u} > 0 THEN ln(${u}) - ${at(`${to}_l`)} ELSE -1e4 END`,
          logRest: () => `CASE WHEN ${outer} THEN ln(${u}) - ${at(`${to}_l`)} ELSE -${at(`${to}_l`)} END`,
          logBeta: () => at(`${to}_c`),
          terms: () => "110"
        },
        `${to}_i`
      )(at),
      { [to]: `CASE WHEN ${outer} THEN ${at(`${to}_i`)} ELSE 1 - ${at(`${to}_i`)} END` }
    ]
  }

const steps = 3

/** From here on Hill's formula is as good as the tail that would improve it, which has lost as many digits as `df` has. */
const many = 1e7

/** Newton's method with the second derivative (Halley's), for the point `t` beyond which both tails together hold `p2`. */
const improved =
  (df: (at: At) => string, p2: string, t: string): Stages =>
  (at) => {
    const x = at(t)
    const n = df(at)
    const d = at(`${t}_d`)
    return [
      ...studentTail(() => x, df, `${t}_p`)(at),
      {
        [`${t}_d`]: `(${at(`${t}_p`)} - ${at(p2)}) / 2
          * sqrt(${n}) * exp(${at(`${t}_p_c`)} + (${n} + 1) / 2 * ${at(`${t}_p_l`)})`
      },
      {
        [t]: `CASE WHEN ${n} IN (1, 2) OR ${n} > ${many} THEN ${x}
          ELSE ${x} + ${d} / (1 - 0.5 * ${d} * ${x} * (${n} + 1) / (${n} + ${x} * ${x})) END`
      }
    ]
  }

/**
 * `to`: the point below which a share `p` of Student's distribution with `df` ≥ 1 degrees of freedom lies. Begins with
 * Hill (1970), Algorithm 396, which is exact for 1 and 2 degrees.
 */
export const studentQuantile =
  (p: (at: At) => string, df: (at: At) => string, to: string): Stages =>
  (at) => {
    const my = (name: string): string => at(`${to}_${name}`)
    const n = df(at)
    return [
      {
        [`${to}_two`]: `CASE WHEN ${p(at)} > 0 AND ${p(at)} < 1 AND ${n} >= 1 THEN 2 * CASE WHEN ${p(at)} < 0.5 THEN ${p(at)} ELSE 1 - ${p(at)} END END`,
        [`${to}_a`]: `1 / (${n} - 0.5)`
      },
      { [`${to}_b`]: `48 / (${my("a")} * ${my("a")})` },
      {
        [`${to}_c`]: `((20700 * ${my("a")} / ${my("b")} - 98) * ${my("a")} - 16) * ${my("a")} + 96.36e0`
      },
      {
        [`${to}_e`]: `((94.5e0 / (${my("b")} + ${my("c")}) - 3) / ${my("b")} + 1) * sqrt(${my("a")} * pi() / 2) * ${n}`
      },
      { [`${to}_y`]: `pow(${my("e")} * ${my("two")}, 2 / ${n})` },
      ...normalQuantile(() => `(${my("two")} / 2)`, `${to}_z`)(at),
      {
        [`${to}_c`]: `${my("c")} + CASE WHEN ${n} < 5 THEN 0.3e0 * (${n} - 4.5e0) * (${my("z")} + 0.6e0) ELSE 0 END`
      },
      {
        [`${to}_c`]: `(((0.05e0 * ${my("e")} * ${my("z")} - 5) * ${my("z")} - 7) * ${my("z")} - 2) * ${my("z")} + ${my("b")} + ${my("c")}`,
        [`${to}_s`]: `${my("z")} * ${my("z")}`
      },
      {
        [`${to}_w`]: `${my("a")} * pow((((((0.4e0 * ${my("s")} + 6.3e0) * ${my("s")} + 36) * ${my("s")} + 94.5e0) / ${my("c")} - ${my("s")} - 3) / ${my("b")} + 1) * ${my("z")}, 2)`
      },
      {
        [`${to}_t`]: `CASE WHEN ${n} = 1 THEN 1 / tan(${my("two")} * pi() / 2)
          WHEN ${n} = 2 THEN sqrt(2 / (${my("two")} * (2 - ${my("two")})) - 2)
          WHEN ${my("y")} > 0.05 + ${my("a")} THEN sqrt(${n} * (CASE WHEN ${my("w")} > 0.002 THEN exp(${my("w")}) - 1 ELSE 0.5 * ${my("w")} * ${my("w")} + ${my("w")} END))
          ELSE sqrt(${n} * (((1 / (((${n} + 6) / (${n} * ${my("y")}) - 0.089e0 * ${my("e")} - 0.822e0) * (${n} + 2) * 3) + 0.5e0 / (${n} + 4)) * ${my("y")} - 1) * (${n} + 1) / (${n} + 2) + 1 / ${my("y")})) END`
      },
      ...Array.from({ length: steps }, () => improved(df, `${to}_two`, `${to}_t`)(at)).flat(),
      {
        [to]: `CASE WHEN ${p(at)} = 0.5 AND ${n} >= 1 THEN 0 ELSE sign(${p(at)} - 0.5) * ${my("t")} END`
      }
    ]
  }

/** `to`: the factor of a two-sided interval that holds `level`, with `df` degrees of freedom. */
export const studentScore = (level: (at: At) => string, df: (at: At) => string, to: string): Stages =>
  studentQuantile((at) => `(0.5 + ${level(at)} / 2)`, df, to)

const given = { t: "t::DOUBLE", n: "CASE WHEN df >= 1 THEN df::DOUBLE END" }
const tailOf: Stages = studentTail(
  (at) => at("t"),
  (at) => at("n"),
  "p"
)

/** Student's distribution. */
export const studentMacros: ReadonlyArray<Macro> = [
  {
    name: "t_cdf",
    kind: "scalar",
    parameters: "t, df",
    body: expression(
      given,
      tailOf,
      (at) => `CASE WHEN ${at("t")} < 0 THEN ${at("p")} / 2 ELSE 1 - ${at("p")} / 2 END`
    ),
    comment: "The probability that a Student variable with df degrees of freedom is at most t."
  },
  {
    name: "t_p",
    kind: "scalar",
    parameters: "t, df",
    body: expression(given, tailOf, (at) => at("p")),
    comment: "The two-sided p-value of a t with df degrees of freedom."
  },
  {
    name: "t_quantile",
    kind: "scalar",
    parameters: "p, df",
    body: expression(
      { a: "p::DOUBLE", n: "CASE WHEN df >= 1 THEN df::DOUBLE END" },
      inTurn(
        studentQuantile(
          (at) => at("a"),
          (at) => at("n"),
          "x"
        )
      ),
      (at) => at("x")
    ),
    comment: "The t below which a share p of Student's distribution with df degrees of freedom lies."
  }
]

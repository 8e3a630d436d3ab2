import type { Macro } from "./macro.ts"
import { type At, expression, type Stages } from "./stages.ts"

/** A polynomial by Horner's rule, the coefficient of the highest power first. */
export const polynomial = (x: string, coefficients: ReadonlyArray<string>): string =>
  coefficients.reduce((inner, c) => `(${inner} * ${x} + ${c})`)

// Cody (1969), Rational Chebyshev approximations for the error function: erf to 0.46875, erfc to 4, erfc beyond.
const erfTop = [
  "1.85777706184603153e-1",
  "3.16112374387056560e0",
  "1.13864154151050156e2",
  "3.77485237685302021e2",
  "3.20937758913846947e3"
]
const erfBottom = [
  "1e0",
  "2.36012909523441209e1",
  "2.44024637934444173e2",
  "1.28261652607737228e3",
  "2.84423683343917062e3"
]
const middleTop = [
  "2.15311535474403846e-8",
  "5.64188496988670089e-1",
  "8.88314979438837594e0",
  "6.61191906371416295e1",
  "2.98635138197400131e2",
  "8.81952221241769090e2",
  "1.71204761263407058e3",
  "2.05107837782607147e3",
  "1.23033935479799725e3"
]
const middleBottom = [
  "1e0",
  "1.57449261107098347e1",
  "1.17693950891312499e2",
  "5.37181101862009858e2",
  "1.62138957456669019e3",
  "3.29079923573345963e3",
  "4.36261909014324716e3",
  "3.43936767414372164e3",
  "1.23033935480374942e3"
]
const farTop = [
  "1.63153871373020978e-2",
  "3.05326634961232344e-1",
  "3.60344899949804439e-1",
  "1.25781726111229246e-1",
  "1.60837851487422766e-2",
  "6.58749161529837803e-4"
]
const farBottom = [
  "1e0",
  "2.56852019228982242e0",
  "1.87295284992346725e0",
  "5.27905102951428412e-1",
  "6.05183413124413191e-2",
  "2.33520497626869185e-3"
]

/** `to`: the probability beyond |z| on one side. */
export const normalTail =
  (z: (at: At) => string, to: string): Stages =>
  (at) => {
    const y = at(`${to}_y`)
    const e = at(`${to}_e`)
    const inverse = `(1 / (${y} * ${y}))`
    const far = `((0.56418958354775628695e0 - ${inverse} * ${polynomial(inverse, farTop)} / ${polynomial(inverse, farBottom)}) / ${y})`
    return [
      { [`${to}_y`]: `abs(${z(at)}) / sqrt(2e0)` },
      // The exponent in two parts: rounded y² would cost as many digits as y² has before the point.
      {
        [`${to}_e`]: `exp(-pow(floor(${y} * 16) / 16, 2)) * exp(-(${y} - floor(${y} * 16) / 16) * (${y} + floor(${y} * 16) / 16))`
      },
      {
        [to]: `CASE WHEN ${y} <= 0.46875 THEN 0.5 - 0.5 * ${y} * ${polynomial(`(${y} * ${y})`, erfTop)} / ${polynomial(`(${y} * ${y})`, erfBottom)}
        WHEN ${y} <= 4 THEN 0.5 * ${e} * ${polynomial(y, middleTop)} / ${polynomial(y, middleBottom)}
        WHEN ${y} < 27 THEN 0.5 * ${e} * ${far} WHEN ${y} IS NOT NULL THEN 0e0 END`
      }
    ]
  }

// Wichura (1988), Algorithm AS 241, PPND16: the middle, the tails, and the far tails.
const centre = [
  [
    "2.5090809287301226727e3",
    "3.3430575583588128105e4",
    "6.7265770927008700853e4",
    "4.5921953931549871457e4",
    "1.3731693765509461125e4",
    "1.9715909503065514427e3",
    "1.3314166789178437745e2",
    "3.3871328727963666080e0"
  ],
  [
    "5.2264952788528545610e3",
    "2.8729085735721942674e4",
    "3.9307895800092710610e4",
    "2.1213794301586595867e4",
    "5.3941960214247511077e3",
    "6.8718700749205790830e2",
    "4.2313330701600911252e1",
    "1e0"
  ]
] as const
const tail = [
  [
    "7.74545014278341407640e-4",
    "2.27238449892691845833e-2",
    "2.41780725177450611770e-1",
    "1.27045825245236838258e0",
    "3.64784832476320460504e0",
    "5.76949722146069140550e0",
    "4.63033784615654529590e0",
    "1.42343711074968357734e0"
  ],
  [
    "1.05075007164441684324e-9",
    "5.47593808499534494600e-4",
    "1.51986665636164571966e-2",
    "1.48103976427480074590e-1",
    "6.89767334985100004550e-1",
    "1.67638483018380384940e0",
    "2.05319162663775882187e0",
    "1e0"
  ]
] as const
const farTail = [
  [
    "2.01033439929228813265e-7",
    "2.71155556874348757815e-5",
    "1.24266094738807843860e-3",
    "2.65321895265761230930e-2",
    "2.96560571828504891230e-1",
    "1.78482653991729133580e0",
    "5.46378491116411436990e0",
    "6.65790464350110377720e0"
  ],
  [
    "2.04426310338993978564e-15",
    "1.42151175831644588870e-7",
    "1.84631831751005468180e-5",
    "7.86869131145613259100e-4",
    "1.48753612908506148525e-2",
    "1.36929880922735805310e-1",
    "5.99832206555887937690e-1",
    "1e0"
  ]
] as const

const quotient = (
  x: string,
  [top, bottom]: readonly [ReadonlyArray<string>, ReadonlyArray<string>]
): string => `${polynomial(x, top)} / ${polynomial(x, bottom)}`

/** `to`: the point below which a share `p` of the normal distribution lies; null unless 0 < p < 1. */
export const normalQuantile =
  (p: (at: At) => string, to: string): Stages =>
  (at) => {
    const q = at(`${to}_q`)
    const r = at(`${to}_r`)
    return [
      { [`${to}_q`]: `CASE WHEN ${p(at)} > 0 AND ${p(at)} < 1 THEN ${p(at)} - 0.5 END` },
      {
        [`${to}_r`]: `CASE WHEN abs(${q}) <= 0.425 THEN 0.180625 - ${q} * ${q}
        ELSE sqrt(-ln(CASE WHEN ${q} < 0 THEN ${p(at)} ELSE 0.5 - ${q} END)) END`
      },
      {
        [to]: `CASE WHEN abs(${q}) <= 0.425 THEN ${q} * ${quotient(r, centre)}
        ELSE sign(${q}) * CASE WHEN ${r} <= 5 THEN ${quotient(`(${r} - 1.6)`, tail)} ELSE ${quotient(`(${r} - 5)`, farTail)} END END`
      }
    ]
  }

/** `to`: the normal score of a two-sided interval that holds `level`. */
export const scoreOf = (level: (at: At) => string, to: string): Stages =>
  normalQuantile((at) => `(0.5 + ${level(at)} / 2)`, to)

/** The normal distribution. */
export const normalMacros: ReadonlyArray<Macro> = [
  {
    name: "normal_cdf",
    kind: "scalar",
    parameters: "z",
    body: expression(
      { a: "z::DOUBLE" },
      normalTail((at) => at("a"), "t"),
      (at) => `CASE WHEN ${at("a")} < 0 THEN ${at("t")} ELSE 1 - ${at("t")} END`
    ),
    comment: "The probability that a standard normal variable is at most z."
  },
  {
    name: "normal_p",
    kind: "scalar",
    parameters: "z",
    body: expression(
      { a: "z::DOUBLE" },
      normalTail((at) => at("a"), "t"),
      (at) => `2 * ${at("t")}`
    ),
    comment: "The two-sided p-value of a z."
  },
  {
    name: "normal_quantile",
    kind: "scalar",
    parameters: "p",
    body: expression(
      { a: "p::DOUBLE" },
      normalQuantile((at) => at("a"), "x"),
      (at) => at("x")
    ),
    comment: "The z below which a share p of the standard normal distribution lies."
  }
]

import { ofBaseline, steps } from "./fragment.ts"
import { averageStep } from "./moving-range.ts"
import { oneSided } from "./one-sided.ts"
import { pointsFrom } from "./points.ts"
import { binomialLimits, poissonLimits, tellable } from "./tails.ts"
import { type Form, judge } from "./verdict.ts"

/** Binomial proportions or Poisson rates; with the limits of their sampling error, widened after Laney, or by test. */
interface Ratio {
  readonly of: "proportion" | "rate"
  readonly limits: "plain" | "laney" | "auto"
}

/**
 * `_row` of a chart of numerators and denominators, as `value` of them. What cannot be is missing: a denominator of
 * 0 or less, a negative numerator, and where `most` says so a numerator above its denominator, which stays drawn.
 */
export const pairs = (value: string, most: boolean): string => `
_row AS (
  SELECT * EXCLUDE (_y0), CASE WHEN isfinite(_a) AND isfinite(_d) AND _a >= 0 AND _d > 0 THEN ${value} END AS _y,
    CASE WHEN _x THEN 2 WHEN _a < 0 OR _d < 0 THEN 5${most ? " WHEN _a > _d AND _d > 0 AND isfinite(_a) THEN 9" : ""}
      WHEN isfinite(_a) AND isfinite(_d) AND _d > 0 AND _o IS NOT NULL THEN 0 ELSE 1 END::TINYINT AS _v
  FROM _in
)`

/** Denominators beside the points, null where there is nothing to give limits to. */
export const usable =
  "CASE WHEN _kinds < 4 THEN _ds ELSE list_transform(list_zip(_as, _ds), lambda e: CASE WHEN e[1] IS NOT NULL AND isfinite(e[2]) AND e[2] > 0 THEN e[2] END) END"

/** The warnings of every chart of pairs. */
export const pairWarnings: ReadonlyArray<readonly [name: string, when: string]> = [
  ["negative", "(_kinds & 16) > 0"],
  ["above-one", "(_kinds & 32) > 0"],
  ["small-counts", "_few"],
  ["dominant-denominator", "_nb > 1 AND 2 * list_max(_bd) > list_sum(_bd)"]
]

/** σ_z above which points vary more than their denominators explain, at 1 chart in 20 (one-sided), for m points. */
const overdispersed = "_sz0 > 1 + 1.645 * sqrt(0.826 / CASE WHEN _nb > 1 THEN _nb - 1 END)"

/** Each step between two ratios over its own standard error, as if by a binomial or Poisson (Taylor 2018). */
const normalised = `list_transform(${steps("_by")}, lambda y, i: sqrt(pi() / 2) * 1.128 * y / nullif(sqrt(_var * (1 / _bd[i] + 1 / _bd[i + 1])), 0))`

/** The limit of a phase that is nearest to the centre, on one side. */
const nearest = (most: string, limit: string, sign: "+" | "-"): string =>
  `CASE WHEN _exact THEN ${most}(list_transform(_w, lambda w: w.${limit})) ELSE _c ${sign} 3 * list_min(_si) END`

/**
 * The body of `spc.p`, `pp`, `p_auto`, `u`, `up` and `u_auto`: numerators over denominators about the pooled ratio,
 * limits by each point's denominator. Where counts are small, plain limits are exact if the profile says so.
 */
export const ratio =
  ({ of, limits }: Ratio) =>
  (form: Form): string => {
    const cap = of === "proportion"
    const name = cap ? "p" : "u"
    const wide = limits === "plain" ? "false" : limits === "laney" ? "true" : "_over"
    // Where there is no sampling error there is nothing to widen: the limits lie on the ratio.
    const laney = "CASE WHEN _var = 0 THEN 0 ELSE _sz END"
    const width =
      limits === "plain"
        ? "1"
        : limits === "laney"
          ? laney
          : "CASE WHEN _over THEN greatest(1, _sz) ELSE 1 END"
    const upper = (k: number): string => (cap ? `least(1, _c + ${k} * s)` : `_c + ${k} * s`)
    const whole = "CASE WHEN s IS NOT NULL THEN"
    const error = "sqrt(_var / d)"
    const around = `{
    'c': _c, 's': s, ${[3, 2, 1].map((k) => `'l${k}': ${whole} greatest(0, _c - ${k} * s) END`).join(", ")}, ${[1, 2, 3].map((k) => `'u${k}': ${whole} ${upper(k)} END`).join(", ")}}`
    const normal = (d: string): string =>
      `list_transform([sqrt(_var / ${d}) * _width], lambda s: ${around})[1]`
    const exact = cap
      ? binomialLimits("d", "_q", "d", "_c", error)
      : poissonLimits("(d * _c)", "d", "_c", error)
    const turn = `list_transform([${exact}], lambda w: CASE WHEN _c > 0.5 THEN {'c': w.c, 's': w.s, 'l3': 1 - w.u3, 'l2': 1 - w.u2, 'l1': 1 - w.u1, 'u1': 1 - w.l1, 'u2': 1 - w.l2, 'u3': 1 - w.l3} ELSE w END)[1]`
    return `WITH ${pointsFrom("ratio", pairs("_a / _d", cap))},
_pair AS (
  SELECT *, ${ofBaseline("_as")} AS _ba, ${ofBaseline("_ds")} AS _bd, ${usable} AS _du FROM _base
),
_centre AS (
  SELECT *, coalesce(_k, list_sum(_ba) / nullif(list_sum(_bd), 0)) AS _c, list_sum(_bd) / nullif(_nb, 0) AS _dbar FROM _pair
),
_size AS (
  SELECT *, ${cap ? "CASE WHEN _c BETWEEN 0 AND 1 THEN _c * (1 - _c) END" : "CASE WHEN _c >= 0 THEN _c END"} AS _var,
    ${cap ? "CASE WHEN _c BETWEEN 0 AND 1 THEN least(_c, 1 - _c) END" : "_c"} AS _q
  FROM _centre
),
_small AS (
  SELECT *, coalesce(_dbar * _q < 5, false) AS _few,
    list_transform(list_zip(_by, _bd), lambda e: (e[1] - _c) / nullif(sqrt(_var / e[2]), 0)) AS _zs
  FROM _size
),${averageStep("_small", `CASE WHEN spread = 'normalised' THEN ${normalised} ELSE ${steps("_zs")} END`)},
_test AS (
  SELECT *, coalesce(${overdispersed}, false) AS _over FROM _scatter
),
_plain AS (
  SELECT *, ${width} AS _width, _few AND coalesce(_var > 0, false) AND _p.exact AND NOT ${wide} AS _exact FROM _test
),
_once AS (
  SELECT *, CASE WHEN _exact THEN list_distinct(_du) END AS _dd FROM _plain
),
_tail AS (
  SELECT *, list_transform(_dd, lambda d: CASE WHEN ${tellable("d * _q")}${cap ? " AND d >= 1" : ""} THEN ${cap ? turn : exact} ELSE ${normal("d")} END) AS _we FROM _once
),
_sigma AS (
  SELECT *, CASE WHEN NOT _exact THEN list_transform(_du, lambda d: sqrt(_var / d) * _width) END AS _si FROM _tail
),
_limit AS (
  SELECT *, CASE WHEN _exact THEN list_transform(_du, lambda d: CASE WHEN d IS NULL THEN ${normal("d")} ELSE _we[list_position(_dd, d)] END)
    ${form === "points" ? `ELSE list_transform(_si, lambda s: ${around}) ` : ""}END AS _w
  FROM _sigma
),${judge(form, {
      chart:
        limits === "auto"
          ? `CASE WHEN _over THEN '${name}p' ELSE '${name}' END`
          : limits === "laney"
            ? `${name}p`
            : name,
      limits: "varying",
      around: `CASE WHEN _exact THEN _w[_n] ELSE ${normal("_du[_n]")} END`,
      sigmaZ:
        limits === "plain" ? "_sz0" : limits === "laney" ? "_sz" : "CASE WHEN _over THEN _sz ELSE _sz0 END",
      warnings: [
        ["overdispersed", limits === "plain" ? "_over" : "false"],
        ["laney-chosen", limits === "auto" ? "_over" : "false"],
        ...pairWarnings,
        ...oneSided(
          "varying",
          cap ? `${nearest("list_min", "u3", "+")} >= 1` : "false",
          `${nearest("list_max", "l3", "-")} <= 0`
        )
      ]
    })}`
  }

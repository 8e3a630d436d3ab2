import { ofBaseline } from "./fragment.ts"
import { movingRangeOf } from "./moving-range.ts"
import { varying } from "./limits.ts"
import { points } from "./points.ts"
import { rules } from "./rules.ts"
import { binomialLimits, poissonLimits } from "./tails.ts"
import { verdict } from "./verdict.ts"

/** Binomial proportions or Poisson rates; with the limits of their sampling error, widened after Laney, or by test. */
interface Ratio {
  readonly of: "proportion" | "rate"
  readonly limits: "plain" | "laney" | "auto"
}

/** σ_z above which points vary more than their denominators explain, at 1 chart in 20 (one-sided), for m points. */
const overdispersed = "_sz0 > 1 + 1.645 * sqrt(0.826 / nullif(len(_zr), 0))"

/**
 * The body of `spc.p`, `pp`, `p_auto`, `u`, `up` and `u_auto`: numerators over denominators about the pooled ratio,
 * limits by each point's denominator. Where counts are small, plain limits are exact if the profile says so.
 */
export const ratio = ({ of, limits }: Ratio): string => {
  const variance = of === "proportion" ? "_c * (1 - _c)" : "_c"
  const cap = of === "proportion"
  const name = of === "proportion" ? "p" : "u"
  const wide = limits === "plain" ? "false" : limits === "laney" ? "true" : "_over"
  const width =
    limits === "plain" ? "1" : limits === "laney" ? "_sz" : "CASE WHEN _over THEN greatest(1, _sz) ELSE 1 END"
  const upper = (k: number): string => (cap ? `least(1, _c + ${k} * s)` : `_c + ${k} * s`)
  const whole = "CASE WHEN s IS NOT NULL THEN"
  const normal = `list_transform(list_transform(_ds, lambda d: sqrt(${variance} / CASE WHEN d > 0 THEN d END) * _width), lambda s: {
    'c': _c, 's': s, ${[3, 2, 1].map((k) => `'l${k}': ${whole} greatest(0, _c - ${k} * s) END`).join(", ")}, ${[1, 2, 3].map((k) => `'u${k}': ${whole} ${upper(k)} END`).join(", ")}})`
  const exact =
    of === "proportion"
      ? `list_transform(_ds, lambda d: ${binomialLimits("d", "_q", "nullif(d, 0)", "_c", "sqrt(_c * (1 - _c) / nullif(d, 0))")})`
      : `list_transform(_ds, lambda d: ${poissonLimits("(d * _c)", "nullif(d, 0)", "_c", "sqrt(_c / nullif(d, 0))")})`
  const turned = `list_transform(_w0, lambda w: {'c': w.c, 's': w.s, 'l3': 1 - w.u3, 'l2': 1 - w.u2, 'l1': 1 - w.u1, 'u1': 1 - w.l1, 'u2': 1 - w.l2, 'u3': 1 - w.l3})`
  return `WITH ${points("ratio")},
_pair AS (
  SELECT *, ${ofBaseline("_as")} AS _ba, ${ofBaseline("_ds")} AS _bd FROM _base
),
_centre AS (
  SELECT *, coalesce(_k, list_sum(_ba) / nullif(list_sum(_bd), 0)) AS _c, list_sum(_bd) / nullif(_nb, 0) AS _dbar FROM _pair
),
_size AS (
  SELECT *, ${cap ? "CASE WHEN _c BETWEEN 0 AND 1 THEN least(_c, 1 - _c) END" : "_c"} AS _q,
    list_transform(list_zip(_by, _bd), lambda e: (e[1] - _c) / nullif(sqrt(${variance} / e[2]), 0)) AS _zs
  FROM _centre
),
_small AS (
  SELECT *, coalesce(${cap ? "_c > 0 AND _c < 1" : "_c > 0"} AND _dbar * _q < 5, false) AS _few FROM _size
),${movingRangeOf("_small", "_zs")},
_test AS (
  SELECT *, coalesce(${overdispersed}, false) AS _over FROM _scatter
),
_plain AS (
  SELECT *, ${width} AS _width, _few AND _p.exact AND NOT ${wide} AS _exact FROM _test
),
_limit0 AS (
  SELECT *, CASE WHEN _exact THEN ${exact} ELSE ${normal} END AS _w0 FROM _plain
),
_limit AS (
  SELECT *, ${cap ? `CASE WHEN _exact AND _c > 0.5 THEN ${turned} ELSE _w0 END` : "_w0"} AS _w FROM _limit0
),${varying},${rules("varying")},${verdict({
    chart:
      limits === "auto"
        ? `CASE WHEN _over THEN '${name}p' ELSE '${name}' END`
        : limits === "laney"
          ? `${name}p`
          : name,
    limits: "varying",
    sigmaZ: "_sz",
    warnings: [
      ["overdispersed", limits === "plain" ? "_over" : "false"],
      ["laney-chosen", limits === "auto" ? "_over" : "false"],
      ["small-counts", "_few"],
      ["dominant-denominator", "_nb > 1 AND 2 * list_max(_bd) > list_sum(_bd)"],
      [
        "can-only-show-worse",
        `_n > 0 AND ((_dir = 3 AND list_max(list_transform(_w, lambda w: w.l3)) <= 0)${cap ? " OR (_dir = 2 AND list_min(list_transform(_w, lambda w: w.u3)) >= 1)" : ""})`
      ],
      [
        "can-only-show-better",
        `_n > 0 AND ((_dir = 2 AND list_max(list_transform(_w, lambda w: w.l3)) <= 0)${cap ? " OR (_dir = 3 AND list_min(list_transform(_w, lambda w: w.u3)) >= 1)" : ""})`
      ]
    ]
  })}`
}

import { ofBaseline } from "./fragment.ts"
import { oneSided } from "./one-sided.ts"
import { pointsFrom } from "./points.ts"
import { pairWarnings, pairs, usable } from "./ratio.ts"
import { binomialLimits, poissonLimits, tellable } from "./tails.ts"
import { type Form, judge } from "./verdict.ts"

/** `_row` of a chart of values that cannot be below 0: a negative one is missing. */
export const notNegative = `
_row AS (
  SELECT * EXCLUDE (_y0), CASE WHEN isfinite(_y0) AND _y0 >= 0 THEN _y0 END AS _y,
    CASE WHEN _x THEN 2 WHEN _y0 < 0 THEN 5 WHEN isfinite(_y0) AND _o IS NOT NULL THEN 0 ELSE 1 END::TINYINT AS _v
  FROM _in
)`

/** The warning of every chart of such values. */
export const negative = ["negative", "(_kinds & 16) > 0"] as const

const sigmas = [3, 2, 1] as const

/** The body of `spc.c`: counts about their mean, Poisson limits (exact where counts are small). */
export const c = (form: Form): string => `WITH ${pointsFrom("count", notNegative)},
_centre AS (
  SELECT *, coalesce(_k, _mean) AS _c, sqrt(CASE WHEN coalesce(_k, _mean) >= 0 THEN coalesce(_k, _mean) END) AS _sg FROM _base
),
_small AS (
  SELECT *, coalesce(_c < 5, false) AS _few FROM _centre
),
_poisson AS (
  SELECT *, CASE WHEN _few AND _p.exact AND _c > 0 THEN ${poissonLimits("_c", "1", "_c", "_sg")} END AS _w FROM _small
),
_limit AS (
  SELECT * EXCLUDE (_w), ${sigmas
    .map(
      (k) =>
        `CASE WHEN _w IS NOT NULL THEN _w.l${k} WHEN _sg IS NOT NULL THEN greatest(0, _c - ${k} * _sg) END AS _l${k}, CASE WHEN _w IS NOT NULL THEN _w.u${k} ELSE _c + ${k} * _sg END AS _u${k}`
    )
    .join(",\n    ")}
  FROM _poisson
),${judge(form, {
  chart: "c",
  limits: "level",
  warnings: [negative, ["small-counts", "_few"], ...oneSided("level")]
})}`

const whole = "CASE WHEN s IS NOT NULL THEN"
const normal = `list_transform([sqrt(e.c * (1 - e.q))], lambda s: {'c': e.c, 's': s,
    ${sigmas.map((k) => `'l${k}': ${whole} greatest(0, e.c - ${k} * s) END`).join(", ")}, ${[1, 2, 3].map((k) => `'u${k}': ${whole} least(e.d, e.c + ${k} * s) END`).join(", ")}})[1]`
// Above one half the others are the few: their limits, counted from the top.
const exact = `list_transform([${binomialLimits("e.d", "least(e.q, 1 - e.q)", "1", "e.c", "sqrt(e.c * (1 - e.q))")}], lambda w:
    CASE WHEN e.q > 0.5 THEN {'c': w.c, 's': w.s, 'l3': e.d - w.u3, 'l2': e.d - w.u2, 'l1': e.d - w.u1, 'u1': e.d - w.l1, 'u2': e.d - w.l2, 'u3': e.d - w.l3} ELSE w END)[1]`

/**
 * The body of `spc.np`: counts of cases about the size of each subgroup times the pooled proportion, binomial limits
 * (exact where counts are small). A given centre is a count, the same at every point.
 */
export const np = (form: Form): string => `WITH ${pointsFrom("ratio", pairs("_a", true))},
_pair AS (
  SELECT *, ${ofBaseline("_as")} AS _ba, ${ofBaseline("_ds")} AS _bd, ${usable} AS _du FROM _base
),
_centre AS (
  SELECT *, list_sum(_ba) / nullif(list_sum(_bd), 0) AS _share, list_sum(_bd) / nullif(_nb, 0) AS _dbar FROM _pair
),
_size AS (
  SELECT *, coalesce(_k, _dbar * _share) AS _c FROM _centre
),
_once AS (
  SELECT *, coalesce(least(_c, _dbar - _c) < 5, false) AS _few,
    list_transform(list_distinct(_du), lambda d: {'d': d, 'c': CASE WHEN _k IS NULL THEN d * _share ELSE _k END, 'q': CASE WHEN _k IS NULL THEN _share WHEN _k BETWEEN 0 AND d THEN _k / d END}) AS _es
  FROM _size
),
_tail AS (
  SELECT *, list_transform(_es, lambda e: CASE WHEN _few AND _p.exact AND e.d >= 1 AND e.q > 0 AND e.q < 1 AND ${tellable("e.d * least(e.q, 1 - e.q)")} THEN ${exact} ELSE ${normal} END) AS _we,
    list_transform(_es, lambda e: e.d) AS _dd
  FROM _once
),
_limit AS (
  SELECT *, list_transform(_du, lambda d: _we[list_position(_dd, d)]) AS _w FROM _tail
),${judge(form, {
  chart: "np",
  limits: "varying",
  warnings: [
    ...pairWarnings,
    ...oneSided("varying", "len(list_filter(list_zip(_w, _ds), lambda e: e[1].u3 < e[2])) = 0")
  ]
})}`

import { byProfile, profileIs, slack } from "./fragment.ts"
import { points } from "./points.ts"
import { rules } from "./rules.ts"
import { verdict } from "./verdict.ts"

/** Tail probabilities of a normal distribution beyond 3 and 2 sigma, as the rules of small counts take them. */
const tail3 = 0.00135
const tail2 = 0.02275

/**
 * Exact limits of a binomial count of `e.d` at probability `_q` = min(p, 1 − p): the last counts on either side
 * whose tail is still above 0.00135 (0.02275). The list of masses stops where nothing of weight is left.
 */
const exact = `list_transform(_l, lambda e: list_transform(
    [CASE WHEN e.d > 0 THEN list_transform(range(0, 1 + least(floor(e.d), ceil(e.d * _q + 9 * sqrt(e.d * _q * (1 - _q)) + 14))::BIGINT),
      lambda k: exp(lgamma(e.d + 1) - lgamma(k + 1) - lgamma(e.d - k + 1) + CASE WHEN k > 0 THEN k * ln(_q) ELSE 0 END + CASE WHEN e.d > k THEN (e.d - k) * ln(1 - _q) ELSE 0 END)) END],
    lambda f: list_transform([list_transform(f, lambda m, i: list_sum(f[1:i]))], lambda c: {
      's': sqrt(_c * (1 - _c) / nullif(e.d, 0)),
      'l3': len(list_filter(c, lambda x: x <= ${tail3})) / nullif(e.d, 0),
      'u3': len(list_filter(c[:len(c) - 1], lambda x: 1 - x > ${tail3})) / nullif(e.d, 0),
      'l2': len(list_filter(c, lambda x: x <= ${tail2})) / nullif(e.d, 0),
      'u2': len(list_filter(c[:len(c) - 1], lambda x: 1 - x > ${tail2})) / nullif(e.d, 0)})[1])[1])`

const normal = `list_transform(list_transform(_l, lambda e: sqrt(_c * (1 - _c) / CASE WHEN e.d > 0 THEN e.d END)), lambda s: {
    's': s, 'l3': CASE WHEN s IS NOT NULL THEN greatest(0, _c - 3 * s) END, 'u3': CASE WHEN s IS NOT NULL THEN least(1, _c + 3 * s) END,
    'l2': CASE WHEN s IS NOT NULL THEN greatest(0, _c - 2 * s) END, 'u2': CASE WHEN s IS NOT NULL THEN least(1, _c + 2 * s) END})`

const sum = (field: string): string => `list_sum(list_transform(_bp, lambda e: e.${field}))`

/** The body of `spc.p`: proportions about the pooled proportion, binomial limits of each point's denominator. */
export const proportion = `WITH ${points("proportion")},
_centre AS (
  SELECT *, coalesce(_k, ${sum("a")} / nullif(${sum("d")}, 0)) AS _c, ${sum("d")} / nullif(_nb, 0) AS _dbar FROM _base
),
_size AS (
  SELECT *, CASE WHEN _c BETWEEN 0 AND 1 THEN least(_c, 1 - _c) END AS _q,
    coalesce(_c > 0 AND _c < 1 AND _dbar * least(_c, 1 - _c) < 5, false) AS _small
  FROM _centre
),
_exact AS (
  SELECT *, CASE WHEN _small AND ${profileIs((p) => p.exact)} THEN ${exact} ELSE ${normal} END AS _w0 FROM _size
),
_limit AS (
  SELECT *, CASE WHEN _small AND ${profileIs((p) => p.exact)} AND _c > 0.5
      THEN list_transform(_w0, lambda w: {'s': w.s, 'l3': 1 - w.u3, 'u3': 1 - w.l3, 'l2': 1 - w.u2, 'u2': 1 - w.l2}) ELSE _w0 END AS _w,
    _n >= ${byProfile((p) => String(p.minimum))} AND _c IS NOT NULL AS _judged, "shift" AS _shift_n, "trend" AS _trend_n,
    list_transform(_bp, lambda e: (e.y - _c) / nullif(sqrt(_c * (1 - _c) / e.d), 0)) AS _zs
  FROM _exact
),
_spread AS (
  SELECT *, list_filter(list_transform(_zs[2:], lambda x, i: CASE WHEN _bgap[i] THEN NULL ELSE abs(x - _zs[i]) END), lambda r: r IS NOT NULL) AS _zr
  FROM _limit
),
_zone AS (
  SELECT *, list_sum(_zr) / nullif(len(_zr), 0) / 1.128 AS _sz0, list_transform(_y, lambda y, i: CASE
    WHEN y > _w[i].u3 + ${slack("_w[i].u3", "_w[i].s")} THEN 3 WHEN y < _w[i].l3 - ${slack("_w[i].l3", "_w[i].s")} THEN -3
    WHEN y > _w[i].u2 + ${slack("_w[i].u2", "_w[i].s")} THEN 2 WHEN y < _w[i].l2 - ${slack("_w[i].l2", "_w[i].s")} THEN -2
    WHEN y > _c + ${slack("_c", "_w[i].s")} THEN 1 WHEN y < _c - ${slack("_c", "_w[i].s")} THEN -1 ELSE 0 END::TINYINT) AS _z
  FROM _spread
),${rules},${verdict({
  chart: "p",
  row: {
    sigma: "_wi.s",
    lcl: "_wi.l3",
    ucl: "_wi.u3",
    lcl2: "_wi.l2",
    ucl2: "_wi.u2",
    movingRange: "NULL::DOUBLE"
  },
  last: { sigma: "_w[_n].s", lcl: "_w[_n].l3", ucl: "_w[_n].u3" },
  carry: [],
  unnest: [["_w", "_wi"]],
  sigmaZ: "_sz0",
  warnings: [
    ["overdispersed", "len(_zr) > 0 AND _sz0 > 1 + 1.645 * sqrt(0.826 / len(_zr))"],
    ["small-counts", "_small"],
    [
      "can-only-show-worse",
      "_n > 0 AND ((_dir = 3 AND list_max(list_transform(_w, lambda w: w.l3)) <= 0) OR (_dir = 2 AND list_min(list_transform(_w, lambda w: w.u3)) >= 1))"
    ],
    [
      "can-only-show-better",
      "_n > 0 AND ((_dir = 2 AND list_max(list_transform(_w, lambda w: w.l3)) <= 0) OR (_dir = 3 AND list_min(list_transform(_w, lambda w: w.u3)) >= 1))"
    ]
  ]
})}`

import { byProfile, profileIs, slack } from "./fragment.ts"
import { points } from "./points.ts"
import { rules } from "./rules.ts"
import { verdict } from "./verdict.ts"

/** The body of `spc.xmr`: individual values about their mean, with limits from the average moving range. */
export const xmr = `WITH ${points("value")},
_range AS (
  SELECT *, coalesce(_k, _mean) AS _c,
    CASE WHEN _bgap IS NULL THEN list_transform(_by[2:], lambda x, i: abs(x - _by[i]))
      ELSE list_filter(list_transform(_by[2:], lambda x, i: CASE WHEN NOT _bgap[i] THEN abs(x - _by[i]) END), lambda r: r IS NOT NULL) END AS _mr
  FROM _base
),
_amr AS (
  SELECT *, list_sum(_mr) / nullif(len(_mr), 0) AS _amr0 FROM _range
),
_screen AS (
  SELECT *, CASE WHEN coalesce(screened, ${profileIs((p) => p.screened)}) THEN list_filter(_mr, lambda r: r < 3.267 * _amr0) END AS _mrs
  FROM _amr
),
_width AS (
  SELECT *,
    ${byProfile((p) => `${p.movingRangeFactor / 3}::DOUBLE`)} * coalesce(nullif(list_sum(_mrs) / nullif(len(_mrs), 0), 0), _amr0) AS _sg
  FROM _screen
),
_limit AS (
  SELECT *, _c - 3 * _sg AS _l3, _c + 3 * _sg AS _u3, _c - 2 * _sg AS _l2, _c + 2 * _sg AS _u2,
    _n >= ${byProfile((p) => String(p.minimum))} AND _c IS NOT NULL AS _judged,
    "shift" AS _shift_n, "trend" AS _trend_n
  FROM _width
),
_bar AS (
  SELECT *, ${slack("_c", "_sg")} AS _tc, _l3 - ${slack("_l3", "_sg")} AS _l3t, _u3 + ${slack("_u3", "_sg")} AS _u3t,
    _l2 - ${slack("_l2", "_sg")} AS _l2t, _u2 + ${slack("_u2", "_sg")} AS _u2t
  FROM _limit
),
_zone AS (
  SELECT *, list_transform(_y, lambda y: CASE
    WHEN y > _u3t THEN 3 WHEN y < _l3t THEN -3 WHEN y > _u2t THEN 2 WHEN y < _l2t THEN -2
    WHEN y > _c + _tc THEN 1 WHEN y < _c - _tc THEN -1 ELSE 0 END::TINYINT) AS _z
  FROM _bar
),${rules},${verdict({
  chart: "xmr",
  row: { sigma: "_sg", lcl: "_l3", ucl: "_u3", lcl2: "_l2", ucl2: "_u2", movingRange: "_mri" },
  last: { sigma: "_sg", lcl: "_l3", ucl: "_u3" },
  carry: ["_sg", "_l3", "_u3", "_l2", "_u2"],
  unnest: [
    [
      "CASE WHEN _n > 0 THEN list_prepend(NULL, list_transform(_y[2:], lambda x, i: CASE WHEN _gap[i] THEN NULL ELSE abs(x - _y[i]) END)) END",
      "_mri"
    ]
  ],
  sigmaZ: "NULL::DOUBLE",
  warnings: [
    [
      "too-little-variation",
      "NOT _const AND len(_mr) > 0 AND 2 * len(list_filter(_mr, lambda r: r = 0)) > len(_mr)"
    ]
  ]
})}`

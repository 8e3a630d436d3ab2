import { byProfile, slack } from "./fragment.ts"
import { points } from "./points.ts"
import { rules } from "./rules.ts"
import { verdict } from "./verdict.ts"

/** The body of `spc.run`: values about their median, no limits. */
export const run = `WITH ${points("value")},
_limit AS (
  SELECT *, coalesce(_k, list_median(_by)) AS _c FROM _base
),
_zone AS (
  SELECT *, _n >= ${byProfile((p) => String(p.minimum))} AND _c IS NOT NULL AS _judged, "shift" AS _shift_n, "trend" AS _trend_n,
    list_transform(_y, lambda y: CASE WHEN y > _c + ${slack("_c", "0")} THEN 1 WHEN y < _c - ${slack("_c", "0")} THEN -1 ELSE 0 END::TINYINT) AS _z
  FROM _limit
),${rules},${verdict({
  chart: "run",
  row: {
    sigma: "NULL::DOUBLE",
    lcl: "NULL::DOUBLE",
    ucl: "NULL::DOUBLE",
    lcl2: "NULL::DOUBLE",
    ucl2: "NULL::DOUBLE",
    movingRange: "NULL::DOUBLE"
  },
  last: { sigma: "NULL::DOUBLE", lcl: "NULL::DOUBLE", ucl: "NULL::DOUBLE" },
  carry: [],
  unnest: [],
  sigmaZ: "NULL::DOUBLE",
  warnings: []
})}`

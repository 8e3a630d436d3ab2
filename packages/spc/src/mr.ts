import { pointsFrom } from "./points.ts"
import { type Form, judge } from "./verdict.ts"

/**
 * The moving ranges as the rows of a phase. A lag adds nothing up, so a window is safe here; ghosts and rows without
 * a period stand in partitions of their own, for their neighbours are neighbours. Kind 16 has no value by nature: the
 * first of a phase, and the one after a missing value.
 */
const ranges = `
_near AS (
  SELECT * EXCLUDE (_y0), CASE WHEN isfinite(_y0) THEN _y0 END AS _y1, lag(CASE WHEN isfinite(_y0) THEN _y0 END) OVER _w AS _y2, lag(_b) OVER _w AS _b2
  FROM _in WINDOW _w AS (PARTITION BY _s, _h, _x, _o IS NULL ORDER BY _o ASC, _y0 ASC, _b ASC, _g ASC, _a ASC, _d ASC)
),
_row AS (
  SELECT _s, _h, _o, CASE WHEN _x OR _o IS NULL THEN NULL ELSE abs(_y1 - _y2) END AS _y,
    CASE WHEN _x THEN 2 WHEN _y1 IS NULL OR _o IS NULL THEN 1 WHEN _y2 IS NULL THEN 16 ELSE 0 END::TINYINT AS _v,
    _a, _d, _b AND coalesce(_b2, true) AS _b, _g, _k0, _dir
  FROM _near
)`

// The published D4 of two values, as every tool has it; the exact one is 3.2665.
const upper = "3.267::DOUBLE"
/** One sigma above the average, in averages. */
const above = `((${upper} - 1) / 3)`

/**
 * The body of `spc.mr`: moving ranges about their average, upper limit 3.267 (D4 of two values) times it.
 * A range belongs to the baseline if both of its values do.
 */
export const mr = (form: Form): string => `WITH ${pointsFrom("value", ranges)},
_limit AS (
  SELECT *, ${above} * _c AS _sg, CASE WHEN _c IS NOT NULL THEN 0::DOUBLE END AS _l3, CASE WHEN _c IS NOT NULL THEN 0::DOUBLE END AS _l2,
    CASE WHEN _p.thirds_from_zero THEN 0 ELSE 1 - ${above} END * _c AS _l1,
    CASE WHEN _p.thirds_from_zero THEN ${upper} / 3 ELSE 1 + ${above} END * _c AS _u1,
    CASE WHEN _p.thirds_from_zero THEN ${upper} * 2 / 3 ELSE 1 + 2 * ${above} END * _c AS _u2, ${upper} * _c AS _u3
  FROM (SELECT *, coalesce(_k, _mean) AS _c FROM _base)
),${judge(form, { chart: "mr", limits: "level", warnings: [], autocorrelation: false })}`

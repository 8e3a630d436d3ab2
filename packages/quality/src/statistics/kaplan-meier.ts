import { rowsOf } from "./input.ts"
import type { Macro } from "./macro.ts"
import { scoreOf } from "./normal.ts"
import { tables } from "./stages.ts"

// Sums run along whole numbers of a tiny unit, so that no order of adding can change them.
const along = (x: string, unit: string): string =>
  `sum(((${x}) * ${unit})::HUGEINT) OVER (PARTITION BY _grp ORDER BY _time)`

/** Common table expressions from the rows to `_curve`: a row for each time of a group, with `_share`, `_se`, `_low`, `_high`. */
const curve = `_in AS (${rowsOf({ time: "DOUBLE", happened: "BOOLEAN" }, { grp: null })}),
_time AS (
  SELECT _grp, _time, count(*) AS _rows, count(*) FILTER (_happened) AS _d FROM _in
  WHERE isfinite(_time) AND _time >= 0 AND _happened IS NOT NULL GROUP BY _grp, _time
),
_risk AS (
  SELECT *, sum(_rows) OVER (PARTITION BY _grp ORDER BY _time DESC)::BIGINT AS _n, level::DOUBLE AS _level FROM _time
),
_product AS (
  SELECT *, ${along("CASE WHEN _d < _n THEN ln(_n - _d) - ln(_n) ELSE 0 END", "1e18")} AS _ln,
    ${along("CASE WHEN _d < _n THEN _d / (_n::DOUBLE * (_n - _d)) ELSE 0 END", "1e24")} AS _greenwood,
    bool_or(_d = _n) OVER (PARTITION BY _grp ORDER BY _time) AS _over
  FROM _risk
),
_survival AS (
  SELECT *, CASE WHEN _over THEN 0e0 ELSE round(exp(_ln::DOUBLE / 1e18), 14) END AS _s,
    CASE WHEN NOT _over THEN sqrt(_greenwood::DOUBLE / 1e24) END AS _of_ln
  FROM _product
),
${tables(
  "_survival",
  "_scored",
  scoreOf((at) => at("level"), "z")
)},
_spread AS (SELECT *, CASE WHEN _s > 0 AND _s < 1 THEN _z * _of_ln / ln(_s) END AS _width FROM _scored),
_curve AS (
  SELECT *, 1 - _s AS _share, _s * _of_ln AS _se, 1 - pow(_s, exp(_width)) AS _low, 1 - pow(_s, exp(-_width)) AS _high FROM _spread
)`

// The midpoint of a level stretch at exactly this share, as in R's survfit; where nothing follows, its first time.
const reached = (share: string): string => `CASE
    WHEN min_by(_share, _time) FILTER (_share > ${share} - 1e-9) < ${share} + 1e-9 AND bool_or(_share > ${share} + 1e-9)
    THEN (min(_time) FILTER (_share > ${share} - 1e-9) + min(_time) FILTER (_share > ${share} + 1e-9)) / 2
    ELSE min(_time) FILTER (_share > ${share} - 1e-9) END`

/** How long it takes until something happens, where for some it has not happened yet. */
export const kaplanMeierMacros: ReadonlyArray<Macro> = [
  {
    name: "kaplan_meier",
    kind: "table",
    parameters: "t, level := 0.95",
    body: `WITH ${curve}
SELECT _grp AS grp, _time AS "time", _n AS at_risk, _d AS happened, _rows - _d AS censored, _s AS survival, _share AS share,
  _se AS se, _low AS low, _high AS high
FROM _curve`,
    comment:
      "The share to whom it has happened by each time (Kaplan-Meier), by group, with log-log limits; rows where it has not happened are censored."
  },
  {
    name: "kaplan_meier_median",
    kind: "table",
    parameters: "t, level := 0.95",
    body: `WITH ${curve}
SELECT _grp AS grp, sum(_rows)::BIGINT AS cases, sum(_d)::BIGINT AS happened, ${reached("0.25")} AS lower_quartile,
  ${reached("0.5")} AS median, ${reached("0.75")} AS upper_quartile,
  min(_time) FILTER (_high >= 0.5) AS median_low, min(_time) FILTER (_low >= 0.5) AS median_high
FROM _curve GROUP BY _grp`,
    comment:
      "The times by which it has happened to a quarter, to half and to three quarters of a group (Kaplan-Meier); null where never reached."
  }
]

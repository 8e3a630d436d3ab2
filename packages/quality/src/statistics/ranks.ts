import { drawOf, mixed, part } from "./draws.ts"
import { rowsOf } from "./input.ts"
import { exactSum, type Macro, required } from "./macro.ts"
import { normalQuantile } from "./normal.ts"
import { inTurn, tables } from "./stages.ts"

/** SQL: the ends of the middle `level` of `x` in a group, as values that occur. */
export const middle = (x: string): readonly [low: string, high: string] => [
  `quantile_disc(${x}, ((1 - level::DOUBLE) / 2))`,
  `quantile_disc(${x}, (1 - (1 - level::DOUBLE) / 2))`
]

/** `_replicate`: numbered from 0, each with the bits from which its draws are made. */
export const replicates = (count: string): string =>
  `_counted AS (SELECT unnest(range(${count}::BIGINT)) AS _replicate_no, seed::BIGINT AS _seed),
${tables(
  "_counted",
  "_replicate",
  inTurn(
    mixed((at) => at("seed"), "start"),
    drawOf("_start", "_replicate_no", "bits")
  )
)}`

const [low, high] = middle("_rank")

// Below an ICC(2) of .70 teams must not be ranked at all (RULES §2.4).
const body = `WITH _in AS (${rowsOf({ unit: null, estimate: "DOUBLE", se: "DOUBLE" }, { grp: null, reliability: "DOUBLE" })}),
_unit AS (
  SELECT *, row_number() OVER (PARTITION BY _grp ORDER BY _unit, _estimate, _se) AS _place, row_number() OVER () AS _id
  FROM _in WHERE isfinite(_estimate) AND isfinite(_se) AND _se >= 0 AND ${required("best IN ('high', 'low')", "best must be high or low")}
    AND ${required("draws BETWEEN 1 AND 100000", "draws must be from 1 to 100000")}
),
_group AS (
  SELECT _grp, count(*) AS _units, coalesce(${exactSum("_reliability")} / count(_reliability) >= 0.7, true) AS _rankable FROM _unit GROUP BY _grp
),
${replicates("draws")},
_each AS (
  SELECT _id, _unit._grp, _place, _estimate, _se, _replicate_no, _bits FROM _unit
  JOIN _group ON _group._grp IS NOT DISTINCT FROM _unit._grp AND _rankable CROSS JOIN _replicate
),
${tables("_each", "_drawn", drawOf("_bits", "_place", "own"))},
_parts AS (SELECT unnest(range(65536)) AS _part),
${tables(
  "_parts",
  "_normal",
  normalQuantile((at) => `((${at("part")} + 0.5e0) / 65536)`, "z")
)},
_valued AS (
  SELECT _id, _grp, _replicate_no, (_estimate + _se * _z) * CASE best WHEN 'high' THEN -1 ELSE 1 END AS _x
  FROM _drawn JOIN _normal ON _part = ${part("_own")}
),
_ranked AS (SELECT _id, rank() OVER (PARTITION BY _grp, _replicate_no ORDER BY _x) AS _rank FROM _valued),
_interval AS (SELECT _id, ${low} AS _low, quantile_disc(_rank, 0.5) AS _middle, ${high} AS _high FROM _ranked GROUP BY _id),
_whole AS (SELECT _unit.*, _low, _middle, _high FROM _unit JOIN _interval ON _interval._id = _unit._id),
_end AS (
  SELECT _grp, _id, _low AS _at, 1 AS _is_low, 0 AS _is_high FROM _whole UNION ALL SELECT _grp, _id, _high, 0, 1 FROM _whole
),
_apart AS (
  SELECT _id, CASE WHEN _is_low = 1 THEN coalesce(sum(_is_high) OVER (PARTITION BY _grp ORDER BY _at RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
    ELSE coalesce(sum(_is_low) OVER (PARTITION BY _grp ORDER BY _at RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) END AS _beyond
  FROM _end
),
_told AS (SELECT _id, sum(_beyond)::BIGINT AS _told_apart FROM _apart GROUP BY _id)
SELECT _unit._grp AS grp, _unit._unit AS unit, _unit._estimate AS estimate, _low AS rank_low, _middle AS rank_median, _high AS rank_high, _units AS units,
  _units - 1 - _told_apart AS not_told_apart, _rankable AS rankable
FROM _unit JOIN _group ON _group._grp IS NOT DISTINCT FROM _unit._grp
LEFT JOIN _whole ON _whole._id = _unit._id LEFT JOIN _told ON _told._id = _unit._id`

/** The macro that says between which ranks a unit lies. */
export const rankMacros: ReadonlyArray<Macro> = [
  {
    name: "rank_interval",
    kind: "table",
    parameters: "t, draws := 1000, level := 0.95, seed := 1, best := 'high'",
    body,
    comment:
      "Between which ranks each unit lies, by draws from its estimate and standard error; none where reliability is below .70."
  }
]

import { drawOf, uniform } from "./draws.ts"
import { rowsOf } from "./input.ts"
import { type Macro, required } from "./macro.ts"
import { middle, replicates } from "./ranks.ts"
import { tables } from "./stages.ts"

// The factors of a unit, in order: one that is drawn moves, the others stay.
const drawn = `WITH _in AS (${rowsOf(
  { unit: null, factor: null, value: "DOUBLE", power: "INTEGER", drawn: "BOOLEAN" },
  { grp: null }
)}),
_factor AS (
  SELECT *, row_number() OVER (PARTITION BY _grp ORDER BY _unit, _factor) AS _place, dense_rank() OVER (ORDER BY _grp, _unit) AS _id
  FROM _in WHERE isfinite(_value) AND ${required("_power IN (1, -1)", "power must be 1 or -1")}
    AND ${required("_value >= 0 AND (_power = 1 OR _value > 0)", "a factor must be at least 0, and a divisor above 0")}
    AND ${required("spread >= 0 AND spread < 1", "spread must be at least 0 and less than 1")}
    AND ${required("draws BETWEEN 1 AND 100000", "draws must be from 1 to 100000")}
),
_unit AS (
  SELECT _grp, _id, any_value(_unit) AS _unit, list_aggregate(list(pow(_value, _power) ORDER BY _place), 'product') AS _score
  FROM _factor GROUP BY _grp, _id
),
_base AS (SELECT *, rank() OVER (PARTITION BY _grp ORDER BY _score DESC) AS _own, count(*) OVER (PARTITION BY _grp) AS _units FROM _unit),
${replicates("draws")},
_each AS (SELECT _id, _place, _power, _replicate_no, _bits FROM _factor CROSS JOIN _replicate WHERE _drawn),
${tables("_each", "_moved", drawOf("_bits", "_place", "own"))},
_again AS (
  SELECT _id, _replicate_no, list_aggregate(list(pow(1 + spread::DOUBLE * (2 * ${uniform("_own")} - 1), _power) ORDER BY _place), 'product') AS _move
  FROM _moved GROUP BY _id, _replicate_no
),
_valued AS (
  SELECT _base._grp, _base._id, _own, _replicate_no, _score * coalesce(_move, 1) AS _x
  FROM _base CROSS JOIN _replicate LEFT JOIN _again USING (_id, _replicate_no)
)`

const [low, high] = middle("_rank")

const rank = `${drawn},
_ranked AS (SELECT _id, _own, rank() OVER (PARTITION BY _grp, _replicate_no ORDER BY _x DESC) AS _rank FROM _valued),
_spread AS (
  SELECT _id, ${low} AS _low, ${high} AS _high, count(*) FILTER (_rank = _own) / count(*) AS _same, count(*) FILTER (_rank <= top) / count(*) AS _top
  FROM _ranked GROUP BY _id
)
SELECT _grp AS grp, _unit AS unit, _score AS score, _own AS rank, _low AS rank_low, _high AS rank_high, _same AS same_rank, _top AS top_share, _units AS units
FROM _base JOIN _spread ON _spread._id = _base._id`

const order = `${drawn},
_line AS (SELECT *, row_number() OVER (PARTITION BY _grp ORDER BY _score DESC, _id) AS _at FROM _base),
_pair AS (
  SELECT a._grp, a._id AS _first, b._id AS _second, a._unit AS _unit, b._unit AS _other
  FROM _line a JOIN _line b ON a._grp IS NOT DISTINCT FROM b._grp AND b._at BETWEEN a._at + 1 AND a._at + within
)
SELECT _pair._grp AS grp, _unit AS unit, _other AS other, (count(*) FILTER (a._x > b._x) + count(*) FILTER (a._x = b._x) / 2) / count(*) AS before_share
FROM _pair JOIN _valued a ON a._id = _first JOIN _valued b ON b._id = _second AND b._replicate_no = a._replicate_no
GROUP BY _pair._grp, _unit, _other`

/** Scores that are products of factors, and how much of their order is the choice of those factors. */
export const productMacros: ReadonlyArray<Macro> = [
  {
    name: "product_rank",
    kind: "table",
    parameters: "t, draws := 1000, spread := 0.25, top := 3, level := 0.95, seed := 1",
    body: rank,
    comment: "How the ranks of products of factors move when each factor is drawn anew around its own."
  },
  {
    name: "product_order",
    kind: "table",
    parameters: "t, draws := 1000, spread := 0.25, within := 10, seed := 1",
    body: order,
    comment:
      "In what share of the draws of product_rank each unit comes before another that is at most so many places behind it."
  }
]

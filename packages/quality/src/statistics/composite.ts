import { drawOf, uniform } from "./draws.ts"
import { rowsOf } from "./input.ts"
import { exactSum, type Macro, required } from "./macro.ts"
import { middle, replicates } from "./ranks.ts"
import { tables } from "./stages.ts"

/** Common table expressions that add `_z` to the rows of `from`: `_x` less its mean over its sample deviation, within `by`. */
const standardised = (from: string, to: string, by: ReadonlyArray<string>): string => {
  const same = by.map((c) => `${to}_centre.${c} IS NOT DISTINCT FROM ${from}.${c}`).join(" AND ")
  return `${to}_mean AS (SELECT ${by.join(", ")}, count(_x) AS _k, ${exactSum("_x")} / count(_x) AS _m, list_sort(list(_x)) AS _xs FROM ${from} GROUP BY ${by.join(", ")}),
${to}_centre AS (
  SELECT * EXCLUDE (_xs), CASE WHEN _k > 1 THEN sqrt(list_sum(list_transform(_xs, lambda _v: pow(_v - _m, 2))) / (_k - 1)) END AS _sd FROM ${to}_mean
),
${to} AS (SELECT ${from}.*, (_x - _m) / nullif(_sd, 0) AS _z FROM ${from} JOIN ${to}_centre ON ${same})`
}

// Where all units are alike up to rounding, a deviation is nothing but rounding; it is exactly 0 where all are equal.
const scored = `_in AS (${rowsOf(
  {
    unit: null,
    measure: null,
    domain: null,
    weight: "DOUBLE",
    direction: "DOUBLE",
    value: "DOUBLE"
  },
  { grp: null }
)}),
_value AS (
  SELECT _grp, _unit, _measure, _domain, _direction, _value AS _x FROM _in
  WHERE isfinite(_value) AND ${required("_direction IN (1, -1)", "direction must be 1 or -1")}
),
${standardised("_value", "_measured", ["_grp", "_measure"])},
_domain_of AS (
  SELECT _grp, _unit, _domain, ${exactSum("_z * _direction")} / count(_z) AS _x FROM _measured WHERE _z IS NOT NULL GROUP BY _grp, _unit, _domain
),
${standardised("_domain_of", "_scored", ["_grp", "_domain"])},
_weight AS (
  SELECT _grp, _domain, max(_weight) AS _w, row_number() OVER (PARTITION BY _grp ORDER BY _domain) AS _place
  FROM _in GROUP BY _grp, _domain
  HAVING ${required("count(_weight) = count(*) AND min(_weight) = max(_weight) AND min(_weight) >= 0 AND isfinite(max(_weight))", "a domain must have one weight, at least 0")}
),
_unit AS (
  SELECT _scored._grp, _scored._unit, count(*) AS _domains, list({'place': _place, 'domain': _scored._domain, 'score': _z, 'weight': _w} ORDER BY _place) AS _l
  FROM _scored JOIN _weight ON _weight._grp IS NOT DISTINCT FROM _scored._grp AND _weight._domain IS NOT DISTINCT FROM _scored._domain
  WHERE _z IS NOT NULL GROUP BY _scored._grp, _scored._unit
),
_all AS (
  SELECT g._grp, g._unit, coalesce(_domains, 0) AS _domains, _l, list_sum(list_transform(_l, lambda _r: _r.weight)) AS _of
  FROM (SELECT DISTINCT _grp, _unit FROM _in) AS g LEFT JOIN _unit ON _unit._grp IS NOT DISTINCT FROM g._grp AND _unit._unit IS NOT DISTINCT FROM g._unit
),
_composite AS (
  SELECT *, CASE WHEN _domains >= least_domains THEN list_sum(list_transform(_l, lambda _r: _r.score * _r.weight)) / nullif(_of, 0) END AS _score FROM _all
)`

const composite = `WITH ${scored}
SELECT _grp AS grp, _unit AS unit, _score AS score, _domains AS domains,
  list_transform(_l, lambda _r: {'domain': _r.domain, 'score': _r.score, 'weight': _r.weight / nullif(_of, 0)}) AS domain_scores
FROM _composite`

const weighed = (f: string): string => `list_sum(list_transform(_l, lambda _r: ${f} * _factors[_r.place]))`
const [low, high] = middle("_rank")

const sensitivity = `WITH ${scored},
_base AS (
  SELECT *, row_number() OVER () AS _id, rank() OVER (PARTITION BY _grp ORDER BY _score DESC) AS _own, count(*) OVER (PARTITION BY _grp) AS _units
  FROM _composite WHERE _score IS NOT NULL AND ${required("spread >= 0 AND spread < 1", "spread must be at least 0 and less than 1")}
    AND ${required("draws BETWEEN 1 AND 100000", "draws must be from 1 to 100000")}
),
${replicates("draws")},
_factor AS (SELECT _grp, _place, _replicate_no, _bits FROM _weight CROSS JOIN _replicate),
${tables("_factor", "_drawn", drawOf("_bits", "_place", "own"))},
_factored AS (
  SELECT _grp, _replicate_no, list(1 + spread::DOUBLE * (2 * ${uniform("_own")} - 1) ORDER BY _place) AS _factors FROM _drawn GROUP BY _grp, _replicate_no
),
_again AS (
  SELECT _id, _base._grp, _own, _replicate_no, ${weighed("_r.score * _r.weight")} / nullif(${weighed("_r.weight")}, 0) AS _x
  FROM _base JOIN _factored ON _factored._grp IS NOT DISTINCT FROM _base._grp
),
_ranked AS (SELECT _id, _own, rank() OVER (PARTITION BY _grp, _replicate_no ORDER BY _x DESC) AS _rank FROM _again),
_spread AS (
  SELECT _id, ${low} AS _low, ${high} AS _high, count(*) FILTER (_rank = _own) / count(*) AS _same, count(*) FILTER (_rank <= top) / count(*) AS _top
  FROM _ranked GROUP BY _id
)
SELECT _grp AS grp, _unit AS unit, _score AS score, _own AS rank, _low AS rank_low, _high AS rank_high, _same AS same_rank, _top AS top_share, _units AS units
FROM _base JOIN _spread ON _spread._id = _base._id`

/** Several measures as one, and how much of its order is the choice of weights. */
export const compositeMacros: ReadonlyArray<Macro> = [
  {
    name: "composite",
    kind: "table",
    parameters: "t, least_domains := 3",
    body: composite,
    comment:
      "A composite by unit: z by measure, mean by domain, standardised again, weighted; null with too few domains."
  },
  {
    name: "composite_sensitivity",
    kind: "table",
    parameters: "t, draws := 1000, spread := 0.25, top := 3, level := 0.95, least_domains := 3, seed := 1",
    body: sensitivity,
    comment: "How the ranks of a composite move when each weight is drawn anew around its own."
  }
]

import { rowsOf } from "./input.ts"
import { exactSum, type Macro, required } from "./macro.ts"

/** Below this many people a negative item-total correlation may be chance (RULES §3.5). */
const leastPeople = 100

/** How often the search for loadings may step before it is given up. */
const most = 1000

const sums = `WITH _in AS (${rowsOf({ person: null, item: null, answer: "DOUBLE" }, { grp: null })}),
_answer1 AS (
  SELECT _grp, _person, _item, min(_answer)::BIGINT AS _x FROM _in
  WHERE _answer IS NOT NULL AND _person IS NOT NULL AND _item IS NOT NULL
    AND ${required("_answer = round(_answer)", "an answer must be a whole number")}
    AND ${required("missing IN ('complete', 'pairwise')", "missing must be complete or pairwise")}
  GROUP BY _grp, _person, _item HAVING ${required("count(*) = 1", "a person has two answers to one item")}
),
_items AS (SELECT _grp AS _of, count(DISTINCT _item) AS _k FROM _answer1 GROUP BY _grp),
_counted AS (
  SELECT *, CASE WHEN missing = 'complete' THEN count(*) OVER (PARTITION BY _grp, _person) END AS _answered FROM _answer1
),
_kept AS (
  SELECT _grp, _person, _item, _x FROM _counted JOIN _items ON _of IS NOT DISTINCT FROM _grp WHERE coalesce(_answered = _k, true)
)
SELECT _a._grp AS grp, _a._item AS item, _b._item AS other, count(*) AS n, sum(_a._x)::HUGEINT AS total, sum(_b._x)::HUGEINT AS other_total,
  sum(_a._x * _b._x)::HUGEINT AS products
FROM _kept AS _a JOIN _kept AS _b ON _b._grp IS NOT DISTINCT FROM _a._grp AND _b._person = _a._person AND _a._item <= _b._item
GROUP BY _a._grp, _a._item, _b._item`

const read = rowsOf(
  {
    item: null,
    other: null,
    n: "HUGEINT",
    total: "HUGEINT",
    other_total: "HUGEINT",
    products: "HUGEINT"
  },
  { grp: null }
)

/** From sums by pairs to `_cell`: each covariance and correlation, both ways round, and `_whole`: what a group adds up to. */
const cells = `_in AS (${read}),
_pair AS (
  SELECT _grp, _item, _other, sum(_n) AS _n, sum(_total) AS _x, sum(_other_total) AS _y, sum(_products) AS _xy
  FROM _in WHERE _item <= _other GROUP BY _grp, _item, _other
),
_covariance AS (
  SELECT *, CASE WHEN _n > 1 THEN (_n * _xy - _x * _y)::DOUBLE / (_n * (_n - 1))::DOUBLE END AS _c FROM _pair
),
_own AS (SELECT _grp AS _of, _item AS _name, _c AS _v FROM _covariance WHERE _item = _other),
_both AS (
  SELECT _grp, _item, _other, _n, _c FROM _covariance
  UNION ALL SELECT _grp, _other, _item, _n, _c FROM _covariance WHERE _item <> _other
),
_cell AS (
  SELECT _both.*, _a._v AS _v, CASE WHEN _item = _other THEN CASE WHEN _a._v > 0 THEN 1e0 END ELSE _c / sqrt(nullif(_a._v * _b._v, 0)) END AS _r
  FROM _both LEFT JOIN _own AS _a ON _a._of IS NOT DISTINCT FROM _grp AND _a._name = _item
    LEFT JOIN _own AS _b ON _b._of IS NOT DISTINCT FROM _grp AND _b._name = _other
),
_added AS (
  SELECT _grp, count(DISTINCT _item) AS _k, count(_c) AS _known, count(_r) AS _related, min(_n) AS _n,
    ${exactSum("_c")} AS _all, ${exactSum("CASE WHEN _item = _other THEN _c END")} AS _trace, ${exactSum("_r")} AS _rs
  FROM _cell GROUP BY _grp
),
_whole AS (
  SELECT _grp, _k, _n::BIGINT AS _n, CASE WHEN _known = _k * _k AND _all > 0 THEN _all END AS _all, _trace,
    CASE WHEN _related = _k * _k AND _rs > 0 THEN _rs END AS _rs
  FROM _added
)`

const reliability = `WITH ${cells}
SELECT _grp AS grp, _k AS items, _n AS n, _k / nullif(_k - 1, 0) * (1 - _trace / _all) AS alpha,
  _k / nullif(_k - 1, 0) * (1 - _k / _rs) AS alpha_standardised, (_rs - _k) / nullif(_k * (_k - 1), 0) AS mean_r
FROM _whole`

const items = `WITH ${cells},
_mean AS (SELECT _grp AS _of, _item AS _name, (_x::DOUBLE / _n::DOUBLE) AS _m FROM _pair WHERE _item = _other AND _n > 0),
_row AS (
  SELECT _grp, _item, min(_n)::BIGINT AS _n, any_value(_v) AS _v, ${exactSum("_c")} AS _sum FROM _cell GROUP BY _grp, _item
),
_rest AS (
  SELECT _row.*, _k, _m, _whole._trace - _row._v AS _others, _all - 2 * _sum + _row._v AS _without
  FROM _row JOIN _whole ON _whole._grp IS NOT DISTINCT FROM _row._grp LEFT JOIN _mean ON _of IS NOT DISTINCT FROM _row._grp AND _name = _item
),
_related AS (
  SELECT *, CASE WHEN _k > 1 AND _v > 0 AND _without > 0 THEN (_sum - _v) / sqrt(_v * _without) END AS _r FROM _rest
)
SELECT _grp AS grp, _item AS item, _n AS n, _m AS mean, sqrt(_v) AS sd, _r AS item_total_r,
  CASE WHEN _k > 2 AND _without > 0 THEN (_k - 1) / (_k - 2) * (1 - _others / _without) END AS alpha_if_dropped,
  CASE WHEN _n >= ${leastPeople} THEN _r < 0 END AS missed_reversal
FROM _related`

const each = (list: string, f: string): string => `list_transform(${list}, lambda _x, _j: ${f})`

// By expectation and maximisation (Rubin & Thayer 1982); with one factor the inverse of its covariance has a closed form.
const omega = `WITH RECURSIVE ${cells},
_lines AS (SELECT _grp, _item, list(_r ORDER BY _other) AS _line, list_sum(list(_r ORDER BY _other)) AS _sum FROM _cell GROUP BY _grp, _item),
_matrix AS (
  SELECT _lines._grp AS _grp, list(_line ORDER BY _item) AS _r, list(_sum / sqrt(_rs) ORDER BY _item) AS _start
  FROM _lines JOIN _whole ON _whole._grp IS NOT DISTINCT FROM _lines._grp WHERE _k > 2 AND _rs IS NOT NULL GROUP BY _lines._grp
),
_search AS (
  SELECT _grp, 0 AS _i, false AS _settled, _start AS _l, ${each("_start", "greatest(0.05e0, 1 - _x * _x)")} AS _p FROM _matrix
  UNION ALL
  SELECT _grp, _i + 1, list_max(${each("_new", "abs(_x - _l[_j])")}) < 1e-9, _new, ${each("_new", "greatest(1e-6, 1 - _x * _q[_j])")}
  FROM (
    SELECT *, ${each("_q", "_x / _e")} AS _new FROM (
      SELECT *, 1 / (1 + _d) + list_sum(${each("_q", "_x * _b[_j]")}) AS _e FROM (
        SELECT *, list_transform(_r, lambda _line1: list_sum(${each("_line1", "_x * _b[_j]")})) AS _q FROM (
          SELECT *, ${each("_l", "_x / _p[_j] / (1 + _d)")} AS _b FROM (
            SELECT _search.*, _r, list_sum(${each("_l", "_x * _x / _p[_j]")}) AS _d
            FROM _search JOIN _matrix ON _matrix._grp IS NOT DISTINCT FROM _search._grp WHERE NOT _settled AND _i < ${most}
          )
        )
      )
    )
  )
),
_found AS (
  SELECT _grp AS _of, pow(list_sum(_l), 2) AS _common, list_sum(_p) AS _unique FROM _search WHERE _settled AND list_min(_p) >= 0.001
)
SELECT _grp AS grp, _k AS items, _n AS n, _common / (_common + _unique) AS omega
FROM _whole LEFT JOIN _found ON _of IS NOT DISTINCT FROM _grp`

/** Whether the items of a scale hang together, from sums by pairs of items, so that answers need not be kept. */
export const reliabilityMacros: ReadonlyArray<Macro> = [
  {
    name: "item_sums",
    kind: "table",
    parameters: "t, missing := 'complete'",
    body: sums,
    comment:
      "Answers (person, item, answer) added up by group and pair of items: what stats.reliability and its kin take."
  },
  {
    name: "reliability",
    kind: "table",
    parameters: "t",
    body: reliability,
    comment:
      "Cronbach's alpha, raw and standardised, and the mean correlation of items, by group, from sums by pairs of items."
  },
  {
    name: "item_reliability",
    kind: "table",
    parameters: "t",
    body: items,
    comment:
      "Each item's mean, sd, corrected item-total correlation, alpha without it and whether its reversal seems to be missed, from sums by pairs."
  },
  {
    name: "omega",
    kind: "table",
    parameters: "t",
    body: omega,
    comment:
      "McDonald's omega of one factor by maximum likelihood, by group, from sums by pairs of items; null where it cannot be had."
  }
]

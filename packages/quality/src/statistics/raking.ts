import { rowsOf } from "./input.ts"
import { exactSum, type Macro } from "./macro.ts"

/** How often all margins may be fitted in turn before it is given up. */
const most = 200

const sum = (f: string): string => `list_sum(list_transform(_w, lambda _x, _j: ${f}))`

// A step fits one margin: the weights of a category times what it ought to add up to over what it does.
const body = `WITH RECURSIVE _in AS (${rowsOf({ cell: null, margin: null, category: null, n: "DOUBLE" }, { grp: null })}),
_part AS (
  SELECT _grp, _cell, _margin, min(_category) AS _category, count(*) AS _rows, max(_n) AS _n FROM _in
  WHERE _n > 0 AND isfinite(_n) GROUP BY _grp, _cell, _margin
),
_target AS (
  SELECT _grp AS _of, _margin AS _of_margin, _category AS _of_category, ${exactSum("_total")} AS _t
  FROM (${rowsOf({ margin: null, category: null, total: "DOUBLE" }, { grp: null }).replace("query_table(t)", "query_table(targets)")})
  WHERE _total > 0 AND isfinite(_total) GROUP BY _grp, _margin, _category
),
_size AS (SELECT _of, _of_margin, ${exactSum("_t")} AS _all FROM _target GROUP BY _of, _of_margin),
_placed AS (
  SELECT _part.*, _t, count(*) OVER _own AS _margins,
    max(_n) OVER _own > min(_n) OVER _own AS _unequal FROM _part LEFT JOIN _target
    ON _of IS NOT DISTINCT FROM _grp AND _of_margin = _margin AND _of_category = _category WINDOW _own AS (PARTITION BY _grp, _cell)
),
_seen AS (SELECT DISTINCT _grp AS _by, _margin AS _by_margin, _category AS _by_category FROM _part),
_absent AS (
  SELECT DISTINCT _of AS _without, true AS _lacking FROM _target ANTI JOIN _seen
    ON _by IS NOT DISTINCT FROM _of AND _by_margin = _of_margin AND _by_category = _of_category
),
_apart AS (SELECT _of AS _differing, max(_all) - min(_all) > 1e-9 * max(_all) AS _far_apart FROM _size GROUP BY _of),
_whole AS (
  SELECT _grp, row_number() OVER () AS _id, count(DISTINCT _margin) AS _m, bool_or(_t IS NULL) AS _untold,
    bool_or(_rows > 1 OR _unequal) OR min(_margins) <> max(_margins) OR min(_margins) <> count(DISTINCT _margin) AS _unclear
  FROM _placed GROUP BY _grp
),
_judged AS (
  SELECT _grp, _id, _m, CASE WHEN _unclear THEN 'cells-unclear' WHEN _untold THEN 'no-target'
      WHEN _lacking THEN 'nobody-answered'
      WHEN _far_apart THEN 'totals-differ' END AS _reason
  FROM _whole LEFT JOIN _apart ON _differing IS NOT DISTINCT FROM _grp LEFT JOIN _absent ON _without IS NOT DISTINCT FROM _grp
),
_category AS (
  SELECT *, dense_rank() OVER (PARTITION BY _grp ORDER BY _margin) - 1 AS _at, dense_rank() OVER (PARTITION BY _grp, _margin ORDER BY _category)::INTEGER AS _k
  FROM _placed
),
_map AS (SELECT _grp, _at, list(_k ORDER BY _cell) AS _c, list(_n ORDER BY _cell) AS _ns FROM _category GROUP BY _grp, _at),
_goal AS (
  SELECT _grp AS _of, _at AS _of_at, list(_t ORDER BY _k) AS _ts FROM (SELECT DISTINCT _grp, _at, _k, _t FROM _category) GROUP BY _grp, _at
),
_step AS (
  SELECT _id, _m, _at, _c, _ns, _ts FROM _map JOIN _goal ON _of IS NOT DISTINCT FROM _map._grp AND _of_at = _at
    JOIN _judged ON _judged._grp IS NOT DISTINCT FROM _map._grp WHERE _reason IS NULL
),
_search AS (
  SELECT _id, 0 AS _i, _m, list_transform(_ns, lambda _x: 1e0) AS _w, 0e0 AS _gap, false AS _settled FROM _step WHERE _at = 0
  UNION ALL
  SELECT _id, _i + 1, _m, list_transform(_w, lambda _x, _j: _x * _f[_c[_j]]), _far, _at = _m - 1 AND _far < 1e-12
  FROM (
    SELECT *, greatest(CASE WHEN _at = 0 THEN 0 ELSE _gap END, list_max(list_transform(_f, lambda _x: abs(_x - 1)))) AS _far
    FROM (
      SELECT *, list_transform(_ts, lambda _y, _h: _y / ${sum("CASE WHEN _c[_j] = _h THEN _x * _ns[_j] ELSE 0 END")}) AS _f
      FROM (
        SELECT _search.*, _at, _c, _ns, _ts FROM _search JOIN _step ON _step._id = _search._id AND _at = _i % _search._m
        WHERE NOT _settled AND _i < ${most} * _search._m
      )
    )
  )
),
_found AS (SELECT _id AS _of_id, _w FROM _search WHERE _settled),
_cell AS (
  SELECT _grp, _cell, max(_n) AS _n, row_number() OVER (PARTITION BY _grp ORDER BY _cell) AS _j FROM _part GROUP BY _grp, _cell
),
_weighted AS (
  SELECT _cell._grp, _cell, _n, _w[_j] AS _weight, coalesce(_reason, CASE WHEN _w IS NULL THEN 'not-settled' END) AS _why
  FROM _cell JOIN _judged ON _judged._grp IS NOT DISTINCT FROM _cell._grp LEFT JOIN _found ON _of_id = _id
),
_kish AS (
  SELECT _grp AS _of, ${exactSum("_n")} AS _people, ${exactSum("_n * _weight")} AS _sum, ${exactSum("_n * _weight * _weight")} AS _squares
  FROM _weighted GROUP BY _grp
)
SELECT _grp AS grp, _cell AS cell, _n AS n, _weight AS weight, _people * _squares / (_sum * _sum) AS design_effect,
  _sum * _sum / _squares AS effective_n, _why AS reason
FROM _weighted JOIN _kish ON _of IS NOT DISTINCT FROM _grp`

/** Weights that make those who answered look like those who were asked. */
export const rakingMacros: ReadonlyArray<Macro> = [
  {
    name: "rake",
    kind: "table",
    parameters: "t, targets",
    body,
    comment:
      "Weights of cells so that each margin adds up to its target (raking), with Kish's design effect and effective number; null with a reason where there are none."
  }
]

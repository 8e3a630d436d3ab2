import { rowsOf } from "./input.ts"
import { type Macro, required } from "./macro.ts"

const step = (method: string, factor: string): string => `WHEN '${method}' THEN least(1e0, _p * ${factor})`

/**
 * Common table expressions from `_tested` (_grp, _p) to `to` with `_q` added: p-values adjusted within `_grp`. Steps up
 * (hochberg, bh, by) take the least of what is to come, steps down (holm) the most of what was.
 */
export const adjusted = (method: string, to: string): string => `
_ranked AS (
  SELECT *, CASE WHEN _p IS NOT NULL THEN row_number() OVER (PARTITION BY _grp, _p IS NULL ORDER BY _p) END AS _rank,
    count(_p) OVER (PARTITION BY _grp) AS _tests FROM _tested
),
_harmonic AS (
  SELECT _tests AS _of, list_sum(list_transform(range(1, _tests + 1), lambda _i: 1e0 / _i)) AS _h FROM (SELECT DISTINCT _tests FROM _ranked)
),
_stepped AS (
  SELECT _ranked.*, CASE ${method} ${step("bonferroni", "_tests")} ${step("holm", "(_tests - _rank + 1)")} ${step("hochberg", "(_tests - _rank + 1)")}
    ${step("bh", "_tests / _rank")} ${step("by", "_h * _tests / _rank")} END AS _step
  FROM _ranked JOIN _harmonic ON _of = _tests
),
${to} AS (
  SELECT *, CASE WHEN _p IS NULL THEN NULL WHEN ${method} = 'bonferroni' THEN _step
    WHEN ${method} = 'holm' THEN max(_step) OVER (PARTITION BY _grp, _p IS NULL ORDER BY _p ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ELSE min(_step) OVER (PARTITION BY _grp, _p IS NULL ORDER BY _p ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) END AS _q0
  FROM _stepped
)`

const body = `WITH _in AS (${rowsOf({ id: null, p: "DOUBLE" }, { grp: null })}),
_tested AS (
  SELECT _grp, _id, CASE WHEN _p BETWEEN 0 AND 1 THEN _p END AS _p
  FROM _in WHERE ${required("method IN ('bonferroni', 'holm', 'hochberg', 'bh', 'by')", "method must be bonferroni, holm, hochberg, bh or by")}
),${adjusted("method", "_adjusted")}
SELECT _grp AS grp, _id AS id, _p AS p, CASE WHEN _p IS NOT NULL THEN CASE WHEN method = 'holm' THEN max(_q0) OVER _ties ELSE min(_q0) OVER _ties END END AS q,
  _tests AS tests
FROM _adjusted WINDOW _ties AS (PARTITION BY _grp, _p)`

/** p-values adjusted for how many there are. */
export const multiplicityMacros: ReadonlyArray<Macro> = [
  {
    name: "adjust",
    kind: "table",
    parameters: "t, method := 'bh'",
    body,
    comment:
      "p-values adjusted within each group: bh (false discovery rate), by, holm, hochberg or bonferroni."
  }
]

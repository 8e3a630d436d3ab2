import { below, drawOf } from "./draws.ts"
import { rowsOf } from "./input.ts"
import { type Macro, required } from "./macro.ts"
import { replicates } from "./ranks.ts"
import { tables } from "./stages.ts"

/** Nominal alpha of two codings from how many subjects both, one, and neither marked. */
const alpha = (both: string, one: string, neither: string): string =>
  `1 - (2e0 * (${both} + ${one} + ${neither}) - 1) * ${one} / nullif((2e0 * ${both} + ${one}) * (2e0 * ${neither} + ${one}), 0)`

// Subjects that were coded alike are alike: only how many of each kind come up in a replicate matters.
const body = `WITH _in AS (${rowsOf({ subject: null, a: "BOOLEAN", b: "BOOLEAN" }, { grp: null })}),
_group AS (
  SELECT _grp, row_number() OVER () AS _id, count(*) AS _n, count(*) FILTER (_a AND _b) AS _both, count(*) FILTER (_a <> _b) AS _one
  FROM _in WHERE _a IS NOT NULL AND _b IS NOT NULL AND ${required("replicates BETWEEN 1 AND 100000", "replicates must be from 1 to 100000")}
  GROUP BY _grp
),
${replicates("replicates")},
_each AS (
  SELECT _id * 100000 + _replicate_no AS _key, _n, _both, _both + _one AS _marked, _bits, unnest(range(_n)) AS _place
  FROM _group CROSS JOIN _replicate WHERE _one > 0
),
${tables("_each", "_drawn", drawOf("_bits", "_place", "own"))},
_taken AS (SELECT _key, ${below("_own", "_n")} AS _which, _both, _marked FROM _drawn),
_kinds AS (
  SELECT _key, count(*) AS _rn, count(*) FILTER (_which < _both) AS _rboth, count(*) FILTER (_which < _marked) AS _rmarked FROM _taken GROUP BY _key
),
_again AS (SELECT _key // 100000 AS _id, _rboth, _rmarked - _rboth AS _rone, _rn - _rmarked AS _rnone FROM _kinds),
_spread AS (
  SELECT _id, quantile_cont(_alpha, ((1 - level::DOUBLE) / 2)) AS _low, quantile_cont(_alpha, (1 - (1 - level::DOUBLE) / 2)) AS _high
  FROM (SELECT _id, ${alpha("_rboth", "_rone", "_rnone")} AS _alpha FROM _again) GROUP BY _id
),
_own AS (SELECT *, ${alpha("_both", "_one", "(_n - _both - _one)")} AS _alpha FROM _group)
SELECT _grp AS grp, _n AS subjects, _both AS both, _one AS one, _alpha AS alpha,
  CASE WHEN _one = 0 THEN _alpha ELSE _low END AS low, CASE WHEN _one = 0 THEN _alpha ELSE _high END AS high
FROM _own LEFT JOIN _spread ON _spread._id = _own._id`

/** Agreement on one mark, with what another choice of subjects would have given. */
export const bootstrapMacros: ReadonlyArray<Macro> = [
  {
    name: "alpha_of_two",
    kind: "table",
    parameters: "t, replicates := 1000, level := 0.95, seed := 1",
    body,
    comment: "Krippendorff's nominal alpha of two codings (present or absent) with a bootstrap over subjects."
  }
]

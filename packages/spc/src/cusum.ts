import { argument, runningFrom, sequential, sequentialWarnings, startsOf, stretches } from "./sequential.ts"
import { type Form, judgeOwn } from "./verdict.ts"

const up = (before: string, x: string): string => `greatest(0, ${before} + ${x})`
const down = (before: string, x: string): string => `least(0, ${before} + ${x})`

/** SQL for the stretches off zero of a sum, in which it went beyond the decision interval; rounding is not off zero. */
const signals = (sum: string, high: boolean): string => {
  const off = (i: string): string => `abs(${sum}[${i}]) > 1e-9`
  const firsts = `list_filter(range(1, _n + 1), lambda i: ${off("i")} AND (i = 1 OR NOT (${off("i - 1")})))`
  const lasts = `list_filter(range(1, _n + 1), lambda i: ${off("i")} AND (i = _n OR NOT (${off("i + 1")})))`
  const beyond = `list_transform(list_zip(${firsts}, ${lasts}), lambda e: {'a': e[1], 'k': list_filter(range(e[1], e[2] + 1), lambda i: abs(${sum}[i]) > _interval * (1 + 1e-9))})`
  return `CASE WHEN _judged AND _p.beyond_limits AND ${high ? `list_max(${sum}) > _interval` : `list_min(${sum}) < -_interval`} THEN
      list_transform(list_filter(${beyond}, lambda e: len(e.k) > 0), lambda e: {'r': 1, 'u': ${high}, 'a': e.a, 'c': e.k[1], 'b': e.k[-1], 'n': e.k[-1] - e.a + 1, 'k': e.k}) ELSE [] END`
}

const none = ["_l3", "_l2", "_l1", "_u1", "_u2", "_u3"].map((x) => `NULL::DOUBLE AS ${x}`).join(", ")

/**
 * The body of `spc.cusum`: two sums of what the values are above and below the centre, in sigma, less an allowance
 * (Page 1954, in the tabular form). A sum beyond the decision interval is a signal; it is not reset. The run starts
 * at the first point after the sum was last 0, which dates the change.
 */
export const cusum = (form: Form): string => `${sequential},
_allow AS (
  SELECT *, ${argument("k", "k >= 0 AND isfinite(k::DOUBLE)", "be 0 or above")} AS _slack,
    ${argument("h", "h > 0 AND isfinite(h::DOUBLE)", "lie above 0")} AS _interval,
    _sg > 0 AND _c IS NOT NULL AS _scaled
  FROM _level
),
_standard AS (
  SELECT *, list_transform(_y, lambda y: (y - _c) / _sg - _slack) AS _less, list_transform(_y, lambda y: (y - _c) / _sg + _slack) AS _more FROM _allow
),
_block AS (
  SELECT *, ${stretches("_less")} AS _ups, ${stretches("_more")} AS _downs FROM _standard
),
_begin AS (
  SELECT *, ${startsOf("_ups", "0::DOUBLE", up)} AS _upstarts, ${startsOf("_downs", "0::DOUBLE", down)} AS _downstarts FROM _block
),
_sum AS (
  SELECT *, CASE WHEN _scaled THEN ${runningFrom("_ups", "_upstarts", up)} END AS _pos, CASE WHEN _scaled THEN ${runningFrom("_downs", "_downstarts", down)} END AS _neg,
    coalesce(_n >= _p.minimum AND _scaled, false) AS _judged, ${none}
  FROM _begin
),
_seen AS (
  SELECT *, list_concat(${signals("_pos", true)}, ${signals("_neg", false)}) AS _r
  FROM _sum
),${judgeOwn(form, { chart: "cusum", limits: "level", warnings: sequentialWarnings, own: { cusum_pos: "_pos", cusum_neg: "_neg" } })}`

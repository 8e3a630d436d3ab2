import { phaseSql } from "./explain-phase.ts"
import { profiles } from "./profiles.ts"
import { filled, textSql } from "./texts.ts"

const valuesOf = (expression: string): string => `list_transform(_after, lambda e: ${expression})`
const total = (expression: string): string => `list_sum(${valuesOf(expression)})`
const meanStep = (list: string): string =>
  `(list_sum(list_transform(list_zip(${list}[2:], ${list}[:len(${list}) - 1]), lambda e: abs(e[1] - e[2]))) / nullif(len(${list}) - 1, 0))`

/** Sigma in average moving ranges, as the profile has it. */
const factor = `CASE profile ${profiles.map((p) => `WHEN '${p.name}' THEN ${p.movingRangeFactor / 3}`).join(" ")} ELSE ${2.66 / 3} END`

/** Which side of the centre line a point lies on, beyond rounding. */
const sideOf = (e: string): string =>
  `CASE WHEN abs(${e}.v - ${e}.c) <= 1e-9 * greatest(abs(${e}.v), abs(${e}.c)) THEN 0 ELSE sign(${e}.v - ${e}.c) END`

const period = "regexp_replace(_from::VARCHAR, ' 00:00:00(\\+00)?$', '')"
const count = (n: string): string => `coalesce(_m['number.' || (${n})::VARCHAR], (${n})::VARCHAR)`

/**
 * The body of `spc.propose_rebase(t, minimum, lang, texts)`: where a level has moved and stayed, from which point new
 * limits could be drawn, and what they would be. It draws nothing.
 *
 * The new level is judged as one phase of its own: centre and sigma from its own points, in the way of its chart.
 */
export const proposeRebase = `WITH ${phaseSql},${textSql},
_lasting AS (
  SELECT *, list_filter(_now.rules, lambda r: r.rule = 'shift')[1] AS _shift,
    CASE WHEN _now.longest > _now.longest_limit AND len(list_filter(_now.rules, lambda r: r.rule = 'runs')) > 0 THEN
      list_filter(list_transform(_rows, lambda e, i: {'i': i, 'p': e.p, 's': ${sideOf("e")}}), lambda e: e.s <> 0) END AS _sides
  FROM _phase WHERE _is_last AND _judged
),
_tail AS (
  SELECT *, list_filter(_sides, lambda e: e.i > coalesce(list_max(list_transform(list_filter(_sides, lambda o: o.s <> _sides[-1].s), lambda o: o.i)), 0)) AS _run FROM _lasting
),
_start AS (
  SELECT *, CASE WHEN _shift IS NOT NULL THEN 'shift' ELSE 'runs' END AS _rule,
    CASE WHEN _shift IS NOT NULL THEN _shift.side WHEN _run[1].s > 0 THEN 'high' ELSE 'low' END AS _side,
    CASE WHEN _shift IS NOT NULL THEN _shift."first" ELSE _run[1].p END AS _from
  FROM _tail WHERE _shift IS NOT NULL OR len(_run) > _now.longest_limit
),
_parted AS (
  SELECT *, list_filter(_rows, lambda e: e.p >= _from) AS _after, len(list_filter(_rows, lambda e: e.p < _from)) AS _n_before FROM _start
),
_pooled AS (
  SELECT *, len(_after) AS _n_after, ${valuesOf("e.v")} AS _vs, ${total("e.num")} / nullif(${total("e.den")}, 0) AS _q,
    -- What the chart was multiplied by shows in its own figures.
    CASE WHEN chart IN ('p', 'pp', 'u', 'up') THEN coalesce(${total("e.v")} / nullif(${total("e.num / e.den")}, 0), 1)
      WHEN chart = 'np' THEN coalesce(${total("e.v")} / nullif(${total("e.num")}, 0), 1) END AS _times
  FROM _parted
),
_levelled AS (
  SELECT *, CASE WHEN chart IN ('p', 'pp', 'u', 'up') THEN _times * _q
      WHEN chart = 'np' THEN _times * _q * _after[-1].den
      WHEN chart = 'xbar' THEN ${total("e.v * e.den")} / nullif(${total("e.den")}, 0)
      WHEN chart = 't' THEN pow(${total("pow(e.v, 1 / 3.6)")} / _n_after, 3.6)
      WHEN chart = 'g' OR _middle = 'median' THEN list_median(_vs)
      ELSE list_sum(_vs) / _n_after END AS _centre_after,
    CASE WHEN chart IN ('p', 'pp', 'np') THEN _q * (1 - _q) WHEN chart IN ('u', 'up') THEN _q END AS _variance
  FROM _pooled
),
_scored AS (
  SELECT *, CASE WHEN chart IN ('pp', 'up') THEN ${valuesOf("(e.v - _centre_after) / nullif(_times * sqrt(_variance / e.den), 0)")} END AS _zs FROM _levelled
),
_widened AS (
  SELECT *, CASE WHEN chart = 'xmr' THEN ${valuesOf(`${factor} * ${meanStep("_vs")}`)}
      WHEN chart = 'xbar' THEN ${valuesOf("e.s")}
      WHEN chart = 'c' THEN ${valuesOf("e.s * sqrt(_centre_after / nullif(e.c, 0))")}
      WHEN chart = 'np' THEN ${valuesOf("_times * sqrt(_variance * e.den)")}
      WHEN chart IN ('p', 'u') THEN ${valuesOf("_times * sqrt(_variance / e.den)")}
      WHEN chart IN ('pp', 'up') THEN ${valuesOf(`_times * sqrt(_variance / e.den) * ${meanStep("_zs")} / 1.128`)} END AS _sigmas
  FROM _scored
),
_weighed AS (
  SELECT *, CASE WHEN _sigmas IS NOT NULL THEN len(list_filter(_after, lambda e, i:
      abs(e.v - CASE WHEN chart = 'np' THEN _times * _q * e.den ELSE _centre_after END) > 3 * _sigmas[i] * (1 + 1e-9))) = 0 END AS _steady
  FROM _widened
),
_reasoned AS (
  SELECT *, CASE WHEN _n_before = 0 THEN 'no-before' WHEN _n_after < minimum THEN 'few-points' WHEN NOT _steady THEN 'not-steady'
    WHEN _steady IS NULL THEN 'ready-not-checked' ELSE 'ready' END AS _reason
  FROM _weighed
)
SELECT chart, profile, series, phase, _from AS proposed_from, _rule AS rule, _side AS side,
  CASE WHEN coalesce(_direction, 'neutral') = 'neutral' THEN 'changed' WHEN (_side = 'high') = (_direction = 'up') THEN 'improvement' ELSE 'concern' END AS variation,
  _now.centre AS centre_before, _centre_after::DOUBLE AS centre_after, _now.sigma AS sigma_before, _sigmas[-1]::DOUBLE AS sigma_after,
  _n_before::INTEGER AS points_before, _n_after::INTEGER AS points_after, _reason IN ('ready', 'ready-not-checked') AS ready, _reason AS reason,
  ${filled("_m['rebase.' || _reason]", {
    from: period,
    Count: `upper((${count("_n_after")})[1]) || (${count("_n_after")})[2:]`,
    count: count("_n_after"),
    needed: "minimum",
    middle: "_m['middle.' || _middle]"
  })} AS sentence
FROM _reasoned, _text`

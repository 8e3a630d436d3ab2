import { back, effects, type Scale } from "./effects.ts"
import type { Macro } from "./macro.ts"
import { scoreOf } from "./normal.ts"
import { tables } from "./stages.ts"

const parameters = "t, method := 'reml', level := 0.95"

const given: Readonly<Record<Scale, readonly [string, string]>> = {
  share: ["numerator", "denominator"],
  mean: ["value", "sigma"]
}

// Of a lone unit nothing says how far units differ: it keeps what it has.
const shrunken = (scale: Scale): string => `WITH RECURSIVE ${effects(scale)},
_both AS (
  SELECT _unit.*, _mu, _se, _tau2, _level, _tau2 / (_tau2 + _v) AS _share_own
  FROM _unit LEFT JOIN _list ON _list._grp IS NOT DISTINCT FROM _unit._grp LEFT JOIN _effect ON _effect._id = _list._id
),
_moved AS (
  SELECT *, CASE WHEN _share_own IS NULL THEN _y ELSE _mu + _share_own * (_y - _mu) END AS _estimate,
    CASE WHEN _share_own IS NULL THEN sqrt(_v) ELSE sqrt(_share_own * _v + pow((1 - _share_own) * _se, 2)) END AS _deviation
  FROM _both
),
${tables(
  "_moved",
  "_scored",
  scoreOf((at) => at("level"), "z")
)}
SELECT _grp AS grp, _unit AS unit, _given1 AS ${given[scale][0]}, _given2 AS ${given[scale][1]}, _y AS y, _v AS v, _mu AS mu, _tau2 AS tau2,
  _estimate AS estimate, _deviation AS se, _share_own AS reliability, ${back(scale, "_estimate")} AS ${scale},
  ${back(scale, "_estimate - _z * _deviation")} AS low, ${back(scale, "_estimate + _z * _deviation")} AS high
FROM _scored`

/** The macros that move each unit towards the mean of its group by as much as chance explains. */
export const shrinkageMacros: ReadonlyArray<Macro> = [
  {
    name: "shrunken",
    kind: "table",
    parameters,
    body: shrunken("share"),
    comment:
      "Each unit's share shrunken towards its group on the logit, with interval and reliability (0 to 1)."
  },
  {
    name: "shrunken_mean",
    kind: "table",
    parameters,
    body: shrunken("mean"),
    comment: "Each unit's mean (value, sigma) shrunken towards its group, with interval and reliability."
  }
]

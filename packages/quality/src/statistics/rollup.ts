import { back, effects, type Scale } from "./effects.ts"
import type { Macro } from "./macro.ts"

const parameters = "t, method := 'reml', level := 0.95"

const rollup = (scale: Scale): string => `WITH RECURSIVE ${effects(scale)}
SELECT _list._grp AS grp, _list._k AS units, _list._left_out AS left_out, _mu AS mu, _se AS se, ${back(scale, "_mu")} AS ${scale},
  ${back(scale, "_mu - _score * _se")} AS low, ${back(scale, "_mu + _score * _se")} AS high, _tau2 AS tau2, _used AS method_used,
  coalesce(_i2, CASE WHEN _list._k > 1 THEN 0e0 END) AS i2, _q AS q, _p AS p, _reliability AS reliability
FROM _list LEFT JOIN _effect ON _effect._id = _list._id`

/** The macros that say of each group what its typical unit is like, and how far units differ beyond chance. */
export const rollupMacros: ReadonlyArray<Macro> = [
  {
    name: "rollup",
    kind: "table",
    parameters,
    body: rollup("share"),
    comment:
      "Shares of units rolled up by group: random-effects mean on the logit, tau2, I2 (0 to 1), Q, mean reliability."
  },
  {
    name: "rollup_mean",
    kind: "table",
    parameters,
    body: rollup("mean"),
    comment: "Means of units (value, sigma) rolled up by group: random-effects mean, tau2, I2 (0 to 1), Q."
  }
]

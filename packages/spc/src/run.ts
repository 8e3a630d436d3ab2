import { points } from "./points.ts"
import { type Form, judge } from "./verdict.ts"

const nothing = ["_sg", "_l3", "_l2", "_l1", "_u1", "_u2", "_u3"]
  .map((x) => `NULL::DOUBLE AS ${x}`)
  .join(", ")

/** The body of `spc.run`: values about their median, no limits. */
export const run = (form: Form): string => `WITH ${points("value")},
_limit AS (
  SELECT *, CASE WHEN _k IS NOT NULL THEN _k WHEN _middle = 'mean' THEN _mean ELSE list_median(_by) END AS _c, ${nothing} FROM _base
),${judge(form, { chart: "run", limits: "level", warnings: [] })}`

import { negative, notNegative } from "./count.ts"
import { movingRanges, tooLittleVariation } from "./moving-range.ts"
import { oneSided } from "./one-sided.ts"
import { pointsFrom } from "./points.ts"
import { tails } from "./tails.ts"
import { type Form, judge } from "./verdict.ts"

const sigmas = [3, 2, 1] as const

/** Events until and with the first success, of chance 1 / `_m`: their quantile, with `_fall` = ln(1 − 1/m). */
const geometric = (share: number): string =>
  `CASE WHEN _m > 1 THEN greatest(0, ceil(${Math.log1p(-share)} / _fall) - 1) WHEN _m = 1 THEN 0 END`

/**
 * The body of `spc.g`: cases between events. Limits are those of a geometric distribution with the baseline's mean;
 * the line drawn, and about which runs are told, is the median, because half of such counts lie below that and not
 * below the mean. A given centre is a mean, drawn as the median that belongs to it. Under the profiles of qcc limits
 * are quantiles of that distribution, about the mean.
 */
export const g = (form: Form): string => `WITH ${pointsFrom("count", notNegative)},
_centre AS (
  SELECT *, coalesce(_k, _mean) AS _m, _p.g_limits = 'quantile' AS _quantile FROM _base
),
_size AS (
  SELECT *, CASE WHEN _quantile THEN _m WHEN _k IS NULL THEN list_median(_by) ELSE 0.693 * _k END AS _c,
    sqrt(CASE WHEN NOT _quantile AND _m >= 0 THEN _m * (_m + 1) WHEN _m >= 1 THEN _m * (_m - 1) END) AS _sg,
    ln(1 - 1 / CASE WHEN _m > 1 THEN _m END) AS _fall
  FROM _centre
),
_limit AS (
  SELECT *, ${sigmas
    .map(
      (k) =>
        `CASE WHEN _quantile THEN ${geometric(tails[k])} WHEN _sg IS NOT NULL THEN greatest(0, _m - ${k} * _sg) END AS _l${k}, CASE WHEN _quantile THEN ${geometric(1 - tails[k])} ELSE _m + ${k} * _sg END AS _u${k}`
    )
    .join(",\n    ")}
  FROM _size
),${judge(form, { chart: "g", limits: "level", warnings: [negative, ...oneSided("level")] }, true)}`

/** The power that makes exponential times nearly normal (Nelson 1994). */
const power = 3.6
const root = (y: string): string => `pow(${y}, ${1 / power})`
const back = (x: string): string => `pow(greatest(0, ${x}), ${power})`

/**
 * The body of `spc.t`: times between events. Limits are those of individual values on the scale y^(1/3.6), turned
 * back. The line is the median, as for g; under the profiles of tools that draw it, the mean on that scale.
 */
export const t = (form: Form): string => `WITH ${pointsFrom("count", notNegative)},
_near AS (
  SELECT *, list_transform(_by, lambda y: ${root("y")}) AS _xs FROM _base
),${movingRanges("_near", "_xs", "_p.moving_range_factor / 3", "_p.median_range_factor / 3")},
_centre AS (
  SELECT *, CASE WHEN _k IS NOT NULL THEN ${root("CASE WHEN _k >= 0 THEN _k END")} ELSE list_sum(_xs) / nullif(_nb, 0) END AS _m FROM _spread
),
_limit AS (
  SELECT * REPLACE (_sg * pow(multiply, ${1 / power - 1}) AS _sg),
    CASE WHEN _k IS NOT NULL THEN _k WHEN coalesce(_middle, _p.t_centre) = 'mean' THEN pow(_m, ${power}) ELSE list_median(_by) END AS _c,
    ${sigmas.map((k) => `CASE WHEN _m - ${k} * _sg IS NOT NULL THEN ${back(`_m - ${k} * _sg`)} END AS _l${k}, CASE WHEN _m + ${k} * _sg IS NOT NULL THEN ${back(`_m + ${k} * _sg`)} END AS _u${k}`).join(",\n    ")}
  FROM _centre
),${judge(
  form,
  {
    chart: "t",
    limits: "level",
    warnings: [negative, ["too-little-variation", tooLittleVariation], ...oneSided("level")]
  },
  true
)}`

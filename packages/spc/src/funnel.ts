import { betaQuantileLogits, gammaQuantiles, limitPoints } from "./funnel-exact.ts"

/** What is compared: proportions, ratios of two counts, or observed with expected counts. */
type Kind = "pr" | "rc" | "sr"

/** One band: its name in the columns, and the scores at its edges. */
interface Band {
  readonly name: "95" | "998"
  /** Rounded as in the published method, for limits on a transformed scale. */
  readonly rounded: string
  readonly score: string
}

const bands: ReadonlyArray<Band> = [
  { name: "95", rounded: "1.959964e0", score: "1.959963984540054e0" },
  { name: "998", rounded: "3.090232e0", score: "3.090232306167813e0" }
]

const halfPi = "(pi() / 2)"

const check = (holds: string, message: string): string =>
  `CASE WHEN ${holds} THEN true ELSE error('spc: ${message}') END`

const checks = (kind: Kind): string =>
  [
    check(
      "overdispersion IN ('additive', 'multiplicative', 'none')",
      "overdispersion must be additive, multiplicative or none"
    ),
    check("limits IN ('normal', 'exact', 'byar')", "limits must be normal, exact or byar"),
    check("trim_by >= 0 AND trim_by < 0.5", "trim_by must be at least 0 and less than 0.5"),
    check("multiply > 0", "multiply must be above 0"),
    check(
      `target IS NULL OR (target > 0${kind === "pr" ? " AND target < 1" : ""})`,
      `target must be above 0${kind === "pr" ? " and below 1" : ""}, before multiply`
    ),
    ...(kind === "sr"
      ? [check("method IN ('SHMI', 'CQC', 'square-root')", "method must be SHMI, CQC or square-root")]
      : [])
  ].join("\n    AND ")

/** The unit's value on the scale of the method, less the target there, over its standard error: `_z`, `1/_s2`. */
const score: Record<Kind, { readonly z: string; readonly weight: string }> = {
  pr: { z: "(asin(sqrt(_o / _e)) - asin(sqrt(_t))) * 2 * sqrt(_e)", weight: "4 * _e" },
  rc: {
    z: "CASE WHEN _t = 0 THEN 0 ELSE (ln((_o + 0.5) / (_e + 0.5)) - ln(nullif(_t, 0))) / sqrt(_v) END",
    weight: "CASE WHEN _v > 0 THEN 1 / _v ELSE 0 END"
  },
  sr: {
    z: `CASE WHEN method = 'SHMI' AND _o > 0 THEN sqrt(_m) * ln(_o / nullif(_m, 0))
      ELSE (sqrt(_o / _m) - 1) * 2 * sqrt(_m) END`,
    weight: "CASE WHEN method = 'SHMI' THEN _m ELSE 4 * _m END"
  }
}

/** The variance of a unit on the target, on the scale of the method. */
const variance: Record<Kind, string> = {
  pr: "1 / (4 * _e)",
  rc: "1 / (4 * _e)",
  sr: "CASE WHEN method = 'SHMI' THEN 1 / _m ELSE 1 / (4 * _m) END"
}

/** From a distance `x` from the target on the scale of the method, signed, back to the scale of the ratio. */
const back = (kind: Kind, x: string): string => {
  if (kind === "pr") return `pow(sin(least(greatest(asin(sqrt(_t)) + ${x}, 0), ${halfPi})), 2)`
  if (kind === "rc") return `_t * exp(${x})`
  return `_t * CASE method WHEN 'SHMI' THEN exp(${x}) WHEN 'CQC' THEN greatest(1 + ${x}, 0)
      ELSE pow(greatest(1 + ${x}, 0), 2) END`
}

const byar = (kind: Kind, side: -1 | 1, z: string): string => {
  if (side === -1)
    return `CASE WHEN _m > 0
      THEN _m * pow(greatest(1 - 1 / (9 * _m) - ${z} / (3 * sqrt(_m)), 0), 3) / _d ELSE 0 END`
  const upper = `(_m + 1) * pow(1 - 1 / (9 * (_m + 1)) + ${z} / (3 * sqrt(_m + 1)), 3) / _d`
  return kind === "pr" ? `least(${upper}, 1)` : upper
}

const exactColumn = (band: Band, side: -1 | 1): string => `_x${side === -1 ? "l" : "u"}${band.name}`

/** Exact limits: for `sr` from the Poisson, else from the binomial (given the total, for a ratio of counts). */
const exact = (kind: Kind, side: -1 | 1, band: Band): string => {
  const logit = exactColumn(band, side)
  if (kind === "sr") return `${logit} / _d`
  if (kind === "rc") return side === -1 ? `CASE WHEN _m > 0 THEN exp(${logit}) ELSE 0 END` : `exp(${logit})`
  return side === -1
    ? `CASE WHEN _m > 0 THEN 1 / (1 + exp(-${logit})) ELSE 0 END`
    : `CASE WHEN _m < _e THEN 1 / (1 + exp(-${logit})) ELSE 1 END`
}

/** The shapes of the distributions whose quantiles are the exact limits; null where the limit is an end of the scale. */
const shapes: Record<Kind, Readonly<Record<"low" | "high", string>>> = {
  pr: {
    low: "'a': CASE WHEN _m > 0 THEN _m END, 'b': _e - _m + 1",
    high: "'a': _m + 1, 'b': CASE WHEN _m < _e THEN _e - _m END"
  },
  rc: { low: "'a': CASE WHEN _m > 0 THEN _m END, 'b': _e + 1", high: "'a': _m + 1, 'b': _e" },
  sr: { low: "'a': _m, 'b': NULL::DOUBLE", high: "'a': _m + 1, 'b': NULL::DOUBLE" }
}

/** The stages before exact limits, one row per unit and limit; with other limits there are no rows to work on. */
const exactStages = (kind: Kind): string => `
_wanted AS (
  SELECT _u AS _k, unnest([${limitPoints
    .map((_, i) => `{'point': ${i + 1}, ${shapes[kind][i % 2 === 0 ? "low" : "high"]}}`)
    .join(", ")}]) AS _q
  FROM _scale WHERE limits = 'exact' AND _ok
),
_shape AS (
  SELECT _k, _q.point AS _point, ${kind === "sr" ? "_q.a AS _a" : "_q.a AS _a0, _q.b AS _b0"}
  FROM _wanted WHERE _q.a IS NOT NULL${kind === "sr" ? "" : " AND _q.b IS NOT NULL"}
),
${kind === "sr" ? gammaQuantiles("_shape", "_found") : betaQuantileLogits("_shape", "_found")},
_wide AS (
  SELECT _k, ${limitPoints
    .map(
      (_, i) =>
        `max(_quantile) FILTER (_point = ${i + 1}) AS ${exactColumn(bands[i >> 1]!, i % 2 === 0 ? -1 : 1)}`
    )
    .join(", ")}
  FROM _found GROUP BY _k
),
_exact AS (FROM _scale LEFT JOIN _wide ON _scale._u IS NOT DISTINCT FROM _wide._k)`

const limit = (kind: Kind, side: -1 | 1, band: Band): string => {
  const sign = side === -1 ? "-" : ""
  return `multiply * CASE limits
    WHEN 'normal' THEN ${back(kind, `(${sign}${band.rounded} * sqrt(_s2))`)}
    WHEN 'byar' THEN ${byar(kind, side, band.score)}
    WHEN 'exact' THEN ${exact(kind, side, band)} END`
}

const adjusted = (kind: Kind, side: -1 | 1, band: Band): string =>
  `multiply * ${back(kind, `(${side === -1 ? "-" : ""}${band.rounded} * _w)`)}`

/** The linear interpolation between order statistics that R calls type 7, of the sorted z-scores. */
const quantile = (share: string): string => {
  const h = `((_n - 1) * ${share})`
  const below = `_zs[floor(${h})::BIGINT + 1].z`
  const above = `_zs[ceil(${h})::BIGINT + 1].z`
  return `${below} + (${h} - floor(${h})) * (${above} - ${below})`
}

// least() and greatest() pass over nulls, so a unit without a ratio has its limits taken away at the end.
const limitColumns = ["", "od_"]
  .flatMap((prefix) =>
    bands.flatMap(({ name }) =>
      ["l", "u"].map(
        (side) => `CASE WHEN _ok THEN _${prefix[0] ?? ""}${side}${name} END AS ${prefix}${side}cl${name}`
      )
    )
  )
  .join(",\n  ")

const body = (kind: Kind): string => `
WITH _in AS (
  SELECT unit AS _u, numerator::DOUBLE AS _o, denominator::DOUBLE AS _e
  FROM (FROM query_table(t) UNION ALL BY NAME
    SELECT NULL AS unit, NULL::DOUBLE AS numerator, NULL::DOUBLE AS denominator WHERE false)
  WHERE ${checks(kind)}
),
_sum AS (
  SELECT _u, count(*) FILTER (_o IS NULL OR _e IS NULL) AS _missing,
    list_sort(list({'e': _e, 'o': _o}) FILTER (_o IS NOT NULL AND _e IS NOT NULL)) AS _l
  FROM _in GROUP BY _u
),
_unit AS (
  SELECT _u, _missing, list_sum(list_transform(_l, lambda r: r.o)) AS _o0,
    list_sum(list_transform(_l, lambda r: r.e)) AS _e0
  FROM _sum
),
_valid AS (
  SELECT *, coalesce(isfinite(_o0) AND isfinite(_e0) AND _o0 >= 0 AND _e0 > 0${kind === "pr" ? " AND _o0 <= _e0" : ""}, false) AS _ok
  FROM _unit
),
_all AS (
  SELECT list_sort(list({'e': _e0, 'o': _o0}) FILTER (_ok)) AS _l FROM _valid
),
_goal AS (
  SELECT coalesce(target::DOUBLE, ${kind === "sr" ? "1" : "list_sum(list_transform(_l, lambda r: r.o)) / list_sum(list_transform(_l, lambda r: r.e))"})::DOUBLE AS _t
  FROM _all
),
_ratio AS (
  SELECT _u, _missing, _o0, _e0, _ok, _t, CASE WHEN _ok THEN _o0 END AS _o,
    CASE WHEN _ok THEN ${kind === "sr" ? "CASE WHEN method = 'SHMI' AND round(_e0, 2) > 0 THEN round(_e0, 2) ELSE _e0 END" : "_e0"} END AS _e
  FROM _valid CROSS JOIN _goal
),
_expected AS (
  SELECT *, _e * _t AS _m, _e AS _d, ${kind === "rc" ? "_o / pow(_o + 0.5, 2) + _e / pow(_e + 0.5, 2) AS _v, " : ""}${kind === "sr" ? "_o > 0" : "_o IS NOT NULL"} AS _in_phi
  FROM _ratio
),
_score AS (
  SELECT *, ${score[kind].z} AS _z, ${score[kind].weight} AS _weight FROM _expected
),
${
  kind === "sr"
    ? `_rank AS (
  SELECT *, rank() OVER (PARTITION BY _in_phi ORDER BY _z) + (count(*) OVER (PARTITION BY _in_phi, _z) - 1) / 2e0 AS _r,
    count(*) OVER (PARTITION BY _in_phi) AS _units
  FROM _score
),
_kept AS (
  SELECT *, _in_phi AND (method <> 'SHMI' OR trim_by = 0 OR (floor(_r * (1e0 / nullif(trim_by, 0)) / (_units + 1)) > 0
    AND floor(_r * (1e0 / nullif(trim_by, 0)) / (_units + 1)) < 1e0 / nullif(trim_by, 0) - 1)) AS _keep
  FROM _rank
)`
    : "_kept AS (SELECT *, _in_phi AS _keep FROM _score)"
},
_pool AS (
  SELECT count(*) FILTER (_in_phi) AS _units_in_phi, list_sort(list({'z': _z, 'w': _weight}) FILTER (_keep)) AS _zs
  FROM _kept
),
_count AS (SELECT *, len(_zs) AS _n FROM _pool),
_edge AS (
  SELECT *, ${kind === "sr" ? "CASE WHEN method = 'SHMI' THEN _zs[1].z ELSE " : ""}${quantile("trim_by")}${kind === "sr" ? " END" : ""} AS _least,
    ${kind === "sr" ? "CASE WHEN method = 'SHMI' THEN _zs[_n].z ELSE " : ""}${quantile("(1 - trim_by)")}${kind === "sr" ? " END" : ""} AS _most,
    list_sum(list_transform(_zs, lambda r: r.w)) AS _w1, list_sum(list_transform(_zs, lambda r: r.w * r.w)) AS _w2
  FROM _count
),
_phi AS (
  SELECT *, CASE WHEN _units_in_phi > 1
    THEN list_sum(list_transform(_zs, lambda r: pow(least(greatest(r.z, _least), _most), 2))) / _n END AS _phi
  FROM _edge
),
_between AS (
  SELECT _units_in_phi, _n, _phi, CASE WHEN _phi IS NULL THEN NULL WHEN _n * _phi < _n - 1 OR _w1 = 0 THEN 0
    ELSE greatest(0, (_n * _phi - (_n - 1)) / nullif(_w1 - _w2 / _w1, 0)) END AS _tau2
  FROM _phi
),
_scale AS (
  SELECT _kept.*, _units_in_phi, _n, _phi, _tau2, ${variance[kind]} AS _s2,
    CASE overdispersion WHEN 'additive' THEN sqrt(${variance[kind]} + coalesce(_tau2, 0))
      WHEN 'multiplicative' THEN sqrt((${variance[kind]}) * greatest(coalesce(_phi, 1), 1))
      ELSE sqrt(${variance[kind]}) END AS _w,
    overdispersion <> 'none' AND coalesce(_phi > 1, false) AS _widened
  FROM _kept CROSS JOIN _between
),
${exactStages(kind).trimStart()},
_limit AS (
  SELECT *, _o0 / nullif(_e0, 0) * multiply AS _y,
    ${bands
      .flatMap((band) => [
        `${limit(kind, -1, band)} AS _l${band.name}`,
        `${limit(kind, 1, band)} AS _u${band.name}`,
        `${adjusted(kind, -1, band)} AS _ol${band.name}`,
        `${adjusted(kind, 1, band)} AS _ou${band.name}`
      ])
      .join(",\n    ")}
  FROM _exact
)
SELECT _u AS unit, _o0 AS numerator, _e0 AS denominator, CASE WHEN _ok THEN _y END AS value,
  _t * multiply AS target, _z AS z,
  CASE WHEN overdispersion = 'none' THEN _phi * 0 ELSE _phi END AS phi,
  CASE WHEN overdispersion = 'none' THEN _tau2 * 0 ELSE _tau2 END AS tau2,
  ${limitColumns},
  CASE WHEN _ok AND _y > CASE WHEN _widened THEN _ou998 ELSE _u998 END THEN 'high'
    WHEN _ok AND _y < CASE WHEN _widened THEN _ol998 ELSE _l998 END THEN 'low' END AS outlier,
  list_filter([
    CASE WHEN _missing > 0 THEN 'missing' END,
    CASE WHEN _e0 = 0 THEN 'zero-denominator' END,
    CASE WHEN NOT _ok AND _e0 <> 0 THEN 'invalid' END,
    ${kind === "sr" ? "CASE WHEN _ok AND _o = 0 THEN 'no-events' END," : ""}
    CASE WHEN _units_in_phi < 10 THEN 'few-units' END,
    CASE WHEN _phi > 1 + 2 * sqrt(2e0 / _n) THEN 'overdispersed' END${
      kind === "pr"
        ? ""
        : `,
    CASE WHEN _ok AND ${kind === "sr" ? "method = 'CQC' AND " : ""}(_widened OR limits = 'normal') THEN 'narrow-limits' END`
    }
  ], lambda w: w IS NOT NULL) AS warning
FROM _limit`

const parameters = (limits: string, more = ""): string =>
  `t, target := NULL, multiply := 1, overdispersion := 'additive', trim_by := 0.1, limits := '${limits}'${more}`

/** The macros `spc.funnel_pr`, `spc.funnel_rc` and `spc.funnel_sr`: units compared at one time, one row per unit. */
export const funnelMacros: ReadonlyArray<{
  readonly name: string
  readonly parameters: string
  readonly body: string
  readonly comment: string
}> = [
  {
    name: "funnel_pr",
    parameters: parameters("normal"),
    body: body("pr"),
    comment:
      "Proportions of units about the pooled proportion: funnel limits, overdispersion, one row per unit."
  },
  {
    name: "funnel_rc",
    parameters: parameters("normal"),
    body: body("rc"),
    comment: "Ratios of two counts about the pooled ratio: funnel limits, overdispersion, one row per unit."
  },
  {
    name: "funnel_sr",
    parameters: parameters("exact", ", method := 'SHMI'"),
    body: body("sr"),
    comment: "Observed against expected counts: funnel limits, overdispersion, one row per unit."
  }
]

import { slack } from "./fragment.ts"

/** Whether the limits of a phase are one set of numbers or one for each point. */
export type Limits = "level" | "varying"

/**
 * From `_noted` to `_zone`, for limits that are the same at every point of a phase: `_c`, `_sg` and
 * `_l3 … _u3` become thresholds with their slack. Zones are asked for point by point, only where they matter.
 */
export const level = `
_zone AS (
  SELECT *, _c + ${slack("_c", "_sg")} AS _ca, _c - ${slack("_c", "_sg")} AS _cb,
    ${[1, 2, 3].map((k) => `_u${k} + ${slack(`_u${k}`, "_sg")} AS _u${k}t, _l${k} - ${slack(`_l${k}`, "_sg")} AS _l${k}t`).join(", ")},
    _n >= _p.minimum AND _c IS NOT NULL AS _judged
  FROM _noted
)`

type Past = (side: "c" | "l" | "u", sigmas: number, way: ">" | "<") => string

/** Whether the value e[1] lies past a limit of the struct e[2]. */
const past: Past = (side, sigmas, way) => {
  const limit = side === "c" ? "e[2].c" : `e[2].${side}${sigmas}`
  return `e[1] ${way} ${limit} ${way === ">" ? "+" : "-"} ${slack(limit, "e[2].s")}`
}

/** Whether the value e[1] lies past so many sigmas e[2]. */
const pastSigmas: Past = (_side, sigmas, way) => {
  const sign = way === ">" ? "+" : "-"
  const limit = sigmas === 0 ? "_c" : `(_c ${sign} ${sigmas} * e[2])`
  return `e[1] ${way} ${limit} ${sign} ${slack(limit, "e[2]")}`
}

const zonesBy = (
  limits: string,
  lies: Past
): string => `list_transform(list_zip(_y, ${limits}[:_n]), lambda e: CASE
      WHEN ${lies("c", 0, ">")} THEN CASE WHEN ${lies("u", 1, ">")} THEN CASE WHEN ${lies("u", 2, ">")} THEN CASE WHEN ${lies("u", 3, ">")} THEN 4 ELSE 3 END ELSE 2 END ELSE 1 END
      WHEN ${lies("c", 0, "<")} THEN CASE WHEN ${lies("l", 1, "<")} THEN CASE WHEN ${lies("l", 2, "<")} THEN CASE WHEN ${lies("l", 3, "<")} THEN -4 ELSE -3 END ELSE -2 END ELSE -1 END
      ELSE 0 END::TINYINT)`

/**
 * The same for limits that differ from point to point: `_w`, a list beside `_ys` of
 * {c, s, l3, l2, l1, u1, u2, u3}, the centre, sigma and limits of each point.
 * `_z` says where each point lies: 4, 3, 2, 1 above the centre (beyond 3, 2, 1 sigma, or less), 0 on it.
 */
export const varying = `
_zone AS (
  SELECT *, _n >= _p.minimum AND _c IS NOT NULL AS _judged, ${zonesBy("_w", past)} AS _z FROM _noted
)`

/**
 * The same for a chart that has, instead of `_w` or beside it, `_si`, the sigma of each point beside `_ys`: its limits are so many
 * of them from the centre, and cut only where no value can lie. Null `_si`: by `_w`. Where no point comes near a
 * limit, the distances in sigmas say it all, and sooner.
 */
export const around = `
_distance AS (
  SELECT *, list_transform(list_zip(_y, _si[:_n]), lambda e: (e[1] - _c) / e[2]) AS _t, list_min(_si) AS _narrowest FROM _noted
),
_zone AS (
  SELECT * EXCLUDE (_t, _narrowest), _n >= _p.minimum AND _c IS NOT NULL AS _judged,
    CASE WHEN _si IS NULL THEN ${zonesBy("_w", past)}
      WHEN _narrowest > 0 AND list_min(list_transform(_t, lambda t: abs(abs(t) - round(abs(t))))) > 1e-8 * (5 + abs(_c) / _narrowest)
        THEN list_transform(_t, lambda t: (sign(t) * least(4, 1 + floor(abs(t))))::TINYINT)
      ELSE ${zonesBy("_si", pastSigmas)} END AS _z
  FROM _distance
)`

/** SQL for the zone of point `i` of a phase. */
export const zoneAt = (limits: Limits, i: string): string =>
  limits === "varying"
    ? `_z[${i}]`
    : `CASE WHEN _y[${i}] > _ca THEN CASE WHEN _y[${i}] > _u3t THEN 4 WHEN _y[${i}] > _u2t THEN 3 WHEN _y[${i}] > _u1t THEN 2 ELSE 1 END
        WHEN _y[${i}] < _cb THEN CASE WHEN _y[${i}] < _l3t THEN -4 WHEN _y[${i}] < _l2t THEN -3 WHEN _y[${i}] < _l1t THEN -2 ELSE -1 END ELSE 0 END`

/** SQL for the side of the centre on which point `i` lies: 1, −1, or 0 on it. */
export const sideAt = (limits: Limits, i: string): string =>
  limits === "varying"
    ? `sign(_z[${i}])`
    : `CASE WHEN _y[${i}] > _ca THEN 1 WHEN _y[${i}] < _cb THEN -1 ELSE 0 END`

/** SQL for the list of 1 and 0 that says which points lie above the centre. */
export const above = (limits: Limits): string =>
  limits === "varying"
    ? "list_transform(_z, lambda x: (x > 0)::BIGINT)"
    : "list_transform(_y, lambda x: (x > _ca)::BIGINT)"

/** SQL for the list of 1 and 0 that says which points lie beyond 2 sigma. */
export const far = (limits: Limits): string =>
  limits === "varying"
    ? "list_transform(_z, lambda x: (abs(x) >= 3)::BIGINT)"
    : "list_transform(_y, lambda x: (x > _u2t OR x < _l2t)::BIGINT)"

/** SQL for whether a point may lie beyond 3 sigma. */
export const someOut = (limits: Limits): string =>
  limits === "varying"
    ? "list_max(list_transform(_z, lambda x: abs(x))) = 4"
    : "(list_max(_y) > _u3t OR list_min(_y) < _l3t)"

/** SQL for whether point `i` lies beyond 2 sigma. */
export const farAt = (limits: Limits, i: string): string =>
  limits === "varying" ? `abs(_z[${i}]) >= 3` : `(_y[${i}] > _u2t OR _y[${i}] < _l2t)`

/** SQL for whether point `i` lies beyond 3 sigma. */
export const outAt = (limits: Limits, i: string): string =>
  limits === "varying" ? `abs(_z[${i}]) = 4` : `(_y[${i}] > _u3t OR _y[${i}] < _l3t)`

/** SQL for the list of the sides of all points. */
export const sides = (limits: Limits): string =>
  limits === "varying"
    ? "list_transform(_z, lambda x: sign(x))"
    : "list_transform(_y, lambda x: CASE WHEN x > _ca THEN 1 WHEN x < _cb THEN -1 ELSE 0 END::TINYINT)"

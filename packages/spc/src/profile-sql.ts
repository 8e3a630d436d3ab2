import type { Profile } from "./profiles.ts"
import { profiles } from "./profiles.ts"

/** The columns of a table of profiles: its SQL name, its type, what null stands for, and its value in a profile. */
const columns: ReadonlyArray<
  readonly [name: string, type: string, missing: string, of: (p: Profile) => string | number | boolean | null]
> = [
  ["name", "VARCHAR", "NULL", (p) => p.name],
  ["minimum", "INTEGER", "1", (p) => p.minimum],
  ["beyond_limits", "BOOLEAN", "true", (p) => p.beyondLimits],
  ["shift", "INTEGER", "NULL", (p) => p.shift],
  ["trend", "INTEGER", "NULL", (p) => p.trend],
  ["two_of_three", "VARCHAR", "NULL", (p) => p.twoOfThree],
  ["four_of_five", "BOOLEAN", "false", (p) => p.fourOfFive],
  ["stratification", "INTEGER", "NULL", (p) => p.stratification],
  ["alternation", "INTEGER", "NULL", (p) => p.alternation],
  ["mixture", "INTEGER", "NULL", (p) => p.mixture],
  ["runs", "BOOLEAN", "false", (p) => p.runs],
  ["marks", "VARCHAR", "'run'", (p) => p.marks],
  ["moving_range_factor", "DOUBLE", "2.66", (p) => p.movingRangeFactor],
  ["median_range_factor", "DOUBLE", "3.145", (p) => p.medianRangeFactor],
  ["screened", "BOOLEAN", "false", (p) => p.screened],
  ["spread", "VARCHAR", "'mean-s'", (p) => p.spread],
  ["d2_decimals", "INTEGER", "NULL", (p) => p.d2Decimals],
  ["thirds_from_zero", "BOOLEAN", "false", (p) => p.thirdsFromZero],
  ["uncut_s", "BOOLEAN", "false", (p) => p.uncutS],
  ["exact", "BOOLEAN", "false", (p) => p.exact],
  ["d3_of_qcc", "BOOLEAN", "false", (p) => p.d3OfQcc],
  ["g_limits", "VARCHAR", "'sigma'", (p) => p.gLimits],
  ["t_centre", "VARCHAR", "'median'", (p) => p.tCentre]
]

const literal = (value: string | number | boolean | null): string =>
  value === null ? "NULL" : typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : `${value}`

const rows = profiles
  .map((p) => `(${columns.map(([, , , of]) => literal(of(p))).join(", ")})`)
  .join(",\n    ")
const names = columns.map(([name]) => `"${name}"`).join(", ")
// Always qualified: an unqualified "shift" would be the argument of the macro, not the column.
const typed = columns.map(([name, type]) => `_known."${name}"::${type} AS "${name}"`).join(", ")
const empty = columns.map(([name, type]) => `NULL::${type} AS "${name}"`).join(", ")
const known = profiles.map((p) => p.name).join(", ")

/** What an argument of the macro, of the same name, may say instead of the profile. */
const overridden: ReadonlySet<string> = new Set(["shift", "trend"])

/** The body of `spc.profiles()`. */
export const profilesSql = `SELECT _v."name" AS name, _t.title AS title, ${columns
  .slice(1)
  .map(([name, type]) => `_v."${name}"::${type} AS "${name}"`)
  .join(", ")}
FROM (VALUES ${rows}) AS _v(${names})
JOIN (VALUES ${profiles.map((p) => `(${literal(p.name)}, ${literal(p.title)})`).join(", ")}) AS _t("name", title) ON _t."name" = _v."name"`

/**
 * The first common table expressions of every chart: `_rule`, one row with the struct `_p`, the profile that the
 * arguments name. A profile of the caller's table wins over a built-in one of the same name.
 */
export const profileSql = `
_none AS (SELECT NULL::VARCHAR AS "name" WHERE false),
_known(${names}) AS (VALUES
    ${rows}),
_choice AS (
  SELECT 1 AS _rank, ${typed} FROM _known
  UNION ALL BY NAME
  SELECT 0 AS _rank, ${columns.map(([name, type, missing]) => `coalesce(_q."${name}"::${type}, ${missing}) AS "${name}"`).join(", ")}
  FROM (FROM query_table(profile_table) UNION ALL BY NAME SELECT ${empty} WHERE false) AS _q
),
_rule AS (
  SELECT CASE WHEN count(*) FILTER (_rank = 0) > 1 THEN error('spc: profile_table holds this profile twice')
    WHEN count(*) > 0 THEN min_by({${columns.map(([name]) => `'${name}': ${overridden.has(name) ? `coalesce("${name}", _choice."${name}")` : `_choice."${name}"`}`).join(", ")}}, _rank)
    ELSE error('spc: unknown profile; use one of ${known}, or name your own table of profiles in profile_table') END AS _p
  FROM _choice WHERE _choice."name" = profile
)`

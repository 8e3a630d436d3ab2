import type { Profile } from "./profiles.ts"
import { profiles } from "./profiles.ts"

/** A value chosen by the macro's `profile`; a name nobody knows stops the query and lists those that are. */
export const byProfile = (pick: (profile: Profile) => string): string =>
  `CASE profile ${profiles.map((p) => `WHEN '${p.name}' THEN ${pick(p)}`).join(" ")} ELSE error('spc: unknown profile; use one of ${profiles.map((p) => p.name).join(", ")}') END`

/** A condition on the macro's `profile`, folded by DuckDB before a row is read. */
export const profileIs = (test: (profile: Profile) => boolean): string =>
  `(profile IN (${["''", ...profiles.filter(test).map((p) => `'${p.name}'`)].join(", ")}))`

/** How far beyond a limit still counts as on it: 1e-9 of the limit, or of sigma where the limit is near 0. */
export const slack = (limit: string, sigma: string): string =>
  `1e-9 * greatest(abs(${limit}), coalesce(${sigma}, 0))`

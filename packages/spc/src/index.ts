export { spcSql, spcStatements } from "./pack.ts"
export { anhoej, mdc2023, profiles, ptd02 } from "./profiles.ts"
export type { Profile } from "./profiles.ts"

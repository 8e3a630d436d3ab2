import { plainProfiles } from "../plain.ts"
import type { PlainProfile } from "../plain.ts"
import type { Arguments } from "./case.ts"

/** The rules and constants that one case is worked out by. */
export interface Rulebook extends PlainProfile {
  readonly medianFactor: number
  readonly exact: boolean
  readonly spread: string
  readonly d2Decimals: number | null
  readonly thirdsFromZero: boolean
  readonly uncutS: boolean
  readonly tCentre: "mean" | "median"
}

/** The rules of a profile, with what the arguments put in their place. */
export const rulebook = (name: string, given: Arguments): Rulebook => {
  const plain = plainProfiles.find((p) => p.name === name)
  if (plain === undefined) throw new Error(`no profile ${name}`)
  const tables = name === "western-electric" || name === "nelson"
  return {
    ...plain,
    shift: given.shift ?? plain.shift,
    trend: given.trend ?? plain.trend,
    screened: given.screened ?? plain.screened,
    medianFactor: name === "pbi" ? 3 / 1.128 : 3.145,
    exact: name === "mdc-2023",
    spread: given.spread ?? (tables ? "mean-range" : name === "pbi" ? "pooled" : "mean-s"),
    d2Decimals: tables ? 3 : null,
    thirdsFromZero: name === "anhoej" || name === "pbi",
    uncutS: name === "pbi",
    tCentre: name === "anhoej" || name === "pbi" ? "mean" : "median"
  }
}

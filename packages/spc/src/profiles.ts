/** A named set of rules: which limits are drawn, which patterns are flagged, how many points it takes. */
export interface Profile {
  /** The name given to a macro as `profile :=`. It carries its version: a changed rule is a new name. */
  readonly name: string
  /** One line on where the rules come from. */
  readonly title: string
  /** Half the distance between the limits of an XmR chart, in average moving ranges. */
  readonly movingRangeFactor: number
  /** Whether moving ranges of 3.267 times their average or more are left out once (Nelson 1982). */
  readonly screened: boolean
  /** Valid points a phase needs before anything is judged. */
  readonly minimum: number
  /** Points on one side of the centre that make a shift; null = the profile has no such rule. */
  readonly shift: number | null
  /** Points rising or falling that make a trend; null = the profile has no such rule. */
  readonly trend: number | null
  /** Which points count for two of three: beyond 2 sigma, only those between 2 and 3 sigma, or no rule. */
  readonly twoOfThree: "beyond" | "between" | null
  /** Whether the longest run and the crossings of the whole phase are judged (Anhøj). */
  readonly anhoej: boolean
  /** Whether a p chart of small counts is judged by the exact binomial instead of 3 sigma. */
  readonly exact: boolean
}

/** Making Data Count, the rules as reworded in November 2023. The default of the Shewhart charts. */
export const mdc2023: Profile = {
  name: "mdc-2023",
  title: "NHS England, Making Data Count, November 2023",
  movingRangeFactor: 2.66,
  screened: false,
  minimum: 13,
  shift: 7,
  trend: 7,
  twoOfThree: "beyond",
  anhoej: false,
  exact: true
}

/** Anhøj's two tests of a whole phase, with 3-sigma limits on the charts that have them. */
export const anhoej: Profile = {
  name: "anhoej",
  title: "Anhøj and Olesen 2014: unusually long runs, unusually few crossings",
  movingRangeFactor: 3 / 1.128,
  screened: true,
  minimum: 1,
  shift: null,
  trend: null,
  twoOfThree: null,
  anhoej: true,
  exact: false
}

/** The rules as the R package NHSRplotthedots 0.2 applies them. */
export const ptd02: Profile = {
  name: "ptd-0.2",
  title: "as NHSRplotthedots 0.2 applies the rules of Making Data Count",
  movingRangeFactor: 2.66,
  screened: true,
  minimum: 1,
  shift: 7,
  trend: 7,
  twoOfThree: "between",
  anhoej: false,
  exact: false
}

/** Every profile, by its name. */
export const profiles: ReadonlyArray<Profile> = [mdc2023, anhoej, ptd02]

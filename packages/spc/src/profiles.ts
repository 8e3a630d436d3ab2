/** A named set of rules and constants. A rule that is null is not part of the profile. */
export interface Profile {
  /** The name given to a macro as `profile :=`. It carries its version where the rules have one. */
  readonly name: string
  /** One line on where the rules come from. */
  readonly title: string
  /** Valid points a phase needs before anything is judged. */
  readonly minimum: number
  /** Whether points beyond 3 sigma are judged. */
  readonly beyondLimits: boolean
  /** Points on one side of the centre that make a shift. */
  readonly shift: number | null
  /** Points rising or falling that make a trend. */
  readonly trend: number | null
  /** Which points count for two of three; see `docs/spc-contract.md`. */
  readonly twoOfThree: "beyond" | "between" | "pbi" | "current" | null
  /** Whether four of five beyond 1 sigma on one side, the latest among them, are judged. */
  readonly fourOfFive: boolean
  /** Points in a row within 1 sigma. */
  readonly stratification: number | null
  /** Points in a row that alternate up and down. */
  readonly alternation: number | null
  /** Points in a row beyond 1 sigma on either side. */
  readonly mixture: number | null
  /** Whether the longest run and the crossings of the whole phase are judged (Anhøj). */
  readonly runs: boolean
  /** Which points of a run are marked: all, or the one that completes it and those after. */
  readonly marks: "run" | "completing"
  /** Half the distance between the limits of an XmR chart, in average moving ranges. */
  readonly movingRangeFactor: number
  /** The same in median moving ranges. */
  readonly medianRangeFactor: number
  /** Whether moving ranges of 3.267 times their average or more are left out once (Nelson 1982). */
  readonly screened: boolean
  /** How sigma is estimated from subgroups. */
  readonly spread: "mean-s" | "pooled" | "mean-range" | "rmsdf"
  /** Decimals to which d2 (the mean range in sigma) is rounded, as printed tables do; null: exact. */
  readonly d2Decimals: number | null
  /** Whether standard deviations of ranges (d3) of up to ten members are those of qcc, off in the sixth digit. */
  readonly d3OfQcc: boolean
  /** Whether the limits of a g chart are 3 sigma about the mean, drawn with the median, or quantiles of the geometric distribution, drawn with the mean. */
  readonly gLimits: "sigma" | "quantile"
  /** Whether the 1- and 2-sigma lines of a moving-range chart are thirds of its upper limit, counted from 0. */
  readonly thirdsFromZero: boolean
  /** Whether the lower limits of an s chart may lie below 0. */
  readonly uncutS: boolean
  /** Whether small counts are judged by exact binomial or Poisson tails instead of 3 sigma. */
  readonly exact: boolean
  /** The line of a t chart: the median, or as tools draw it the mean on the scale y^(1/3.6), turned back. */
  readonly tCentre: "median" | "mean"
}

const none = {
  minimum: 1,
  beyondLimits: true,
  shift: null,
  trend: null,
  twoOfThree: null,
  fourOfFive: false,
  stratification: null,
  alternation: null,
  mixture: null,
  runs: false,
  marks: "run",
  medianRangeFactor: 3.145,
  screened: false,
  spread: "mean-s",
  d2Decimals: null,
  d3OfQcc: false,
  gLimits: "sigma",
  thirdsFromZero: false,
  uncutS: false,
  exact: false,
  tCentre: "median"
} as const

/** Making Data Count, the rules as reworded in November 2023. The default of the Shewhart charts. */
export const mdc2023: Profile = {
  ...none,
  name: "mdc-2023",
  title: "NHS England, Making Data Count, November 2023",
  movingRangeFactor: 2.66,
  minimum: 13,
  shift: 7,
  trend: 7,
  twoOfThree: "beyond",
  exact: true
}

/** Anhøj's two tests of a whole phase, with 3-sigma limits on the charts that have them. */
export const anhoej: Profile = {
  ...none,
  name: "anhoej",
  title: "Anhøj and Olesen 2014: unusually long runs, unusually few crossings",
  movingRangeFactor: 3 / 1.128,
  screened: true,
  runs: true,
  thirdsFromZero: true,
  tCentre: "mean"
}

/** The rules as the R package NHSRplotthedots 0.2 applies them. */
export const ptd02: Profile = {
  ...none,
  name: "ptd-0.2",
  title: "as NHSRplotthedots 0.2 applies the rules of Making Data Count",
  movingRangeFactor: 2.66,
  screened: true,
  shift: 7,
  trend: 7,
  twoOfThree: "between"
}

/** The four zone tests of the Western Electric handbook. */
export const westernElectric: Profile = {
  ...none,
  name: "western-electric",
  title: "Western Electric 1956: four zone tests",
  movingRangeFactor: 3 / 1.128,
  shift: 8,
  twoOfThree: "current",
  fourOfFive: true,
  marks: "completing",
  spread: "mean-range",
  d2Decimals: 3,
  d3OfQcc: true,
  gLimits: "quantile"
}

/** Nelson's eight tests. */
export const nelson: Profile = {
  ...westernElectric,
  name: "nelson",
  title: "Nelson 1984: eight tests",
  shift: 9,
  trend: 6,
  stratification: 15,
  alternation: 14,
  mixture: 8
}

/** The rules as PowerBI-SPC 1.7 applies them with its default settings. */
export const pbi: Profile = {
  ...none,
  name: "pbi",
  title: "as PowerBI-SPC 1.7 applies its default settings",
  movingRangeFactor: 3 / 1.128,
  medianRangeFactor: 3 / 1.128,
  screened: true,
  shift: 7,
  trend: 5,
  twoOfThree: "pbi",
  spread: "pooled",
  thirdsFromZero: true,
  uncutS: true,
  tCentre: "mean"
}

/** Every built-in profile. */
export const profiles: ReadonlyArray<Profile> = [mdc2023, anhoej, ptd02, westernElectric, nelson, pbi]

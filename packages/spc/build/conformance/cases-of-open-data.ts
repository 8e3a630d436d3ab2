import type { Draft } from "./case.ts"
import { draft } from "./draft.ts"
import * as open from "./open-data.ts"

const england = { source: open.sources.england }
const deaths = { source: open.sources.deaths }
const stays = { source: open.sources.stays }
const fallingIsBetter = open.months.map(() => "down" as const)
const frozen = open.months.map((_, i) => i < 24)
const ten = <T>(xs: ReadonlyArray<T>): ReadonlyArray<ReadonlyArray<T>> =>
  Array.from({ length: Math.floor(xs.length / 10) }, (_, i) => xs.slice(10 * i, 10 * i + 10))
const sum = (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0)
const batches = ten(open.stayDeaths).map(sum)
const groups = { period: open.stays.map((_, i) => Math.floor(i / 10) + 1), value: open.stays }
const between = open.stayDeaths
  .flatMap((d, i) => (d === 1 ? [i] : []))
  .map((at, i, all) => at - (i === 0 ? -1 : all[i - 1]!) - 1)
const hospitals = [...new Set(open.stayHospitals)].toSorted((a, b) => a - b)
const ofHospital = hospitals.map((h) => open.stayDeaths.filter((_, i) => open.stayHospitals[i] === h))

/** Real (or, where the source says so, generated) series that anyone may copy. */
export const casesOfOpenData: ReadonlyArray<Draft> = [
  draft(
    "england-p",
    "Waits over four hours in England: a plain p chart on big denominators",
    "p",
    {
      period: open.months,
      numerator: open.breaches,
      denominator: open.attendances,
      direction: fallingIsBetter,
      target: open.months.map(() => 0.05)
    },
    england
  ),
  draft(
    "england-p-auto",
    "The same, chosen by test",
    "p_auto",
    {
      period: open.months,
      numerator: open.breaches,
      denominator: open.attendances,
      direction: fallingIsBetter,
      baseline: frozen
    },
    england
  ),
  draft(
    "england-xmr",
    "The same as individual values, in per cent",
    "xmr",
    {
      period: open.months,
      numerator: open.breaches,
      denominator: open.attendances,
      direction: fallingIsBetter,
      baseline: frozen
    },
    { ...england, given: { multiply: 100 } }
  ),
  draft(
    "england-admissions",
    "Emergency admissions by month, median centre",
    "xmr",
    { period: open.months, value: open.admissions },
    { ...england, given: { centre: "median" } }
  ),
  draft(
    "england-admissions-run",
    "Emergency admissions by month, run chart",
    "run",
    { period: open.months, value: open.admissions },
    england
  ),
  draft(
    "one-hospital-pp",
    "Waits over four hours at one department: Laney's chart",
    "pp",
    {
      period: open.months,
      numerator: open.smallBreaches,
      denominator: open.smallAttendances,
      baseline: frozen,
      direction: fallingIsBetter
    },
    england
  ),
  draft(
    "one-hospital-u-auto",
    "Waits over four hours at another, as a rate, chosen by test",
    "u_auto",
    {
      period: open.months,
      numerator: open.middleBreaches,
      denominator: open.middleAttendances,
      direction: fallingIsBetter
    },
    england
  ),
  draft(
    "one-hospital-up",
    "The same on Laney's chart, screened",
    "up",
    { period: open.months, numerator: open.middleBreaches, denominator: open.middleAttendances },
    { ...england, given: { screened: true, multiply: 1000 } }
  ),
  {
    id: "organisations-funnel",
    title: "Waits over four hours, forty organisations",
    chart: "funnel_pr",
    profile: null,
    arguments: {},
    data: {
      unit: open.organisations,
      numerator: open.organisationBreaches,
      denominator: open.organisationAttendances
    },
    byHand: {},
    ...england
  },
  draft("deaths-xmr", "Deaths by week", "xmr", { period: open.weeks, value: open.weeklyDeaths }, deaths),
  draft(
    "deaths-mr",
    "Moving ranges of deaths by week",
    "mr",
    { period: open.weeks, value: open.weeklyDeaths },
    deaths
  ),
  draft(
    "deaths-c",
    "Deaths by week in one region, counts",
    "c",
    { period: open.weeks, value: open.weeklyDeathsNorthEast },
    deaths
  ),
  draft(
    "deaths-ewma",
    "Deaths by week in one region, weighted average",
    "ewma",
    { period: open.weeks, value: open.weeklyDeathsNorthEast },
    deaths
  ),
  draft(
    "deaths-cusum",
    "Deaths by week in one region, cumulative sums",
    "cusum",
    { period: open.weeks, value: open.weeklyDeathsNorthEast },
    deaths
  ),
  draft(
    "deaths-nelson",
    "Deaths by week after Nelson",
    "xmr",
    { period: open.weeks, value: open.weeklyDeaths },
    { ...deaths, profile: "nelson" }
  ),
  draft(
    "deaths-share",
    "The region's share of all deaths",
    "p",
    { period: open.weeks, numerator: open.weeklyDeathsNorthEast, denominator: open.weeklyDeaths },
    deaths
  ),
  draft("stays-xbar", "Days in hospital, ten stays at a time: means", "xbar", groups, stays),
  draft("stays-s", "Days in hospital: standard deviations", "s", groups, stays),
  draft("stays-r", "Days in hospital: ranges", "r", groups, stays),
  draft(
    "stays-np",
    "Deaths among ten stays at a time",
    "np",
    { numerator: batches, denominator: batches.map(() => 10) },
    stays
  ),
  draft(
    "stays-g",
    "Stays between deaths",
    "g",
    { value: between, direction: between.map(() => "up" as const) },
    stays
  ),
  {
    id: "stays-funnel",
    title: "Deaths among the stays of ten hospitals",
    chart: "funnel_pr",
    profile: null,
    arguments: { limits: "exact" },
    data: {
      unit: hospitals.map((h) => `hospital ${String(h).padStart(2, "0")}`),
      numerator: ofHospital.map(sum),
      denominator: ofHospital.map((d) => d.length)
    },
    byHand: {},
    ...stays
  }
]

import { ChartError } from "./chart-error.ts"
import type { ChartPeriod } from "./options.ts"

/** Milliseconds of a day. */
export const DAY = 86_400_000

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** UTC milliseconds of a `YYYY-MM-DD`. */
export const isoDay = (text: string, path: string): number => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse lets 31 February pass as 3 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new ChartError(
      "chart-period",
      path,
      `${path} is not a day of the calendar written YYYY-MM-DD`,
      "give the first day of the period as YYYY-MM-DD"
    )
  return time
}

/** The given period, or the one the dates look like. */
export const periodOf = (times: ReadonlyArray<number>, given?: ChartPeriod): ChartPeriod =>
  given ?? (times.every((time) => new Date(time).getUTCDate() === 1) ? "month" : "day")

const yearOf = (time: number): string => String(new Date(time).getUTCFullYear())

const monthOf = (time: number): string => MONTHS[new Date(time).getUTCMonth()]!

const dayOf = (time: number): string => `${new Date(time).getUTCDate()} ${monthOf(time)}`

const quarterOf = (time: number): string => `Q${Math.floor(new Date(time).getUTCMonth() / 3) + 1}`

/** A date in a sentence: `Oct 2018`, `Q4 2018`, `the week of 1 Oct 2018`, `1 Oct 2018`. */
export const dateWords = (time: number, period: ChartPeriod): string => {
  switch (period) {
    case "quarter":
      return `${quarterOf(time)} ${yearOf(time)}`
    case "month":
      return `${monthOf(time)} ${yearOf(time)}`
    case "week":
      return `the week of ${dayOf(time)} ${yearOf(time)}`
    case "day":
      return `${dayOf(time)} ${yearOf(time)}`
  }
}

/** A date where room is short: as in a sentence, without "the week of". */
export const dateLabel = (time: number, period: ChartPeriod): string =>
  dateWords(time, period === "week" ? "day" : period)

/** A mark on the date axis: a first line, and the year below it where it is new (empty where it is not). */
export interface DateTick {
  readonly time: number
  readonly label: string
  readonly year: string
}

const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000]
const DAY_STEPS = [1, 2, 7, 14]
const QUARTER_STEPS = MONTH_STEPS.filter((step) => step % 3 === 0)

const monthNumber = (time: number): number => {
  const date = new Date(time)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

// Date.UTC would read the years 0 to 99 as 1900 to 1999.
const monthStart = (month: number): number =>
  new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1)

const monthTimes = (from: number, to: number, step: number): ReadonlyArray<number> => {
  const times: Array<number> = []
  for (let month = Math.ceil(monthNumber(from) / step) * step; monthStart(month) <= to; month += step)
    if (monthStart(month) >= from) times.push(monthStart(month))
  return times
}

const dayTimes = (from: number, to: number, step: number): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((to - from) / (step * DAY)) + 1 }, (_, k) => from + k * step * DAY)

/** At most `room` ticks between two points in time, on round dates of the calendar. */
export const dateTicks = (
  from: number,
  to: number,
  period: ChartPeriod,
  room: number
): ReadonlyArray<DateTick> => {
  const most = Math.max(1, room)
  let times: ReadonlyArray<number> = [from]
  let unit: ChartPeriod | "year" = period
  const daySteps = period === "day" ? DAY_STEPS : period === "week" ? DAY_STEPS.slice(2) : []
  const dayStep = daySteps.find((step) => (to - from) / (step * DAY) + 1 <= most)
  if (dayStep !== undefined) times = dayTimes(from, to, dayStep)
  else {
    for (const step of period === "quarter" ? QUARTER_STEPS : MONTH_STEPS) {
      const found = monthTimes(from, to, step)
      if (found.length > most) continue
      if (found.length > 0) {
        times = found
        unit = step % 12 === 0 ? "year" : period === "quarter" ? "quarter" : "month"
      }
      break
    }
  }
  let year = ""
  return times.map((time) => {
    if (unit === "year") return { time, label: yearOf(time), year: "" }
    const label = unit === "month" ? monthOf(time) : unit === "quarter" ? quarterOf(time) : dayOf(time)
    const isNew = yearOf(time) !== year
    year = yearOf(time)
    return { time, label, year: isNew ? year : "" }
  })
}

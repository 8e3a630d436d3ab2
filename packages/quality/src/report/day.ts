import { type Markup, markup } from "./markup.ts"

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** `14 Jul 2026`. */
export const dayText = (day: unknown): string => {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)/.exec(String(day)) ?? []
  return year === undefined
    ? String(day ?? "not known")
    : `${Number(date)} ${months[Number(month) - 1]} ${year}`
}

/** `Jun 2026` for a month, `Q2 2026` for a quarter, the first day for a week and a day. */
export const periodText = (day: unknown, period: unknown): string => {
  const text = dayText(day)
  const [, year, month] = /^(\d{4})-(\d\d)/.exec(String(day)) ?? []
  if (year === undefined) return text
  switch (period) {
    case "month":
      return `${months[Number(month) - 1]} ${year}`
    case "quarter":
      return `Q${Math.ceil(Number(month) / 3)} ${year}`
    case "week":
      return `the week from ${text}`
    default:
      return text
  }
}

/** A day of the calendar, as people write it. Null: none. */
export const dayOf = (day: unknown): Markup =>
  day === null || day === undefined
    ? markup``
    : markup`<time datetime="${String(day)}">${dayText(day)}</time>`

/** A figure for people: a share as a percentage, anything else with at most four digits that matter. */
export const figureText = (value: number | null, unit: string): string => {
  if (value === null) return "no figure"
  if (unit === "%") return `${(value * 100).toFixed(1)} %`
  const text =
    Math.abs(value) >= 1000
      ? Math.round(value).toLocaleString("en")
      : String(Number(value.toPrecision(4)) + 0)
  return unit === "" ? text : `${text} ${unit}`
}

/** `Oct 2018` for a month, `Q4 2018` for a quarter, the day for a day and (its first day) a week. */
export const periodText = (day: string, period: string): string => {
  const [year = "", month = "", date = ""] = day.split("-")
  const name = new Date(`${day}T00:00:00Z`).toLocaleString("en", { month: "short", timeZone: "UTC" })
  switch (period) {
    case "month":
      return `${name} ${year}`
    case "quarter":
      return `Q${Math.ceil(Number(month) / 3)} ${year}`
    case "week":
      return `the week of ${Number(date)} ${name} ${year}`
    default:
      return `${Number(date)} ${name} ${year}`
  }
}

/** `1 chart`, `1,234 charts`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`

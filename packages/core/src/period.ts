/** How long a period is, or the stretch that a row covers, as SQL. */
export const periodLength = {
  day: "INTERVAL 1 DAY",
  week: "INTERVAL 7 DAY",
  month: "INTERVAL 1 MONTH",
  quarter: "INTERVAL 3 MONTH"
} as const

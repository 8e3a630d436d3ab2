// Writes data/: doses, overtime and codings of six wards that do not exist, from a fixed seed, in three chapters. Oak slips,
// changes something, and gets better; Elm slips later, and uses what Oak learnt. Every title says "simulated".
import { mkdirSync, writeFileSync } from "node:fs"

let state = 20240103
/** The next of a row of numbers between 0 and 1 (Lehmer 1951, with the multiplier of Park and Miller 1988). */
const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647
const binomial = (n: number, p: number): number => {
  let hits = 0
  for (let i = 0; i < n; i++) if (next() < p) hits++
  return hits
}

/** The Monday of a week; 0 is 1 January 2024. */
export const monday = (week: number): string =>
  new Date(Date.UTC(2024, 0, 1 + 7 * week)).toISOString().slice(0, 10)

/** The first week of each chapter, and the one after the last. */
const chapters = [0, 48, 84, 122]
const wards = ["oak", "elm", "ash", "fir", "yew", "bay"]

/** From which week on a ward gives how many of its doses late. */
const late: { readonly [ward: string]: ReadonlyArray<readonly [week: number, share: number]> } = {
  oak: [
    [0, 0.08],
    [38, 0.125],
    [64, 0.05]
  ],
  elm: [
    [0, 0.08],
    [72, 0.125],
    [94, 0.035]
  ]
}
const shareOf = (ward: string, week: number): number =>
  (late[ward] ?? [[0, 0.08]]).findLast(([from]) => from <= week)![1]

const themes = ["late-doses", "interruptions", "noise", "kindness"]
const usual = [0.12, 0.1, 0.2, 0.4]

for (const [nth, from] of chapters.slice(0, -1).entries()) {
  const folder = new URL(`data/chapter-${nth + 1}/`, import.meta.url)
  mkdirSync(folder, { recursive: true })
  const doses = ["ward,week,doses,late"]
  const shifts = ["ward,week,shifts,overtime_minutes"]
  const codings: object[] = []
  for (let week = from; week < chapters[nth + 1]!; week++) {
    for (const ward of wards) {
      const given = 380 + Math.floor(next() * 41)
      doses.push(`${ward},${monday(week)},${given},${binomial(given, shareOf(ward, week))}`)
      const worked = 60 + Math.floor(next() * 5)
      shifts.push(`${ward},${monday(week)},${worked},${Math.round(worked * (12 + 6 * next()))}`)
      const slips = shareOf(ward, week) > 0.1
      for (let weekday = 0; weekday < 5; weekday++) {
        const day = new Date(Date.parse(monday(week)) + 86_400_000 * weekday).toISOString().slice(0, 10)
        const said = themes.filter((_, at) => next() < usual[at]! + (slips && at < 2 ? 0.4 : 0))
        codings.push({
          note: `simulated-${ward}-${day}`,
          pass: "first",
          coder: "simulated-1",
          microsystem: ward,
          day,
          themes: said,
          cannotBeCoded: said.length === 0 && next() < 0.3
        })
      }
    }
  }
  const write = (name: string, lines: ReadonlyArray<string>): void =>
    writeFileSync(new URL(name, folder), `${lines.join("\n")}\n`)
  write("doses.csv", doses)
  write("shifts.csv", shifts)
  write(
    "codings.jsonl",
    codings.map((one) => JSON.stringify(one))
  )
}

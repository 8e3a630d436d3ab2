// Writes data/simulated_*: notes, codings, huddles and headcounts of two organisations, from a fixed seed. Nobody wrote or
// did any of it; every note says so.
import { writeFileSync } from "node:fs"

let state = 20190430
/** The next of a row of numbers between 0 and 1 (Lehmer 1951, with the multiplier of Park and Miller 1988). */
const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647
const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(next() * list.length)]!

/** Months before April 2019; 0 is April 2017. */
const months = 24
/** How likely a note speaks of a theme: in general, and of one unit from one month on. */
const usual: { readonly [theme: string]: number } = {
  waiting: 0.2,
  chasing: 0.3,
  kindness: 0.35,
  premises: 0.1
}
const changed = [
  { unit: "RXN", theme: "waiting", from: 16, chance: 0.55 },
  { unit: "RGT", theme: "chasing", from: 17, chance: 0.72 }
]
const roles = ["nursing", "medical", "reception", "portering"]
const people = [64, 31, 14, 12]

const day = (month: number, date: number): string =>
  new Date(Date.UTC(2017, 3 + month, date)).toISOString().slice(0, 10)
const jsonl = (rows: ReadonlyArray<object>): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("")

const notes: object[] = []
const codings: object[] = []
const huddles = ["id,microsystem,day,roles"]
for (const unit of ["RXN", "RGT"]) {
  let number = 0
  for (let month = 0; month < months; month++) {
    for (let nth = 0; nth < 36; nth++) {
      const at = day(month, 1 + Math.floor(next() * 28))
      const id = `simulated-${unit}-${++number}`
      const themes = Object.keys(usual).filter((theme) => {
        const change = changed.find((one) => one.unit === unit && one.theme === theme && month >= one.from)
        return next() < (change?.chance ?? usual[theme]!)
      })
      const cannotBeCoded = themes.length === 0 && next() < 0.3
      notes.push({
        id,
        microsystem: unit,
        kind: pick(["huddle", "huddle", "story", "thanks"]),
        at: `${at}T08:15:00Z`,
        role: pick(roles),
        text: `Simulated note on ${themes.length === 0 ? "nothing in particular" : themes.join(" and ")}.`
      })
      // The newest are not coded yet.
      if (month === months - 1 && nth >= 33) continue
      codings.push({
        note: id,
        pass: "first",
        coder: "simulated-1",
        microsystem: unit,
        day: at,
        themes,
        cannotBeCoded
      })
      if (next() < 0.12) {
        // A second coder who agrees nearly always.
        const seen = Object.keys(usual).filter((theme) => themes.includes(theme) !== next() < 0.04)
        codings.push({
          note: id,
          pass: "second",
          coder: "simulated-2",
          microsystem: unit,
          day: at,
          themes: seen,
          cannotBeCoded: cannotBeCoded && seen.length === 0
        })
      }
    }
  }
  for (let week = 0; week < 26; week++) {
    const at = new Date(Date.UTC(2018, 9, 1 + 7 * week)).toISOString().slice(0, 10)
    if (unit === "RXN" || next() < 0.5)
      huddles.push(`simulated-${unit}-${at},${unit},${at},${2 + Math.floor(next() * 3)}`)
  }
}

const write = (name: string, text: string): void =>
  writeFileSync(new URL(`data/simulated_${name}`, import.meta.url), text)
write("notes.jsonl", jsonl(notes))
write("codings.jsonl", jsonl(codings))
write("huddles.csv", `${huddles.join("\n")}\n`)
write(
  "headcounts.csv",
  [
    "microsystem,role,people,since",
    ...["RXN", "RGT"].flatMap((unit) => roles.map((role, at) => `${unit},${role},${people[at]},2017-01-01`)),
    ""
  ].join("\n")
)

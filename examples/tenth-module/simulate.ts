// Writes data/shifts.csv: two wards, thirty weeks, from a fixed seed. Nobody works there.
import { writeFileSync } from "node:fs"

let state = 20260629
/** The next of a row of numbers between 0 and 1 (Lehmer 1951, with the multiplier of Park and Miller 1988). */
const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647

const lines = ["ward,day,shift,planned,present"]
for (let at = 0; at < 210; at++) {
  const day = new Date(Date.UTC(2025, 11, 1 + at)).toISOString().slice(0, 10)
  for (const ward of ["oak", "elm"]) {
    for (const [shift, planned] of [
      ["early", 6],
      ["late", 6],
      ["night", 4]
    ] as const) {
      // On Elm ward nights grow thin in the last seven weeks.
      const chance = ward === "elm" && shift === "night" && at >= 161 ? 0.4 : 0.95
      const present = Array.from({ length: planned }).filter(() => next() < chance).length
      lines.push([ward, day, shift, planned, present].join(","))
    }
  }
}
writeFileSync(new URL("data/shifts.csv", import.meta.url), `${lines.join("\n")}\n`)

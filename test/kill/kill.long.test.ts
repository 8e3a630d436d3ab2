import { expect, test } from "vitest"
import { killAndResume, type Killed } from "./kill.ts"

test("kill -9 of `plimsoll run`, 30 seeds of 300,000 rows, every row exactly once", async () => {
  const all: Killed[] = []
  for (let seed = 1; seed <= 30; seed++) {
    const killed = await killAndResume(seed, 300_000, 6)
    all.push(killed)
    console.log(
      `seed ${killed.seed}: ${killed.kills} kills (${killed.whileReading} while reading, ${killed.kills - killed.whileReading} later), ${killed.seconds} s`
    )
  }
  const kills = all.reduce((sum, one) => sum + one.kills, 0)
  const whileReading = all.reduce((sum, one) => sum + one.whileReading, 0)
  console.log(
    `${all.length} seeds × 300,000 rows: ${kills} kills, ${whileReading} of them while reading; every row exactly once`
  )
  expect(kills - whileReading).toBeGreaterThan(30)
  expect(all.every((one) => one.whileReading > 0)).toBe(true)
}, 3_600_000)

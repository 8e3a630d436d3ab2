import { expect, test } from "vitest"
import { killAndResume } from "./kill.ts"

test.each([1, 2, 3, 4, 5])(
  "kill -9 of `plimsoll run`, resumed each time, ends with every row exactly once (seed %i, 100,000 rows)",
  async (seed) => {
    const killed = await killAndResume(seed, 100_000, 4)
    expect(killed.kills).toBeGreaterThan(0)
    expect(killed.whileReading).toBeGreaterThan(0)
  },
  180_000
)

import { expect, it } from "vitest"
import { exitCodeOf } from "./exit-code.ts"

it.each([
  ["config-invalid", 2],
  ["usage-period", 2],
  ["log-refused", 2],
  ["log-unsupported", 2],
  ["run-locked", 4],
  ["run-lost", 4],
  ["log-fenced", 4],
  ["log-disk-full", 5],
  ["log-unreachable", 6],
  ["log-missing", 6],
  ["log-differs", 6],
  ["store-newer", 6],
  ["what-nobody-knows", 1]
])("%s ends with %i", (code, wanted) => {
  expect(exitCodeOf({ code })).toBe(wanted)
})

import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { dayIn } from "./clock.ts"
import { logFindings } from "./commands/doctor.ts"
import { complaintsOf, complaintText } from "./complaints.ts"
import { exitCodeOf, exitCodeWords } from "./exit-code.ts"
import { figureText, periodText } from "./figure-text.ts"
import { nearest } from "./nearest.ts"
import { ageText } from "./published-file.ts"
import { tableText } from "./table-text.ts"
import { PublishPace } from "./watch.ts"

it("writes figures and periods for people", () => {
  expect(figureText(0.95123, "%")).toBe("95.1 %")
  expect(figureText(12345.6, "patients")).toBe("12,346 patients")
  expect(figureText(-0, "")).toBe("0")
  expect(figureText(null, "%")).toBe("no figure")
  expect(periodText("2018-10-01", "month")).toBe("Oct 2018")
  expect(periodText("2018-10-01", "quarter")).toBe("Q4 2018")
  expect(periodText("2018-10-08", "week")).toBe("the week of 8 Oct 2018")
  expect(ageText(59_999)).toBe("59 seconds")
  expect(ageText(-5)).toBe("0 seconds")
  expect(ageText(86_400_000)).toBe("1 day")
})

it("sets rows in columns, and lets nothing out that moves the cursor", () => {
  expect(
    tableText(
      ["id", "n"],
      [
        ["a\u001b[2J\nb", "10"],
        [null, 9]
      ]
    )
  ).toBe(["id        n", "───────  ──", "a [2J b  10", "          9"].join("\n"))
})

it("counts days in the zone", () => {
  const moment = new Date("2026-03-29T23:30:00Z")
  expect(dayIn("Europe/London", moment)).toBe("2026-03-30")
  expect(dayIn("America/New_York", moment)).toBe("2026-03-29")
})

it("guesses what was meant, and does not guess wildly", () => {
  expect(nearest("zoon", ["zone", "clock"])).toBe("zone")
  expect(nearest("database", ["zone", "clock"])).toBeUndefined()
})

it("gives each error the exit code that stands in the README", () => {
  const codes = [
    ["config-invalid", 2],
    ["measure-changed", 2],
    ["query-failed", 1],
    ["measure-unfit", 2],
    ["policy-missing", 2],
    ["usage-query", 2],
    ["run-locked", 4],
    ["store-locked", 4],
    ["log-disk-full", 5],
    ["store-newer", 6],
    ["not-published", 6],
    ["whatever", 1]
  ] as const
  for (const [code, exit] of codes) expect(exitCodeOf({ code })).toBe(exit)
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  for (const [code, words] of exitCodeWords) expect(readme).toContain(`| ${code} | ${words} |`)
})

it("says what is wrong, where, and what to do, for a full disk too", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" })
  expect(exitCodeOf(complaintsOf(full)[0])).toBe(5)
  expect(complaintText({ code: "x", message: "m", configPath: "a.b", suggestion: "s" })).toBe(
    "error: m\n   at: a.b\n   do: s"
  )
})

it("publishes at most once a minute, and at most a tenth of the time", () => {
  const pace = new PublishPace(0)
  expect(pace.wait(1_000_000)).toBe(Infinity)
  pace.change()
  expect(pace.wait(10_000)).toBe(50_000)
  expect(pace.wait(60_000)).toBe(0)
  pace.done(60_000, 80_000)
  expect(pace.pending).toBe(false)
  pace.change()
  expect(pace.wait(80_000)).toBe(200_000)
})

it("tells the growth of the log, and a clock that has gone back", () => {
  const day = 86_400_000_000
  const bytes = { log: 1_000_000_000, free: 20_000_000_000 }
  const states = (span: { readonly first: number; readonly last: number }, now: number) =>
    logFindings(span, bytes, now).map(({ check, state }) => [check, state])
  expect(states({ first: 0, last: 10 * day }, 10 * day)).toEqual([
    ["growth", "ok"],
    ["clock", "ok"]
  ])
  expect(states({ first: 0, last: day }, day / 2)).toEqual([
    ["growth", "warn"],
    ["clock", "bad"]
  ])
  expect(logFindings({ first: 0, last: 10 * day }, bytes, 10 * day)[0]!.message).toContain(
    "100 MB a day over 10 days; the free space lasts about 200 days"
  )
})

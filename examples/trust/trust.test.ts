import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

const home = fileURLToPath(new URL(".", import.meta.url))
const bin = join(home, "../../packages/cli/src/bin.ts")
const folder = mkdtempSync(join(tmpdir(), "plimsoll-trust-"))
for (const name of ["plimsoll.config.ts", "quality.ts", "simulate.ts", "demo.mjs", "package.json", "data"]) {
  cpSync(join(home, name), join(folder, name), { recursive: true })
}
symlinkSync(join(home, "node_modules"), join(folder, "node_modules"), "junction")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = async (...parameters: ReadonlyArray<string>): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, ["--conditions=@plimsoll/source", ...parameters], {
      cwd: folder
    })
  ).stdout
const ask = async (query: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
  JSON.parse(await node(bin, "sql", query, "--format", "json")) as ReadonlyArray<Record<string, unknown>>

let told: string
beforeAll(async () => {
  told = await node("demo.mjs")
}, 600_000)

/** What the demo says of one command. */
const answer = (command: string): string => {
  const from = told.indexOf(`\n$ plimsoll ${command}`)
  expect(from).toBeGreaterThanOrEqual(0)
  const to = told.indexOf("\n$ plimsoll", from + 1)
  return told.slice(from, to < 0 ? undefined : to)
}

describe("the demo", () => {
  test("shows a huddle board: what slips, what was said and done", () => {
    const board = answer("huddle RXN")
    expect(board).toContain("Seen within four hours")
    expect(board).toContain("Waiting (simulated notes)")
    expect(board).toMatch(/more demand|more-demand/)
  })

  test("shows an indicator with its spread", async () => {
    const indicator = answer("indicator four-hour")
    expect(indicator).toContain("Spread:")
    expect(readFileSync(join(folder, "four-hour.svg"), "utf8")).toContain("<svg")
  })

  test("shows a line of sight, both ways", () => {
    const line = answer("line-of-sight discharge-lounge")
    for (const step of [
      "People in an emergency",
      "95 % within four hours",
      "Discharge lounge at RXN (simulated)"
    ]) {
      expect(line).toContain(step)
    }
  })

  test("writes a report that holds, and says what is simulated", () => {
    expect(answer("report verify")).toMatch(/holds|OK/i)
    const page = readFileSync(join(folder, "report/index.html"), "utf8")
    for (const part of ["Direction", "Execution", "Impact"]) expect(page).toContain(part)
    expect(page).toContain("simulated")
  })
})

describe("behind it", () => {
  test("words and numbers agree at one unit, and only words have changed at the other", async () => {
    const rows = await ask(
      "SELECT DISTINCT microsystem, theme, verdict FROM control.words_and_numbers WHERE (microsystem, theme) IN (('RXN', 'waiting'), ('RGT', 'chasing')) ORDER BY microsystem"
    )
    expect(rows).toEqual([
      { microsystem: "RGT", theme: "chasing", verdict: "words only" },
      { microsystem: "RXN", theme: "waiting", verdict: "agree" }
    ])
    expect(
      await ask(
        "SELECT microsystem FROM plimsoll.signal WHERE rule = 'control/words-only' AND measure = 'theme-chasing' AND state = 'opened'"
      )
    ).toEqual([{ microsystem: "RGT" }])
  })

  test("whatever is made up says so", async () => {
    const themes = await ask("SELECT title FROM plimsoll.measure WHERE id LIKE 'theme-%'")
    const nodes = await ask("SELECT title FROM vision.node WHERE kind <> 'measure'")
    const evidence = await ask("SELECT title FROM assurance.evidence WHERE NOT drawn")
    const said = await ask("SELECT words AS title FROM control.said")
    for (const rows of [themes, nodes, evidence, said]) {
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.filter((row) => !/simulated/i.test(String(row["title"])))).toEqual([])
    }
  })

  test("the data are those that the script writes", async () => {
    const before = readFileSync(join(folder, "data/simulated_codings.jsonl"), "utf8")
    writeFileSync(join(folder, "data/simulated_codings.jsonl"), "")
    await node("simulate.ts")
    expect(readFileSync(join(folder, "data/simulated_codings.jsonl"), "utf8")).toBe(before)
  })
})

import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, expect, test } from "vitest"

const home = fileURLToPath(new URL(".", import.meta.url))
const bin = join(home, "../../packages/cli/src/bin.ts")
const folder = mkdtempSync(join(tmpdir(), "plimsoll-tenth-"))
for (const name of ["plimsoll.config.ts", "package.json", "staffing", "data"]) {
  cpSync(join(home, name), join(folder, name), { recursive: true })
}
symlinkSync(join(home, "node_modules"), join(folder, "node_modules"), "junction")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plimsoll = async (...parameters: ReadonlyArray<string>): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, ["--conditions=@plimsoll/source", bin, ...parameters], {
      cwd: folder
    })
  ).stdout
const ask = async (query: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
  JSON.parse(await plimsoll("sql", query, "--format", "json")) as ReadonlyArray<Record<string, unknown>>

const signal = "SELECT microsystem, state FROM plimsoll.signal WHERE rule = 'staffing/thin-shifts'"

test("a third party's module computes, signals, emits and is traced, by the command", async () => {
  await plimsoll("run")
  const board = await ask(
    "SELECT microsystem, shifts, thin_shifts, fill, events FROM staffing.board ORDER BY microsystem"
  )
  expect(board).toMatchObject([
    { microsystem: "elm", fill: "slipping" },
    { microsystem: "oak", fill: "steady" }
  ])
  const [elm] = board
  expect(Number(elm!["thin_shifts"])).toBe((elm!["events"] as ReadonlyArray<string>).length)
  expect(await ask(signal)).toEqual([{ microsystem: "elm", state: "opened" }])
  const said = (
    await plimsoll("log", "read", "my-hospital.staffing.thin-week.v1", "--limit", "100", "--json")
  )
    .trim()
    .split("\n")
  const weeks = await ask(
    "SELECT count(DISTINCT (microsystem, period)) AS n FROM plimsoll.measure_value WHERE measure = 'shift-fill'"
  )
  expect(said.length).toBeGreaterThan(5)
  expect(said.length).toBeLessThan(Number(weeks[0]!["n"]))

  // Nurses whose presence was entered late: the file is replaced, and what rested on the gap is gone.
  const file = join(folder, "data/shifts.csv")
  const full = readFileSync(file, "utf8").replaceAll(/^(elm,2026-06-.*,night,4),\d$/gm, "$1,4")
  writeFileSync(file, full)
  await plimsoll("run")
  expect(await ask(signal)).toEqual([{ microsystem: "elm", state: "ended" }])
  // A run without news says nothing more.
  const before = await ask("SELECT count(*) AS n FROM plimsoll.signal_event")
  await plimsoll("run")
  expect(await ask("SELECT count(*) AS n FROM plimsoll.signal_event")).toEqual(before)
})

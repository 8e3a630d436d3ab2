import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { StatusReport } from "../src/board.ts"
import { copyOf, newFolder, plimsoll } from "./project.ts"

const folders: string[] = []
const fresh = (folder: string): string => {
  folders.push(folder)
  return folder
}
let home = ""

beforeAll(async () => {
  home = fresh(newFolder())
  const made = await plimsoll(home, "init", ".")
  expect(made.err).toBe("")
  expect(made.code).toBe(0)
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
  expect(ran.out).toContain("falls: falls: 60 rows taken\n")
  expect(ran.out).toContain("signals: 1 opened, 0 ended, 0 withdrawn\n")
  expect(ran.out).toContain("Slipping (1)\n  Oak ward (oak) · Falls per 1,000 bed-days · since ")
  expect(ran.out).toContain("plimsoll chart falls-rate oak")
})

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe.concurrent("a project that init wrote and run has read", () => {
  it("has a board", async ({ expect }) => {
    const { code, out } = await plimsoll(home, "status", "--all")
    expect(code).toBe(0)
    await expect(out.replace(/published \d+ \w+ ago/, "published … ago")).toMatchFileSnapshot("status.txt")
  })

  it("ends a command that is done, whatever the config has left open", async () => {
    const folder = fresh(copyOf(home))
    appendFileSync(join(folder, "plimsoll.config.ts"), "\nsetInterval(() => undefined, 1_000)\n")
    expect(await plimsoll(folder, "status")).toMatchObject({ code: 0, err: "" })
  })

  it("has the board as JSON, of one microsystem if so wanted", async () => {
    const { code, out } = await plimsoll(home, "status", "--json", "--microsystem", "oak")
    const report = JSON.parse(out) as StatusReport
    expect(code).toBe(0)
    expect(report).toMatchObject({
      format: 2,
      organisation: "my-hospital",
      zone: "Europe/London",
      clock: "2026-07-15",
      counts: { slipping: 1, steady: 0, silent: 0 },
      unplaced: [],
      deadLetters: []
    })
    expect(report.series.map((row) => [row.microsystem, row.status])).toEqual([["oak", "slipping"]])
  })

  it("has charts", async () => {
    const text = await plimsoll(home, "chart", "falls-rate", "oak", "--width", "70")
    expect(text.out).toMatch(/^Falls per 1,000 bed-days: Oak ward\nSlipping since /)
    expect(Math.max(...text.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(70)
    const svg = await plimsoll(home, "chart", "falls-rate", "oak", "--svg", "oak.svg")
    expect(svg).toMatchObject({ code: 0, out: "" })
    expect(readFileSync(join(home, "oak.svg"), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s)
  })

  it("answers queries", async () => {
    const query = "SELECT id, 9007199254740993 AS big FROM plimsoll.microsystem ORDER BY id; -- all"
    expect((await plimsoll(home, "sql", query, "--format", "csv")).out).toBe(
      "id,big\nelm,9007199254740993\noak,9007199254740993\n"
    )
    const file = await plimsoll(home, "sql", query, "--out", "units.parquet")
    expect(file.code).toBe(0)
    expect(readFileSync(join(home, "units.parquet")).subarray(0, 4).toString()).toBe("PAR1")
    const wrong = await plimsoll(home, "sql", "FROM nowhere")
    expect(wrong.code).toBe(2)
    expect(wrong.err).toMatch(/^error: .*nowhere.*\n   do: /)
  })

  it("says what was probably meant", async () => {
    const { code, err } = await plimsoll(home, "chart", "fals-rate", "oak")
    expect(code).toBe(2)
    expect(err).toBe(
      'error: the published file has no measure "fals-rate"\n   do: did you mean "falls-rate"?\n'
    )
  })

  it("is not written over by init", async () => {
    const before = readFileSync(join(home, "plimsoll.config.ts"), "utf8")
    const { code, err } = await plimsoll(home, "init", ".")
    expect(code).toBe(2)
    expect(err).toContain("nothing was written")
    expect(readFileSync(join(home, "plimsoll.config.ts"), "utf8")).toBe(before)
  })
})

describe.concurrent("run", () => {
  it("reads the other sources when one fails, and says so by its exit code", async () => {
    const copy = fresh(copyOf(home))
    const config = join(copy, "plimsoll.config.ts")
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(
        "connectors: [",
        'connectors: [files({ instance: "gone", stream: falls, path: "data/gone.csv" }), '
      )
    )
    appendFileSync(join(copy, "data/falls.csv"), "elm,2026-07-01,5,640\n")
    const { code, out, err } = await plimsoll(copy, "run")
    expect(code).toBe(3)
    expect(err).toContain("   at: connectors[0]")
    expect(err).toContain("   do: ")
    expect(out).toContain("falls: falls: 1 row taken")
    expect(out).toContain("published: ")
  })

  it("delivers a signal again until the command has taken it", async () => {
    const copy = fresh(copyOf(home))
    for (const month of ["07", "08"])
      appendFileSync(join(copy, "data/falls.csv"), `elm,2026-${month}-01,60,640\n`)
    const config = join(copy, "plimsoll.config.ts")
    writeFileSync(config, readFileSync(config, "utf8").replace("2026-07-15", "2026-09-15"))
    writeFileSync(
      join(copy, "tell.mjs"),
      `import { appendFileSync, readFileSync } from "node:fs"
       appendFileSync("told.jsonl", readFileSync(0))
       process.exit(Number(process.argv[2]))`
    )
    const failed = await plimsoll(copy, "run", "--on-signal", "node tell.mjs 9")
    expect(failed.code).toBe(7)
    expect(failed.err).toContain("the command of --on-signal ended with exit code 9")
    const again = await plimsoll(copy, "run", "--on-signal", "node tell.mjs 0")
    expect(again.code).toBe(0)
    const last = await plimsoll(copy, "run", "--on-signal", "node tell.mjs 0")
    expect(last.out).toContain("; 0 delivered")
    const told = readFileSync(join(copy, "told.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { readonly id: string; readonly microsystem: string; readonly state: string }
      )
    expect(told[0]).toEqual(told[1])
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length - 1)
    expect(told.some((one) => one.microsystem === "elm" && one.state === "opened")).toBe(true)
  })
})

describe.concurrent("a config", () => {
  it("that does not fit is refused with every problem, its place and its cure, and never a value", async () => {
    const folder = fresh(newFolder())
    writeFileSync(
      join(folder, "plimsoll.config.ts"),
      `export default {
        project: "falls", organisation: "A Secret Trust", zone: "Europe/Londn", conectors: [], connectors: [],
        policies: "hunter2"
      }`
    )
    const { code, out, err } = await plimsoll(folder, "run")
    expect(code).toBe(2)
    expect(out).toBe("")
    expect(err).toBe(
      [
        'error: there is no setting "conectors"',
        "   at: conectors",
        "   do: did you mean connectors?",
        "error: organisation: expected lower-case words joined by hyphens",
        "   at: organisation",
        '   do: give the organisation a short name: organisation: "city-hospital"',
        "error: zone: expected an IANA time zone, such as Europe/London",
        "   at: zone",
        '   do: say the zone in which days are counted: zone: "Europe/London"',
        "error: policies: expected policies by stream and field",
        "   at: policies",
        "   do: mend the value at this place of the config",
        ""
      ].join("\n")
    )
  })

  it("that is missing, or has not run yet, is told from one that is wrong", async () => {
    const folder = fresh(newFolder())
    const missing = await plimsoll(folder, "status")
    expect(missing.code).toBe(2)
    expect(missing.err).toContain("`plimsoll init`")
    writeFileSync(
      join(folder, "plimsoll.config.ts"),
      'export default { project: "p", organisation: "o", zone: "UTC", connectors: [] }'
    )
    const early = await plimsoll(folder, "status")
    expect(early.code).toBe(6)
    expect(early.err).toContain("`plimsoll run`")
  })
})

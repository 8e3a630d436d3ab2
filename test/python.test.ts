import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { attendancesCsv, Hospital } from "./hospital.ts"
import { root } from "./workspace.ts"

const wanted = "1.5."
const python = process.env["PLIMSOLL_PYTHON"] ?? (process.platform === "win32" ? "python" : "python3")

const versionOf = (program: string): string => {
  try {
    return execFileSync(program, ["-c", "import duckdb; print(duckdb.__version__)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    }).trim()
  } catch {
    return ""
  }
}
const isThere = versionOf(python).startsWith(wanted)
const isSkipped = !isThere && process.env["CI"] !== "true"
const reason = isSkipped ? ` (skipped: no Python with duckdb ${wanted}x; name one in PLIMSOLL_PYTHON)` : ""

test.skipIf(isSkipped)(`there is a Python with duckdb ${wanted}x${reason}`, () => expect(isThere).toBe(true))

describe.skipIf(isSkipped)(`the published file from Python${reason}`, () => {
  let hospital: Hospital
  let answers: { readonly [question: string]: unknown }

  beforeAll(async () => {
    hospital = new Hospital()
    // A few organisations are enough to see that Python computes what the core computed.
    writeFileSync(
      hospital.attendances,
      attendancesCsv(hospital.read().filter(({ orgCode }) => /^R[XY]/.test(orgCode)))
    )
    await hospital.run()
    answers = JSON.parse(
      execFileSync(python, [join(root, "test/published.py"), hospital.published], { encoding: "utf8" })
    ) as typeof answers
  }, 180_000)
  afterAll(() => hospital.remove())

  test("a DuckDB of the same minor version reads it", () => expect(answers["version"]).toMatch(/^1\.5\./))

  test.each(["main", "plimsoll", "p"])("%s: its points can be read, and are those of the macro", (name) => {
    expect(answers[`${name}: rows`]).toBeGreaterThan(500)
    const [apart, rows] = answers[`${name}: macro`] as readonly [number, number]
    expect(apart).toBe(0)
    expect(rows).toBeGreaterThan(500)
  })

  test.each(["main", "plimsoll", "p"])("%s: the macro takes a table and a CTE of one's own", (name) => {
    expect(answers[`${name}: own table`]).toEqual([0, (answers[`${name}: macro`] as readonly number[])[1]])
    expect(answers[`${name}: own CTE`]).toEqual([20, 0.5, true])
  })

  test.each(["main", "plimsoll", "p"])("%s: nothing can be written", (name) =>
    expect(answers[`${name}: write`]).toMatch(/Exception$|Error$/)
  )

  test("the README's notebook runs", () => {
    const [, code = ""] = /```python\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? []
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-notebook-"))
    try {
      mkdirSync(join(folder, "examples"))
      symlinkSync(hospital.folder, join(folder, "examples/hospital"), "junction")
      const shown = execFileSync(python, ["-c", code], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, PYTHONIOENCODING: "utf-8" }
      })
      // Two tables: a slipping organisation in the one, the three department types in the other.
      expect(shown).toMatch(/│ R[XY]\w* +│ 20\d\d-\d\d-01 │ \[/)
      expect(shown).toMatch(/│ other +│ 2019-03-01 │/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test("a view says what it is", () =>
    expect(answers["main: comment"]).toMatch(/^Every point of every chart/))
})

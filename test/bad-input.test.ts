import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openCore, Published } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { defineStream, measure, PlainDate, PlimsollError, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { afterEach, beforeEach, expect, test } from "vitest"

const falls = defineStream({
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls",
  schema: Schema.Struct({ ward: Schema.String, day: PlainDate, falls: Schema.Int, bedDays: Schema.Int }),
  key: ["ward", "day"],
  microsystem: "ward",
  occurredAt: "day",
  covers: "month",
  sensitivity: { ward: "open", day: "open", falls: "open", bedDays: "open" }
})
const rate = measure({
  id: "falls",
  version: 1,
  title: "Falls",
  from: falls,
  at: "day",
  period: "month",
  microsystem: sql`ward`,
  numerator: sql`falls`,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})
const header = "ward,day,falls,bed_days"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-bad-"))
  mkdirSync(join(folder, "data"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (text: string | Buffer, name = "falls.csv"): void => {
  const path = join(folder, "data", name)
  writeFileSync(path, text)
  // Still for a while, as a file is that nobody writes to any more.
  utimesSync(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
}

/** Reads what is in the folder, once, and gives the figures, the dead letters and the counts of the run. */
const read = async (wards: ReadonlyArray<string> = ["oak", "elm"]) => {
  const log = await openEmbeddedLog(join(folder, "log.sqlite"))
  try {
    const core = await openCore({
      log,
      organisation: "test",
      project: "bad",
      zone: "Europe/London",
      directory: join(folder, ".plimsoll")
    })
    try {
      await core.define({
        measures: [rate],
        microsystems: wards.map((id) => ({
          id,
          name: id,
          kind: "ward" as const,
          parent: null,
          since: "2000-01-01"
        }))
      })
      const [report] = await runConnector(
        files({ instance: "falls", stream: falls, path: join(folder, "data/*.csv") }),
        {
          log,
          organisation: "test",
          project: "bad",
          configPath: "connectors[0]"
        }
      )
      await core.update()
      const published = await Published.open(await core.publish(join(folder, "plimsoll.duckdb")))
      try {
        const rows = async (query: string) => (await published.query(query)).rows
        return {
          report: report!,
          figures: await rows(
            "SELECT microsystem, period::VARCHAR, value FROM plimsoll.measure_value WHERE value IS NOT NULL ORDER BY ALL"
          ),
          dead: await rows(
            "SELECT code, source_partition, source_row::INTEGER FROM plimsoll.dead_letter ORDER BY source_row"
          ),
          reasons: (await rows("SELECT reason FROM plimsoll.dead_letter ORDER BY source_row"))
            .flat()
            .join("\n"),
          unplaced: await rows("SELECT microsystem, observations::INTEGER FROM plimsoll.unplaced")
        }
      } finally {
        published.close()
      }
    } finally {
      await core.close()
    }
  } finally {
    await log.close()
  }
}

const complaint = async (): Promise<PlimsollError> => {
  try {
    await read()
  } catch (error) {
    if (error instanceof PlimsollError) return error
    throw error
  }
  throw new Error("nothing was refused")
}

test("a missing file is an error that names the path and the cure", async () => {
  expect(await complaint()).toMatchObject({ code: "file-missing", suggestion: expect.any(String) })
})

test.each([
  ["empty", ""],
  ["of a header alone", `${header}\n`]
])("a file that is %s gives no row and no error", async (_, text) => {
  write(text)
  const { report, figures, dead } = await read()
  expect([report.in, figures, dead]).toEqual([0, [], []])
})

test("a wrong delimiter is an error that names the right one", async () => {
  write(`${header.replaceAll(",", ";")}\noak;2026-01-01;3;700\n`)
  const error = await complaint()
  expect(error.code).toBe("wrong-delimiter")
  expect(error.suggestion).toContain(";")
})

test("a column that is gone is an error that names it", async () => {
  write("ward,day,falls\noak,2026-01-01,3\n")
  const error = await complaint()
  expect(error.code).toBe("header-missing-column")
  expect(`${error.message} ${error.suggestion}`).toMatch(/bedDays|bed_days/)
})

test("a value of another type is a dead letter with path and position, never the value; the other rows arrive", async () => {
  write(
    `${header}\noak,2026-01-01,3,700\noak,2026-02-01,2.6,700\noak,2026-03-01,007,700\noak,2026-04-01,1_000,700\noak,2026-05-01,4,700\n`
  )
  const { report, figures, dead, reasons } = await read()
  expect([report.in, report.out, report.rejected]).toEqual([5, 2, 3])
  expect(figures).toEqual([
    ["oak", "2026-01-01", 3],
    ["oak", "2026-05-01", 4]
  ])
  expect(dead).toEqual([2, 3, 4].map((row) => ["decode-failed", "falls.csv", row]))
  expect(reasons).toContain('["falls"]')
  expect(reasons).not.toMatch(/2\.6|007|1_000/)
})

test("a half-written last line waits until it is whole", async () => {
  write(`${header}\noak,2026-01-01,3,700\noak,2026-02-01,1`)
  utimesSync(join(folder, "data/falls.csv"), new Date(), new Date())
  expect((await read()).figures).toEqual([["oak", "2026-01-01", 3]])
  write(`${header}\noak,2026-01-01,3,700\noak,2026-02-01,12,700\n`)
  const { figures, dead } = await read()
  expect(figures).toEqual([
    ["oak", "2026-01-01", 3],
    ["oak", "2026-02-01", 12]
  ])
  expect(dead).toEqual([])
})

test("a key that stands twice counts once, and the row that does not count is told with its position", async () => {
  write(`${header}\noak,2026-01-01,3,700\noak,2026-02-01,4,700\noak,2026-01-01,5,700\n`)
  const { figures, dead } = await read()
  expect(figures).toEqual([
    ["oak", "2026-01-01", 5],
    ["oak", "2026-02-01", 4]
  ])
  expect(dead).toEqual([["duplicate-key", "falls.csv", 1]])
})

test("an unknown microsystem is landed, told, and counted when it arrives", async () => {
  write(`${header}\noak,2026-01-01,3,700\nash,2026-01-01,9,700\n`)
  const before = await read()
  expect([before.figures, before.unplaced]).toEqual([[["oak", "2026-01-01", 3]], [["ash", 1]]])
  const after = await read(["oak", "elm", "ash"])
  expect([after.figures, after.unplaced]).toEqual([
    [
      ["ash", "2026-01-01", 9],
      ["oak", "2026-01-01", 3]
    ],
    []
  ])
})

test("a date in the future is a dead letter, and does not make periods look complete", async () => {
  write(`${header}\noak,2026-01-01,3,700\noak,2999-01-01,9,700\n`)
  const { figures, dead } = await read()
  expect(figures).toEqual([["oak", "2026-01-01", 3]])
  expect(dead).toEqual([["in-the-future", "falls.csv", 2]])
})

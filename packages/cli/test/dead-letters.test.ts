import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { publishedChecksum } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import { afterAll, beforeAll, expect, test } from "vitest"
import { copyOf, newFolder, plimsoll, withoutModules } from "./project.ts"

const folders: string[] = []
const fresh = (folder: string): string => {
  folders.push(folder)
  return folder
}
const topic = "my-hospital.inpatient.falls.v1"
let home = ""

const change = (folder: string, from: string, to: string): void => {
  const config = join(folder, "plimsoll.config.ts")
  const text = readFileSync(config, "utf8")
  expect(text).toContain(from)
  writeFileSync(config, text.replace(from, to))
}
const strict = "falls: Schema.Int.check(Schema.isLessThan(7))"
const lenient = "falls: Schema.Int"

/** Of one month and ward: what the published file counts. */
const figures = async (folder: string) =>
  JSON.parse(
    (
      await plimsoll(
        folder,
        "sql",
        "SELECT microsystem, period::VARCHAR AS period, numerator FROM plimsoll.measure_value ORDER BY ALL",
        "--format",
        "json"
      )
    ).out
  ) as ReadonlyArray<{ microsystem: string; period: string; numerator: number }>

interface Told {
  readonly id: string
  readonly place: string
  readonly code: string
  readonly replayedAt: string | null
  readonly foundBy: string
}
const list = async (folder: string, ...flags: ReadonlyArray<string>): Promise<ReadonlyArray<Told>> =>
  (await plimsoll(folder, "dead-letters", "list", "--json", ...flags)).out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Told)

// The sample has many months with 7 falls or more, which the schema refuses at first.
beforeAll(async () => {
  home = fresh(newFolder())
  expect((await plimsoll(home, "init", ".")).code).toBe(0)
  withoutModules(home)
  change(home, lenient, strict)
  appendFileSync(join(home, "data/falls.csv"), "elm,2026-07-01,a lot,640\n")
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.out).toContain("rejected (plimsoll dead-letters list)")
}, 120_000)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

test("are listed and shown with where they stand and why; the value only where it is asked for", async () => {
  const told = await list(home)
  expect(told.length).toBeGreaterThan(5)
  expect(told.map(({ code, replayedAt }) => [code, replayedAt])).toEqual(
    told.map(() => ["decode-failed", null])
  )
  const bad = told.find(({ place }) => place === "line 62")!
  const table = (await plimsoll(home, "dead-letters", "list")).out
  expect(table).toContain(bad.id.slice(0, 12))
  expect(table).not.toContain("a lot")
  expect((await plimsoll(home, "dead-letters", "list", "--limit", "1")).err).toContain("more (--limit")
  expect(await list(home, "--code", "unreadable")).toEqual([])
  expect((await plimsoll(home, "dead-letters", "list", "--stream", "fals")).err).toContain("there are")

  const shown = await plimsoll(home, "dead-letters", "show", bad.id.slice(0, 12))
  expect(shown.code).toBe(0)
  expect(shown.out).toContain("place:              line 62\n")
  expect(shown.out).toContain('"falls": "a lot"')
  expect(shown.out).toContain("  ce_type: inpatient.falls.rejected\n")
  expect(JSON.parse((await plimsoll(home, "dead-letters", "show", bad.id, "--json")).out)).toMatchObject({
    format: 1,
    id: bad.id,
    value: { raw: { falls: "a lot", ward: "elm" } }
  })
  expect((await plimsoll(home, "dead-letters", "show", "ffffffffffff")).code).toBe(2)
}, 120_000)

test("arrive once the schema is mended: the figures are those of a project that had it right at once", async () => {
  const folder = fresh(copyOf(home))
  const letters = await list(folder)
  change(folder, strict, lenient)

  const dry = await plimsoll(folder, "dead-letters", "replay", "--dry-run", "--json")
  const expected = { stream: "falls", letters: letters.length, replayed: letters.length - 1, superseded: 0 }
  expect(JSON.parse(dry.out)).toMatchObject({ format: 1, dryRun: true, streams: [expected] })
  expect((await list(folder)).every(({ replayedAt }) => replayedAt === null)).toBe(true)

  // One of them ahead of the others: it is passed over then.
  const first = letters.find(({ place }) => place !== "line 62")!
  expect((await plimsoll(folder, "dead-letters", "replay", "--id", first.id.slice(0, 12))).code).toBe(0)
  const replayed = await plimsoll(folder, "dead-letters", "replay")
  expect(replayed.err).toContain("next: `plimsoll run`")
  expect(replayed.out).toContain("mend the stream's schema")
  const again = JSON.parse((await plimsoll(folder, "dead-letters", "replay", "--json")).out)
  expect(again).toMatchObject({ streams: [{ letters: 1, before: letters.length - 1, replayed: 0 }] })

  expect((await plimsoll(folder, "run")).code).toBe(0)
  const right = fresh(newFolder())
  expect((await plimsoll(right, "init", ".")).code).toBe(0)
  withoutModules(right)
  expect((await plimsoll(right, "run")).code).toBe(0)
  expect(await figures(folder)).toEqual(await figures(right))
  expect(await figures(home)).not.toEqual(await figures(right))

  const letter = (
    await plimsoll(
      folder,
      "sql",
      "SELECT id, source_row::INTEGER AS row FROM plimsoll.dead_letter WHERE replayed_at IS NOT NULL ORDER BY row LIMIT 1",
      "--format",
      "json"
    )
  ).out
  const [{ id, row }] = JSON.parse(letter) as [{ id: string; row: number }]
  expect(letters.map((one) => one.id)).toContain(id)
  // Oak stands first in the file, a month a row.
  const period = `${2024 + Math.floor((row - 1) / 12)}-${String(((row - 1) % 12) + 1).padStart(2, "0")}-01`
  const traced = JSON.parse((await plimsoll(folder, "trace", "falls-rate", "oak", period, "--json")).out)
  expect(traced).toMatchObject([{ from: expect.stringContaining("falls.csv"), row }])
  expect((await plimsoll(folder, "status")).out).toContain("Dead letters: 1 row could not be read")

  const before = await publishedChecksum(join(folder, "plimsoll.duckdb"))
  expect((await plimsoll(folder, "rebuild")).out).toContain("no signal emitted")
  expect(await publishedChecksum(join(folder, "plimsoll.duckdb"))).toBe(before)
}, 240_000)

test("that the core found are listed and shown too, and left to the core", async () => {
  const folder = fresh(copyOf(home))
  const log = await openEmbeddedLog(join(folder, ".plimsoll/log.sqlite"))
  const writer = await log.writer("stranger")
  const value = '{"ward":"elm","month":"2026-07-01","falls":"\u001b[2J many","bedDays":640}'
  const [place] = await writer.append([
    { topic, headers: {}, records: [{ key: null, value, partitionKey: "elm", headers: {} }] }
  ])
  await log.close()
  expect((await plimsoll(folder, "run")).code).toBe(0)
  const id = `${topic}/${place!.partition}/${place!.first}`
  expect(await list(folder)).toContainEqual(expect.objectContaining({ id, foundBy: "core" }))
  const shown = await plimsoll(folder, "dead-letters", "show", id)
  expect(shown.out).toContain("many")
  expect(shown.out).not.toContain("\u001b")
  expect((await plimsoll(folder, "dead-letters", "replay", "--id", id)).err).toContain(
    "the core reads it again"
  )
  expect((await plimsoll(folder, "dead-letters", "replay", "--dry-run")).err).toContain(
    "1 record on the streams' own topics"
  )
}, 120_000)

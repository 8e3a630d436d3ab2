import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Published } from "@plimsoll/core"
import { afterEach, expect, it } from "vitest"
import { describeKafka, sharedKafka } from "../../../test/kafka-broker.ts"
import { newFolder, plimsoll, withoutModules } from "./project.ts"

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** What the published file says; offsets are each log's own. */
const answers = async (folder: string): Promise<ReadonlyArray<string>> => {
  const published = await Published.open(join(folder, "plimsoll.duckdb"))
  try {
    const told: string[] = []
    for (const from of ["measure_value", "point", "series", "signal", "run", "dead_letter"]) {
      const columns = from === "dead_letter" ? "* EXCLUDE (record_offset)" : "*"
      const { rows } = await published.query(`SELECT ${columns} FROM plimsoll.${from} ORDER BY ALL`)
      expect(rows.length).toBeGreaterThan(0)
      told.push(
        JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
      )
    }
    return told
  } finally {
    published.close()
  }
}

const made = async (): Promise<string> => {
  const folder = newFolder()
  folders.push(folder)
  expect((await plimsoll(folder, "init", ".")).code).toBe(0)
  withoutModules(folder)
  return folder
}

it("is refused without a cluster in the config, without a log, and from a log to itself", async () => {
  const folder = await made()
  const copy = (from: string, to: string) => plimsoll(folder, "log", "copy", "--from", from, "--to", to)
  expect((await copy("embedded", "kafka")).err).toContain("there is no log at")
  expect(await copy("embedded", "embedded")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--to kafka")
  })
  expect((await plimsoll(folder, "run")).code).toBe(0)
  expect(await copy("embedded", "kafka")).toMatchObject({
    code: 2,
    err: expect.stringContaining("   at: kafka\n")
  })
}, 120_000)

describeKafka("a project that moves to Kafka", () => {
  it("is refused until it is rebuilt, has the same tables then, and goes on there; and moves back", async () => {
    const folder = await made()
    const config = join(folder, "plimsoll.config.ts")
    const text = readFileSync(config, "utf8")
    appendFileSync(join(folder, "data/falls.csv"), "elm,2026-07-01,a lot,640\n")
    expect((await plimsoll(folder, "run")).code).toBe(0)
    const before = await answers(folder)

    const { brokers } = await sharedKafka()
    const prefix = `move-${Date.now()}.`
    const kafka = `kafka: ${JSON.stringify({ brokers, prefix })},`
    writeFileSync(config, text.replace("zone:", `${kafka}\n  zone:`))
    const copied = await plimsoll(folder, "log", "copy", "--from", "embedded", "--to", "kafka", "--json")
    expect(copied.code).toBe(0)
    const report = JSON.parse(copied.out) as {
      copied: number
      topics: ReadonlyArray<{ topic: string; copied: number }>
    }
    expect(report).toMatchObject({
      format: 1,
      complete: true,
      leftOut: 0,
      next: expect.stringContaining("plimsoll rebuild")
    })
    expect(report.topics).toContainEqual({ topic: "my-hospital.inpatient.falls.v1", copied: 60 })

    const refused = await plimsoll(folder, "run")
    expect(refused.code).toBe(6)
    expect(refused.err).toContain("plimsoll rebuild")
    const rebuilt = await plimsoll(folder, "rebuild")
    expect(rebuilt.out).toContain("no signal emitted")
    expect(await answers(folder)).toEqual(before)

    const letters = (await plimsoll(folder, "dead-letters", "list")).out
    expect(letters).toContain("line 62")
    appendFileSync(join(folder, "data/falls.csv"), "elm,2026-07-01,5,640\n")
    const ran = await plimsoll(folder, "run")
    expect(ran.out).toContain("falls: falls: 1 row taken")
    const again = await plimsoll(folder, "log", "copy", "--from", "embedded", "--to", "kafka")
    expect(again.err).toContain("not copied from this log")

    rmSync(join(folder, ".plimsoll"), { recursive: true })
    const back = await plimsoll(folder, "log", "copy", "--from", "kafka", "--to", "embedded")
    expect(back.err).toContain("take kafka out of the config")
    writeFileSync(config, text)
    expect((await plimsoll(folder, "rebuild")).code).toBe(0)
    const last = JSON.parse((await plimsoll(folder, "run", "--json")).out)
    expect(last).toMatchObject({ sources: [{ streams: [{ in: 0 }], failure: null }], signals: { opened: 0 } })
    expect((await plimsoll(folder, "dead-letters", "list")).out).toBe(letters)
  }, 300_000)
})

import type {
  Connector,
  ConnectorStream,
  Cursor,
  Emit,
  Partition,
  RawRow,
  ReadContext
} from "@plimsoll/connector"
import { type Log, type LogRecord, openEmbeddedLog } from "@plimsoll/log"
import { defineStream, PlainDate, type StreamDefinition } from "@plimsoll/schema"
import { Schema } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { LogUnderTest } from "../../../test/logs.ts"

/** Falls on a ward, one row a day. */
export const falls = defineStream({
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls on a ward, one row a day",
  schema: Schema.Struct({ ward: Schema.NonEmptyString, day: PlainDate, falls: Schema.Int }),
  key: ["ward", "day"],
  microsystem: "ward",
  occurredAt: "day",
  covers: "day",
  sensitivity: { ward: "open", day: "open", falls: "open" }
})

/** One row of {@link falls} as text. */
export const fall = (row: number, count: string, generation = 1): RawRow => ({
  fields: { ward: `w${row % 7}`, day: dayOf(row), falls: count },
  at: { generation, row, place: `line ${row + 1}` }
})

export const dayOf = (row: number): string =>
  new Date(Date.UTC(2020, 0, 1 + (row % 2000))).toISOString().slice(0, 10)

export const RowCursor = Schema.Struct({ row: Schema.Int })

export type Read = (from: ReadonlyMap<Partition, Cursor>, context: ReadContext) => AsyncIterable<Emit>

/** A connector around a function that reads. */
export const connectorOf = (
  read: Read | ConnectorStream["read"],
  options: {
    readonly definition?: unknown
    readonly encoding?: "text" | "json"
    readonly instance?: string
  } = {}
): Connector => ({
  name: "connector-made",
  version: "1.0.0",
  instance: options.instance ?? "made",
  streams: [
    {
      definition: (options.definition ?? falls) as StreamDefinition,
      encoding: options.encoding ?? "text",
      cursor: RowCursor as unknown as ConnectorStream["cursor"],
      read
    }
  ],
  check: () => Promise.resolve([])
})

/** Rows in emits of `size`, from after the cursor on. */
export const readRows = (rows: ReadonlyArray<RawRow>, size = 3, partition = "a.csv"): Read =>
  async function* (from) {
    const start = Number(from.get(partition)?.["row"] ?? 0)
    for (let at = start; at < rows.length; at += size) {
      const part = rows.slice(at, at + size)
      yield { _tag: "Rows", partition, rows: part, cursor: { row: at + part.length } }
    }
  }

export const temporaryFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-pipeline-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A real log that nobody has used: the embedded one, in a folder of its own, or another. */
export const temporaryLog = async (other?: LogUnderTest) => {
  const folder = temporaryFolder()
  const path = join(folder.path, "log.sqlite")
  const own = other?.client === undefined ? undefined : await other.make()
  const log = own === undefined ? await openEmbeddedLog(path) : await own.open(folder.path)
  return {
    log,
    own,
    path,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      await log.close()
      folder[Symbol.dispose]()
    }
  }
}

/** Everything on a topic, partition after partition. */
export const recordsOf = async (log: Log, topic: string): Promise<ReadonlyArray<LogRecord>> => {
  const info = (await log.topics()).find((one) => one.topic === topic)
  const records: LogRecord[] = []
  for (const { partition, first, end } of info?.offsets ?? []) {
    for (let from = first; from < end;) {
      const batch = await log.read(topic, partition, from)
      records.push(...batch.records)
      from = batch.next
    }
  }
  return records
}

export const json = (record: LogRecord): Record<string, unknown> =>
  JSON.parse(record.value!) as Record<string, unknown>

/** What every run in these tests is given beside the log. */
export const given = {
  organisation: "trust",
  project: "test",
  configPath: "connectors[0]",
  clock: () => Date.UTC(2026, 10, 23, 12) * 1000
}

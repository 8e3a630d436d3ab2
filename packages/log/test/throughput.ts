// Appends and reads beside a bare node:sqlite loop that writes the same rows, in one run:
//   node --conditions=@plimsoll/source packages/log/test/throughput.ts
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

import { openEmbeddedLog, type RecordGroup } from "../src/index.ts"

const batches = 40
const perBatch = 5000
const value = JSON.stringify({ text: "abcdefghij".repeat(29) })

const batch = (number: number): RecordGroup => ({
  topic: "bench.rows.v1",
  headers: {
    ce_specversion: "1.0",
    ce_type: "bench.row",
    ce_source: "/bench",
    ce_dataschema: "sha256:0123456789abcdef"
  },
  records: Array.from({ length: perBatch }, (_, index) => ({
    key: `["${number * perBatch + index}"]`,
    value,
    partitionKey: `ward-${index % 40}`,
    headers: {
      ce_id: `0190-abcdef-0123456789-${number * perBatch + index}`,
      ce_time: "2026-01-02T03:04:05.678901+01:00[Europe/Amsterdam]",
      ce_partitionkey: `ward-${index % 40}`,
      position: String(index * 300)
    }
  }))
})

const rate = (began: number): number => Math.round((batches * perBatch * 1000) / (performance.now() - began))

const bare = (folder: string): number => {
  const database = new DatabaseSync(join(folder, "bare.sqlite"))
  database.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000;
    CREATE TABLE record (part INT, "offset" INT, at INT, header_set INT, key TEXT, value TEXT, own TEXT, PRIMARY KEY (part, "offset")) WITHOUT ROWID`)
  const insert = database.prepare("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)")
  const groups = Array.from({ length: batches }, (_, number) =>
    batch(number).records.map(
      (record) => [record.key, record.value, Object.values(record.headers).join("\u001f")] as const
    )
  )
  let offset = 0
  const began = performance.now()
  for (const rows of groups) {
    database.exec("BEGIN IMMEDIATE")
    for (const [key, text, own] of rows) insert.run(1, offset++, 1_700_000_000_000_000, 1, key, text, own)
    database.exec("COMMIT")
  }
  const result = rate(began)
  database.close()
  return result
}

const ours = async (
  folder: string,
  thread: boolean
): Promise<{ append: number; blocked: number; read: number; loop: number }> => {
  const log = await openEmbeddedLog(join(folder, `log-${thread}.sqlite`), { thread })
  await log.ensureTopics([{ topic: "bench.rows.v1", partitions: 6, cleanup: "keep" }])
  const writer = await log.writer("plimsoll.bench.main")
  const groups = Array.from({ length: batches }, (_, number) => batch(number))
  const began = performance.now()
  const inFlight: Array<Promise<unknown>> = []
  let blocked = 0
  for (const group of groups) {
    const before = performance.now()
    inFlight.push(writer.append([group]))
    blocked += performance.now() - before
    if (inFlight.length >= 4) await inFlight.shift()
  }
  await Promise.all(inFlight)
  const append = rate(began)
  const readAll = async (): Promise<number> => {
    const start = performance.now()
    let count = 0
    for (let partition = 0; partition < 6; partition++) {
      for (let next = 0; ;) {
        const found = await log.read("bench.rows.v1", partition, next)
        if (found.records.length === 0) break
        count += found.records.length
        next = found.next
      }
    }
    if (count !== batches * perBatch) throw new Error(`read ${count} records`)
    return rate(start)
  }
  const read = await readAll()
  const loop = await readAll()
  await log.close()
  return { append, blocked: Math.round(blocked), read, loop }
}

const folder = mkdtempSync(join(tmpdir(), "plimsoll-log-"))
try {
  for (let round = 1; round <= 3; round++) {
    for (const name of ["bare.sqlite", "log-true.sqlite", "log-false.sqlite"])
      for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, name + end), { force: true })
    const loop = bare(folder)
    const threaded = await ours(folder, true)
    const inline = await ours(folder, false)
    console.log(
      `round ${round}: bare loop ${loop}/s · thread ${threaded.append}/s (× ${(threaded.append / loop).toFixed(2)}, caller busy ${threaded.blocked} ms) · ` +
        `inline ${inline.append}/s · read ${threaded.read}/s, again ${threaded.loop}/s`
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

import type { Log, LogRecord } from "@plimsoll/log"
import { deadLetterTopic, PlimsollError, schemasTopic, type StreamContract } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { decodeDeadLetters } from "./dead-letter-batch.ts"
import { decodeBatch } from "./decoded-batch.ts"
import { Batch } from "./batch.ts"
import { Generations } from "./generation.ts"
import {
  knownStreams,
  landedStream,
  type LandedStream,
  prepareDuplicates,
  prepareLanding
} from "./landing-table.ts"
import { readMeta, writeMeta } from "./store.ts"

/** How {@link land} reads. */
export interface LandOptions {
  readonly zone: string
  /** Records that one transaction takes at the most. Default: 200,000. The tables do not depend on it. */
  readonly batch?: number | undefined
  /** A stream that lands more rows than this in one go recomputes its measures as a whole. Default: 200,000. */
  readonly touchAtMost?: number | undefined
  readonly onProgress?:
    | ((progress: { readonly topic: string; readonly landed: number; readonly total: number }) => void)
    | undefined
}

/**
 * Lands everything that is on the log when it is called: rows, the next offset of each partition and the touched
 * series of a batch are one transaction. Gives the number of records landed.
 */
export const land = async (database: Database, log: Log, options: LandOptions): Promise<number> => {
  await sameLog(database, log)
  const topics = new Map((await log.topics()).map((topic) => [topic.topic, topic]))
  const contracts = [...(await log.latest(schemasTopic)).values()]
    .map(contractOf)
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
  const known = new Map((await knownStreams(database)).map((stream) => [stream.contract.topic, stream]))
  let landed = 0
  for (const contract of contracts) {
    let stream = known.get(contract.topic)
    if (stream === undefined || stream.schemaId !== contract.id) {
      stream = landedStream(contract, contract.id)
      await database.transaction(async () => {
        await prepareLanding(database, stream!)
        await prepareDuplicates(database)
      })
    }
    for (const [topic, decode] of [
      [contract.topic, decodeBatch],
      [deadLetterTopic(contract.topic), decodeDeadLetters]
    ] as const) {
      const info = topics.get(topic)
      if (info === undefined) continue
      landed += await landTopic(database, log, topic, info.offsets, stream, decode, options)
    }
  }
  return landed
}

const contractOf = (record: LogRecord): StreamContract & { readonly id: string } =>
  JSON.parse(record.value!) as StreamContract & { readonly id: string }

const sameLog = async (database: Database, log: Log): Promise<void> => {
  const id = await readMeta(database, "log")
  if (id === undefined) return writeMeta(database, "log", log.id)
  if (id !== log.id) {
    throw new PlimsollError({
      code: "log-differs",
      message: "the store was made from another log than this one",
      suggestion:
        "point the config at the log it was made from, or run `plimsoll rebuild` to make the store from this one"
    })
  }
}

const landTopic = async (
  database: Database,
  log: Log,
  topic: string,
  offsets: ReadonlyArray<{ readonly partition: number; readonly end: number }>,
  stream: LandedStream,
  decode: typeof decodeBatch,
  options: LandOptions
): Promise<number> => {
  const next = new Map(
    (
      await database.rows<{ part: number; next: string }>(
        "SELECT part, next FROM store.landed_offset WHERE topic = $topic",
        { topic }
      )
    ).map((row) => [row.part, Number(row.next)])
  )
  let total = 0
  for (const { partition, end } of offsets) {
    const from = next.get(partition) ?? 0
    if (from > end) {
      throw new PlimsollError({
        code: "log-shorter",
        message: `the store has landed ${topic} up to offset ${from} of partition ${partition}, but the log ends at ${end}`,
        suggestion: "restore the whole log, or run `plimsoll rebuild` to make the store from what there is"
      })
    }
    total += end - from
  }
  if (total === 0) return 0
  const whole = total > (options.touchAtMost ?? 200_000)
  let count = 0
  const generations = await Generations.load(database, topic)
  const atMost = options.batch ?? 200_000
  let landed = 0
  while (landed < total) {
    const batch = new Batch()
    await database.transaction(async () => {
      for (const { partition, end } of offsets) {
        for (let from = next.get(partition) ?? 0; from < end && batch.records < atMost;) {
          const limit = Math.min(20_000, atMost - batch.records)
          const { records, next: to } = await log.read(topic, partition, from, { limit, until: end })
          await batch.append(database, stream, records, decode(stream, records, generations))
          // A partition whose last offsets hold no record is read to its end all the same.
          from = records.length === 0 ? end : to
          batch.moved.set(partition, from)
        }
      }
      await batch.finish(database, stream, topic, generations, { ...options, whole })
    })
    for (const [partition, to] of batch.moved) {
      landed += to - (next.get(partition) ?? 0)
      next.set(partition, to)
    }
    count += batch.records
    options.onProgress?.({ topic, landed, total })
  }
  return count
}

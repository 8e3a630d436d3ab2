import type { Log, LogRecord, TopicInfo } from "@plimsoll/log"
import { deadLetterTopic, PlimsollError, schemasTopic, type StreamContract } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"
import { decodeDeadLetters } from "./dead-letter-batch.ts"
import { decodeBatch } from "./decoded-batch.ts"
import { Batch } from "./batch.ts"
import { type Position, readChunks } from "./chunk.ts"
import { Generations } from "./generation.ts"
import {
  emptyLanding,
  knownStreams,
  landedStream,
  type LandedStream,
  prepareDuplicates,
  prepareLanding,
  sameRows,
  widenLanding
} from "./landing-table.ts"
import { parseObject } from "./record-text.ts"
import { roundTrip } from "./round-trip.ts"
import { readMeta, writeMeta } from "./store.ts"
import { prepareTextRows } from "./text-rows.ts"
import { touchEverything } from "./touched.ts"

/** How {@link land} reads. */
export interface LandOptions {
  readonly zone: string
  /** Records that one transaction takes at the most. Default: 200,000. The tables do not depend on it. */
  readonly batch?: number | undefined
  /** A stream that lands more rows than this in one go recomputes its measures as a whole. Default: 200,000. */
  readonly touchAtMost?: number | undefined
  /**
   * Rows of one read from which on DuckDB decodes them and JavaScript only what does not come through unchanged.
   * Default: 1000, below which a statement takes longer than the rows. The tables do not depend on it.
   */
  readonly textFrom?: number | undefined
  /** By topic and partition, the offset of the first record that is not landed. Default: the end of each. */
  readonly until?: ReadonlyMap<string, ReadonlyMap<number, number>> | undefined
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
  const contracts = [...(await log.latest(schemasTopic)).values()]
    .flatMap(contractOf)
    // What is sealed is the vault's alone.
    .filter(({ access }) => access !== "sealed")
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
  const names = contracts.flatMap(({ topic }) => [topic, deadLetterTopic(topic)])
  const topics = new Map((await log.topics(names)).map((info) => [info.topic, capped(info, options.until)]))
  const known = new Map((await knownStreams(database)).map((stream) => [stream.contract.topic, stream]))
  const positions = await landedPositions(database)
  const streams = contracts.map((contract) => landedStream(contract, contract.id))
  const changed = streams.filter((stream) => known.get(stream.contract.topic)?.schemaId !== stream.schemaId)
  const others = (stream: LandedStream): boolean => {
    const before = known.get(stream.contract.topic)
    return before !== undefined && !sameRows(before, stream)
  }
  const plain = changed.filter((stream) => !others(stream))
  if (plain.length > 0) {
    await database.transaction(async () => {
      for (const stream of plain) await prepareLanding(database, stream)
      await prepareDuplicates(database)
    })
  }
  let landed = 0
  for (const stream of streams) {
    const { contract } = stream
    const info = topics.get(contract.topic)
    let anew: (() => Promise<void>) | undefined
    if (changed.includes(stream) && others(stream)) {
      // Facts that the log has let go of cannot be read again: then what has landed stays.
      const all = info?.offsets.every(({ first }) => first === 0) === true
      anew = async () => {
        await (all ? emptyLanding(database, stream) : widenLanding(database, stream))
        await prepareLanding(database, stream)
        await prepareDuplicates(database)
        await touchEverything(database, stream)
      }
      if (all) positions.delete(contract.topic)
      else {
        await database.transaction(anew)
        anew = undefined
      }
    }
    const deadLetters = topics.get(deadLetterTopic(contract.topic))
    const source = { database, log, stream, positions, options }
    if (info !== undefined) landed += await landTopic(source, info, decodeBatch, anew)
    if (deadLetters !== undefined) landed += await landTopic(source, deadLetters, decodeDeadLetters)
  }
  return landed
}

/** A topic as far as it is to be read: one that the caps do not name not at all. */
const capped = (info: TopicInfo, until: LandOptions["until"]): TopicInfo =>
  until === undefined
    ? info
    : {
        ...info,
        offsets: info.offsets.map(({ partition, first, end }) => ({
          partition,
          first,
          end: Math.min(end, until.get(info.topic)?.get(partition) ?? 0)
        }))
      }

/** By topic and partition, how far the store has come. */
const landedPositions = async (database: Database): Promise<Map<string, Map<number, Position>>> => {
  const positions = new Map<string, Map<number, Position>>()
  const rows = await database.rows<{ topic: string; part: number; next: string; recorded_at: string }>(
    "FROM store.landed_offset"
  )
  for (const { topic, part, next, recorded_at } of rows) {
    const own = positions.get(topic) ?? new Map<number, Position>()
    positions.set(topic, own.set(part, { next: Number(next), recordedAt: Number(recorded_at) }))
  }
  return positions
}

type KnownContract = StreamContract & { readonly id: string }

/** Nothing where a stranger wrote what is no contract. */
const contractOf = (record: LogRecord): ReadonlyArray<KnownContract> => {
  const value = parseObject(record.value ?? "")
  return value !== undefined &&
    typeof value["id"] === "string" &&
    typeof value["topic"] === "string" &&
    "jsonSchema" in value
    ? [value as unknown as KnownContract]
    : []
}

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

/** What is landed, from where, and how. */
interface Landing {
  readonly database: Database
  readonly log: Log
  readonly stream: LandedStream
  readonly positions: ReadonlyMap<string, ReadonlyMap<number, Position>>
  readonly options: LandOptions
}

/** Lands one topic; `anew`: what has to be done first, in the transaction of the first batch, to land all of it again. */
const landTopic = async (
  { database, log, stream, positions: all, options }: Landing,
  { topic, offsets }: TopicInfo,
  decode: typeof decodeBatch,
  anew?: () => Promise<void>
): Promise<number> => {
  const positions = new Map(all.get(topic))
  let total = 0
  for (const { partition, end } of offsets) {
    const from = positions.get(partition)?.next ?? 0
    if (from > end) {
      throw new PlimsollError({
        code: "log-shorter",
        message: `the store has landed ${topic} up to offset ${from} of partition ${partition}, but the log ends at ${end}`,
        suggestion: "restore the whole log, or run `plimsoll rebuild` to make the store from what there is"
      })
    }
    total += end - from
  }
  if (total === 0) {
    if (anew !== undefined) await database.transaction(anew)
    return 0
  }
  const textFrom = options.textFrom ?? 1000
  const trip = decode === decodeBatch && total >= textFrom ? roundTrip(stream, options.zone) : undefined
  if (trip !== undefined) await prepareTextRows(database)
  const whole = anew !== undefined || total > (options.touchAtMost ?? 200_000)
  const generations = await Generations.load(database, topic, anew !== undefined)
  const plain = (records: ReadonlyArray<LogRecord>) => decode(stream, records, generations)
  const chunks = readChunks(log, stream, topic, offsets, generations, {
    positions,
    batch: options.batch ?? 200_000,
    textFrom: trip === undefined ? undefined : textFrom
  })
  const next = () => {
    const read = chunks.next()
    // Told when it is awaited; until then the failure of what goes on beside it may come first.
    read.catch(() => undefined)
    return read
  }
  let records = 0
  let landed = 0
  let read = next()
  let first = anew
  for (let ended = false; !ended;) {
    const batch = new Batch()
    ended = await database.transaction(async () => {
      await first?.()
      first = undefined
      for (;;) {
        const { value: chunk } = await read
        if (chunk !== undefined) {
          await batch.append(database, stream, chunk, plain)
          // DuckDB works on its own threads, so the log is read meanwhile.
          const landing = trip === undefined ? undefined : batch.land(database, stream, chunk, trip, plain)
          read = next()
          await landing
        }
        if (chunk === undefined || chunk.full) {
          await batch.finish(database, stream, topic, generations, { ...options, whole })
          return chunk === undefined
        }
      }
    })
    records += batch.records
    for (const [partition, position] of batch.moved) {
      landed += position.next - (positions.get(partition)?.next ?? 0)
      positions.set(partition, position)
    }
    options.onProgress?.({ topic, landed, total })
  }
  return records
}

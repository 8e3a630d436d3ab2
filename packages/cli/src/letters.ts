import { existsSync } from "node:fs"
import type { Log, LogRecord, TopicInfo } from "@plimsoll/log"
import type { DeadLetter } from "@plimsoll/pipeline"
import { newestPublished, withPublished } from "./published-file.ts"
import type { Project } from "./project.ts"

/** A dead letter, as it is told. */
export interface Letter {
  /** The `ce_id` of its record, or `<topic>/<partition>/<offset>` where that has none. */
  readonly id: string
  readonly stream: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly foundBy: "runtime" | "core"
  readonly source: string | null
  /** Of the source: for files the file. */
  readonly sourcePartition: string | null
  readonly place: string | null
  readonly code: string
  readonly reason: string
  readonly recordedAt: string
  readonly replayedAt: string | null
  readonly run: string | null
}

const suffix = ".dlq"

/** The stream that a topic is of: `<organisation>.<domain>.<stream>.v<major>`, and `.dlq` for its dead letters. */
export const streamOf = (topic: string): string =>
  (topic.endsWith(suffix) ? topic.slice(0, -suffix.length) : topic).split(".").at(-2) ?? topic

/** The topics of dead letters. */
export const letterTopics = async (log: Log): Promise<ReadonlyArray<TopicInfo>> =>
  (await log.topics()).filter(({ topic }) => topic.endsWith(suffix))

/** All records of a topic. */
export const recordsOf = async function* (
  log: Log,
  { topic, offsets }: TopicInfo
): AsyncGenerator<LogRecord> {
  for (const { partition, first, end } of offsets) {
    for (let from = first; from < end;) {
      const { records, next } = await log.read(topic, partition, from, { limit: 1000, until: end })
      yield* records
      if (next <= from) break
      from = next
    }
  }
}

const timeOf = (micros: number): string => new Date(Math.floor(micros / 1000)).toISOString()

const reasonOf = ({ issues = [] }: Partial<DeadLetter>): string =>
  issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ") || "unreadable"

/** The letters that the runtime wrote on a topic, in the order of the log. */
export const runtimeLetters = async function* (log: Log, topic: TopicInfo): AsyncGenerator<Letter> {
  const { letterRecord } = await import("@plimsoll/pipeline")
  const replayed = new Map<string, string>()
  for await (const record of recordsOf(log, topic)) {
    const found = letterRecord(record)
    if (found.kind === "replayed") replayed.set(found.replayed.letter, timeOf(record.recordedAt))
  }
  for await (const record of recordsOf(log, topic)) {
    const found = letterRecord(record)
    if (found.kind !== "letter") continue
    const { headers } = record
    const row = headers["plimsoll_row"]
    yield {
      id: found.id,
      stream: streamOf(topic.topic),
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      foundBy: "runtime",
      source: headers["ce_source"] ?? null,
      sourcePartition: headers["plimsoll_partition"] ?? null,
      place: found.letter.place ?? (row === undefined ? null : `row ${row}`),
      code: found.letter.code,
      reason: reasonOf(found.letter),
      recordedAt: timeOf(record.recordedAt),
      replayedAt: replayed.get(found.id) ?? null,
      run: headers["plimsoll_run"] ?? null
    }
  }
}

/** The letters that the core found on the streams' own topics, as the published file tells them; none before it is there. */
export const coreLetters = async (project: Project): Promise<ReadonlyArray<Letter>> => {
  if (!existsSync(newestPublished(project.published))) return []
  return withPublished(project, async (published) => {
    const { rows } = await published.query(
      `SELECT id, topic, part, record_offset::VARCHAR, source, source_partition, source_row::VARCHAR, code, reason,
         epoch_ms(recorded_at)::VARCHAR, run
       FROM plimsoll.dead_letter WHERE found_by = 'core' ORDER BY topic, part, record_offset`
    )
    return rows.map((row): Letter => {
      const text = (at: number) => (row[at] === null || row[at] === undefined ? null : String(row[at]))
      const [topic, partition, offset] = [text(1)!, Number(row[2]), Number(row[3])]
      const sourceRow = text(6)
      return {
        id: text(0) ?? `${topic}/${partition}/${offset}`,
        stream: streamOf(topic),
        topic,
        partition,
        offset,
        foundBy: "core",
        source: text(4),
        sourcePartition: text(5),
        place: sourceRow === null ? `${partition}/${offset}` : `row ${sourceRow}`,
        code: text(7)!,
        reason: text(8)!,
        recordedAt: new Date(Number(row[9])).toISOString(),
        replayedAt: null,
        run: text(10)
      }
    })
  })
}

import type { Log, LogRecord, TopicInfo } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { nearest } from "../nearest.ts"
import { logKindOf, openLogThatIsThere } from "../project-log.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"

/** Work on the log of a project, which has to be there. */
export const withLog = async <A>(project: Project, work: (log: Log) => Promise<A>): Promise<A> => {
  const log = await openLogThatIsThere(project)
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

/** How many offsets a topic holds: on Kafka the marks of transactions have offsets of their own, and compaction leaves gaps. */
const offsetsOf = (topic: TopicInfo): number =>
  topic.offsets.reduce((sum, { first, end }) => sum + end - first, 0)

const timeOf = (record: LogRecord): string => new Date(Math.floor(record.recordedAt / 1000)).toISOString()

/** `plimsoll log topics`. */
export const logTopics = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    const topics = [...(await log.topics())].sort((a, b) => (a.topic < b.topic ? -1 : 1))
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, log: log.id, topics }))
    else {
      terminal.out(
        tableText(
          ["topic", "partitions", "cleanup", logKindOf(project) === "kafka" ? "offsets" : "records"],
          topics.map((one) => [one.topic, one.partitions, one.cleanup, offsetsOf(one)])
        )
      )
    }
    return exitCodes.fine
  })

/** The flags of `plimsoll log read`. */
export interface LogReadFlags {
  readonly from?: number
  readonly limit?: number
  readonly partition?: number
  readonly json?: boolean
}

const findTopic = async (log: Log, name: string): Promise<TopicInfo> => {
  const topics = await log.topics()
  const found = topics.find((one) => one.topic === name)
  if (found !== undefined) return found
  const meant = nearest(
    name,
    topics.map((one) => one.topic)
  )
  throw new PlimsollError({
    code: "usage-unknown-topic",
    message: `the log has no topic "${name}"`,
    suggestion: meant === undefined ? "`plimsoll log topics` lists them" : `did you mean "${meant}"?`
  })
}

/** Records of a topic from an offset on, partition by partition, at most `limit` in all. */
const readTopic = async (
  log: Log,
  topic: TopicInfo,
  flags: LogReadFlags,
  give: (record: LogRecord) => void
): Promise<void> => {
  let left = flags.limit ?? Infinity
  for (const { partition, first, end } of topic.offsets) {
    if (flags.partition !== undefined && flags.partition !== partition) continue
    let from = Math.max(first, flags.from ?? 0)
    while (from < end && left > 0) {
      const { records, next } = await log.read(topic.topic, partition, from, {
        limit: Math.min(1000, left),
        until: end
      })
      for (const record of records) give(record)
      left -= records.length
      if (next <= from) break
      from = next
    }
  }
}

/** `plimsoll log read`. */
export const logRead = (
  project: Project,
  terminal: Terminal,
  name: string,
  flags: LogReadFlags
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    const topic = await findTopic(log, name)
    await readTopic(log, topic, { ...flags, limit: flags.limit ?? 20 }, (record) => {
      if (flags.json === true) terminal.out(JSON.stringify({ ...record, recordedAt: timeOf(record) }))
      else {
        terminal.out(
          `${record.partition}/${record.offset}  ${timeOf(record)}  ${record.headers["ce_type"] ?? ""}\n    ${record.value ?? "(deleted)"}`
        )
      }
    })
    return exitCodes.fine
  })

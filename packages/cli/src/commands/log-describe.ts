import { asyncApi, type Log, retentionOf, serverOf, type StoredContract, type TopicInfo } from "@plimsoll/log"
import { deadLetterTopic, schemasTopic, stateTopic } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { withLog } from "./log.ts"

/** The flags of `plimsoll log describe`. */
export interface LogDescribeFlags {
  readonly asyncapi?: boolean
  readonly json?: boolean
}

/** A topic as the command tells of it. */
interface Described {
  readonly topic: string
  readonly holds: string
  readonly key: string
  readonly partitionedBy: string
  readonly partitions: number
  readonly cleanup: TopicInfo["cleanup"]
  readonly kept: string
  readonly records: number
}

const isContract = (value: unknown): value is StoredContract =>
  typeof value === "object" && value !== null && "id" in value && "jsonSchema" in value && "topic" in value

/** The contracts that the log itself holds: the config may be ahead of it. */
const contractsOf = async (log: Log): Promise<ReadonlyArray<StoredContract>> =>
  [...(await log.latest(schemasTopic)).values()]
    .map((record): unknown => JSON.parse(record.value ?? "null"))
    .filter(isContract)

const wordsOf = (
  topic: string,
  contracts: ReadonlyArray<StoredContract>
): Pick<Described, "holds" | "key" | "partitionedBy"> => {
  if (topic === schemasTopic) return { holds: "contracts of streams", key: "topic", partitionedBy: "topic" }
  if (topic === stateTopic) {
    const key = "instance, stream, part of the source"
    return { holds: "checkpoints of connectors", key, partitionedBy: "key" }
  }
  for (const contract of contracts) {
    if (topic === contract.topic) {
      return {
        holds: contract.title,
        key: contract.key?.join(", ") ?? "none",
        partitionedBy: contract.microsystem ?? (contract.key === null ? "part of the source" : "key")
      }
    }
    if (topic === deadLetterTopic(contract.topic)) {
      return {
        holds: `dead letters of ${contract.name}`,
        key: "none",
        partitionedBy: "part of the source"
      }
    }
  }
  return { holds: "unknown: no contract speaks of it", key: "", partitionedBy: "" }
}

const described = (topic: TopicInfo, contracts: ReadonlyArray<StoredContract>): Described => ({
  topic: topic.topic,
  ...wordsOf(topic.topic, contracts),
  partitions: topic.partitions,
  cleanup: topic.cleanup,
  kept: retentionOf(topic),
  records: topic.offsets.reduce((sum, { first, end }) => sum + end - first, 0)
})

/** `plimsoll log describe`: what each topic is, for people; with `--asyncapi`, for programs. */
export const logDescribe = (
  project: Project,
  terminal: Terminal,
  flags: LogDescribeFlags
): Promise<ExitCode> =>
  withLog(project, async (log) => {
    const [contracts, topics] = await Promise.all([contractsOf(log), log.topics()])
    if (flags.asyncapi === true) {
      const { organisation, project: name, kafka } = project.config
      const title = `The event log of ${organisation}, project ${name}`
      const server = kafka === undefined ? {} : { server: serverOf(kafka) }
      terminal.out(JSON.stringify(asyncApi({ title, contracts, topics, ...server }), null, 2))
      return exitCodes.fine
    }
    const all = topics
      .map((topic) => described(topic, contracts))
      .toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, log: log.id, topics: all }))
    else {
      terminal.out(
        tableText(
          // On Kafka the marks of transactions take offsets too.
          [
            "topic",
            "holds",
            "key",
            "partitioned by",
            "kept",
            project.config.kafka === undefined ? "records" : "offsets"
          ],
          all.map((one) => [one.topic, one.holds, one.key, one.partitionedBy, one.kept, one.records])
        )
      )
    }
    return exitCodes.fine
  })

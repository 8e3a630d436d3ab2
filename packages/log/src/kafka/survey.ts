import { openClient } from "./open.ts"
import { failure } from "./failure.ts"
import { identityTopic } from "./identity.ts"
import type { KafkaLogOptions } from "./options.ts"
import { type KafkaClient, KafkaFault, type SeenTopic } from "./client.ts"
import { TopicCatalog } from "./topic-catalog.ts"
import type { TopicInfo } from "../log.ts"

/** A right that a user lacks, by Kafka's names. */
export interface LackingRight {
  readonly resource: "topic" | "group" | "transactional-id"
  readonly name: string
  readonly operations: ReadonlyArray<"Read" | "Write" | "Describe" | "DescribeConfigs" | "Create">
}

/** A topic, as {@link surveyKafka} finds it. */
export interface SurveyedTopic {
  readonly topic: string
  /** `hidden`: this user may not know whether it is there. */
  readonly state: SeenTopic["state"]
  readonly partitions: number
  /** Replicas of the partition that has the fewest. */
  readonly replication: number
  /** How its records are kept; undefined where it is not there, or the user may not ask. */
  readonly kept?: Pick<TopicInfo, "cleanup" | "expires">
}

/** What {@link surveyKafka} finds. */
export interface KafkaSurvey {
  readonly brokers: number
  /** Whether there is, or may be, a log of this prefix. */
  readonly hasLog: boolean
  readonly topics: ReadonlyArray<SurveyedTopic>
  readonly lacking: ReadonlyArray<LackingRight>
}

const operations = { Read: 3, Write: 4, Describe: 8, DescribeConfigs: 10 } as const

const may = ({ operations: bits }: SeenTopic, name: keyof typeof operations): boolean =>
  (bits & (1 << operations[name])) !== 0

const lackingOn = (name: string, seen: SeenTopic): ReadonlyArray<LackingRight> => {
  if (seen.state === "missing") return []
  if (seen.state === "hidden")
    return [{ resource: "topic", name, operations: ["Read", "Write", "Describe", "DescribeConfigs"] }]
  const missing = (["Read", "Write", "DescribeConfigs"] as const).filter((operation) => !may(seen, operation))
  return missing.length === 0 ? [] : [{ resource: "topic", name, operations: missing }]
}

const isRefused = (error: unknown): boolean => error instanceof KafkaFault && error.kind === "refused"

const mayWriteAs = async (client: KafkaClient, id: string): Promise<boolean> => {
  try {
    await (await client.producer(id)).close()
    return true
  } catch (error) {
    if (isRefused(error)) return false
    throw error
  }
}

/** How long to stand in the group, in milliseconds. */
const mostToJoin = 15_000

const mayJoin = async (client: KafkaClient, group: string, topic: string): Promise<boolean> => {
  try {
    await (await client.lease(group, topic, { signal: AbortSignal.timeout(mostToJoin) })).release()
    return true
  } catch (error) {
    if (isRefused(error)) return false
    // Who is let in to wait has the right.
    if (error instanceof DOMException) return true
    throw error
  }
}

/**
 * Looks at a cluster without making a topic or writing a record: whether it answers, which of these topics are there
 * and how they are kept, and what this user may not do. The rights on groups and transactional ids are found by taking
 * one of each, of the name that is given. Errors: as `openKafkaLog`.
 */
export const surveyKafka = async (
  options: KafkaLogOptions,
  what: {
    /** Without the prefix. */
    readonly topics: ReadonlyArray<string>
    /** Of a lease, and of a writer, that nobody else takes. */
    readonly id: string
  }
): Promise<KafkaSurvey> => {
  const { prefix = "", replication, requestTimeout = 30_000 } = options
  try {
    const client = await openClient(options)
    try {
      const catalog = new TopicCatalog(client, { prefix, replication, patience: requestTimeout })
      const names = [identityTopic, ...what.topics]
      const seen = await client.look(names.map((topic) => catalog.full(topic)))
      const of = (topic: string): SeenTopic => seen.get(catalog.full(topic))!
      const readable = names.filter(
        (topic) => of(topic).state === "there" && may(of(topic), "DescribeConfigs")
      )
      const kept = await catalog.kept(readable)
      const id = catalog.full(what.id)
      const hasLog = of(identityTopic).state !== "missing"
      const [writes, joins] = await Promise.all([
        mayWriteAs(client, id),
        // By KIP-848 the brokers look for the topic that the group is over.
        options.groupProtocol === "consumer" && of(identityTopic).state !== "there"
          ? true
          : mayJoin(client, id, catalog.full(identityTopic))
      ])
      return {
        brokers: await client.brokers(),
        hasLog,
        topics: what.topics.map((topic) => {
          const { state, partitions, replication: replicas } = of(topic)
          const how = kept.get(topic)
          return {
            topic,
            state,
            partitions,
            replication: replicas,
            ...(how === undefined ? {} : { kept: how })
          }
        }),
        lacking: [
          ...names.flatMap((topic) => lackingOn(catalog.full(topic), of(topic))),
          ...(writes ? [] : [{ resource: "transactional-id", name: id, operations: ["Write"] } as const]),
          ...(joins ? [] : [{ resource: "group", name: id, operations: ["Read"] } as const])
        ]
      }
    } finally {
      await client.close().catch(() => undefined)
    }
  } catch (error) {
    throw failure(error)
  }
}

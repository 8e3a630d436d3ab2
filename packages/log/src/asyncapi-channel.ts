import { type JsonSchema, schemasTopic, signals, stateTopic, type StreamContract } from "@plimsoll/schema"
import {
  bindingVersion,
  isOwnStream,
  label,
  type Message,
  messageObject,
  messagesOf,
  noKey,
  ref,
  schemaRef,
  type StoredContract
} from "./asyncapi-message.ts"
import type { AsyncApiServer } from "./asyncapi-server.ts"
import type { TopicInfo } from "./log.ts"

/** How long a topic keeps its records, in words. */
export const retentionOf = ({ cleanup, expires }: Pick<TopicInfo, "cleanup" | "expires">): string => {
  const limits = [
    ...(expires?.milliseconds === undefined ? [] : [`for ${duration(expires.milliseconds)}`]),
    ...(expires?.bytes === undefined ? [] : [`up to ${expires.bytes} bytes a partition`])
  ]
  const kept = limits.length === 0 ? "for ever" : limits.join(", ")
  return cleanup === "compact" ? `the latest of each key, ${kept}` : kept
}

const duration = (milliseconds: number): string => {
  const [unit, size] = (
    [
      ["days", 86_400_000],
      ["hours", 3_600_000],
      ["seconds", 1000],
      ["ms", 1]
    ] as const
  ).find(([, length]) => milliseconds % length === 0)!
  return `${milliseconds / size} ${unit}`
}

/** A topic with what may be on it. */
export interface Channel {
  readonly topic: TopicInfo
  readonly title: string
  readonly description: string
  readonly messages: { readonly [id: string]: Message }
  readonly extension?: JsonSchema
  /** What becomes of a stranger's records. Absent: strangers may not write. */
  readonly send?: string
}

const partitioning = (contract: StreamContract): string =>
  contract.microsystem !== null
    ? `Partitioned by microsystem (${contract.microsystem}).`
    : contract.key !== null
      ? "Partitioned by key."
      : "Partitioned by the part of the source."

/** The topic of a stream. */
export const streamChannel = (contract: StoredContract, topic: TopicInfo): Channel => ({
  topic,
  title: contract.title,
  description: [
    contract.description,
    contract.key === null ? "Rows have no key." : `Key: ${contract.key.join(", ")}.`,
    partitioning(contract),
    `Dated by ${contract.occurredAt}; a row covers ${contract.covers === "instant" ? "an instant" : `a ${contract.covers}`}.`,
    `Kept ${retentionOf(topic)}.`,
    ...(topic.expires === undefined
      ? []
      : ["The brokers let go of facts: who needs them all must read in time."]),
    label(contract) === label(signals)
      ? "Each record is one step in the life of a signal, appended exactly once: a rebuild of the tables appends none again."
      : ""
  ]
    .filter((part) => part !== "")
    .join(" "),
  messages: messagesOf(contract),
  extension: {
    id: contract.id,
    stream: contract.name,
    domain: contract.domain,
    version: contract.version,
    key: contract.key,
    microsystem: contract.microsystem,
    occurredAt: contract.occurredAt,
    covers: contract.covers,
    sensitivity: contract.sensitivity
  },
  ...(isOwnStream(contract)
    ? {}
    : {
        send: `A record without our headers is a row; without a value it is a deletion of the row that its key names (the canonical JSON array${contract.key === null ? "; this stream has no key, so there is nothing to delete" : ` of ${contract.key.join(", ")}`}). Every value must have exactly the type that the schema says: nothing is cast. Fields that the schema does not know are passed over. A record that does not fit becomes a row of plimsoll.dead_letter with its topic, partition, offset and reason, and nothing else is held up by it. Put all records of one key in one partition; by murmur2 of the microsystem they stay in order with ours. Leave headers that begin with plimsoll_ alone.`
      })
})

/** The topic of a stream's dead letters. */
export const deadLetterChannel = (contract: StoredContract, topic: TopicInfo): Channel => ({
  topic,
  title: `${contract.title}: what could not be read`,
  description: `Rows of the source that are not on ${contract.topic}, with what was read and why it does not fit. Partitioned by the part of the source. Kept ${retentionOf(topic)}. It may hold what people wrote in the wrong place: give it to few.`,
  messages: {
    rejected: {
      name: `${label(contract)}.rejected`,
      title: `${contract.title}: a dead letter`,
      summary: "A row of the source that does not fit its schema.",
      payload: schemaRef("deadLetter"),
      type: `${label(contract)}.rejected`,
      key: noKey,
      hasRun: true
    },
    replayed: {
      name: `${label(contract)}.replayed`,
      title: `${contract.title}: a dead letter that was read after all`,
      summary:
        "The schema was mended, and the row of a letter of this partition is on the topic of the stream.",
      payload: schemaRef("replayed"),
      type: `${label(contract)}.replayed`,
      key: noKey,
      hasRun: false
    }
  }
})

/** One of the two topics that every stream shares. */
export const ownChannel = (topic: TopicInfo): Channel | undefined => {
  const text = (description: string): JsonSchema => ({ type: "string", description })
  if (topic.topic === schemasTopic) {
    return {
      topic,
      title: "Contracts",
      description: `What each stream holds: its schema, key, dates and the sensitivity of each field. The key of a record is the stream's topic; the latest holds. Kept: ${retentionOf(topic)}. This document is made from it.`,
      messages: {
        upserted: {
          name: "plimsoll.schema.upserted",
          title: "A contract",
          summary: "What a stream holds from now on.",
          payload: schemaRef("contract"),
          type: "plimsoll.schema.upserted",
          key: text("The topic of the stream, as it is, not as JSON."),
          hasRun: false
        }
      }
    }
  }
  if (topic.topic === stateTopic) {
    return {
      topic,
      title: "Checkpoints",
      description: `How far each part of each source has been read, and where the runs stand. Written in the transaction of the rows that it covers. For the runtime: others may watch it, and rely on nothing in it. Kept: ${retentionOf(topic)}.`,
      messages: {
        upserted: {
          name: "plimsoll.checkpoint.upserted",
          title: "A checkpoint",
          summary: "How far a part of a source has been read.",
          payload: schemaRef("checkpoint"),
          type: "plimsoll.checkpoint.upserted",
          key: text("A canonical JSON array: of a checkpoint, instance, stream, part of the source."),
          hasRun: true
        }
      }
    }
  }
  return undefined
}

/** The Channel Object of a topic. */
export const channelObject = (channel: Channel, server: AsyncApiServer | undefined): JsonSchema => {
  const { topic, title, description, messages, extension } = channel
  const address = `${server?.prefix ?? ""}${topic.topic}`
  return {
    address,
    title,
    description,
    messages: Object.fromEntries(
      Object.entries(messages).map(([id, message]) => [id, messageObject(message)])
    ),
    bindings: {
      kafka: {
        topic: address,
        partitions: topic.partitions,
        ...(server?.replication === undefined ? {} : { replicas: server.replication }),
        topicConfiguration: {
          "cleanup.policy": [topic.cleanup === "compact" ? "compact" : "delete"],
          "retention.ms": topic.expires?.milliseconds ?? -1,
          "retention.bytes": topic.expires?.bytes ?? -1
        },
        bindingVersion
      }
    },
    ...(extension === undefined ? {} : { "x-plimsoll-contract": extension })
  }
}

/** What others may do with a topic. */
export const operationsOf = (channel: Channel): ReadonlyArray<readonly [string, JsonSchema]> => {
  const { topic, title, messages, send } = channel
  const path = `channels/${topic.topic}`
  const some = (names: ReadonlyArray<string>) => names.map((name) => ref(`${path}/messages/${name}`))
  const strangers = Object.keys(messages).filter((name) => messages[name]!.type === undefined)
  return [
    [
      `receive.${topic.topic}`,
      {
        action: "receive",
        channel: ref(path),
        title: `Receive: ${title}`,
        description: "With isolation.level=read_committed.",
        messages: some(Object.keys(messages)),
        "x-plimsoll-isolation-level": "read_committed"
      }
    ],
    ...(send === undefined
      ? []
      : ([
          [
            `send.${topic.topic}`,
            {
              action: "send",
              channel: ref(path),
              title: `Send: ${title}`,
              description: send,
              messages: some(strangers)
            }
          ]
        ] as const))
  ]
}

import { deadLetterTopic, type JsonSchema, schemasTopic, stateTopic } from "@plimsoll/schema"
import { hash } from "node:crypto"
import {
  type Channel,
  channelObject,
  deadLetterChannel,
  operationsOf,
  ownChannel,
  streamChannel
} from "./asyncapi-channel.ts"
import { isOwnStream, type StoredContract } from "./asyncapi-message.ts"
import {
  checkpointSchema,
  contractSchema,
  deadLetterSchema,
  eventHeaders,
  generationSchema,
  replayedSchema,
  rowSchemas
} from "./asyncapi-schema.ts"
import { type AsyncApiServer, securityOf, serversOf } from "./asyncapi-server.ts"
import type { TopicInfo } from "./log.ts"
import { canonicalJson } from "./record.ts"

/** What {@link asyncApi} makes a document of. */
export interface AsyncApiOptions {
  /** The name of the document: whose log it is. */
  readonly title: string
  /** The latest contract of each stream, from the topic of contracts. */
  readonly contracts: ReadonlyArray<StoredContract>
  /** The topics as they stand. Streams whose topic is not among them are left out. */
  readonly topics: ReadonlyArray<TopicInfo>
  /** How the brokers are reached. Absent: the log is a file, which only processes of its own machine can open. */
  readonly server?: AsyncApiServer
}

/** An AsyncAPI 3 document: plain data, ready for `JSON.stringify`. */
export type AsyncApiDocument = { readonly asyncapi: "3.0.0" } & JsonSchema

const general = `What stands on this event log for others to use, written from the side of an application that uses it: it receives from every topic, and may send to some.

- Read with isolation.level=read_committed: all writes are transactions, and what an aborted one left behind is no fact.
- Offsets have gaps (the marks of transactions, compaction). A gap is no loss.
- Values are plain JSON in UTF-8; what a record says of itself is in its headers, as CloudEvents 1.0 in binary mode.
- Keys are the canonical JSON array of the key's fields. The partition is not taken from the key: it is murmur2 of the header ce_partitionkey (the microsystem, where the stream has one) modulo the partitions, so that all rows of one microsystem stay in order. The order between partitions and between topics is unknown.
- Facts are never overwritten: a later record of a key supersedes the earlier, a deletion is a record of its own. Tell them apart by the end of ce_type.
- A record may be sent again by its source: its ce_id is then the same.
- Fields of type integer beyond 2^53, exact decimals and instants are strings: see the description of each.
- Readers must bear fields that they do not know: within a major version a field may be added, and none goes or changes its type.
- Each field says its sensitivity (x-plimsoll-sensitivity): open, confidential, or identifiable.`

const embeddedLog =
  "This log is a file of one machine, so the document names no server: its topics can be read by `plimsoll log read`, and by every other process once the log is on Kafka."

/**
 * The AsyncAPI 3 document of everything on a log that others may use: a channel for each topic, with its messages
 * as the contracts on the log say them, and what may be received and sent. Sealed streams are left out, since
 * nobody else can read them, and so are topics that no contract speaks of. It says nothing that the log does not
 * say, and no credential: the same log gives the same document.
 *
 * ```ts test
 * import { asyncApi, contractId, streamTopics } from "@plimsoll/log"
 * import { contractOf, ticks } from "@plimsoll/schema"
 *
 * const contract = contractOf("hospital", ticks)
 * const document = asyncApi({
 *   title: "Hospital",
 *   contracts: [{ ...contract, id: contractId(contract) }],
 *   topics: streamTopics(contract).map((topic) => ({ ...topic, offsets: [] })),
 *   server: { brokers: ["kafka:9092"] }
 * })
 * Object.keys(document["channels"] as object).includes("hospital.plimsoll.tick.v1") // => true
 * ```
 */
export const asyncApi = (options: AsyncApiOptions): AsyncApiDocument => {
  const { title, server } = options
  const topics = new Map(options.topics.map((topic) => [topic.topic, topic]))
  const contracts = options.contracts
    .filter(({ access, topic }) => access === "open" && topics.has(topic))
    .toSorted((a, b) => (a.topic < b.topic ? -1 : 1))
  const channels = [
    ...contracts.flatMap((contract): ReadonlyArray<Channel> => {
      const letters = topics.get(deadLetterTopic(contract.topic))
      return [
        streamChannel(contract, topics.get(contract.topic)!),
        ...(letters === undefined || isOwnStream(contract) ? [] : [deadLetterChannel(contract, letters)])
      ]
    }),
    ...[schemasTopic, stateTopic].flatMap((name) => {
      const topic = topics.get(name)
      const channel = topic === undefined ? undefined : ownChannel(topic)
      return channel === undefined ? [] : [channel]
    })
  ]
  const used = (name: string) => channels.some(({ messages }) => name in messages)
  const security = server === undefined ? {} : securityOf(server)
  return {
    asyncapi: "3.0.0",
    info: {
      title,
      version: `1.0.0+${hash("sha256", canonicalJson(contracts.map(({ id }) => id)), "hex").slice(0, 16)}`,
      description: server === undefined ? `${general}\n\n${embeddedLog}` : general
    },
    defaultContentType: "application/json",
    ...(server === undefined ? {} : { servers: serversOf(server) }),
    channels: Object.fromEntries(
      channels.map((channel) => [channel.topic.topic, channelObject(channel, server)])
    ),
    operations: Object.fromEntries(channels.flatMap(operationsOf)),
    components: {
      schemas: {
        eventHeaders,
        ...(used("generation") ? { generation: generationSchema } : {}),
        ...(used("rejected") ? { deadLetter: deadLetterSchema, replayed: replayedSchema } : {}),
        ...(topics.has(schemasTopic) ? { contract: contractSchema } : {}),
        ...(topics.has(stateTopic) ? { checkpoint: checkpointSchema } : {}),
        ...Object.assign({}, ...contracts.map(rowSchemas))
      },
      correlationIds: {
        run: {
          location: "$message.header#/plimsoll_run",
          description: "The run of the connector that read it. Its counts are on the topic of runs."
        }
      },
      ...(Object.keys(security).length === 0 ? {} : { securitySchemes: security })
    }
  }
}

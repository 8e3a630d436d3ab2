import kafkajs, { type KafkaConfig } from "kafkajs"
import { createRequire } from "node:module"

/*
 * What this adapter touches of kafkajs beyond its public interface: only the types that it needs, as they are in
 * the version that the package is pinned to. Why: docs/decisions/0008-kafkajs-internals.md.
 */

/** The version whose inside this is. */
export const knownVersion = "2.2.4"

/** Collects the bytes of a request. */
export interface Encoder {
  writeBuffer(bytes: Buffer): Encoder
}

/** A request of Kafka's protocol, and how its answer is read. */
export interface Protocol<Answer> {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    readonly encode: () => Promise<Encoder>
  }
  readonly response: {
    readonly decode: (bytes: Buffer) => Promise<Answer>
    readonly parse: (answer: Answer) => Promise<Answer>
  }
}

/** One of the two connections to a broker. */
export interface Connection {
  rejectRequests(error: Error): void
}

/** The connections to a broker. */
export interface ConnectionPool {
  readonly pool: ReadonlyArray<Connection>
  send<Answer>(protocol: Protocol<Answer>): Promise<Answer>
}

interface Topics<Partition> {
  readonly topics: ReadonlyArray<{ readonly topic: string; readonly partitions: ReadonlyArray<Partition> }>
}

interface TransactionOf {
  readonly transactionalId: string
  readonly producerId: string
  readonly producerEpoch: number
}

/** A broker, its requests in the version that both sides know. An error in an answer is thrown. */
export interface Broker {
  readonly connectionPool: ConnectionPool
  readonly lookupRequest: <Values, Answer>(
    apiKey: number,
    definition: Definition<Values, Answer>
  ) => (values: Values) => Protocol<Answer>
  isConnected(): boolean
  connect(): Promise<void>
  disconnect(): Promise<void>
  findGroupCoordinator(values: {
    readonly groupId: string
    readonly coordinatorType: 0 | 1
  }): Promise<{ readonly coordinator: { readonly nodeId: number } }>
  listOffsets(
    values: Topics<{ readonly partition: number; readonly timestamp: number }> & {
      readonly isolationLevel: 0 | 1
    }
  ): Promise<{
    readonly responses: Topics<{ readonly partition: number; readonly offset: string }>["topics"]
  }>
  describeConfigs(values: {
    readonly resources: ReadonlyArray<{
      readonly type: 2
      readonly name: string
      readonly configNames: ReadonlyArray<string>
    }>
  }): Promise<{
    readonly resources: ReadonlyArray<{
      readonly resourceName: string
      readonly configEntries: ReadonlyArray<{
        readonly configName: string
        readonly configValue: string | null
      }>
    }>
  }>
  createTopics(values: {
    readonly topics: ReadonlyArray<{
      readonly topic: string
      readonly numPartitions: number
      readonly replicationFactor: number
      readonly configEntries: ReadonlyArray<{ readonly name: string; readonly value: string }>
    }>
    readonly timeout: number
  }): Promise<unknown>
  initProducerId(values: {
    readonly transactionalId: string
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
  addPartitionsToTxn(
    values: TransactionOf & {
      readonly topics: ReadonlyArray<{ readonly topic: string; readonly partitions: ReadonlyArray<number> }>
    }
  ): Promise<unknown>
  endTxn(values: TransactionOf & { readonly transactionResult: boolean }): Promise<unknown>
  joinGroup(values: {
    readonly groupId: string
    readonly sessionTimeout: number
    readonly rebalanceTimeout: number
    readonly memberId: string
    readonly groupProtocols: ReadonlyArray<{ readonly name: string; readonly metadata: Buffer }>
  }): Promise<{
    readonly memberId: string
    readonly generationId: number
    readonly leaderId: string
    readonly members: ReadonlyArray<{ readonly memberId: string; readonly memberMetadata: Buffer }>
  }>
  syncGroup(values: {
    readonly groupId: string
    readonly generationId: number
    readonly memberId: string
    readonly groupAssignment: ReadonlyArray<{ readonly memberId: string; readonly memberAssignment: Buffer }>
  }): Promise<{ readonly memberAssignment: Buffer | null }>
  heartbeat(values: {
    readonly groupId: string
    readonly groupGenerationId: number
    readonly memberId: string
  }): Promise<unknown>
  leaveGroup(values: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
}

/** What the library keeps of a cluster. Of it, only the ways to make connections and brokers are used. */
export interface Cluster {
  readonly rootLogger: unknown
  readonly connectionPoolBuilder: {
    build(where: { readonly host: string; readonly port: number }): Promise<ConnectionPool>
  }
  readonly brokerPool: {
    createBroker(options: { readonly connectionPool: ConnectionPool; readonly logger: unknown }): Broker
  }
}

/** A request in the versions that the library knows. */
export interface Definition<Values, Answer> {
  readonly versions: ReadonlyArray<string>
  readonly protocol: (version: { readonly version: number }) => (values: Values) => Protocol<Answer>
}

/** An answer to the question for brokers and topics, errors and all. */
export interface Metadata {
  readonly controllerId: number
  readonly brokers: ReadonlyArray<{ readonly nodeId: number; readonly host: string; readonly port: number }>
  readonly topicMetadata: ReadonlyArray<{
    readonly topicErrorCode: number
    readonly topic: string
    readonly partitionMetadata: ReadonlyArray<{ readonly partitionId: number; readonly leader: number }>
  }>
}

const require = createRequire(import.meta.url)

/** The version that is installed. */
export const installedVersion = (require("kafkajs/package.json") as { readonly version: string }).version

export const metadataKey = 3

/** Undefined where another version, whose inside is not known, is installed. */
const load = <A>(path: string): A => require(`kafkajs/src/${path}`) as A

type NewEncoder = new () => Encoder

/** Bytes, as the library sends them. */
export const encoded = (bytes: Buffer): Encoder =>
  new (load<NewEncoder>("protocol/encoder.js"))().writeBuffer(bytes)

export const metadataRequest = (): Definition<
  { readonly topics: ReadonlyArray<string>; readonly allowAutoTopicCreation: boolean },
  Metadata
> => load("protocol/requests/metadata/index.js")

/** The checksum of a batch. */
export const crc32c = (bytes: Buffer): number =>
  load<(bytes: Buffer) => number>("protocol/recordBatch/crc32C/index.js")(bytes)

/** The error that stands for Kafka's number of one. */
export const errorOf = (code: number): Error =>
  load<{ readonly createErrorFromCode: (code: number) => Error }>("protocol/error.js").createErrorFromCode(
    code
  )

interface Queue {
  readonly pending: ReadonlyArray<unknown>
  scheduleCheckPendingRequests(): void
}

interface Connecting {
  connect(): Promise<boolean>
  isConnected(): boolean
  /** What came of an answer that is not whole yet. */
  chunks: Array<Buffer>
  bytesBuffered: number
  bytesNeeded: number
}

let mended = false

/** Three faults of the library, mended once for all who use it in this process. */
const mend = (): void => {
  if (mended) return
  mended = true
  const queue = load<{ readonly prototype: Queue }>("network/requestQueue/index.js").prototype
  const schedule = queue.scheduleCheckPendingRequests
  // It starts a timer with each answer, of a negative time if nothing waits: Node from 24 on warns of that.
  queue.scheduleCheckPendingRequests = function (this: Queue): void {
    if (this.pending.length > 0) schedule.call(this)
  }
  const connection = load<{ readonly prototype: Connecting }>("network/connection.js").prototype
  const connect = connection.connect
  const underWay = new WeakMap<Connecting, Promise<boolean>>()
  // Two requests at once would each open a socket, and mix what both bring.
  connection.connect = function (this: Connecting): Promise<boolean> {
    const known = underWay.get(this)
    if (known !== undefined) return known
    if (!this.isConnected()) {
      // Half an answer of a broker that died would stand before all that the next one says: none would ever be read.
      this.chunks = []
      this.bytesBuffered = 0
      this.bytesNeeded = 4
    }
    const made = connect.call(this).finally(() => underWay.delete(this))
    underWay.set(this, made)
    return made
  }
}

/** The inside of a client of the library. */
export const clusterOf = (config: KafkaConfig): Cluster => {
  mend()
  const kafka = new kafkajs.Kafka({ ...config, logLevel: kafkajs.logLevel.NOTHING })
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster"
  )!
  const inside = kafka as unknown as {
    readonly [name: symbol]: (options: { readonly allowAutoTopicCreation: boolean }) => Cluster
  }
  return inside[symbol]!({ allowAutoTopicCreation: false })
}

import { setTimeout as sleep } from "node:timers/promises"

import { eachOf, faultOf, type Place, type Places, placesOf } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { connectionConfig } from "./connection.ts"
import { passes, toFault } from "./fault.ts"
import {
  type Broker,
  type Cluster,
  clusterOf,
  errorOf,
  type Metadata,
  metadataKey,
  metadataRequest
} from "./internals.ts"

interface Address {
  readonly host: string
  readonly port: number
}

interface Node extends Address {
  readonly broker: Broker
}

const unknownTopic = 3
const leaderNotAvailable = 5
const invalidTopic = 17

const addressOf = (address: string): Address => {
  const colon = address.lastIndexOf(":")
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
}

/** The brokers of a cluster: who leads which partition, and who keeps which group or transaction. */
export class Brokers {
  readonly #cluster: Cluster
  readonly #seeds: ReadonlyArray<Address>
  readonly #bootstrap = new Map<string, Promise<Broker>>()
  readonly #nodes = new Map<number, Promise<Node>>()
  readonly #leaders = new Map<string, ReadonlyMap<number, number>>()
  readonly #coordinators = new Map<string, number>()
  #isClosed = false

  /** @param patience milliseconds that a request takes at the most */
  constructor(options: KafkaLogOptions, patience: number) {
    this.#cluster = clusterOf(connectionConfig(options, patience))
    this.#seeds = options.brokers.map(addressOf)
  }

  /** Tries for so many milliseconds: after a failure that may pass, what is known of the brokers is asked for anew. */
  async persist<A>(milliseconds: number, work: () => Promise<A>): Promise<A> {
    let pause = 10
    for (const until = performance.now() + milliseconds; ;) {
      try {
        return await work()
      } catch (error) {
        const fault = toFault(error)
        if (!passes(fault) || performance.now() > until || this.#isClosed) throw fault
        // The last transaction of this producer is still being ended: a matter of milliseconds.
        if (fault.reason === "CONCURRENT_TRANSACTIONS") pause = 5
        else {
          this.#leaders.clear()
          this.#coordinators.clear()
        }
        await sleep(pause)
        pause = Math.min(500, 2 * pause)
      }
    }
  }

  /** A broker that answers. */
  async any(): Promise<Broker> {
    let failed: unknown = faultOf("BROKER_NOT_AVAILABLE")
    const found = await Promise.allSettled(this.#nodes.values())
    const known = found.flatMap((one) => (one.status === "fulfilled" ? [one.value.broker] : []))
    for (const broker of known.toSorted((a, b) => Number(b.isConnected()) - Number(a.isConnected()))) {
      try {
        await this.#connect(broker)
        return broker
      } catch (error) {
        failed = error
      }
    }
    for (const place of this.#seeds) {
      try {
        const broker = await this.#seed(place)
        await this.#connect(broker)
        return broker
      } catch (error) {
        failed = error
        // Another broker would refuse the same user.
        if (toFault(error).kind === "refused") break
      }
    }
    throw failed
  }

  /** These topics, or all: by name, how many partitions. One that is not there is left out. */
  async topics(names: ReadonlyArray<string> | "all"): Promise<ReadonlyMap<string, number>> {
    if (names !== "all" && names.length === 0) return new Map()
    const { topicMetadata } = await this.metadata(names)
    const counts = new Map<string, number>()
    for (const { topic, topicErrorCode, partitionMetadata } of topicMetadata) {
      if (topicErrorCode === 0 || topicErrorCode === leaderNotAvailable)
        counts.set(topic, partitionMetadata.length)
      else if (names !== "all" && topicErrorCode !== unknownTopic && topicErrorCode !== invalidTopic)
        throw errorOf(topicErrorCode)
    }
    return counts
  }

  async metadata(names: ReadonlyArray<string> | "all"): Promise<Metadata> {
    const broker = await this.any()
    const make = broker.lookupRequest(metadataKey, metadataRequest())
    // To the library no topic means all.
    const { request, response } = make({
      topics: names === "all" ? [] : names,
      allowAutoTopicCreation: false
    })
    // It would fail for all topics where one of them has an error.
    const { decode } = response
    const found = await broker.connectionPool.send({
      request,
      response: { decode, parse: (answer) => Promise.resolve(answer) }
    })
    for (const { nodeId, host, port } of found.brokers) await this.#learn(nodeId, { host, port })
    for (const { topic, partitionMetadata } of found.topicMetadata)
      this.#leaders.set(
        topic,
        new Map(partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader]))
      )
    return found
  }

  /** The node that leads a partition. */
  async leader(topic: string, partition: number): Promise<number> {
    if (!this.#leaders.has(topic)) await this.topics([topic])
    const leader = this.#leaders.get(topic)?.get(partition)
    if (leader === undefined) throw faultOf("UNKNOWN_TOPIC_OR_PARTITION")
    if (leader < 0) throw faultOf("LEADER_NOT_AVAILABLE")
    return leader
  }

  /** The brokers that lead these partitions, each with those that it leads. */
  async leaders(places: Places): Promise<ReadonlyArray<readonly [Broker, Places]>> {
    const led = new Map<number, Array<Place>>()
    for (const place of eachOf(places)) {
      const leader = await this.leader(place.topic, place.partition)
      led.set(leader, [...(led.get(leader) ?? []), place])
    }
    return Promise.all([...led].map(async ([node, its]) => [await this.node(node), placesOf(its)] as const))
  }

  async node(id: number): Promise<Broker> {
    const node = this.#nodes.get(id)
    if (node === undefined) throw faultOf("BROKER_NOT_AVAILABLE")
    const { broker } = await node
    await this.#connect(broker)
    return broker
  }

  /** The broker that keeps a group, or a transactional id. */
  async coordinator(kind: "group" | "transaction", id: string): Promise<Broker> {
    const name = `${kind} ${id}`
    let node = this.#coordinators.get(name)
    if (node === undefined) {
      const broker = await this.any()
      const found = await broker.findGroupCoordinator({
        groupId: id,
        coordinatorType: kind === "group" ? 0 : 1
      })
      node = found.coordinator.nodeId
      this.#coordinators.set(name, node)
    }
    if (!this.#nodes.has(node)) await this.metadata("all")
    return this.node(node)
  }

  /** After this, who keeps what is asked for anew. */
  forgetCoordinators(): void {
    this.#coordinators.clear()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const nodes = [...this.#nodes.values()].map(async (node) => (await node).broker)
    await Promise.allSettled(
      [...nodes, ...this.#bootstrap.values()].map(async (made) => {
        const broker = await made
        // It would wait for the answers of a broker that may be gone.
        for (const connection of broker.connectionPool.pool) connection.rejectRequests(new Error("closed"))
        await broker.disconnect()
      })
    )
  }

  async #connect(broker: Broker): Promise<void> {
    if (this.#isClosed) throw faultOf("CLOSED")
    if (!broker.isConnected()) await broker.connect()
  }

  #seed(place: Address): Promise<Broker> {
    const name = `${place.host}:${place.port}`
    let made = this.#bootstrap.get(name)
    if (made === undefined) this.#bootstrap.set(name, (made = this.#make(place)))
    return made
  }

  async #make({ host, port }: Address): Promise<Broker> {
    const connectionPool = await this.#cluster.connectionPoolBuilder.build({ host, port })
    return this.#cluster.brokerPool.createBroker({ connectionPool, logger: this.#cluster.rootLogger })
  }

  async #learn(id: number, { host, port }: Address): Promise<void> {
    const known = await this.#nodes.get(id)
    if (known?.host === host && known.port === port) return
    // Often one that we asked first is told again: then its connections serve on.
    const isSeed = this.#seeds.some((seed) => seed.host === host && seed.port === port)
    const made = isSeed ? this.#seed({ host, port }) : this.#make({ host, port })
    this.#nodes.set(
      id,
      made.then((broker) => ({ host, port, broker }))
    )
    if (known !== undefined) void known.broker.disconnect().catch(() => undefined)
  }
}

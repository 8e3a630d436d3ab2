import { Base, type BaseOptions, type listOffsetsV9, ListOffsetTimestamps } from "@platformatic/kafka"

import { faultOf, type Partitions } from "../client.ts"
import { apiOf, connectionTo, tidy } from "./connection.ts"
import { leadersOf } from "./leaders.ts"
import { persist } from "./persist.ts"

type Request = Parameters<typeof listOffsetsV9.createRequest>
type Response = ReturnType<typeof listOffsetsV9.parseResponse>

/** Milliseconds until a partition is led again, at the most. */
const leaderPatience = 10_000

const anyConsumer = -1
const readUncommitted = 0
const readCommitted = 1

/**
 * Asks where partitions begin and end. The client's own call ends the process where what it knows of the brokers is
 * cleared while it asks, as happens when one of them has died.
 */
export class OffsetLister {
  readonly #base: Base

  constructor(connection: BaseOptions) {
    // The client would ask the leader that it knows of again and again, dead or not.
    this.#base = tidy(new Base({ ...connection, retries: 0 }))
  }

  list(
    topics: Partitions,
    which: "first" | "end" | "written"
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    return persist(leaderPatience, (anew) => this.#list(topics, which, anew))
  }

  async close(): Promise<void> {
    await this.#base.close()
  }

  async #list(
    topics: Partitions,
    which: "first" | "end" | "written",
    anew: boolean
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    const names = [...topics.keys()]
    const metadata = await this.#base.metadata({ topics: names, forceUpdate: anew })
    const timestamp = which === "first" ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST
    const isolation = which === "written" ? readUncommitted : readCommitted
    const places = new Map(
      names.map((name) => {
        const known = metadata.topics.get(name)
        if (known === undefined) throw faultOf("LEADER_NOT_AVAILABLE")
        return [name, known.partitions.map((_, partition) => partition)] as const
      })
    )
    const found = new Map(names.map((name) => [name, [] as Array<number>]))
    await Promise.all(
      leadersOf(metadata, places).map(async ([broker, asked]) => {
        const [api, connection] = await Promise.all([
          apiOf<Request, Response>(this.#base, "ListOffsets"),
          connectionTo(this.#base, broker)
        ])
        const request = [...asked].map(([name, partitions]) => ({
          name,
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            currentLeaderEpoch: -1,
            timestamp
          }))
        }))
        const answer = await api.async(connection, anyConsumer, isolation, request)
        for (const { name, partitions } of answer.topics)
          for (const { partitionIndex, offset } of partitions)
            found.get(name)![partitionIndex] = Number(offset)
      })
    )
    return found
  }
}

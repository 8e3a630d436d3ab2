import { Base, type BaseOptions, type metadataV12, ResponseError } from "@platformatic/kafka"

import type { SeenTopic } from "../client.ts"
import { seenTopic } from "../seen-topic.ts"
import { apiOf, anyConnection, tidy } from "./connection.ts"

type Request = Parameters<typeof metadataV12.createRequest>
type Response = ReturnType<typeof metadataV12.parseResponse>

/** Asks for topics and for what the user may do with them, which the client's own calls leave out. */
export class Looker {
  readonly #base: Base

  constructor(connection: BaseOptions) {
    this.#base = tidy(new Base(connection))
  }

  async look(topics: ReadonlyArray<string>): Promise<ReadonlyMap<string, SeenTopic>> {
    const connection = await anyConnection(this.#base)
    const api = await apiOf<Request, Response>(this.#base, "Metadata")
    // The client throws the whole answer where one topic has an error.
    const answer = await api.async(connection, [...topics], false, true).catch((error: unknown) => {
      if (error instanceof ResponseError) return error["response"] as Response
      throw error
    })
    return new Map(
      answer.topics.map(({ name, errorCode, partitions, topicAuthorizedOperations }) => [
        name ?? "",
        seenTopic({
          error: errorCode,
          replicas: partitions.map(({ replicaNodes }) => replicaNodes.length),
          operations: topicAuthorizedOperations
        })
      ])
    )
  }

  async close(): Promise<void> {
    await this.#base.close()
  }
}

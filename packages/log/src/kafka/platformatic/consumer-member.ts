import type { consumerGroupHeartbeatV1 } from "@platformatic/kafka"
import { randomUUID } from "node:crypto"

import { KafkaFault } from "../client.ts"
import type { Beat, GroupMember } from "../group-member.ts"
import type { KafkaLogOptions } from "../options.ts"
import { Coordinator } from "./coordinator.ts"

type Answer = ReturnType<typeof consumerGroupHeartbeatV1.parseResponse>
type Owned = NonNullable<Answer["assignment"]>["topicPartitions"]

const gone = new Set(["UNKNOWN_MEMBER_ID", "FENCED_MEMBER_EPOCH", "STALE_MEMBER_EPOCH"])

/** A member by KIP-848: the brokers assign the lease, and leave it where it is. */
export class ConsumerMember implements GroupMember {
  readonly sessionTimeout: number
  readonly #coordinator: Coordinator
  readonly #group: string
  readonly #topic: string
  #id: string = randomUUID()
  #epoch = 0
  /** Undefined until the brokers have said what is ours. */
  #owned: Owned | undefined

  constructor(options: KafkaLogOptions, group: string, topic: string, sessionTimeout: number) {
    this.#coordinator = new Coordinator(options, group, sessionTimeout)
    this.#group = group
    this.#topic = topic
    this.sessionTimeout = sessionTimeout
  }

  async beat(): Promise<Beat> {
    const at = performance.now()
    try {
      const answer = await this.#heartbeat(this.#epoch)
      // Before version 1 of this request the brokers choose the id.
      this.#id = answer.memberId ?? this.#id
      this.#epoch = answer.memberEpoch
      if (answer.assignment !== null) this.#owned = answer.assignment.topicPartitions
      return { holds: this.#owned?.some(({ partitions }) => partitions.includes(0)), at }
    } catch (error) {
      if (!(error instanceof KafkaFault && gone.has(error.reason))) throw error
      this.#epoch = 0
      this.#owned = undefined
      return { holds: false, at }
    }
  }

  async leave(): Promise<void> {
    try {
      await this.#heartbeat(-1)
    } finally {
      await this.#coordinator.close()
    }
  }

  #heartbeat(epoch: number): Promise<Answer> {
    return this.#coordinator.call<typeof consumerGroupHeartbeatV1>(
      "ConsumerGroupHeartbeat",
      this.#group,
      this.#id,
      epoch,
      null,
      null,
      this.sessionTimeout,
      [this.#topic],
      null,
      null,
      this.#owned ?? []
    )
  }
}

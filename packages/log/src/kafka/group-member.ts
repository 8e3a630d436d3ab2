import { KafkaFault } from "./client.ts"
import { assignLease, type Claim, encodeClaim, givesLease, type MemberBytes } from "./lease-assignment.ts"

/** What a sign of life brought. */
export interface Beat {
  /** Whether the lease is ours; undefined where that is not decided yet. */
  readonly holds: boolean | undefined
  /** When the sign that was last acknowledged was sent, by `performance.now()`. */
  readonly at: number
}

/** A place in the group of a lease. */
export interface GroupMember {
  /** Milliseconds without an acknowledged sign of life after which the brokers may give the lease to another. */
  readonly sessionTimeout: number
  /** A sign of life. Joins the group where we are not in it. Throws a {@link KafkaFault}. */
  beat(): Promise<Beat>
  /** Leaves the group, so that the next gets the lease without waiting, and lets go of the connection. */
  leave(): Promise<void>
}

/** What joining brought. `members` are told to the leader only. */
export interface Joined {
  readonly id: string
  readonly generation: number
  readonly leader: string
  readonly members: ReadonlyArray<MemberBytes>
}

/** Kafka's calls of the classic group protocol, as a client makes them. Each throws a {@link KafkaFault}. */
export interface GroupCalls {
  /** `id`: empty for who is new. */
  join(id: string, claim: Buffer): Promise<Joined>
  sync(id: string, generation: number, assignments: ReadonlyArray<MemberBytes>): Promise<Buffer>
  heartbeat(id: string, generation: number): Promise<void>
  leave(id: string): Promise<void>
  close(): Promise<void>
}

/** How long the brokers wait for the members to join again; less than a session, or it would run out meanwhile. */
export const rebalanceTimeoutOf = (sessionTimeout: number): number => Math.floor(sessionTimeout * 0.75)

/** What only the coordinator of the group says of it. */
export const saidOfGroup: ReadonlySet<string> = new Set([
  "MEMBER_ID_REQUIRED",
  "REBALANCE_IN_PROGRESS",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "FENCED_INSTANCE_ID",
  "FENCED_MEMBER_EPOCH",
  "STALE_MEMBER_EPOCH"
])

const again = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION"])
const gone = new Set(["UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID"])

/** A member by the classic protocol: the members assign the lease among themselves. */
export class ClassicMember implements GroupMember {
  readonly sessionTimeout: number
  readonly #calls: GroupCalls
  readonly #topic: string
  #claim: Claim = { holds: false, since: Date.now() }
  #id = ""
  /** Undefined where we have to join first. */
  #generation: number | undefined

  constructor(calls: GroupCalls, topic: string, sessionTimeout: number) {
    this.#calls = calls
    this.#topic = topic
    this.sessionTimeout = sessionTimeout
  }

  async beat(): Promise<Beat> {
    for (;;) {
      const at = performance.now()
      try {
        if (this.#generation === undefined) return await this.#join()
        await this.#calls.heartbeat(this.#id, this.#generation)
        return { holds: this.#claim.holds, at }
      } catch (error) {
        const reason = error instanceof KafkaFault ? error.reason : ""
        if (!again.has(reason) && !gone.has(reason)) throw error
        this.#generation = undefined
        if (gone.has(reason)) this.#id = ""
        // Who was thrown out cannot hold on to it: another may have it already.
        if (gone.has(reason) && this.#claim.holds) {
          this.#claim = { holds: false, since: Date.now() }
          return { holds: false, at }
        }
      }
    }
  }

  async leave(): Promise<void> {
    try {
      if (this.#id !== "") await this.#calls.leave(this.#id)
    } finally {
      await this.#calls.close()
    }
  }

  async #join(): Promise<Beat> {
    const { id, generation, leader, members } = await this.#calls.join(
      this.#id,
      encodeClaim(this.#topic, this.#claim)
    )
    this.#id = id
    const at = performance.now()
    const assignments = leader === id ? assignLease(this.#topic, members) : []
    const holds = givesLease(await this.#calls.sync(id, generation, assignments))
    this.#generation = generation
    this.#claim = { ...this.#claim, holds }
    return { holds, at }
  }
}

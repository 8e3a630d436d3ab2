import {
  Admin,
  ConfigResourceTypes,
  type heartbeatV4,
  type joinGroupV9,
  type leaveGroupV5,
  type syncGroupV5
} from "@platformatic/kafka"

import type { Lease } from "../../log.ts"
import { KafkaFault } from "../client.ts"
import {
  ClassicMember,
  type GroupCalls,
  type GroupMember,
  type Joined,
  rebalanceTimeoutOf
} from "../group-member.ts"
import { type LeaseRequest, takeLease } from "../held-lease.ts"
import { leaseProtocol, type MemberBytes } from "../lease-assignment.ts"
import type { KafkaLogOptions } from "../options.ts"
import { connectionOptions, tidy } from "./connection.ts"
import { ConsumerMember } from "./consumer-member.ts"
import { Coordinator } from "./coordinator.ts"

class PlatformaticCalls implements GroupCalls {
  readonly #coordinator: Coordinator
  readonly #group: string
  readonly #sessionTimeout: number

  constructor(options: KafkaLogOptions, group: string, sessionTimeout: number) {
    this.#coordinator = new Coordinator(options, group, sessionTimeout)
    this.#group = group
    this.#sessionTimeout = sessionTimeout
  }

  async join(id: string, claim: Buffer): Promise<Joined> {
    try {
      const { memberId, generationId, leader, members } = await this.#coordinator.call<typeof joinGroupV9>(
        "JoinGroup",
        this.#group,
        this.#sessionTimeout,
        rebalanceTimeoutOf(this.#sessionTimeout),
        id,
        null,
        "consumer",
        [{ name: leaseProtocol, metadata: claim }]
      )
      return {
        id: memberId,
        generation: generationId,
        leader,
        members: members.map((member) => ({ id: member.memberId, bytes: member.metadata }))
      }
    } catch (error) {
      // Who is new is given an id first, and asks again with it.
      const given = id === "" ? idGiven(error) : undefined
      if (given === undefined) throw error
      return this.join(given, claim)
    }
  }

  async sync(id: string, generation: number, assignments: ReadonlyArray<MemberBytes>): Promise<Buffer> {
    const { assignment } = await this.#coordinator.call<typeof syncGroupV5>(
      "SyncGroup",
      this.#group,
      generation,
      id,
      null,
      "consumer",
      leaseProtocol,
      assignments.map((one) => ({ memberId: one.id, assignment: one.bytes }))
    )
    return assignment
  }

  async heartbeat(id: string, generation: number): Promise<void> {
    await this.#coordinator.call<typeof heartbeatV4>("Heartbeat", this.#group, generation, id, null)
  }

  async leave(id: string): Promise<void> {
    await this.#coordinator.call<typeof leaveGroupV5>("LeaveGroup", this.#group, [{ memberId: id }])
  }

  close(): Promise<void> {
    return this.#coordinator.close()
  }
}

const idGiven = (error: unknown): string | undefined => {
  if (!(error instanceof KafkaFault) || error.reason !== "MEMBER_ID_REQUIRED") return undefined
  const { cause } = error
  return cause instanceof Error && "memberId" in cause && typeof cause.memberId === "string"
    ? cause.memberId
    : undefined
}

/** How long the brokers wait for a sign of life from a member of this group, by KIP-848. */
const sessionOf = async (options: KafkaLogOptions, group: string): Promise<number> => {
  const name = "consumer.session.timeout.ms"
  const admin = tidy(new Admin(connectionOptions(options)))
  try {
    const [found] = await admin.describeConfigs({
      resources: [{ resourceType: ConfigResourceTypes.GROUP, resourceName: group, configurationKeys: [name] }]
    })
    const told = Number(found?.configs.find((config) => config.name === name)?.value)
    return told > 0 ? told : strictest
  } catch {
    // The user may have no right to ask.
    return strictest
  } finally {
    await admin.close().catch(() => undefined)
  }
}

/** Milliseconds: two of the brokers' own intervals between signs of life. */
const strictest = 10_000

const memberOf = async (options: KafkaLogOptions, group: string, topic: string): Promise<GroupMember> => {
  if (options.groupProtocol === "consumer")
    return new ConsumerMember(options, group, topic, await sessionOf(options, group))
  const sessionTimeout = options.sessionTimeout ?? 10_000
  return new ClassicMember(new PlatformaticCalls(options, group, sessionTimeout), topic, sessionTimeout)
}

/** See `Log.lease`: a place in the group, which has one partition to give. */
export const holdLease = async (
  options: KafkaLogOptions,
  group: string,
  topic: string,
  request: LeaseRequest
): Promise<Lease> =>
  takeLease(await memberOf(options, group, topic), request, options.requestTimeout ?? 30_000)

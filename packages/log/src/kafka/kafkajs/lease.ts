import type { Lease } from "../../log.ts"
import {
  ClassicMember,
  type GroupCalls,
  type Joined,
  rebalanceTimeoutOf,
  saidOfGroup
} from "../group-member.ts"
import { type LeaseRequest, takeLease } from "../held-lease.ts"
import { leaseProtocol, type MemberBytes } from "../lease-assignment.ts"
import type { KafkaLogOptions } from "../options.ts"
import { Brokers } from "./brokers.ts"
import { toFault } from "./fault.ts"
import type { Broker } from "./internals.ts"

class KafkajsCalls implements GroupCalls {
  // Of its own: a request to join is answered late, and holds up what follows on its connection.
  readonly #brokers: Brokers
  readonly #group: string
  readonly #sessionTimeout: number

  constructor(options: KafkaLogOptions, group: string, sessionTimeout: number) {
    this.#brokers = new Brokers(options, sessionTimeout)
    this.#group = group
    this.#sessionTimeout = sessionTimeout
  }

  join(id: string, claim: Buffer): Promise<Joined> {
    return this.#ask(async (broker) => {
      const { memberId, generationId, leaderId, members } = await broker.joinGroup({
        groupId: this.#group,
        sessionTimeout: this.#sessionTimeout,
        rebalanceTimeout: rebalanceTimeoutOf(this.#sessionTimeout),
        memberId: id,
        groupProtocols: [{ name: leaseProtocol, metadata: claim }]
      })
      return {
        id: memberId,
        generation: generationId,
        leader: leaderId,
        members: members.map((member) => ({ id: member.memberId, bytes: member.memberMetadata }))
      }
    })
  }

  sync(id: string, generation: number, assignments: ReadonlyArray<MemberBytes>): Promise<Buffer> {
    return this.#ask(async (broker) => {
      const { memberAssignment } = await broker.syncGroup({
        groupId: this.#group,
        generationId: generation,
        memberId: id,
        groupAssignment: assignments.map((one) => ({ memberId: one.id, memberAssignment: one.bytes }))
      })
      return memberAssignment ?? Buffer.alloc(0)
    })
  }

  async heartbeat(id: string, generation: number): Promise<void> {
    await this.#ask((broker) =>
      broker.heartbeat({ groupId: this.#group, groupGenerationId: generation, memberId: id })
    )
  }

  async leave(id: string): Promise<void> {
    await this.#ask((broker) => broker.leaveGroup({ groupId: this.#group, memberId: id }))
  }

  close(): Promise<void> {
    return this.#brokers.close()
  }

  async #ask<A>(work: (broker: Broker) => Promise<A>): Promise<A> {
    try {
      return await work(await this.#brokers.coordinator("group", this.#group))
    } catch (error) {
      const fault = toFault(error)
      if (!saidOfGroup.has(fault.reason)) this.#brokers.forgetCoordinators()
      throw fault
    }
  }
}

/** See `Log.lease`: a place in the group, which has one partition to give. */
export const holdLease = (
  options: KafkaLogOptions,
  group: string,
  topic: string,
  request: LeaseRequest
): Promise<Lease> => {
  const { sessionTimeout = 10_000, requestTimeout = 30_000 } = options
  const calls = new KafkajsCalls(options, group, sessionTimeout)
  return takeLease(new ClassicMember(calls, topic, sessionTimeout), request, requestTimeout)
}

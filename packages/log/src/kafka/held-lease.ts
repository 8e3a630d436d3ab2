import { setTimeout as sleep } from "node:timers/promises"

import type { Lease } from "../log.ts"
import { type FaultKind, KafkaFault } from "./client.ts"
import type { GroupMember } from "./group-member.ts"

/** How a lease is asked for, see `Log.lease`. */
export interface LeaseRequest {
  readonly signal?: AbortSignal | undefined
  readonly onWait?: (() => void) | undefined
}

/** Between two signs of life at the most, in milliseconds: so soon is a release noticed. */
const mostBetween = 500

/** Between two tries where the brokers do not answer, in milliseconds. */
const betweenTries = 200

/** How long to wait at the end for the brokers to let us go, in milliseconds. */
const mostToLeave = 3_000

const passing: ReadonlySet<FaultKind> = new Set(["unreachable", "fenced", "topic-missing"])

/** A lease for as long as we are in its group, and are given it there. */
class HeldLease implements Lease {
  readonly #member: GroupMember
  readonly #over = new AbortController()
  readonly #granted = Promise.withResolvers<void>()
  #timer: NodeJS.Timeout | undefined
  #isHeld = false
  #left: Promise<void> | undefined

  constructor(member: GroupMember) {
    this.#member = member
  }

  get lost(): AbortSignal {
    return this.#over.signal
  }

  /** Resolves when it is ours. `patience`: milliseconds to wait for brokers that have never answered. */
  take(patience: number, onWait: (() => void) | undefined): Promise<void> {
    this.#left = this.#live(patience, onWait).then(() => this.#leave())
    return this.#granted.promise
  }

  async release(): Promise<void> {
    this.#end()
    // What is under way to a broker that does not answer ends by itself.
    await Promise.race([this.#left, sleep(mostToLeave, undefined, { ref: false })])
  }

  async #live(patience: number, onWait: (() => void) | undefined): Promise<void> {
    const started = performance.now()
    const between = Math.min(this.#member.sessionTimeout / 3, mostBetween)
    let answered = false
    let waits = false
    while (!this.#over.signal.aborted) {
      let pause = between
      try {
        const { holds, at } = await this.#member.beat()
        answered = true
        if (this.#over.signal.aborted) break
        if (holds === true) this.#hold(at)
        else if (this.#isHeld) this.#end()
        else if (holds === false && !waits) {
          waits = true
          onWait?.()
        }
        if (holds === undefined) pause = betweenTries
      } catch (error) {
        const fault = error instanceof KafkaFault ? error : new KafkaFault("unreachable", "UNKNOWN", error)
        const hopeless = !passing.has(fault.kind) || (!answered && performance.now() > started + patience)
        if (hopeless) {
          this.#granted.reject(fault)
          this.#end()
        }
        pause = Math.min(between, betweenTries)
      }
      await sleep(pause, undefined, { signal: this.#over.signal }).catch(() => undefined)
    }
  }

  /** It is ours until the brokers may give it away: so long after the last sign of life that they acknowledged. */
  #hold(at: number): void {
    const left = at + this.#member.sessionTimeout - performance.now()
    clearTimeout(this.#timer)
    if (left <= 0) {
      if (this.#isHeld) this.#end()
      return
    }
    this.#timer = setTimeout(() => this.#end(), left)
    this.#isHeld = true
    this.#granted.resolve()
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#over.abort()
  }

  async #leave(): Promise<void> {
    await this.#member.leave().catch(() => undefined)
  }
}

/** Takes a lease by a place in its group. Rejects with the signal's reason when that aborts first. */
export const takeLease = async (
  member: GroupMember,
  { signal, onWait }: LeaseRequest,
  patience: number
): Promise<Lease> => {
  const lease = new HeldLease(member)
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => {
    // Who gives up is out of the group when told so, unless the brokers take too long.
    void lease.release().then(() => aborted.reject(signal!.reason))
  }
  const granted = lease.take(patience, onWait)
  granted.catch(() => undefined)
  if (signal?.aborted === true) abort()
  signal?.addEventListener("abort", abort, { once: true })
  try {
    await Promise.race([granted, aborted.promise])
    if (signal?.aborted === true) await aborted.promise
    return lease
  } finally {
    signal?.removeEventListener("abort", abort)
  }
}

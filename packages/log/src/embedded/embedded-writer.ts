import { PlimsollError } from "@plimsoll/schema"

import type { Appended, LogWriter, RecordGroup } from "../log.ts"
import type { AppendChannel, Receiver } from "./append-channel.ts"
import type { AppendReply } from "./append-service.ts"
import type { WriterEpoch } from "./appender.ts"
import { failure } from "./failure.ts"
import { pack } from "./packed.ts"

interface Pending {
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: PlimsollError) => void
}

/** The calling side of a writer: packs, numbers and sends appends, and settles them in order. */
export class EmbeddedWriter implements LogWriter, Receiver {
  readonly id: string
  readonly epoch: number
  readonly #channel: AppendChannel
  readonly #appended: () => void
  readonly #pending = new Map<number, Pending>()
  #sequence = 0
  #knownFailure = 0
  #broken: PlimsollError | undefined
  #closed: Promise<void> | undefined
  #idle: (() => void) | undefined

  constructor(owner: WriterEpoch, open: (receiver: Receiver) => AppendChannel, appended: () => void) {
    this.id = owner.writer
    this.epoch = owner.epoch
    this.#appended = appended
    this.#channel = open(this)
  }

  async append(groups: ReadonlyArray<RecordGroup>): Promise<Appended> {
    if (this.#closed !== undefined)
      throw new PlimsollError({
        code: "log-closed",
        message: `writer ${this.id} is closed`,
        suggestion: "open a new writer"
      })
    if (this.#broken !== undefined) throw this.#broken
    const packed = groups.map(pack)
    const sequence = ++this.#sequence
    return new Promise((resolve, reject) => {
      this.#pending.set(sequence, { resolve, reject })
      this.#channel.hold(true)
      this.#channel.post({ sequence, knownFailure: this.#knownFailure, groups: packed })
    })
  }

  reply({ sequence, appended, complaint }: AppendReply): void {
    const pending = this.#pending.get(sequence)
    this.#pending.delete(sequence)
    if (this.#pending.size === 0) {
      this.#channel.hold(false)
      this.#idle?.()
    }
    if (appended !== undefined) {
      pending?.resolve(appended)
      this.#appended()
    } else {
      this.#knownFailure = sequence
      pending?.reject(new PlimsollError(complaint!))
    }
  }

  broken(error: unknown): void {
    const cause = failure(error)
    this.#broken ??= new PlimsollError(
      {
        code: cause.code,
        message: `the append thread of writer ${this.id} stopped: ${cause.message}`,
        suggestion: "open a new writer, and read the log to see whether the last append is there",
        transient: true
      },
      { cause: error }
    )
    for (const { reject } of this.#pending.values()) reject(this.#broken)
    this.#pending.clear()
    this.#idle?.()
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#pending.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
    if (this.#broken === undefined) await this.#channel.close()
  }
}

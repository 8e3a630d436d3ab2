import type { LogWriter, RecordGroup } from "@plimsoll/log"

/** At most this many batches are with the writer at once: it works on one while the next is made. */
const most = 2

/**
 * Hands batches to the writer in order, so that a source is read no faster than the log takes it. After the first
 * failure nothing more is appended.
 */
export class AppendQueue {
  readonly #writer: LogWriter
  readonly #waiting: Array<() => void> = []
  readonly #broken = new AbortController()
  #inFlight = 0
  #failure: { readonly error: unknown } | undefined

  constructor(writer: LogWriter) {
    this.#writer = writer
  }

  get full(): boolean {
    return this.#inFlight >= most
  }

  /** What the log answered to the first append that failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** Aborts with the first failure, so that nobody waits for a source whose rows nobody can take. */
  get broken(): AbortSignal {
    return this.#broken.signal
  }

  /** Resolves when the batch is durable. */
  async append(groups: ReadonlyArray<RecordGroup>): Promise<void> {
    if (this.full) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#inFlight++
    try {
      if (this.#failure !== undefined) throw this.#failure.error
      await this.#writer.append(groups)
    } catch (error) {
      if (this.#failure === undefined) {
        this.#failure = { error }
        this.#broken.abort()
      }
      throw this.#failure.error
    } finally {
      // The place goes to the next in line, so that nobody who comes later can overtake.
      const next = this.#waiting.shift()
      if (next === undefined) this.#inFlight--
      else next()
    }
  }
}

import type { Emit } from "@plimsoll/connector"

/** Takes one emit after another, and lets go of a source that does not heed the signal. */
export class Pull {
  readonly #iterator: AsyncIterator<Emit>
  readonly #signal: AbortSignal
  readonly #onAbort = () => this.#wake?.()
  #wake: (() => void) | undefined
  #ended = false

  constructor(source: AsyncIterable<Emit>, signal: AbortSignal) {
    this.#iterator = source[Symbol.asyncIterator]()
    this.#signal = signal
    signal.addEventListener("abort", this.#onAbort)
  }

  /** The next emit; undefined at the end, and as soon as the signal is aborted. */
  next(): Promise<Emit | undefined> {
    if (this.#signal.aborted) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined)
      this.#iterator.next().then(
        (step) => {
          if (step.done === true) this.#ended = true
          resolve(step.done === true ? undefined : step.value)
        },
        (error: unknown) => {
          this.#ended = true
          if (this.#signal.aborted) resolve(undefined)
          else reject(error)
        }
      )
    })
  }

  /** Tells the source that nobody reads on. It is not waited for: it may be deep in a call that does not end. */
  close(): void {
    this.#signal.removeEventListener("abort", this.#onAbort)
    if (!this.#ended) this.#iterator.return?.().catch(() => undefined)
  }
}

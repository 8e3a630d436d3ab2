import { PlimsollError } from "@plimsoll/schema"
import { performance } from "node:perf_hooks"
import { pause } from "./pause.ts"
import type { Progress } from "./report.ts"

const firstDelay = 1_000
const longestDelay = 30_000

/** Whether the log does not answer. What was being appended is then on it, or is not. */
export const isAway = (error: unknown): error is PlimsollError =>
  error instanceof PlimsollError && error.code === "log-unreachable"

/** Waits for a log that went away: 1 s, doubling to 30 s, until it has been away for too long since the last commit. */
export class LogPatience {
  readonly #limit: number
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: (progress: Progress) => void
  /** How long the log has been away, before this time, since something was last committed. */
  #spent = 0
  #since: number | undefined
  #tries = 0

  /** @param limit in milliseconds */
  constructor(limit: number, signal: AbortSignal | undefined, onProgress: (progress: Progress) => void) {
    this.#limit = limit
    this.#signal = signal
    this.#onProgress = onProgress
  }

  /** Waits before the log is tried again. Rejects with the error where that is not to be done. */
  async wait(error: PlimsollError): Promise<void> {
    const now = performance.now()
    this.#since ??= now
    const away = now - this.#since
    const left = this.#limit - this.#spent - away
    if (left <= 0 || this.#stopped()) throw error
    // Many connectors lose one log at the same moment, and should not all come back at the same one.
    const jittered = Math.min(longestDelay, firstDelay * 2 ** this.#tries) * (0.8 + Math.random() * 0.4)
    const milliseconds = Math.min(left, jittered)
    this.#tries++
    this.#onProgress({ _tag: "LogAway", code: error.code, tries: this.#tries, away, milliseconds })
    await pause(milliseconds, this.#signal)
    if (this.#stopped()) throw error
  }

  /** Does it again, with pauses, while the log does not answer. */
  async during<A>(work: () => Promise<A>): Promise<A> {
    for (;;) {
      try {
        const result = await work()
        this.#back()
        return result
      } catch (error) {
        if (!isAway(error)) throw error
        await this.wait(error)
      }
    }
  }

  /** Something was committed: the patience is as it was in the beginning. */
  committed(): void {
    this.#spent = 0
    this.#tries = 0
  }

  #stopped(): boolean {
    return this.#signal?.aborted === true
  }

  #back(): void {
    if (this.#since === undefined) return
    const away = performance.now() - this.#since
    this.#since = undefined
    // Who opens and then commits nothing is not back for good.
    this.#spent += away
    this.#onProgress({ _tag: "LogBack", away })
  }
}

import { PlimsollError } from "@plimsoll/schema"
import { performance } from "node:perf_hooks"
import { pause } from "./pause.ts"
import type { LogProgress } from "./report.ts"

const firstDelay = 1_000
const longestDelay = 30_000

/** Whether the log does not answer. What was being appended is then on it, or is not. */
export const isAway = (error: unknown): error is PlimsollError =>
  error instanceof PlimsollError && error.code === "log-unreachable"

/** Waits for a log that went away: 1 s, doubling to 30 s, until it has been away for too long since the last commit. */
export class LogPatience {
  readonly #limit: number
  readonly #signal: AbortSignal | undefined
  readonly #onProgress: (progress: LogProgress) => void
  /** How long the log has been away, before this time, since something was last committed. */
  #spent = 0
  #since: number | undefined
  #tries = 0

  /** @param limit in milliseconds */
  constructor(limit: number, signal: AbortSignal | undefined, onProgress: (progress: LogProgress) => void) {
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

/** What {@link withLogPatience} takes beside the work. */
export interface LogPatienceOptions {
  /** Milliseconds until the error is let through. Default: 600,000 (ten minutes). */
  readonly patience?: number
  /** Ends the wait: the error is then let through at once. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: LogProgress) => void
}

/** How long a log that is away is waited for where nobody says otherwise: ten minutes. */
export const defaultPatience = 600_000

/**
 * Does work on a log again, from its start, while the log does not answer (`log-unreachable`): after 1 s, then 2 s, and
 * so on to every 30 s. Only for work that can be done again: what the last try had appended may be on the log.
 *
 * ```ts
 * const topics = await withLogPatience(() => log.topics(), { patience: 60_000 })
 * ```
 */
export const withLogPatience = <A>(work: () => Promise<A>, options: LogPatienceOptions = {}): Promise<A> => {
  const { patience = defaultPatience, signal, onProgress = () => undefined } = options
  return new LogPatience(patience, signal, onProgress).during(work)
}

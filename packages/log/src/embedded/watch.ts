import type { DatabaseSync, StatementSync } from "node:sqlite"

/** Milliseconds between two looks at what other connections committed. */
const interval = 20

/** What setTimeout can take. */
const longest = 2_147_483_647

interface Waiter {
  /** How many records the log had got when the wait began. */
  readonly seen: number
  readonly wake: () => void
}

/** Wakes those who wait for an append, by this process or another. */
export class Watch {
  readonly #version: StatementSync
  readonly #total: StatementSync
  readonly #waiters = new Set<Waiter>()
  #timer: NodeJS.Timeout | undefined
  #lastVersion = -1
  #lastTotal = 0

  constructor(database: DatabaseSync) {
    // Changes with every commit of another connection, and costs no disk access.
    this.#version = database.prepare("PRAGMA data_version")
    this.#total = database.prepare("SELECT sum(next) AS total FROM part")
  }

  changed(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const seen = this.#appended()
    if (!(milliseconds > 0) || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener("abort", wake)
        this.#waiters.delete(waiter)
        if (this.#waiters.size === 0) this.#rest()
        resolve()
      }
      const timer = setTimeout(wake, Math.min(milliseconds, longest))
      signal?.addEventListener("abort", wake)
      const waiter: Waiter = { seen, wake }
      this.#waiters.add(waiter)
      this.#timer ??= setInterval(() => this.look(), interval)
    })
  }

  /** Wakes whoever waits, if something was appended. */
  look(): void {
    if (this.#waiters.size === 0) return
    try {
      const total = this.#appended()
      for (const waiter of this.#waiters) if (waiter.seen !== total) waiter.wake()
    } catch {
      // Whoever waits reads next, and is told there what is wrong.
      this.close()
    }
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.wake()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #appended(): number {
    const version = Number(this.#version.get()!["data_version"])
    if (version !== this.#lastVersion) {
      this.#lastTotal = Number(this.#total.get()!["total"])
      this.#lastVersion = version
    }
    return this.#lastTotal
  }
}

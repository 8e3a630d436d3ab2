import { setTimeout as sleep } from "node:timers/promises"

import type { Lease } from "../log.ts"
import { Fault } from "./fault.ts"
import { tryFileLock, type FileLock } from "./file-lock.ts"

/** Milliseconds between two tries. */
const interval = 200

/**
 * The leases of one opened log: each the operating system's lock on an empty file beside it, which ends with its
 * process. The file stays, since a lock on a file that was deleted meanwhile keeps nobody out.
 */
export class Leases {
  readonly #path: string
  readonly #closing = new AbortController()
  readonly #held = new Set<() => void>()

  constructor(path: string) {
    this.#path = path
  }

  async take(id: string, options?: { signal?: AbortSignal; onWait?: () => void }): Promise<Lease> {
    const { signal, onWait } = options ?? {}
    const path = `${this.#path}.${encodeURIComponent(id)}.lease`
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])])
    for (let told = false; ; told = true) {
      signal?.throwIfAborted()
      this.#closing.signal.throwIfAborted()
      const lock = tryFileLock(path)
      if (lock !== undefined) return this.#hold(lock)
      if (!told) onWait?.()
      // What aborted it is thrown at the head of the loop.
      await sleep(interval, undefined, { signal: stop }).catch(() => undefined)
    }
  }

  close(): void {
    this.#closing.abort(
      new Fault({ code: "log-closed", message: "the log is closed", suggestion: "open it again" })
    )
    for (const lose of this.#held) lose()
  }

  #hold(lock: FileLock): Lease {
    const lost = new AbortController()
    const letGo = (): boolean => {
      const held = this.#held.delete(lose)
      if (held) lock.release()
      return held
    }
    const lose = (): void => {
      if (letGo()) lost.abort()
    }
    this.#held.add(lose)
    return { lost: lost.signal, release: async () => void letGo() }
  }
}

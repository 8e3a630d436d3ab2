import { once } from "node:events"
import { Worker } from "node:worker_threads"

import type { AppendChannel, Receiver } from "./append-channel.ts"
import type { Assignment } from "./append-service.ts"
import type { FromThread, ToThread } from "./append-worker.ts"

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./append-worker.ts" : "./append-worker.js",
  import.meta.url
)

interface Channel {
  readonly receiver: Receiver
  waiting: boolean
  /** Where somebody waits for it to close. */
  closed?: () => void
}

/**
 * The append services of all writers of a log, on one thread: SQLite lets one write at a time anyway. It starts with the first
 * append, so that a writer that has nothing to say costs nothing.
 */
export class AppendThread {
  readonly #url: URL
  readonly #channels = new Map<number, Channel>()
  #worker: Worker | undefined
  #count = 0

  constructor(url: URL = workerUrl) {
    this.#url = url
  }

  /** A way to a service of its own. */
  open(assignment: Assignment, receiver: Receiver): AppendChannel {
    const number = ++this.#count
    const own: Channel = { receiver, waiting: false }
    return {
      post: (request) => {
        const worker = (this.#worker ??= this.#start())
        if (!this.#channels.has(number)) {
          this.#channels.set(number, own)
          this.#tell(worker, { channel: number, open: assignment })
        }
        this.#tell(worker, { channel: number, request })
        this.#hold()
      },
      hold: (waiting) => {
        own.waiting = waiting
        this.#hold()
      },
      close: async () => {
        const worker = this.#worker
        if (worker === undefined || !this.#channels.has(number)) return
        own.waiting = true
        this.#hold()
        const closed = new Promise<void>((resolve) => (own.closed = resolve))
        this.#tell(worker, { channel: number, close: true })
        await closed
      }
    }
  }

  /** Ends the thread; all channels must be closed. */
  async end(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    this.#worker = undefined
    const ended = once(worker, "exit")
    worker.ref()
    this.#tell(worker, "end")
    await ended
  }

  #start(): Worker {
    // A batch is garbage as soon as it is written: a small young generation keeps the thread's memory flat.
    const worker = new Worker(this.#url, {
      name: "plimsoll-log",
      resourceLimits: { maxYoungGenerationSizeMb: 8 }
    })
    worker.on("message", ({ channel, reply }: FromThread) => {
      const own = this.#channels.get(channel)
      if (reply !== undefined) own?.receiver.reply(reply)
      else this.#forget(channel)
    })
    worker.on("error", (error) => this.#broken(worker, error))
    worker.on("exit", () => this.#broken(worker, new Error("the append thread ended")))
    worker.unref()
    return worker
  }

  #tell(worker: Worker, message: ToThread): void {
    worker.postMessage(message)
  }

  /** The process stays as long as anybody waits for the thread. */
  #hold(): void {
    if ([...this.#channels.values()].some((one) => one.waiting)) this.#worker?.ref()
    else this.#worker?.unref()
  }

  #forget(channel: number): void {
    const own = this.#channels.get(channel)
    this.#channels.delete(channel)
    this.#hold()
    own?.closed?.()
  }

  #broken(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    for (const [channel, { receiver }] of this.#channels) {
      receiver.broken(error)
      this.#forget(channel)
    }
  }
}

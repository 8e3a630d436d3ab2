import { once } from "node:events"
import { Worker } from "node:worker_threads"

import { AppendService, type AppendReply, type AppendRequest, type Assignment } from "./append-service.ts"

/** Where the replies go. */
export interface Receiver {
  reply(reply: AppendReply): void
  /** No reply will come any more. */
  broken(error: unknown): void
}

/** The way to an append service. */
export interface AppendChannel {
  post(request: AppendRequest): void
  /** Whether the process has to stay for a reply. */
  hold(waiting: boolean): void
  close(): Promise<void>
}

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./append-worker.ts" : "./append-worker.js",
  import.meta.url
)

/** The service on a thread of its own. */
export const openThread = (
  assignment: Assignment,
  receiver: Receiver,
  url: URL = workerUrl
): AppendChannel => {
  // A batch is garbage as soon as it is written: a small young generation keeps the thread's memory flat.
  const worker = new Worker(url, {
    workerData: assignment,
    name: "plimsoll-log",
    resourceLimits: { maxYoungGenerationSizeMb: 8 }
  })
  let closing = false
  worker.on("message", (reply: AppendReply) => receiver.reply(reply))
  worker.on("error", (error) => receiver.broken(error))
  worker.on("exit", () => {
    if (!closing) receiver.broken(new Error("the append thread ended"))
  })
  worker.unref()
  return {
    post: (request) => worker.postMessage(request),
    hold: (waiting) => (waiting ? worker.ref() : worker.unref()),
    close: async () => {
      closing = true
      const ended = once(worker, "exit")
      worker.ref()
      worker.postMessage("close")
      await ended
    }
  }
}

/** The service on the calling thread. */
export const openInline = (assignment: Assignment, receiver: Receiver): AppendChannel => {
  const service = new AppendService(assignment)
  return {
    post: (request) => void setImmediate(() => receiver.reply(service.do(request))),
    hold: () => undefined,
    close: async () => service.close()
  }
}

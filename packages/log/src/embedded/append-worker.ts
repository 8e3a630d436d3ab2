// The append thread. Imports no other package, so that it runs from source without a resolve condition.
import { parentPort } from "node:worker_threads"

import { AppendService, type AppendReply, type AppendRequest, type Assignment } from "./append-service.ts"

/** What the thread is told, by the number of the channel. */
export type ToThread =
  | { readonly channel: number; readonly open: Assignment }
  | { readonly channel: number; readonly request: AppendRequest }
  | { readonly channel: number; readonly close: true }
  | "end"

/** What it answers; without a reply, the channel is closed. */
export interface FromThread {
  readonly channel: number
  readonly reply?: AppendReply
}

const port = parentPort!
const services = new Map<number, AppendService>()
const say = (message: FromThread): void => port.postMessage(message)

port.on("message", (message: ToThread) => {
  if (message === "end") port.close()
  else if ("open" in message) services.set(message.channel, new AppendService(message.open))
  else if ("request" in message) {
    const { channel, request } = message
    say({ channel, reply: services.get(channel)!.do(request) })
  } else {
    services.get(message.channel)!.close()
    services.delete(message.channel)
    say({ channel: message.channel })
  }
})

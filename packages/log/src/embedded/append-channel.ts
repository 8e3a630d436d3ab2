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

/** The service on the calling thread. */
export const openInline = (assignment: Assignment, receiver: Receiver): AppendChannel => {
  const service = new AppendService(assignment)
  return {
    post: (request) => void setImmediate(() => receiver.reply(service.do(request))),
    hold: () => undefined,
    close: async () => service.close()
  }
}

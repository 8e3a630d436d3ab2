import type { Log, LogWriter } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { complaintsOf } from "./complaints.ts"

/** What is thrown at who goes on with a log after the lease is lost. */
export const leaseLost = (cause?: unknown): PlimsollError =>
  new PlimsollError(
    {
      code: "run-lost",
      message:
        "this process stood still, or was cut off from the log, for so long that another may have taken over",
      suggestion: "run again: what was committed is kept, and nothing is doubled"
    },
    { cause }
  )

/** A log for as long as a lease on it is held. */
export interface LeasedLog extends Log {
  /** Lets go of the writers; the log stays open. */
  close(): Promise<void>
}

/** What {@link leasedLog} asks of the lease. */
export interface LeaseState {
  /** Aborts when it is lost for good: from then on every call fails with `run-lost`. */
  readonly lost: AbortSignal
  /** Takes it again where it can be lost for a while; asked before a writer is opened. Rejects where another has it. */
  readonly renew?: () => Promise<void>
}

/**
 * The log for the one who holds a lease.
 *
 * A look at the lease alone would leave a gap: a process may stand still between that look and its append. So each
 * writer is opened once and kept: whoever has the lease next opens the same writer, and what comes late is fenced by the log
 * itself.
 */
export const leasedLog = (log: Log, { lost, renew }: LeaseState): LeasedLog => {
  const writers = new Map<string, Promise<LogWriter>>()
  const closers = new Set<() => Promise<void>>()
  const whileHeld = async <A>(work: () => Promise<A>): Promise<A> => {
    if (lost.aborted) throw leaseLost()
    return work()
  }
  const open = async (id: string): Promise<LogWriter> => {
    await renew?.()
    return log.writer(id)
  }
  const keep = (id: string, opened: LogWriter): LogWriter => ({
    id,
    epoch: opened.epoch,
    append: (groups) =>
      whileHeld(async () => {
        try {
          return await opened.append(groups)
        } catch (error) {
          // A writer that was fenced stays, so that none is opened over the one that fenced it.
          if (complaintsOf(error)[0].code !== "log-fenced") {
            writers.delete(id)
            await opened.close().catch(() => undefined)
          }
          throw error
        }
      }),
    close: () => Promise.resolve()
  })
  return {
    id: log.id,
    ensureTopics: (topics) => whileHeld(() => log.ensureTopics(topics)),
    topics: (names) => whileHeld(() => log.topics(names)),
    writer: (id) =>
      whileHeld(() => {
        const known = writers.get(id)
        if (known !== undefined) return known
        const opening = open(id).then((opened) => {
          const kept = keep(id, opened)
          closers.add(() => opened.close())
          return kept
        })
        writers.set(id, opening)
        opening.catch(() => writers.delete(id))
        return opening
      }),
    read: (topic, partition, from, options) => whileHeld(() => log.read(topic, partition, from, options)),
    latest: (topic) => whileHeld(() => log.latest(topic)),
    settled: (topics) => whileHeld(() => log.settled(topics)),
    changed: (milliseconds, signal) =>
      log.changed(milliseconds, signal === undefined ? lost : AbortSignal.any([lost, signal])),
    lease: (id, options) => whileHeld(() => log.lease(id, options)),
    close: async () => {
      await Promise.allSettled([...closers].map((close) => close()))
    }
  }
}

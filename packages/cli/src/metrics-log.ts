import type { Log, LogWriter, RecordGroup } from "@plimsoll/log"
import { complaintsOf } from "./complaints.ts"
import type { Attributes, Metrics } from "./metrics.ts"

/** The log, with everything that passes counted and timed. `system`: what `messaging.system` says. */
export const meteredLog = (log: Log, metrics: Metrics, system: "kafka" | "embedded"): Log => {
  const timed = async <A>(
    operation: "send" | "receive",
    work: () => Promise<A>,
    done: (attributes: Attributes, error: Attributes) => void = () => undefined
  ): Promise<A> => {
    const attributes = { "messaging.system": system, "messaging.operation.name": operation }
    const began = performance.now()
    let error: Attributes = {}
    try {
      return await work()
    } catch (cause) {
      error = { "error.type": complaintsOf(cause)[0].code }
      throw cause
    } finally {
      metrics.record("duration", (performance.now() - began) / 1000, { ...attributes, ...error })
      done(attributes, error)
    }
  }
  const writer = async (id: string): Promise<LogWriter> => {
    const inner = await log.writer(id)
    return {
      id: inner.id,
      epoch: inner.epoch,
      close: () => inner.close(),
      append: (groups: ReadonlyArray<RecordGroup>) =>
        timed(
          "send",
          () => inner.append(groups),
          (attributes, error) => {
            for (const { topic, records } of groups) {
              const to = { ...attributes, "messaging.destination.name": topic, ...error }
              metrics.add("sent", records.length, to)
            }
          }
        )
    }
  }
  return {
    id: log.id,
    writer,
    read: async (topic, partition, from, options) => {
      const batch = await timed("receive", () => log.read(topic, partition, from, options))
      metrics.add("consumed", batch.records.length, {
        "messaging.system": system,
        "messaging.operation.name": "receive",
        "messaging.destination.name": topic
      })
      return batch
    },
    ensureTopics: (topics) => log.ensureTopics(topics),
    topics: (wanted) => log.topics(wanted),
    latest: (topic) => log.latest(topic),
    settled: (topics) => log.settled(topics),
    changed: (milliseconds, signal) => log.changed(milliseconds, signal),
    lease: (id, options) => log.lease(id, options),
    close: () => log.close()
  }
}

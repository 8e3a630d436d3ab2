import type { Log, LogRecord } from "@plimsoll/log"

/**
 * A log whose records were read before and are held in memory: what it costs to read a log is out of the picture.
 * For measuring only; all but reading is done by the log it was made from.
 */
export const logInMemory = async (log: Log): Promise<Log> => {
  const held = new Map<string, LogRecord[]>()
  const topics = await log.topics()
  for (const { topic, offsets } of topics) {
    for (const { partition, end } of offsets) {
      const all: LogRecord[] = []
      for (let from = 0; from < end;) {
        const batch = await log.read(topic, partition, from, { limit: 20_000, until: end })
        all.push(...batch.records)
        from = batch.records.length === 0 ? end : batch.next
      }
      held.set(`${topic} ${partition}`, all)
    }
  }
  return {
    id: log.id,
    ensureTopics: (specs) => log.ensureTopics(specs),
    topics: (names) => log.topics(names),
    writer: (id) => log.writer(id),
    latest: (topic) => log.latest(topic),
    settled: (names) => log.settled(names),
    changed: (milliseconds, signal) => log.changed(milliseconds, signal),
    lease: (id, options) => log.lease(id, options),
    close: () => log.close(),
    read: async (topic, partition, from, { limit = 10_000, until = Infinity } = {}) => {
      const all = held.get(`${topic} ${partition}`) ?? []
      const records = all.slice(from, Math.min(from + limit, until))
      return { records, next: from + records.length }
    }
  }
}

import type { Log } from "@plimsoll/log"
import type { ClosedWave } from "@plimsoll/quality"
import { contractOf, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { withLog } from "./commands/log.ts"
import type { Project } from "./project.ts"

const releasedBefore = async (log: Log, topic: string, wave: string): Promise<boolean> => {
  const [info] = await log.topics([topic])
  for (const { partition, first, end } of info?.offsets ?? []) {
    for (let from = first; from < end;) {
      const { records, next } = await log.read(topic, partition, from, { until: end })
      const found = records.some(({ value }) => {
        const row = JSON.parse(value ?? "null") as { readonly wave?: unknown } | null
        return row?.wave === wave
      })
      if (found) return true
      if (next <= from) break
      from = next
    }
  }
  return false
}

/**
 * Closes a wave and puts its release on the log, once, whoever else tries at the same time: a writer of this wave's own is
 * opened first and fences every other; then the log is asked. Figures and release are one transaction: of a close that was
 * broken off nobody can see figures beside those of the next. Errors: `usage-wave-state`, `log-fenced`, and those of `close`.
 */
export const releaseOnce = (
  project: Project,
  wave: string,
  close: (log: Log) => Promise<ClosedWave>
): Promise<ClosedWave> =>
  withLog(project, async (log) => {
    const [{ contractRecords, encodeRecord, streamTopics }, { releasedFigures, releases }] =
      await Promise.all([import("@plimsoll/log"), import("@plimsoll/quality")])
    const { organisation, project: name, partitions } = project.config
    const author = { organisation, name: "cli", instance: name }
    const contracts = [releasedFigures, releases].map((stream) =>
      contractOf(organisation, stream as unknown as StreamDefinition)
    )
    await log.ensureTopics(contracts.flatMap((contract) => streamTopics(contract, partitions)))
    const writer = await log.writer(`plimsoll.${name}.wave-${wave}`)
    try {
      // Another wave that is being closed would hide that this one was released.
      await log.settled([contracts[1]!.topic])
      if (await releasedBefore(log, contracts[1]!.topic, wave)) {
        throw new PlimsollError({
          code: "usage-wave-state",
          message: `wave "${wave}" cannot be closed: somebody has just released it, and a wave is released once`,
          suggestion: "run again, and see it: plimsoll wave list"
        })
      }
      const closed = await close(log)
      await writer.append([
        ...(await contractRecords(log, contracts, `/plimsoll/cli/${name}`)),
        encodeRecord(author, releasedFigures, closed.figures),
        encodeRecord(author, releases, [closed.release])
      ])
      return closed
    } finally {
      await writer.close()
    }
  })

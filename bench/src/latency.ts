import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openCore } from "@plimsoll/core"
import { contractRecords, encodeRecord, type Log, openEmbeddedLog, streamTopics } from "@plimsoll/log"
import { contractOf, defineStream, measure, PlainDate, signals, sql, topicOf } from "@plimsoll/schema"
import { Schema } from "effect"

const organisation = "bench"

/** One figure a unit and month. */
const counts = defineStream({
  name: "counts",
  domain: "bench",
  version: 1,
  title: "Counts",
  schema: Schema.Struct({ unit: Schema.String, day: PlainDate, late: Schema.Int }),
  key: ["unit", "day"],
  microsystem: "unit",
  occurredAt: "day",
  covers: "month",
  sensitivity: { unit: "open", day: "open", late: "open" }
})

const late = measure({
  id: "late",
  version: 1,
  title: "Late",
  from: counts,
  at: "day",
  period: "month",
  microsystem: sql`unit`,
  numerator: sql`late`,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})

const monthOf = (nth: number): string =>
  `${2020 + Math.floor(nth / 12)}-${String((nth % 12) + 1).padStart(2, "0")}-01`

/** How {@link latency} measures. */
export interface LatencyOptions {
  readonly series: number
  readonly eventsPerSecond: number
  readonly seconds: number
  /** Opens the log to be measured; `folder` is empty and is removed afterwards. Default: the embedded log. */
  readonly openLog?: (folder: string) => Promise<Log>
  /** What the log is called where it is printed. */
  readonly name?: string
}

/**
 * From the append of an event to its signal on the signal topic: every event is the first figure of its unit for a
 * new month, far outside the limits, so each opens one signal. Events come at a steady rate while the core updates
 * over and over; whoever follows the signal topic stamps what arrives.
 */
export const latency = async (options: LatencyOptions): Promise<void> => {
  const { series, eventsPerSecond, seconds, name = "embedded log" } = options
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  const log = await (options.openLog ?? ((where) => openEmbeddedLog(join(where, "log.sqlite"))))(folder)
  try {
    const contract = contractOf(organisation, counts)
    const author = { organisation, name: "bench", instance: "bench" }
    await log.ensureTopics(streamTopics(contract))
    const writer = await log.writer("plimsoll.bench.latency")
    await writer.append(await contractRecords(log, [contract], "/plimsoll/bench/bench"))
    const append = (rows: ReadonlyArray<typeof counts.schema.Type>) =>
      writer.append([encodeRecord(author, counts, rows)])
    const unit = (nth: number) => `unit-${nth}`
    const units = Array.from({ length: series }, (_, nth) => nth)
    const months = 24
    for (let nth = 0; nth < months; nth++) {
      await append(
        units.map((at) => ({ unit: unit(at), day: monthOf(nth), late: 50 + ((at + nth * 7) % 5) }))
      )
    }
    // The first figure of a month completes it for every unit; what is measured comes after that.
    await append([{ unit: unit(0), day: monthOf(months), late: 50 }])
    const core = await openCore({
      log,
      organisation,
      project: "bench",
      zone: "Europe/London",
      directory: join(folder, "store")
    })
    try {
      await core.define({
        measures: [late],
        microsystems: units.map((nth) => ({
          id: unit(nth),
          name: unit(nth),
          kind: "ward",
          parent: null,
          since: "2000-01-01"
        }))
      })
      const primed = (await core.update()).signals.length
      const begun = new Map<string, number>()
      const took: number[] = []
      const wanted = Math.min(series - 1, eventsPerSecond * seconds)
      const topic = topicOf(organisation, signals)
      const follow = async () => {
        const from = new Map(
          (await log.topics([topic])).flatMap((info) =>
            info.offsets.map(({ partition, end }): [number, number] => [partition, end])
          )
        )
        const partitions = from.size > 0 ? [...from.keys()] : [0, 1, 2, 3]
        const deadline = performance.now() + seconds * 1000 + 30_000
        while (took.length < wanted && performance.now() < deadline) {
          const changed = log.changed(50)
          if (from.size > 0 || (await log.topics([topic])).length > 0) {
            for (const partition of partitions) {
              const { records, next } = await log.read(topic, partition, from.get(partition) ?? 0)
              const now = performance.now()
              from.set(partition, next)
              for (const record of records) {
                const { microsystem, state } = JSON.parse(record.value!) as {
                  readonly microsystem: string
                  readonly state: string
                }
                const start = begun.get(microsystem)
                if (start !== undefined && state === "opened") took.push(now - start)
              }
            }
          }
          await changed
        }
      }
      const following = follow()
      const stop = new AbortController()
      let updates = 0
      const updating = (async () => {
        while (!stop.signal.aborted) {
          const changed = log.changed(50)
          const { landed } = await core.update()
          updates++
          if (landed === 0) await changed
        }
      })()
      const start = performance.now()
      for (let sent = 0; sent < wanted;) {
        const due = Math.min(wanted, Math.floor(((performance.now() - start) / 1000) * eventsPerSecond))
        if (due > sent) {
          const now = performance.now()
          const batch = units.slice(1 + sent, 1 + due)
          for (const nth of batch) begun.set(unit(nth), now)
          await append(batch.map((nth) => ({ unit: unit(nth), day: monthOf(months), late: 99 })))
          sent = due
        }
        await sleep(2)
      }
      const sentIn = (performance.now() - start) / 1000
      await following
      stop.abort()
      await updating
      if (took.length < wanted) throw new Error(`${took.length} of ${wanted} signals arrived`)
      took.sort((a, b) => a - b)
      const quantile = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]!
      console.log(
        `event → signal topic (${name}), ${series.toLocaleString("en")} series, ${Math.round(wanted / sentIn).toLocaleString("en")} events/s for ${sentIn.toFixed(0)} s, ` +
          `each opens a signal: p50 ${quantile(0.5).toFixed(0)} ms, p99 ${quantile(0.99).toFixed(0)} ms, most ${took.at(-1)!.toFixed(0)} ms; ` +
          `${updates} updates, ${primed} signals before; goal p99 ≤ 250 ms`
      )
    } finally {
      await core.close()
    }
    await writer.close()
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

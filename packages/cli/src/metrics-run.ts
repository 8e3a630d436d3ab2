import { statSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import type { Core } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import type { Counts, Progress } from "@plimsoll/pipeline"
import { Metrics } from "./metrics.ts"
import { lagOf, meterLag } from "./metrics-lag.ts"
import { meteredLog } from "./metrics-log.ts"
import { type MetricsAddress, type MetricsServer, serveMetrics } from "./metrics-server.ts"

const kinds = ["in", "out", "rejected", "unchanged"] as const
const states = ["opened", "acknowledged", "explained", "ended", "closed", "withdrawn"]
const longestWait = 2_000

/** The metrics of one `plimsoll run`: it is told of what happens, and tells it to whoever asks over HTTP. */
export class RunMetrics {
  /** The log, metered. */
  readonly log: Log
  readonly #metrics = new Metrics()
  /** By who waits for the log: since when, by `performance.now()`. */
  readonly #away = new Map<string, number>()
  #server: MetricsServer | undefined
  /** Undefined in a process that is not the core, or not yet: it knows of no lag. */
  #landed: Awaited<ReturnType<Core["landed"]>> | undefined
  #lagging: Promise<void> | undefined
  #published: string | undefined

  /** @param system what `messaging.system` says */
  constructor(log: Log, system: "kafka" | "embedded") {
    this.log = meteredLog(log, this.#metrics, system)
  }

  /** Begins to tell them, and gives the address of the page. Fails with `usage-metrics`. */
  async serve(address: MetricsAddress): Promise<string> {
    this.#server = await serveMetrics(address, {
      metrics: () => this.text(),
      isLogThere: () => this.#away.size === 0
    })
    return this.#server.url
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  /** Hears one run of one connector, or the core. */
  listener(instance: string): (progress: Progress) => void {
    const before = new Map<string, Counts>()
    this.#away.delete(instance)
    this.#metrics.set("away", 0, { "plimsoll.instance": instance })
    return (progress) => {
      switch (progress._tag) {
        case "Committed": {
          const { stream, counts } = progress
          const last = before.get(stream)
          const attributes = { "plimsoll.instance": instance, "plimsoll.stream": stream }
          for (const kind of kinds) this.#metrics.add(kind, counts[kind] - (last?.[kind] ?? 0), attributes)
          before.set(stream, counts)
          break
        }
        case "Retry": {
          const { stream, code } = progress
          const attributes = { "plimsoll.instance": instance, "plimsoll.stream": stream, "error.type": code }
          this.#metrics.add("retries", 1, attributes)
          break
        }
        case "LogAway":
          if (!this.#away.has(instance)) this.#away.set(instance, performance.now() - progress.away)
          break
        case "LogBack":
          this.#away.delete(instance)
          this.#metrics.set("away", 0, { "plimsoll.instance": instance })
          break
        case "Notice":
      }
    }
  }

  /** To be called when the core has nothing under way. */
  async landed(core: Core): Promise<void> {
    this.#landed = await core.landed()
  }

  /** What stands in the file that was just published. */
  async published(path: string): Promise<void> {
    const { Published } = await import("@plimsoll/core")
    const file = await Published.open(path)
    try {
      const dead = await file.query(
        "SELECT topic, code, count(*) FROM plimsoll.dead_letter GROUP BY topic, code ORDER BY topic, code"
      )
      this.#metrics.setAll(
        "deadLetters",
        dead.rows.map(([topic, code, count]) => [
          Number(count),
          { "messaging.destination.name": String(topic), "plimsoll.code": String(code) }
        ])
      )
      const found = await file.query("SELECT state, count(*) FROM plimsoll.signal GROUP BY state")
      const counts = new Map(found.rows.map(([state, count]) => [String(state), Number(count)]))
      for (const state of new Set([...states, ...counts.keys()]))
        this.#metrics.set("signals", counts.get(state) ?? 0, { "plimsoll.state": state })
    } finally {
      file.close()
    }
    this.#published = path
  }

  /** All metrics as they are now, in the text format of Prometheus. */
  async text(): Promise<string> {
    const now = performance.now()
    for (const [instance, since] of this.#away)
      this.#metrics.set("away", (now - since) / 1000, { "plimsoll.instance": instance })
    if (this.#published !== undefined)
      this.#metrics.set("publishAge", Math.max(0, Date.now() - statSync(this.#published).mtimeMs) / 1000)
    // A log that does not answer must not keep the metrics from saying so: the lag is then the one of the last time.
    this.#lagging ??= this.#lag().finally(() => (this.#lagging = undefined))
    const enough = new AbortController()
    await Promise.race([
      this.#lagging,
      sleep(longestWait, undefined, { signal: enough.signal }).catch(() => undefined)
    ])
    enough.abort()
    return this.#metrics.text()
  }

  async #lag(): Promise<void> {
    if (this.#landed === undefined) return
    try {
      meterLag(this.#metrics, await lagOf(this.log, this.#landed))
    } catch {
      // What is wrong with the log is said where the work on it is done.
    }
  }
}

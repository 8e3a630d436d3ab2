import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Log } from "@plimsoll/log"
import {
  contractOf,
  type Measure,
  measureDefinitions,
  type Microsystem,
  microsystems,
  PlimsollError,
  runs,
  type SignalEvent,
  signals,
  type StreamDefinition,
  ticks
} from "@plimsoll/schema"
import { Appender } from "./appender.ts"
import { changedDefinitions } from "./define.ts"
import type { Database } from "./duckdb/database.ts"
import { land, type LandOptions } from "./landing.ts"
import { landedStream, prepareDuplicates, prepareLanding } from "./landing-table.ts"
import type { QualityModule } from "./module.ts"
import { publish } from "./publish.ts"
import { recompute } from "./recompute.ts"
import { signalDifference } from "./signal-difference.ts"
import { openStore, readMeta, writeMeta } from "./store.ts"
import { type Figure, trace, type TracedEvent } from "./trace.ts"

/** How {@link openCore} opens the analytic core. */
export interface CoreOptions {
  readonly log: Log
  /** The first part of every topic. */
  readonly organisation: string
  /** Part of the id under which the core appends. */
  readonly project: string
  /** The zone in which days, weeks and months are counted: `Europe/London`. */
  readonly zone: string
  /** The folder of the working store, `core.duckdb`. */
  readonly directory: string
  /** The components that compute beside the measures. Default: none. */
  readonly modules?: ReadonlyArray<QualityModule> | undefined
  /** Partitions of the topics that the core makes. Default: 4. */
  readonly partitions?: number | undefined
  readonly threads?: number | undefined
  readonly memoryLimit?: string | undefined
  readonly onProgress?: LandOptions["onProgress"]
  /** Records that one transaction takes at the most. Default: 200,000. */
  readonly batch?: number | undefined
}

/** What {@link Core.update} did. */
export interface CoreUpdate {
  /** Records landed. */
  readonly landed: number
  /** What was said on the signal topic. */
  readonly signals: ReadonlyArray<SignalEvent>
}

/** The analytic core: lands the log in DuckDB, computes the measures, judges them, and says what is slipping. */
export class Core {
  readonly #database: Database
  readonly #options: CoreOptions
  readonly #appender: Appender

  private constructor(database: Database, options: CoreOptions) {
    this.#database = database
    this.#options = options
    this.#appender = new Appender(options)
  }

  static async open(options: CoreOptions): Promise<Core> {
    mkdirSync(options.directory, { recursive: true })
    const database = await openStore(join(options.directory, "core.duckdb"), {
      threads: options.threads,
      memoryLimit: options.memoryLimit
    })
    try {
      for (const name of ["organisation", "zone"] as const) {
        const made = await readMeta(database, name)
        if (made === undefined) await writeMeta(database, name, options[name])
        else if (made !== options[name]) {
          throw new PlimsollError({
            code: "store-differs",
            message: `the store was made with ${name} "${made}", and the config now says "${options[name]}"`,
            configPath: name,
            suggestion: "run `plimsoll rebuild` to make the store again from the log, or undo the change"
          })
        }
      }
      // The core's own streams have tables from the start, so that no view has to ask whether they are there.
      const known = new Set(
        (await database.rows<{ topic: string }>("SELECT topic FROM store.contract")).map((row) => row.topic)
      )
      const fresh = ownStreams
        .map((stream) => contractOf(options.organisation, stream))
        .filter((contract) => !known.has(contract.topic))
      if (fresh.length > 0) {
        await database.transaction(async () => {
          for (const contract of fresh) await prepareLanding(database, landedStream(contract, "built-in"))
          await prepareDuplicates(database)
        })
      }
      return new Core(database, options)
    } catch (cause) {
      database.end()
      throw cause
    }
  }

  /**
   * Says on the log what the config says, where it differs from what the log says: measures and microsystems. A
   * changed measure under its old version is refused.
   */
  async define(config: {
    readonly measures: ReadonlyArray<Measure>
    readonly microsystems: ReadonlyArray<Microsystem>
  }): Promise<void> {
    await this.#land()
    const changed = await changedDefinitions(this.#database, config)
    await this.#appender.append(measureDefinitions, changed.measures, changed.retired)
    await this.#appender.append(microsystems, changed.microsystems)
  }

  /** Says what day it is, once a day. */
  async tick(day: string): Promise<void> {
    await this.#land()
    const [found] = await this.#database.rows<{ latest: string | null }>(
      "SELECT max(day)::VARCHAR AS latest FROM current.tick"
    )
    if (found!.latest === null || found!.latest < day) await this.#appender.append(ticks, [{ day }])
  }

  /**
   * Lands everything that is on the log now, computes what it touched, says on the log which signals open, end or
   * are withdrawn, and lands that too. A second call without a new event does nothing and says nothing. After a
   * failure that is `transient` it can be called again: what is still to be said is worked out anew.
   */
  async update(options: { readonly everything?: boolean } = {}): Promise<CoreUpdate> {
    let landed = await this.#land()
    await recompute(this.#database, { zone: this.#options.zone, everything: options.everything })
    const difference = await signalDifference(this.#database)
    if (difference.length > 0) {
      await this.#appender.append(signals, difference)
      landed += await this.#land()
    }
    return { landed, signals: difference }
  }

  /** By topic and partition, the offset up to which the log has landed. */
  async landed(): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const found = new Map<string, Map<number, number>>()
    const rows = await this.#database.rows<{ topic: string; part: number; next: string }>(
      "SELECT topic, part, next FROM store.landed_offset ORDER BY topic, part"
    )
    for (const { topic, part, next } of rows) {
      const parts = found.get(topic) ?? new Map<number, number>()
      found.set(topic, parts.set(part, Number(next)))
    }
    return found
  }

  /**
   * The events that a figure was made from: where each stands on the log, and what it gave to numerator and
   * denominator. Empty where there is no such figure.
   */
  trace(figure: Figure): Promise<ReadonlyArray<TracedEvent>> {
    return trace(this.#database, figure, this.#options.zone)
  }

  /** Writes the published file, and gives its path. */
  publish(path: string): Promise<string> {
    return publish(this.#database, path)
  }

  async close(): Promise<void> {
    try {
      await this.#appender.close()
    } finally {
      this.#database.end()
    }
  }

  async #land(): Promise<number> {
    const { zone, batch, onProgress, log } = this.#options
    await this.#appender.open()
    return land(this.#database, log, { zone, batch, onProgress })
  }
}

const ownStreams: ReadonlyArray<StreamDefinition> = [microsystems, measureDefinitions, ticks, signals, runs]

/**
 * Opens the analytic core on its working store, making or upgrading it where that is needed. Fails with
 * `store-locked` while another process has it, and with `store-newer` where a newer version wrote it.
 */
export const openCore = (options: CoreOptions): Promise<Core> => Core.open(options)

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
import { declaredChange } from "./declared.ts"
import { changedDefinitions } from "./define.ts"
import type { Database } from "./duckdb/database.ts"
import { land, type LandOptions } from "./landing.ts"
import { emptyLanding, landedStream, prepareDuplicates, prepareLanding } from "./landing-table.ts"
import { computeModules } from "./module-compute.ts"
import { emissions, moduleSignals, settleUnjudged } from "./module-say.ts"
import { Modules } from "./module-store.ts"
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
  /** Land no further than this: by topic and partition, the offset of the first record that is not to be landed. Default: the end. */
  readonly until?: LandOptions["until"]
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
  readonly #modules: Modules

  private constructor(database: Database, options: CoreOptions, modules: Modules) {
    this.#database = database
    this.#options = options
    this.#appender = new Appender(options)
    this.#modules = modules
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
      const known = new Map(
        (
          await database.rows<{ topic: string; schema_id: string; contract: string }>(
            "SELECT topic, schema_id, contract FROM store.contract"
          )
        ).map((row) => [row.topic, row])
      )
      const wanted = new Map(
        [...ownStreams, ...(options.modules ?? []).flatMap((one) => one.streams)].map((stream) => {
          const contract = contractOf(options.organisation, stream)
          return [contract.topic, contract]
        })
      )
      // Of a stream that the log has told of, the log's contract holds.
      const fresh = [...wanted.values()].filter((contract) => {
        const before = known.get(contract.topic)
        return (
          before === undefined ||
          (before.schema_id === builtIn && before.contract !== JSON.stringify(contract))
        )
      })
      if (fresh.length > 0) {
        await database.transaction(async () => {
          for (const contract of fresh) {
            const stream = landedStream(contract, builtIn)
            await emptyLanding(database, stream)
            await prepareLanding(database, stream)
          }
          await prepareDuplicates(database)
        })
      }
      return new Core(database, options, await Modules.open(database, options.modules ?? []))
    } catch (cause) {
      database.end()
      throw cause
    }
  }

  /**
   * Says on the log what the config says, where it differs from what the log says: measures, microsystems, and what the
   * modules declare. A changed measure under its old version is refused.
   */
  async define(config: {
    readonly measures: ReadonlyArray<Measure>
    readonly microsystems: ReadonlyArray<Microsystem>
  }): Promise<void> {
    await this.#land()
    const changed = await changedDefinitions(this.#database, {
      measures: [...config.measures, ...this.#modules.all.flatMap((one) => one.measures)],
      microsystems: config.microsystems
    })
    const declared = []
    for (const one of this.#modules.all.flatMap((module) => module.declares)) {
      declared.push(await declaredChange(this.#database, one))
    }
    const appender = this.#appender
    await appender.append([
      appender.said(measureDefinitions, changed.measures, changed.retired),
      appender.said(microsystems, changed.microsystems),
      ...declared.map(({ stream, rows, retired }) => appender.said(stream, rows, retired))
    ])
  }

  /** Says what day it is, once a day. */
  async tick(day: string): Promise<void> {
    await this.#land()
    const [found] = await this.#database.rows<{ latest: string | null }>(
      "SELECT max(day)::VARCHAR AS latest FROM current.tick"
    )
    if (found!.latest === null || found!.latest < day) {
      await this.#appender.append([this.#appender.said(ticks, [{ day }])])
    }
  }

  /**
   * Lands everything that is on the log now, computes what it touched, says on the log which signals open, end or
   * are withdrawn, and lands that too. A second call without a new event does nothing and says nothing. After a
   * failure that is `transient` it can be called again: what is still to be said is worked out anew.
   */
  async update(options: { readonly everything?: boolean } = {}): Promise<CoreUpdate> {
    let landed = await this.#land()
    const said: SignalEvent[] = []
    for (let round = 0; ; round++) {
      // What modules say can give them more to say; in a circle it would never end.
      if (round === roundsAtMost) throw restless(this.#modules.all)
      await this.#compute(round === 0 && options.everything === true)
      const difference = await this.#unsaid()
      const emitted = await emissions(this.#database, this.#modules.all)
      if (difference.length + emitted.length === 0) break
      await this.#appender.append([
        this.#appender.said(signals, difference),
        ...emitted.map(({ stream, rows }) => this.#appender.said(stream, rows))
      ])
      said.push(...difference)
      landed += await this.#land()
      if (this.#modules.all.length === 0) break
    }
    return { landed, signals: said }
  }

  /**
   * Lands and computes all that is on the log, or up to {@link CoreOptions.until}, and says nothing: not even what would have to be
   * said for the signals on the log to be those that the rules give. That is what it gives: empty for an honest log.
   */
  async compute(): Promise<{ readonly landed: number; readonly unsaid: ReadonlyArray<SignalEvent> }> {
    const landed = await this.#read()
    await this.#compute(false)
    return { landed, unsaid: await this.#unsaid() }
  }

  async #compute(everything: boolean): Promise<void> {
    const options = { zone: this.#options.zone, everything }
    await this.#modules.prepare()
    await recompute(this.#database, options)
    await computeModules(this.#database, this.#modules.relations, "kept", { everything })
    if (await settleUnjudged(this.#database, this.#modules.all)) {
      await recompute(this.#database, { zone: this.#options.zone })
      await computeModules(this.#database, this.#modules.relations, "kept")
    }
  }

  async #unsaid(): Promise<ReadonlyArray<SignalEvent>> {
    return [
      ...(await signalDifference(this.#database)),
      ...(await moduleSignals(this.#database, this.#modules.all))
    ]
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
    return publish(this.#database, path, this.#modules)
  }

  async close(): Promise<void> {
    try {
      await this.#appender.close()
    } finally {
      this.#database.end()
    }
  }

  async #land(): Promise<number> {
    await this.#appender.open()
    return this.#read()
  }

  #read(): Promise<number> {
    const { zone, batch, onProgress, log, until } = this.#options
    return land(this.#database, log, { zone, batch, onProgress, until })
  }
}

/** The schema of a stream that the log has not told of yet. */
const builtIn = "built-in"

const roundsAtMost = 8

const restless = (modules: ReadonlyArray<QualityModule>): PlimsollError =>
  new PlimsollError({
    code: "module-restless",
    message: `after ${roundsAtMost} rounds there is still more to say, each time because of what was said before`,
    suggestion: `of the modules ${modules.map((one) => one.name).join(", ")}, find the one whose signals or events change what it says itself`
  })

const ownStreams: ReadonlyArray<StreamDefinition> = [microsystems, measureDefinitions, ticks, signals, runs]

/**
 * Opens the analytic core on its working store, making or upgrading it where that is needed. Fails with
 * `store-locked` while another process has it, and with `store-newer` where a newer version wrote it.
 */
export const openCore = (options: CoreOptions): Promise<Core> => Core.open(options)

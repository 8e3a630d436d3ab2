import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { contractId, type Log, openEmbeddedLog } from "@plimsoll/log"
import {
  contractOf,
  defineStream,
  type Measure,
  measure,
  type MeasureOptions,
  type Microsystem,
  PlainDate,
  schemasTopic,
  sql,
  topicOf
} from "@plimsoll/schema"
import { Schema } from "effect"
import type { LogUnderTest } from "../../../test/logs.ts"
import { keepTemplate, storeTemplate } from "../../../test/store-templates.ts"
import { type Core, type CoreOptions, openCore } from "../src/index.ts"

const sensitivity = { unit: "open", day: "open", seen: "open", late: "open" } as const

/** Arrivals at a unit, one row a unit and day. */
export const arrivals = defineStream({
  name: "arrivals",
  domain: "test",
  version: 1,
  title: "Arrivals",
  schema: Schema.Struct({ unit: Schema.String, day: PlainDate, seen: Schema.Int, late: Schema.Int }),
  key: ["unit", "day"],
  microsystem: "unit",
  occurredAt: "day",
  covers: "month",
  sensitivity
})
export type Arrival = typeof arrivals.schema.Type

/** The same rows without a key. */
export const contacts = defineStream({
  name: "contacts",
  domain: "test",
  version: 1,
  title: "Contacts",
  schema: arrivals.schema,
  key: null,
  microsystem: "unit",
  occurredAt: "day",
  covers: "month",
  sensitivity
})

/** Late arrivals in a month. */
export const late = (options: Partial<MeasureOptions<typeof arrivals>> = {}): Measure =>
  measure({
    id: "late",
    version: 1,
    title: "Late arrivals",
    from: arrivals,
    at: "day",
    period: "month",
    microsystem: sql`unit`,
    numerator: sql`late`,
    empty: "missing",
    chart: "xmr",
    direction: "down",
    kind: "outcome",
    class: "open",
    ...options
  })

/** A unit. */
export const unit = (id: string): Microsystem => ({
  id,
  name: `Unit ${id}`,
  kind: "ward",
  parent: null,
  since: "2000-01-01"
})

/** The first day of the nth month from January 2020 on. */
export const month = (nth: number): string =>
  `${2020 + Math.floor(nth / 12)}-${String((nth % 12) + 1).padStart(2, "0")}-01`

/** Where a row came from, for sources that replace their files. */
export interface From {
  readonly file: string
  readonly generation: number
}

/** A log in which some methods are others; the rest is done by the log it was made from. */
export const beside = (log: Log, own: Partial<Log>): Log => ({
  id: log.id,
  ensureTopics: (...given) => log.ensureTopics(...given),
  topics: (...given) => log.topics(...given),
  writer: (...given) => log.writer(...given),
  read: (...given) => log.read(...given),
  latest: (...given) => log.latest(...given),
  settled: (...given) => log.settled(...given),
  changed: (...given) => log.changed(...given),
  lease: (...given) => log.lease(...given),
  close: () => log.close(),
  ...own
})

/** A log and a core in a folder of their own. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "plimsoll-core-"))
  readonly published = join(this.folder, "plimsoll.duckdb")
  log!: Log
  #row = 0

  /** Default: on the embedded log. */
  static async make(on?: LogUnderTest): Promise<World> {
    const world = new World()
    world.log =
      on?.client === undefined
        ? await openEmbeddedLog(join(world.folder, "log.sqlite"))
        : await (await on.make()).open(world.folder)
    return world
  }

  async core(options: Partial<CoreOptions> = {}): Promise<Core> {
    const given = { organisation: "test", project: "test", zone: "Europe/London", ...options }
    const directory = options.directory ?? join(this.folder, ".plimsoll")
    const empty = storeTemplate(`core-${given.organisation}-${given.zone.replaceAll("/", "-")}`)
    if (!existsSync(directory) && options.modules === undefined) {
      if (!existsSync(empty)) await this.#makeEmpty(empty, given)
      cpSync(empty, directory, { recursive: true })
    }
    return openCore({ log: this.log, directory, ...given })
  }

  /** An empty store, with the file that published ones begin as. */
  async #makeEmpty(to: string, given: Omit<CoreOptions, "log" | "directory">): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-core-"))
    const directory = join(folder, "store")
    const core = await openCore({ ...given, log: this.log, directory })
    await core.publish(join(folder, "plimsoll.duckdb"))
    await core.close()
    keepTemplate(directory, to)
    rmSync(folder, { recursive: true, force: true })
  }

  /** Appends rows of a stream, as the runtime does. */
  async feed(
    stream: typeof arrivals | typeof contacts,
    rows: ReadonlyArray<Arrival>,
    options: { readonly from?: From; readonly kind?: "upserted" | "deleted"; readonly ends?: boolean } = {}
  ): Promise<void> {
    const contract = contractOf("test", stream)
    const topic = topicOf("test", stream)
    await this.log.ensureTopics([
      { topic, partitions: 3, cleanup: "keep" },
      { topic: schemasTopic, partitions: 1, cleanup: "compact" }
    ])
    const id = contractId(contract)
    const writer = await this.log.writer("plimsoll.test.feed")
    const kind = options.kind ?? "upserted"
    const place: { [name: string]: string } =
      options.from === undefined
        ? {}
        : { plimsoll_partition: options.from.file, plimsoll_generation: String(options.from.generation) }
    await writer.append([
      {
        topic: schemasTopic,
        headers: {},
        records: [
          { key: topic, value: JSON.stringify({ ...contract, id }), partitionKey: topic, headers: {} }
        ]
      },
      {
        topic,
        headers: { ce_source: "/plimsoll/test/feed", plimsoll_schema: id, ...place },
        records: [
          ...rows.map((row) => ({
            key: stream.key === null ? null : JSON.stringify([row.unit, row.day]),
            value: JSON.stringify(kind === "deleted" ? { unit: row.unit, day: row.day } : row),
            partitionKey: row.unit,
            headers: {
              ce_type: `test.${stream.name}.${kind}`,
              ce_id: String(++this.#row),
              plimsoll_row: String(this.#row)
            }
          })),
          ...(options.ends === true
            ? [
                {
                  key: null,
                  value: JSON.stringify({
                    partition: options.from!.file,
                    generation: options.from!.generation,
                    rows: rows.length
                  }),
                  partitionKey: "x",
                  headers: { ce_type: `test.${stream.name}.generation` }
                }
              ]
            : [])
        ]
      }
    ])
    await writer.close()
  }

  async remove(): Promise<void> {
    await this.log.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { type Core, type CoreUpdate, openCore, type QualityModule } from "@plimsoll/core"
import {
  canonicalKey,
  commonHeaders,
  contractRecords,
  encodeRecord,
  type Log,
  openEmbeddedLog,
  openVaultKeys,
  Sealer,
  sealRecords,
  streamTopics
} from "@plimsoll/log"
import { contractOf, type Measure, type Microsystem, type StreamDefinition } from "@plimsoll/schema"
import { keepTemplate, storeTemplate } from "../../../test/store-templates.ts"

const organisation = "test"

/** A log, a core with modules, and the file that they publish, in a folder of their own. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "plimsoll-quality-"))
  readonly published = join(this.folder, "plimsoll.duckdb")
  readonly vault = join(this.folder, "vault")
  readonly #modules: ReadonlyArray<QualityModule>
  /** The published file as it was opened last: opening it takes longer than most queries. */
  #reader:
    | { readonly of: string; readonly instance: DuckDBInstance; readonly connection: DuckDBConnection }
    | undefined
  log!: Log
  core!: Core

  private constructor(modules: ReadonlyArray<QualityModule>) {
    this.#modules = modules
  }

  static async make(modules: ReadonlyArray<QualityModule>): Promise<World> {
    const world = new World(modules)
    world.log = await openEmbeddedLog(join(world.folder, "log.sqlite"))
    const template = storeTemplate(world.#print)
    if (existsSync(template)) cpSync(template, join(world.folder, ".plimsoll"), { recursive: true })
    else {
      await (await world.open(".plimsoll")).close()
      keepTemplate(join(world.folder, ".plimsoll"), template)
    }
    world.core = await world.open(".plimsoll")
    return world
  }

  /** What an empty store of these modules depends on. */
  get #print(): string {
    const parts = this.#modules.map(({ schema, macros, relations, streams }) => [
      schema,
      macros,
      relations,
      streams.map((stream) => contractOf(organisation, stream))
    ])
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex")
  }

  /** A core on the same log with a store of its own: under another name than `.plimsoll` it begins with nothing. */
  open(directory: string): Promise<Core> {
    return openCore({
      log: this.log,
      organisation,
      project: "test",
      zone: "Europe/London",
      directory: join(this.folder, directory),
      modules: this.#modules
    })
  }

  /** Says units, measures and the day on the log, as a run does from the config. */
  async define(
    config: {
      readonly microsystems?: ReadonlyArray<Microsystem>
      readonly measures?: ReadonlyArray<Measure>
    },
    day?: string
  ): Promise<void> {
    await this.core.define({ microsystems: config.microsystems ?? [], measures: config.measures ?? [] })
    if (day !== undefined) await this.core.tick(day)
  }

  /** Appends rows of a stream to the log, as a connector's runtime does. */
  async feed<S extends StreamDefinition["schema"]>(
    stream: StreamDefinition<S>,
    rows: ReadonlyArray<S["Type"]>
  ): Promise<void> {
    const author = { organisation, name: "test", instance: "feed" }
    await this.#append(
      stream,
      stream.access === "sealed"
        ? sealRecords(author, stream, rows, new Sealer(openVaultKeys(this.vault)))
        : [encodeRecord(author, stream, rows)]
    )
  }

  /** Appends the deletion of rows, named by their key. */
  async remove(
    stream: StreamDefinition,
    keys: ReadonlyArray<{ readonly [field: string]: string | number }>
  ): Promise<void> {
    const contract = contractOf(organisation, stream)
    await this.#append(stream, [
      {
        topic: contract.topic,
        headers: commonHeaders(contract, "/plimsoll/test/feed", "deleted"),
        records: keys.map((row) => {
          const key = canonicalKey(contract.key, row)
          const own = stream.microsystem === null ? undefined : row[stream.microsystem]
          return { key, value: JSON.stringify(row), partitionKey: String(own ?? key), headers: {} }
        })
      }
    ])
  }

  async #append(
    stream: StreamDefinition,
    groups: Parameters<Awaited<ReturnType<Log["writer"]>>["append"]>[0]
  ): Promise<void> {
    const contract = contractOf(organisation, stream)
    await this.log.ensureTopics(streamTopics(contract, 3))
    const writer = await this.log.writer("plimsoll.test.feed")
    await writer.append([...(await contractRecords(this.log, [contract], "/plimsoll/test/feed")), ...groups])
    await writer.close()
  }

  /** Lands, computes, says signals, and publishes. */
  async compute(): Promise<CoreUpdate> {
    this.#closeReader()
    const update = await this.core.update()
    await this.core.publish(this.published)
    return update
  }

  /** The answer of a query over the published file. */
  async rows<Row = { readonly [column: string]: unknown }>(query: string): Promise<ReadonlyArray<Row>> {
    const { ino, mtimeMs } = statSync(this.published)
    const of = `${ino} ${mtimeMs}`
    if (this.#reader?.of !== of) {
      this.#closeReader()
      const instance = await DuckDBInstance.create(this.published, { access_mode: "READ_ONLY" })
      const connection = await instance.connect()
      await connection.run("SET TimeZone = 'UTC'")
      this.#reader = { of, instance, connection }
    }
    return (
      await this.#reader.connection.runAndReadAll(query)
    ).getRowObjectsJson() as unknown as ReadonlyArray<Row>
  }

  #closeReader(): void {
    this.#reader?.connection.closeSync()
    this.#reader?.instance.closeSync()
    this.#reader = undefined
  }

  async close(): Promise<void> {
    this.#closeReader()
    await this.core.close()
    await this.log.close()
    const home = join(this.folder, ".plimsoll")
    // Closed once more, nothing is left of it.
    if (!existsSync(home)) return
    for (const name of readdirSync(home).filter((one) => /^template-\w+\.duckdb$/.test(one))) {
      keepTemplate(join(home, name), join(storeTemplate(this.#print), name))
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { createHash } from "node:crypto"
import { PlimsollError } from "@plimsoll/schema"
import { spcSql } from "@plimsoll/spc"
import { Database, type OpenOptions } from "./duckdb/database.ts"

/**
 * The steps from an empty file to the store of this version, in order; a step is never edited once released.
 * Everything in the store comes from the log, so a step that cannot convert may drop and land again.
 */
const migrations: ReadonlyArray<string> = [
  `
  CREATE SCHEMA store;
  CREATE SCHEMA land;
  CREATE SCHEMA current;
  CREATE TABLE store.meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
  CREATE TABLE store.contract (
    topic VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, version INTEGER NOT NULL, land_table VARCHAR NOT NULL,
    schema_id VARCHAR NOT NULL, contract VARCHAR NOT NULL);
  CREATE TABLE store.landed_offset (topic VARCHAR, part INTEGER, next BIGINT NOT NULL, recorded_at BIGINT NOT NULL, PRIMARY KEY (topic, part));
  CREATE TABLE store.watermark (topic VARCHAR PRIMARY KEY, until TIMESTAMP NOT NULL);
  CREATE TABLE store.generation (
    id INTEGER PRIMARY KEY, topic VARCHAR NOT NULL, source VARCHAR NOT NULL, source_partition VARCHAR NOT NULL,
    generation BIGINT NOT NULL, landed BIGINT NOT NULL, expected BIGINT);
  CREATE VIEW store.visible_generation AS
    SELECT topic, source, source_partition,
      coalesce(
        max_by(id, generation) FILTER (expected IS NOT NULL AND landed >= expected), min_by(id, generation)) AS id
    FROM store.generation GROUP BY ALL;
  CREATE TABLE store.dead_letter (
    topic VARCHAR, part INTEGER, record_offset BIGINT, found_by VARCHAR, code VARCHAR, reason VARCHAR,
    source VARCHAR, source_partition VARCHAR, generation BIGINT, source_row BIGINT, run VARCHAR, recorded_at TIMESTAMPTZ,
    id VARCHAR, PRIMARY KEY (topic, part, record_offset));
  CREATE TABLE store.replayed_letter (topic VARCHAR, id VARCHAR, replayed_at TIMESTAMPTZ);
  CREATE TABLE store.touched (measure VARCHAR, microsystem VARCHAR, PRIMARY KEY (measure, microsystem));
  CREATE TABLE store.active_measure (
    id VARCHAR PRIMARY KEY, version INTEGER NOT NULL, definition VARCHAR NOT NULL, title VARCHAR NOT NULL,
    chart VARCHAR NOT NULL, profile VARCHAR NOT NULL, direction VARCHAR NOT NULL, target DOUBLE, class VARCHAR NOT NULL,
    unjudged VARCHAR, baseline_from DATE, baseline_until DATE, baseline_all BOOLEAN NOT NULL, complete_until DATE);
  CREATE TABLE store.measure_value (
    series VARCHAR, measure VARCHAR, measure_version INTEGER, microsystem VARCHAR, stratum VARCHAR, period DATE,
    numerator DOUBLE, denominator DOUBLE, value DOUBLE, observations BIGINT);
  CREATE TABLE store.run (
    series VARCHAR, phase VARCHAR, rule VARCHAR, side VARCHAR, first_period DATE, completed_period DATE, last_period DATE,
    points INTEGER, active BOOLEAN, variation VARCHAR, as_of DATE, value DOUBLE, centre DOUBLE, valid_points INTEGER);
  CREATE TABLE store.standing (
    series VARCHAR, measure VARCHAR, microsystem VARCHAR, stratum VARCHAR, period DATE, value DOUBLE, centre DOUBLE, lcl3 DOUBLE, ucl3 DOUBLE,
    assurance VARCHAR, n INTEGER, warning VARCHAR[], r1 DOUBLE, judged BOOLEAN, profile VARCHAR, chart VARCHAR);
  CREATE TABLE store.hidden_point (series VARCHAR, period DATE);
  CREATE TABLE store.changed (series VARCHAR NOT NULL);
  CREATE TABLE store.unsettled (series VARCHAR NOT NULL);
  CREATE TABLE store.rejudged (measure VARCHAR NOT NULL);
  CREATE TABLE store.unjudged_measure (measure VARCHAR, reason VARCHAR NOT NULL, module VARCHAR NOT NULL);
  CREATE TABLE store.judged_unit (stage VARCHAR NOT NULL, microsystem VARCHAR NOT NULL);
  CREATE TABLE store.module_seen (stage VARCHAR, topic VARCHAR, part INTEGER, next BIGINT NOT NULL, PRIMARY KEY (stage, topic, part));
  CREATE TABLE store.unplaced (measure VARCHAR, microsystem VARCHAR, observations BIGINT, first_period DATE, last_period DATE);
  `
]

/** The format of the store that this version writes. */
export const storeVersion = migrations.length

/** Opens the working store, and brings it to this version. */
export const openStore = async (path: string, options: OpenOptions = {}): Promise<Database> => {
  const database = await Database.open(path, options)
  try {
    const [found] = await database.rows<{ n: number }>(
      "SELECT count(*)::INTEGER AS n FROM duckdb_tables() WHERE schema_name = 'store' AND table_name = 'meta'"
    )
    const version = found!.n === 0 ? 0 : Number(await readMeta(database, "version"))
    if (version > storeVersion) {
      throw new PlimsollError({
        code: "store-newer",
        message: `${path} was written by a newer Plimsoll (store version ${version}; this one knows ${storeVersion})`,
        suggestion: "update plimsoll, or run `plimsoll rebuild` to make the store again from the log"
      })
    }
    for (let at = version; at < storeVersion; at++) {
      await database.transaction(async () => {
        await database.run(migrations[at]!)
        await writeMeta(database, "version", String(at + 1))
      })
    }
    const pack = createHash("sha256").update(spcSql).digest("hex")
    if ((await readMeta(database, "spc")) !== pack) {
      // What another pack judged has to be judged again: a space makes each definition one that is not known yet.
      await database.run("UPDATE store.active_measure SET definition = definition || ' '")
      await writeMeta(database, "spc", pack)
    }
    return database
  } catch (cause) {
    database.end()
    throw cause
  }
}

/** A fact about the store; undefined where it has none of that name. */
export const readMeta = async (database: Database, name: string): Promise<string | undefined> =>
  (
    await database.rowsAgain<{ value: string }>("SELECT value FROM store.meta WHERE name = $name", { name })
  )[0]?.value

/** Keeps a fact about the store. */
export const writeMeta = (database: Database, name: string, value: string): Promise<void> =>
  database.again("INSERT OR REPLACE INTO store.meta VALUES ($name, $value)", { name, value })

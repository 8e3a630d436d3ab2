import { type Measure, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { type ModuleRelation, relationsOf } from "./module-sql.ts"

/** Rows that a project's config declares: they are said on the log where it says otherwise, and taken back where they are gone. */
export interface Declaration {
  /** A stream with a key. */
  readonly stream: StreamDefinition
  /**
   * All rows that ought to hold, as the stream's schema has them: anything but instants. Leave a stream out
   * to leave it to connectors: rows that are not declared are taken back, but for those of a connector's files.
   */
  readonly rows: ReadonlyArray<{ readonly [field: string]: unknown }>
}

/** Events that a module says on the log by itself. */
export interface Emission {
  /** A stream with a key. */
  readonly stream: StreamDefinition
  /**
   * The table whose rows are to be on the log: a column for every field of the stream, in snake_case; an instant as text in
   * its wire form. A row whose key the stream does not have yet is appended; nothing is ever changed or taken back.
   */
  readonly from: string
}

/** What {@link defineModule} takes. */
export interface ModuleOptions {
  /** A lower-case word: `control`. */
  readonly name: string
  /** The SQL schema of its relations. Default: its name. */
  readonly schema?: string
  /** The version of its rules, from 1 on: a change of what it signals needs a new one. */
  readonly version: number
  readonly title: string
  /** The streams that it takes in beside those that connectors bring. `current.<stream>` is there from the start, empty at first. */
  readonly streams?: ReadonlyArray<StreamDefinition>
  /** What the config says. */
  readonly declares?: ReadonlyArray<Declaration>
  /** Measures of its own, charted and judged as any other. */
  readonly measures?: ReadonlyArray<Measure>
  /** SQL that makes the macros it needs, with `CREATE OR REPLACE`; run in the store and in the published file. */
  readonly macros?: string
  /** The text of its `views.sql`. */
  readonly views?: string
  /** Tables of `views.sql` of which a row depends only on rows with the same `microsystem`, so that only those touched are computed again. */
  readonly byMicrosystem?: ReadonlyArray<string>
  /**
   * Tables of `views.sql` of which every row is a signal that ought to be open: `subject, microsystem, rule, variation,
   * first_period, completed_period, as_of, words`. Its id is made of module, version, rule, subject, microsystem and
   * `first_period`; it has ended when its row is gone.
   */
  readonly signals?: ReadonlyArray<string>
  /** A table of `views.sql`, `measure, reason`: measures that are not to be judged, and why. */
  readonly unjudged?: string
  readonly emits?: ReadonlyArray<Emission>
}

/** A component of the quality management system: what it takes in, what it computes, what it says. Made by {@link defineModule}. */
export interface QualityModule {
  readonly name: string
  readonly schema: string
  readonly version: number
  readonly title: string
  readonly streams: ReadonlyArray<StreamDefinition>
  readonly declares: ReadonlyArray<Declaration>
  readonly measures: ReadonlyArray<Measure>
  readonly macros: string
  readonly relations: ReadonlyArray<ModuleRelation>
  readonly byMicrosystem: ReadonlyArray<string>
  readonly signals: ReadonlyArray<string>
  readonly unjudged: string | undefined
  readonly emits: ReadonlyArray<Emission>
}

/** Names that mean something else in the store, in the published file or to DuckDB. */
const taken = new Set([
  "store",
  "land",
  "current",
  "plimsoll",
  "core",
  "published",
  "main",
  "spc",
  "system",
  "temp",
  "pg_catalog",
  "information_schema"
])

/**
 * Declares a module: streams in, relations and signals out. The relations of its `views.sql` may read
 * `current.<stream>`, the relations of other modules (in any order that has no circle) and, of the core, `plimsoll.microsystem`,
 * `plimsoll.measure`, `plimsoll.measure_value`, `plimsoll.special_cause`, `plimsoll.series` (or `plimsoll.standing`: of it, what is cheap to ask at every event), `plimsoll.signal`, `plimsoll.signal_event`,
 * `plimsoll.dead_letter`, `plimsoll.unplaced` and `plimsoll.clock` (one row: `day`, the latest tick; nothing else tells the time).
 * Relations with a `COMMENT` are published, each column with one of its own. Throws `module-invalid` where the parts do not fit.
 *
 * ```ts test
 * import { defineModule } from "@plimsoll/core"
 *
 * const census = defineModule({
 *   name: "census",
 *   version: 1,
 *   title: "How many units there are of each kind",
 *   views: `
 *     CREATE VIEW census.kind AS SELECT kind, count(*) AS units FROM plimsoll.microsystem GROUP BY kind;
 *     COMMENT ON VIEW census.kind IS 'Units by kind.';
 *     COMMENT ON COLUMN census.kind.kind IS 'The kind.';
 *     COMMENT ON COLUMN census.kind.units IS 'How many there are.';`
 * })
 * census.relations.map((one) => one.name) // => ["kind"]
 * ```
 */
export const defineModule = (options: ModuleOptions): QualityModule => {
  const { name } = options
  const schema = options.schema ?? name
  const wrong = (message: string, suggestion: string) =>
    new PlimsollError({ code: "module-invalid", message: `module "${name}": ${message}`, suggestion })
  for (const word of [name, schema]) {
    if (!/^[a-z][a-z_]*$/.test(word)) throw wrong(`"${word}" is not a lower-case word`, "rename it")
  }
  if (taken.has(schema)) throw wrong(`the schema "${schema}" means something else`, "give it another schema")
  if (!Number.isInteger(options.version) || options.version < 1) {
    throw wrong("its version must be a whole number from 1 on", "start with 1")
  }
  const relations = relationsOf(name, schema, options.views ?? "")
  const tables = new Set(relations.filter((one) => one.kind === "table").map((one) => one.name))
  const { byMicrosystem = [], signals = [], emits = [] } = options
  for (const table of [
    ...byMicrosystem,
    ...signals,
    ...(options.unjudged === undefined ? [] : [options.unjudged]),
    ...emits.map((one) => one.from)
  ]) {
    if (!tables.has(table)) {
      throw wrong(
        `it names the table "${table}", which its views.sql does not make`,
        "write CREATE TABLE for it"
      )
    }
  }
  for (const { stream } of [...(options.declares ?? []), ...emits]) {
    if (stream.key === null)
      throw wrong(`the stream ${stream.name} has no key`, "declare and emit streams with a key only")
  }
  return {
    name,
    schema,
    version: options.version,
    title: options.title,
    streams: options.streams ?? [],
    declares: options.declares ?? [],
    measures: options.measures ?? [],
    macros: options.macros ?? "",
    relations,
    byMicrosystem,
    signals,
    unjudged: options.unjudged,
    emits
  }
}

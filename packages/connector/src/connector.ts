import type { StreamDefinition } from "@plimsoll/schema"
import type { Schema, Stream } from "effect"
import type { ConnectorError } from "./connector-error.ts"

/** A part of a source that is read in its own order: for files one file, for a database one table. */
export type Partition = string

/** A place in a partition, as the connector itself writes and reads it. Plain JSON. */
export type Cursor = { readonly [key: string]: string | number | boolean | null }

/** Where a row stands in its source: told in dead letters, and part of the id of a row without a key. */
export interface Position {
  /** How often the partition has been replaced as a whole; from 1. */
  readonly generation: number
  /** The row's number in that generation, from 1. */
  readonly row: number
  /** For people: `line 17`, `page 3`, `LSN 0/16B3748`. */
  readonly place?: string
}

/** A row as the source gave it. The runtime decodes it; a connector never does. */
export interface RawRow {
  /** By the names of the stream's fields. Text for `encoding: "text"`, JSON values for `encoding: "json"`. */
  readonly fields: { readonly [field: string]: unknown }
  readonly at: Position
}

/** What a connector emits. `cursor` covers everything emitted for that partition up to and with this. */
export type Emit =
  /** Rows in the order of the source. */
  | {
      readonly _tag: "Rows"
      readonly partition: Partition
      readonly rows: ReadonlyArray<RawRow>
      readonly cursor: Cursor
    }
  /** A row that cannot even be taken apart: it becomes a dead letter. */
  | {
      readonly _tag: "Reject"
      readonly partition: Partition
      readonly reason: string
      readonly raw: string
      readonly at: Position
      readonly cursor: Cursor
    }
  /** The business key of a row that is gone from the source. */
  | {
      readonly _tag: "Delete"
      readonly partition: Partition
      readonly key: { readonly [field: string]: unknown }
      readonly at: Position
      readonly cursor: Cursor
    }
  /** All rows of this generation have been emitted: older generations of the partition no longer count. */
  | {
      readonly _tag: "GenerationEnd"
      readonly partition: Partition
      readonly generation: number
      readonly cursor: Cursor
    }
  /** Something to be told to a person: a column that nobody reads, a file that is passed over. */
  | { readonly _tag: "Notice"; readonly code: string; readonly message: string }

/** What the runtime hands to {@link ConnectorStream.read}. */
export interface ReadContext {
  /** Go on when the end is reached, and wait for more. */
  readonly watch: boolean
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal
  /** For the error texts: where this connector stands in the config, `connectors[0]`. */
  readonly configPath: string
}

/** One stream of a connector. */
export interface ConnectorStream {
  readonly definition: StreamDefinition
  /** `text`: every field is text as it stood in the source (CSV). `json`: fields are JSON values. */
  readonly encoding: "text" | "json"
  /** Checks a stored cursor before it is used. A cursor that does not fit stops the run; it never means "from the start". */
  readonly cursor: Schema.Codec<Cursor, unknown>
  /**
   * Emits what stands after the given cursors, partition by partition. A partition that is not named is new.
   * Never batches, retries, decodes or stores: the runtime does.
   */
  readonly read: (
    from: ReadonlyMap<Partition, Cursor>,
    context: ReadContext
  ) => AsyncIterable<Emit> | Stream.Stream<Emit, ConnectorError>
}

/** What {@link Connector.check} finds. */
export interface CheckReport {
  readonly stream: string
  readonly ok: boolean
  /** One sentence: "3 files, 12.4 MB", or what is wrong. */
  readonly message: string
  readonly suggestion?: string
}

/**
 * A source. A connector package's default export is a function `(options) => Connector`.
 */
export interface Connector {
  /** The name of the package without its scope: `connector-files`. */
  readonly name: string
  readonly version: string
  /** Tells two uses of one connector apart; part of every row's id, so it must not change. */
  readonly instance: string
  readonly streams: ReadonlyArray<ConnectorStream>
  /** Whether the source can be read, without reading it. */
  readonly check: (context: ReadContext) => Promise<ReadonlyArray<CheckReport>>
}

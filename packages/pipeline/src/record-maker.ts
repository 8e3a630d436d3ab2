import type { Connector, Partition, Position } from "@plimsoll/connector"
import {
  commonHeaders,
  encodeRecord,
  type NewRecord,
  type RecordGroup,
  recordId,
  type Sealer,
  streamLabel
} from "@plimsoll/log"
import {
  columnsOf,
  deadLetterTopic,
  type EventKind,
  type RunRecord,
  runs,
  stateTopic,
  type StreamContract
} from "@plimsoll/schema"
import type { Batch } from "./batch.ts"
import { type RejectedRow, rowLetter, textLetter } from "./dead-letter.ts"
import type { DecodedRow, Deletion } from "./decoder.ts"
import type { Protection } from "./policy.ts"
import type { Counts } from "./report.ts"

/** What is the same for all records that one run of a stream makes. */
export interface RecordMakerOptions {
  readonly connector: Connector
  readonly contract: StreamContract
  readonly protection: Protection
  readonly organisation: string
  /** There where the stream is sealed. */
  readonly sealer?: Sealer | undefined
  readonly run: string
}

/** What is the same for all records of one kind, source partition and generation. */
interface Origin {
  readonly kind: EventKind
  readonly partition: Partition
  readonly generation: number
  readonly headers: { readonly [name: string]: string }
  /** The start of the text that their ids are the hash of. */
  readonly prefix: string
}

/** Where a run stands, for its own record. */
export interface RunStanding {
  readonly run: string
  readonly state: RunRecord["state"]
  readonly counts: Counts
  /** Microseconds since 1970. */
  readonly startedAt: number
  /** Microseconds since 1970. */
  readonly at: number
  readonly error: string | null
}

/** Makes every record of one run of a stream, with its headers and id. What comes from the source goes into a batch. */
export class RecordMaker {
  /** `ce_time` of the records that are of no row, as on the wire: when what they tell was read. */
  time = ""
  readonly #options: RecordMakerOptions
  readonly #label: string
  readonly #source: string
  readonly #topic: string
  readonly #deadLetters: string
  readonly #known: ReadonlySet<string>
  readonly #origins = new Map<EventKind, Origin>()
  readonly #stateHeaders: { readonly [name: string]: string }

  constructor(options: RecordMakerOptions) {
    const { connector, contract, run } = options
    this.#options = options
    this.#label = streamLabel(contract)
    this.#source = `/plimsoll/${connector.name}/${connector.instance}`
    this.#topic = contract.topic
    this.#deadLetters = deadLetterTopic(contract.topic)
    this.#known = new Set(columnsOf(contract.jsonSchema).map((column) => column.field))
    this.#stateHeaders = {
      ce_specversion: "1.0",
      ce_source: this.#source,
      ce_type: "plimsoll.checkpoint.upserted",
      "content-type": "application/json",
      plimsoll_run: run
    }
  }

  /** The record that says where a run of this stream stands. */
  run({ run, state, counts, startedAt, at, error }: RunStanding): RecordGroup {
    const { connector, organisation } = this.#options
    const instant = (micros: number) => ({ micros: BigInt(micros), zone: "UTC" })
    const row = {
      run,
      connector: connector.name,
      instance: connector.instance,
      stream: this.#label,
      state,
      ...counts,
      startedAt: instant(startedAt),
      at: instant(at),
      error
    }
    return encodeRecord({ organisation, name: connector.name, instance: connector.instance }, runs, [row])
  }

  /** Checkpoints and the state of the run, as they go to the log. */
  state(records: ReadonlyArray<NewRecord>): RecordGroup {
    return { topic: stateTopic, headers: this.#stateHeaders, records }
  }

  /** The records of a batch; those of a sealed stream are made only now, since rows of one scope go together. */
  groups(batch: Batch): ReadonlyArray<RecordGroup> {
    const { contract, sealer } = this.#options
    return [...batch.groups, ...(sealer?.groups(contract, this.#source, batch.sealed) ?? [])]
  }

  get #isSealed(): boolean {
    return this.#options.contract.access === "sealed"
  }

  /** Gives the id of the record; a sealed row gets none. */
  row(batch: Batch, partition: Partition, row: DecodedRow, at: Position): string | undefined {
    if (this.#isSealed) {
      batch.seal({ scope: row.scope ?? null, kind: "row", text: row.value })
      return undefined
    }
    const origin = this.#origin("upserted", partition, at.generation)
    const partitionKey = row.microsystem ?? row.key ?? partition
    const id = recordId(origin.prefix, row.key, at.row)
    batch.add(this.#topic, origin.headers, {
      key: row.key,
      value: row.value,
      partitionKey,
      headers: {
        ce_id: id,
        ce_time: row.time,
        ce_partitionkey: partitionKey,
        plimsoll_row: String(at.row)
      }
    })
    return id
  }

  /** Gives the id of the record; a sealed one gets none. */
  deletion(batch: Batch, partition: Partition, gone: Deletion, at: Position): string | undefined {
    if (this.#isSealed) {
      batch.seal({ scope: gone.scope ?? null, kind: "deleted", text: gone.value })
      return undefined
    }
    const origin = this.#origin("deleted", partition, at.generation)
    const partitionKey = gone.microsystem ?? gone.key!
    const headers = { ...this.#headers(origin, gone.key, at.row, partitionKey), plimsoll_row: String(at.row) }
    batch.add(this.#topic, origin.headers, { key: gone.key, value: gone.value, partitionKey, headers })
    return headers.ce_id
  }

  /** The dead letter of a row that was taken apart. */
  rejectedRow(batch: Batch, partition: Partition, at: Position, rejected: RejectedRow): void {
    const { contract, protection, sealer } = this.#options
    const letter = rowLetter(rejected, at.place, protection, this.#known)
    const scope = sealer?.scopeOf(contract, rejected.fields[contract.sealedBy ?? ""]) ?? null
    this.#letter(batch, partition, at, letter, scope)
  }

  /** The dead letter of what could not be taken apart. */
  rejectedText(batch: Batch, partition: Partition, text: string, at: Position, reason: string): void {
    this.#letter(batch, partition, at, textLetter(text, at.place, reason, this.#options.protection))
  }

  /** The marker at the end of a generation. `rows`: how many of it went to the stream's topic. */
  generationEnd(batch: Batch, partition: Partition, generation: number, rows: number): void {
    // It would tell how many rows a source has, and of sealed rows the vault sees for itself which are there twice.
    if (this.#isSealed) return
    const origin = this.#origin("generation", partition, generation)
    batch.add(this.#topic, origin.headers, {
      key: null,
      value: JSON.stringify({ partition, generation, rows }),
      partitionKey: partition,
      headers: this.#headers(origin, null, rows, partition)
    })
  }

  #letter(
    batch: Batch,
    partition: Partition,
    at: Position,
    value: string,
    scope: string | null = null
  ): void {
    if (this.#isSealed) {
      batch.seal({ scope, kind: "letter", text: value })
      return
    }
    const origin = this.#origin("rejected", partition, at.generation)
    const headers = { ...this.#headers(origin, null, at.row, partition), plimsoll_row: String(at.row) }
    batch.add(this.#deadLetters, origin.headers, { key: null, value, partitionKey: partition, headers })
  }

  #headers(
    origin: Origin,
    key: string | null,
    version: number,
    partitionKey: string
  ): { readonly ce_id: string; readonly ce_time: string; readonly ce_partitionkey: string } {
    return {
      ce_id: recordId(origin.prefix, key, version),
      ce_time: this.time,
      ce_partitionkey: partitionKey
    }
  }

  #origin(kind: EventKind, partition: Partition, generation: number): Origin {
    const latest = this.#origins.get(kind)
    if (latest !== undefined && latest.generation === generation && latest.partition === partition)
      return latest
    const { connector, contract, run } = this.#options
    const origin = {
      kind,
      partition,
      generation,
      headers: {
        ...commonHeaders(contract, this.#source, kind),
        plimsoll_run: run,
        plimsoll_partition: partition,
        plimsoll_generation: String(generation)
      },
      prefix: JSON.stringify([connector.instance, this.#label, kind, partition, generation])
    }
    this.#origins.set(kind, origin)
    return origin
  }
}

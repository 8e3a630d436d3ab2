import { deadLetterTopic, type StreamContract } from "@plimsoll/schema"
import { randomInt, randomUUID } from "node:crypto"
import type { NewRecord, RecordGroup } from "../log.ts"
import { contractId, streamLabel, type WireRow } from "../record.ts"
import { sealText } from "./envelope.ts"
import { RowPacker } from "./packed-rows.ts"
import type { VaultKeys } from "./vault-keys.ts"

/** What a sealed record holds: JSON texts of rows, of the keys of rows that are gone, or of dead letters. */
export interface SealedRow {
  /** What its field `sealedBy` says; null where a row could not be read: then the stream's own quarantine. */
  readonly scope: string | null
  readonly kind: "row" | "deleted" | "letter"
  /** JSON. */
  readonly text: string
}

/** The scope of dead letters of which it is not known where they belong. */
export const quarantine = "quarantine"

/** A record of Kafka holds a megabyte, and base64 makes a third more of it. */
const mostBytes = 256 * 1024

/** What a sealed record is bound to, so that it cannot be moved. */
export const boundTo = (stream: string, scope: string, kind: "rows" | "letters"): string =>
  JSON.stringify([stream, scope, kind])

const shuffled = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => {
  const out = [...all]
  for (let at = out.length - 1; at > 0; at--) {
    const other = randomInt(at + 1)
    ;[out[at], out[other]] = [out[other]!, out[at]!]
  }
  return out
}

/** What goes into one record: rows without their names, and texts of keys of rows that are gone, or of letters. */
interface Part {
  readonly rows: RowPacker
  readonly others: Array<string>
  bytes: number
}

/** Parts of at most so many bytes, or of one row. */
const parted = (all: ReadonlyArray<SealedRow>): ReadonlyArray<Part> => {
  const parts: Part[] = []
  for (const { kind, text } of all) {
    let part = parts.at(-1)
    const bytes = Buffer.byteLength(text) + 1
    if (part === undefined || part.rows.bytes + part.bytes + bytes > mostBytes) {
      part = { rows: new RowPacker(), others: [], bytes: 0 }
      parts.push(part)
    }
    if (kind === "row") part.rows.add(JSON.parse(text) as WireRow)
    else {
      part.others.push(text)
      part.bytes += bytes
    }
  }
  return parts
}

/** Seals rows before the log, with the keys of the vault. */
export class Sealer {
  readonly #keys: VaultKeys

  constructor(keys: VaultKeys) {
    this.#keys = keys
  }

  /** The scope of a dead letter, if it is one that the vault knows; what stands in that field may be anything. */
  scopeOf(contract: StreamContract, value: unknown): string | null {
    return typeof value === "string" && this.#keys.has(streamLabel(contract), value) ? value : null
  }

  /**
   * The records that hold these rows: those of one scope together, in an order that is left to chance, padded. They
   * show the scope and the day, and neither whose they are nor how many. Errors: `sealed-erased`.
   */
  groups(
    contract: StreamContract,
    source: string,
    rows: ReadonlyArray<SealedRow>
  ): ReadonlyArray<RecordGroup> {
    const headers = {
      ce_specversion: "1.0",
      ce_source: source,
      ce_type: `${contract.domain}.${contract.name}.sealed`,
      ce_time: `${new Date().toISOString().slice(0, 10)}T00:00:00Z`,
      "content-type": "application/json",
      plimsoll_schema: contractId(contract),
      plimsoll_sealed: "aes-256-gcm"
    }
    return (["rows", "letters"] as const).flatMap((kind): ReadonlyArray<RecordGroup> => {
      const scopes = new Map<string, SealedRow[]>()
      for (const row of rows) {
        if ((row.kind === "letter") !== (kind === "letters")) continue
        const scope = row.scope ?? quarantine
        const own = scopes.get(scope)
        if (own === undefined) scopes.set(scope, [row])
        else own.push(row)
      }
      const records = [...scopes].flatMap(([scope, own]) =>
        parted(shuffled(own)).map((part) => this.#record(streamLabel(contract), scope, kind, part))
      )
      const topic = kind === "rows" ? contract.topic : deadLetterTopic(contract.topic)
      return records.length === 0 ? [] : [{ topic, headers, records }]
    })
  }

  #record(stream: string, scope: string, kind: "rows" | "letters", { rows, others }: Part): NewRecord {
    const list = `[${others.join(",")}]`
    const text = kind === "rows" ? `{${rows.text()},"deleted":${list}}` : `{"letters":${list}}`
    const envelope = sealText(this.#keys.sealing(stream, scope), boundTo(stream, scope, kind), text)
    return {
      key: scope,
      value: JSON.stringify(envelope),
      partitionKey: scope,
      headers: { ce_id: randomUUID().replaceAll("-", ""), ce_partitionkey: scope }
    }
  }
}

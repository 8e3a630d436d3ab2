import { deadLetterTopic, PlimsollError, type StreamContract } from "@plimsoll/schema"
import type { Log, LogRecord } from "../log.ts"
import { streamLabel, type WireRow } from "../record.ts"
import { type Envelope, openText } from "./envelope.ts"
import { type PackedRows, unpackRows } from "./packed-rows.ts"
import { boundTo } from "./sealer.ts"
import type { VaultKeys } from "./vault-keys.ts"

/** What one sealed record held. */
export interface OpenedRecord {
  readonly scope: string
  readonly partition: number
  readonly offset: number
  /** The tag of the record, in base64: no other content has it under the same key. */
  readonly tag: string
  /** Undefined where its key was destroyed: nothing of it can be read. */
  readonly packed: PackedRows | undefined
  /** The same as objects, made when they are asked for. */
  readonly rows: ReadonlyArray<WireRow> | undefined
  /** Keys of rows that are gone from the source. */
  readonly deleted: ReadonlyArray<WireRow>
}

/** Which records of a sealed stream to read. */
export interface ReadSealedOptions {
  /** Only those of this scope. */
  readonly scope?: string
  /** By partition, the offset of the first record that is read; of a partition that is not named, its first. */
  readonly from?: ReadonlyMap<number, number>
  /** By partition, the offset of the first record that is not read. Default: the end. */
  readonly until?: ReadonlyMap<number, number>
  /**
   * Asked of a record that does not open, by its `partition/offset`: whether to do without it. Default: it is an error.
   */
  readonly passOver?: (place: string, why: PlimsollError) => boolean
}

/** A stream as the log calls it. */
type Place = Pick<StreamContract, "topic" | "domain" | "name" | "version">

type Kind = "rows" | "letters"

interface Opened {
  readonly scope: string
  readonly partition: number
  readonly offset: number
  readonly tag: string
  readonly text: string | undefined
}

const before = /^\{"key":"([0-9a-f-]{36})","sealed":"/
const after = '"}'

/** As the sealer wrote it, and nothing else: `JSON.parse` of a text as long as this takes longer than to decipher it. */
const envelopeOf = (value: string | null): Envelope | undefined => {
  const [head, key] = before.exec(value ?? "") ?? []
  return head === undefined || !value!.endsWith(after)
    ? undefined
    : { key: key!, sealed: value!.slice(head.length, -after.length) }
}

/** Opens one record: undefined where its key was destroyed. Errors: `sealed-foreign`, `sealed-damaged`, `vault-damaged`. */
const openRecord = (
  keys: VaultKeys,
  stream: string,
  kind: Kind,
  { topic, partition, offset, value }: LogRecord,
  scope: string
): { readonly tag: string; readonly text: string | undefined } => {
  const envelope = envelopeOf(value)
  if (envelope === undefined) {
    throw new PlimsollError({
      code: "sealed-foreign",
      message: `offset ${offset} of partition ${partition} of ${topic} holds what the vault did not seal`,
      suggestion: "see who writes to this topic; only the runtime may, since its rows are sealed"
    })
  }
  const key = keys.opening(stream, scope, envelope.key)
  const text =
    key === undefined
      ? undefined
      : openText(key, boundTo(stream, scope, kind), envelope, `${topic}/${partition}/${offset}`)
  return { tag: envelope.sealed.slice(-24), text }
}

/** Whether an error says that a record does not open. */
const isUnopened = (error: unknown): error is PlimsollError =>
  error instanceof PlimsollError && (error.code === "sealed-damaged" || error.code === "sealed-foreign")

async function* opened(
  log: Log,
  keys: VaultKeys,
  place: Place,
  kind: Kind,
  options: ReadSealedOptions
): AsyncGenerator<Opened> {
  const stream = streamLabel(place)
  const [info] = await log.topics([kind === "rows" ? place.topic : deadLetterTopic(place.topic)])
  for (const { partition, first, end } of info?.offsets ?? []) {
    const last = Math.min(end, options.until?.get(partition) ?? (options.until === undefined ? end : 0))
    for (let from = Math.max(first, options.from?.get(partition) ?? 0); from < last;) {
      const { records, next } = await log.read(info!.topic, partition, from, { until: last, limit: 200 })
      for (const record of records) {
        const { key: scope, offset } = record
        if (scope === null || (options.scope !== undefined && scope !== options.scope)) continue
        let held: ReturnType<typeof openRecord>
        try {
          held = openRecord(keys, stream, kind, record, scope)
        } catch (why) {
          if (!isUnopened(why) || options.passOver?.(`${partition}/${offset}`, why) !== true) throw why
          continue
        }
        yield { scope, partition, offset, ...held }
      }
      if (next === from) break
      from = next
    }
  }
}

/**
 * Opens the rows of a sealed stream, in order of partition and offset, a record at a time: nothing is kept. Of what was erased it
 * gives the place only. Errors: `sealed-damaged`, `sealed-foreign`, `vault-damaged`, and those of the log.
 *
 * ```ts
 * for await (const { scope, rows } of readSealed(log, openVaultKeys(".plimsoll/vault"), contract)) …
 * ```
 */
export async function* readSealed(
  log: Log,
  keys: VaultKeys,
  place: Place,
  options: ReadSealedOptions = {}
): AsyncGenerator<OpenedRecord> {
  for await (const { text, ...at } of opened(log, keys, place, "rows", options)) {
    const packed = (text === undefined ? undefined : JSON.parse(text)) as
      | (PackedRows & { readonly deleted: ReadonlyArray<WireRow> })
      | undefined
    yield {
      ...at,
      packed,
      get rows() {
        return packed === undefined ? undefined : unpackRows(packed)
      },
      deleted: packed?.deleted ?? []
    }
  }
}

/** Opens the dead letters of a sealed stream: undefined for each record whose key was destroyed. */
export async function* readSealedLetters(
  log: Log,
  keys: VaultKeys,
  place: Place,
  options: ReadSealedOptions = {}
): AsyncGenerator<ReadonlyArray<WireRow> | undefined> {
  for await (const { text } of opened(log, keys, place, "letters", options)) {
    yield text === undefined
      ? undefined
      : (JSON.parse(text) as { readonly letters: ReadonlyArray<WireRow> }).letters
  }
}

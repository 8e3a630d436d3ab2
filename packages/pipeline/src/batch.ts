import type { NewRecord, RecordGroup, SealedRow } from "@plimsoll/log"

const mostRows = 5_000
const mostBytes = 4 * 1024 * 1024
/** What a record's headers come to, beside key and value. */
const headerBytes = 160

interface OpenGroup extends RecordGroup {
  readonly records: NewRecord[]
}

/** Records on their way into one transaction. A group grows while its headers stay the same. */
export class Batch {
  readonly #groups: OpenGroup[] = []
  readonly #current = new Map<string, OpenGroup>()
  readonly #sealed: SealedRow[] = []
  rows = 0
  bytes = 0

  get groups(): ReadonlyArray<RecordGroup> {
    return this.#groups
  }

  /** What is still to be sealed. */
  get sealed(): ReadonlyArray<SealedRow> {
    return this.#sealed
  }

  /** Whether it should be closed. */
  get full(): boolean {
    return this.rows >= mostRows || this.bytes >= mostBytes
  }

  /** Records with these very headers (told by identity) go on in the group they are in. */
  add(topic: string, headers: { readonly [name: string]: string }, record: NewRecord): void {
    let group = this.#current.get(topic)
    if (group === undefined || group.headers !== headers) {
      group = { topic, headers, records: [] }
      this.#groups.push(group)
      this.#current.set(topic, group)
    }
    group.records.push(record)
    this.rows++
    this.bytes += headerBytes + (record.value?.length ?? 0) + (record.key?.length ?? 0)
  }

  /** A row of a sealed stream. */
  seal(row: SealedRow): void {
    this.#sealed.push(row)
    this.rows++
    this.bytes += row.text.length
  }
}

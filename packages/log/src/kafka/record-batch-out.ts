import type { Headers, OutRecord } from "./client.ts"

/** Who writes a batch, for brokers to know one that comes twice. */
export interface BatchAuthor {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** How many records of this author are in the partition before this batch. */
  readonly sequence: number
}

/** How the records of a batch are made smaller. */
export interface BatchCompression {
  /** Kafka's number of it; 0 for none. */
  readonly code: number
  compress(bytes: Buffer): Buffer
}

const headLength = 61
const transactional = 1 << 4

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

const sizeOf = (value: number): number => {
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

interface Encoded {
  readonly count: number
  readonly bytes: Buffer
}

/** Writes batches of Kafka's record format 2. Keeps its buffer, and what repeats from record to record, encoded. */
export class BatchEncoder {
  readonly #crc32c: (bytes: Buffer) => number
  readonly #names = new Map<string, Buffer>()
  readonly #common = new WeakMap<Headers, Encoded>()
  #buffer = Buffer.allocUnsafe(1 << 20)
  #at = 0

  constructor(crc32c: (bytes: Buffer) => number) {
    this.#crc32c = crc32c
  }

  encode(records: ReadonlyArray<OutRecord>, author: BatchAuthor, compression: BatchCompression): Buffer {
    const first = records[0]!.timestamp
    let last = first
    this.#at = 0
    for (const [index, record] of records.entries()) {
      last = Math.max(last, record.timestamp)
      this.#record(record, record.timestamp - first, index)
    }
    const plain = this.#buffer.subarray(0, this.#at)
    const payload = compression.code === 0 ? plain : compression.compress(plain)
    const batch = Buffer.allocUnsafe(headLength + payload.length)
    batch.writeBigInt64BE(0n, 0)
    batch.writeInt32BE(batch.length - 12, 8)
    batch.writeInt32BE(-1, 12)
    batch.writeInt8(2, 16)
    batch.writeInt16BE(transactional | compression.code, 21)
    batch.writeInt32BE(records.length - 1, 23)
    batch.writeBigInt64BE(BigInt(first), 27)
    batch.writeBigInt64BE(BigInt(last), 35)
    batch.writeBigInt64BE(author.producerId, 43)
    batch.writeInt16BE(author.producerEpoch, 51)
    batch.writeInt32BE(author.sequence, 53)
    batch.writeInt32BE(records.length, 57)
    payload.copy(batch, headLength)
    batch.writeUInt32BE(this.#crc32c(batch.subarray(21)), 17)
    return batch
  }

  #record({ key, value, common, own }: OutRecord, time: number, index: number): void {
    const shared = this.#shared(common, own)
    const keyLength = key === null ? -1 : Buffer.byteLength(key)
    const valueLength = value === null ? -1 : Buffer.byteLength(value)
    let count = shared.count
    let size =
      1 +
      sizeOf(time) +
      sizeOf(index) +
      sizeOf(keyLength) +
      Math.max(0, keyLength) +
      sizeOf(valueLength) +
      Math.max(0, valueLength) +
      shared.bytes.length
    for (const name in own) {
      count++
      const length = Buffer.byteLength(own[name]!)
      size += this.#name(name).length + sizeOf(length) + length
    }
    size += sizeOf(count)
    this.#reserve(size + 5)
    this.#varint(size)
    this.#buffer[this.#at++] = 0
    this.#varint(time)
    this.#varint(index)
    this.#text(key, keyLength)
    this.#text(value, valueLength)
    this.#varint(count)
    this.#bytes(shared.bytes)
    for (const name in own) {
      const text = own[name]!
      this.#bytes(this.#name(name))
      this.#text(text, Buffer.byteLength(text))
    }
  }

  /** The common headers, without those that the record has of its own. */
  #shared(common: Headers, own: Headers): Encoded {
    for (const name in own) {
      if (Object.hasOwn(common, name))
        return this.#encoded(Object.entries(common).filter(([each]) => !Object.hasOwn(own, each)))
    }
    let known = this.#common.get(common)
    if (known === undefined) this.#common.set(common, (known = this.#encoded(Object.entries(common))))
    return known
  }

  #encoded(headers: ReadonlyArray<readonly [string, string]>): Encoded {
    const parts = headers.flatMap(([name, value]) => [this.#name(name), sized(value)])
    return { count: headers.length, bytes: Buffer.concat(parts) }
  }

  #name(name: string): Buffer {
    let known = this.#names.get(name)
    if (known === undefined) {
      if (this.#names.size >= 10_000) this.#names.clear()
      this.#names.set(name, (known = sized(name)))
    }
    return known
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#at + size))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }

  #bytes(bytes: Buffer): void {
    this.#buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #text(text: string | null, length: number): void {
    this.#varint(length)
    if (text !== null) this.#at += this.#buffer.write(text, this.#at)
  }

  #varint(value: number): void {
    const buffer = this.#buffer
    let rest = zigzag(value)
    while (rest >= 0x80) {
      buffer[this.#at++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    buffer[this.#at++] = rest
  }
}

/** A text with its length before it. */
const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length: Array<number> = []
  let rest = zigzag(bytes.length)
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

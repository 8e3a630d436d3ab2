/** Writes the numbers and texts of Kafka's older requests, one after the other. */
export class WireWriter {
  readonly #parts: Array<Buffer> = []

  int8(value: number): this {
    return this.#number(1, (bytes) => bytes.writeInt8(value))
  }

  int16(value: number): this {
    return this.#number(2, (bytes) => bytes.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#number(4, (bytes) => bytes.writeInt32BE(value))
  }

  int64(value: number): this {
    return this.#number(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)))
  }

  text(value: string): this {
    this.int16(Buffer.byteLength(value))
    this.#parts.push(Buffer.from(value))
    return this
  }

  bytes(value: Buffer): this {
    this.int32(value.length)
    this.#parts.push(value)
    return this
  }

  array<A>(values: ReadonlyArray<A>, write: (value: A) => void): this {
    this.int32(values.length)
    for (const value of values) write(value)
    return this
  }

  /** A number of Kafka's newer requests: a length plus one, so that 0 can stand for nothing. */
  varint(value: number): this {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.int8(((rest & 0x7f) | 0x80) - 0x100)
    return this.int8(rest)
  }

  compactText(value: string): this {
    this.varint(Buffer.byteLength(value) + 1)
    this.#parts.push(Buffer.from(value))
    return this
  }

  compactArray<A>(values: ReadonlyArray<A>, write: (value: A) => void): this {
    this.varint(values.length + 1)
    for (const value of values) write(value)
    return this
  }

  /** What may be added to a newer request, and is not. */
  noTags(): this {
    return this.varint(0)
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #number(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.allocUnsafe(size)
    write(bytes)
    this.#parts.push(bytes)
    return this
  }
}

/** Reads them. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#pass(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#pass(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#pass(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#pass(8))
  }

  text(): string {
    const length = Math.max(0, this.int16())
    const at = this.#pass(length)
    return this.#bytes.toString("utf8", at, at + length)
  }

  bytes(): Buffer {
    const length = Math.max(0, this.int32())
    const at = this.#pass(length)
    return this.#bytes.subarray(at, at + length)
  }

  array<A>(read: () => A): ReadonlyArray<A> {
    return Array.from({ length: Math.max(0, this.int32()) }, read)
  }

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#pass(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  compactText(): string {
    const length = Math.max(0, this.varint() - 1)
    const at = this.#pass(length)
    return this.#bytes.toString("utf8", at, at + length)
  }

  compactArray<A>(read: () => A): ReadonlyArray<A> {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, read)
  }

  /** Passes what a newer broker may have added. */
  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint()
      this.#pass(this.varint())
    }
  }

  #pass(size: number): number {
    const at = this.#at
    this.#at += size
    return at
  }
}

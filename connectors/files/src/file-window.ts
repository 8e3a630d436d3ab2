import type { FileHandle } from "node:fs/promises"

const chunk = 262_144

/** A part of a file that moves forward: the bytes that have been read and not yet been taken. */
export class FileWindow {
  /** Where in the file the window starts. */
  offset: number
  #buffer = Buffer.allocUnsafeSlow(2 * chunk)
  #length = 0
  readonly #handle: FileHandle
  readonly #size: number

  /** `size`: how far the file is to be read, whatever it has grown to since. */
  constructor(handle: FileHandle, offset: number, size: number) {
    this.#handle = handle
    this.offset = offset
    this.#size = size
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  get atEnd(): boolean {
    return this.offset + this.#length >= this.#size
  }

  /** Reads one more piece. False: the file is shorter than it was. */
  async fill(): Promise<boolean> {
    const most = Math.min(chunk, this.#size - this.offset - this.#length)
    if (most <= 0) return true
    if (this.#length + most > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#buffer.length)
      this.bytes.copy(larger)
      this.#buffer = larger
    }
    const { bytesRead } = await this.#handle.read(
      this.#buffer,
      this.#length,
      most,
      this.offset + this.#length
    )
    this.#length += bytesRead
    return bytesRead > 0
  }

  /** Moves the start of the window forward. */
  take(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#length)
    this.#length -= bytes
    this.offset += bytes
  }
}

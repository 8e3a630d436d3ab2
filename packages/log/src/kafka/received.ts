import { isUtf8 } from "node:buffer"

import type { LogRecord } from "../log.ts"

/** A record as a client gives it. */
export interface Received {
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: ReadonlyArray<readonly [name: Buffer | null, value: Buffer | null]>
}

/** Names and values of headers repeat from record to record: a text is made once for the same bytes in the same place. */
class HeaderTexts {
  readonly #bytes: Array<Buffer> = []
  readonly #texts: Array<string> = []

  text(place: number, bytes: Buffer | null): string {
    if (bytes === null) return ""
    const known = this.#bytes[place]
    if (known !== undefined && known.length === bytes.length && known.equals(bytes))
      return this.#texts[place]!
    this.#bytes[place] = bytes
    return (this.#texts[place] = bytes.toString("utf8"))
  }
}

/** Makes records of the log out of those of one partition. */
export const recordsOf = (
  topic: string,
  partition: number,
  received: ReadonlyArray<Received>
): ReadonlyArray<LogRecord> => {
  const texts = new HeaderTexts()
  return received.map(({ offset, timestamp, key, value, headers }) => {
    const named: { [name: string]: string } = {}
    for (let at = 0; at < headers.length; at++) {
      const name = texts.text(2 * at, headers[at]![0])
      const text = texts.text(2 * at + 1, headers[at]![1])
      if (name === "__proto__")
        Object.defineProperty(named, name, {
          value: text,
          enumerable: true,
          configurable: true,
          writable: true
        })
      else named[name] = text
    }
    const text = value === null ? null : value.toString("utf8")
    const record = {
      topic,
      partition,
      offset,
      recordedAt: timestamp * 1000,
      key: key === null ? null : key.toString("utf8"),
      value: text,
      headers: named
    }
    // A replacement character may have been written as one: only then are the bytes looked at.
    return text !== null && text.includes("\ufffd") && !isUtf8(value!)
      ? { ...record, value: "", bytes: new Uint8Array(value!) }
      : record
  })
}

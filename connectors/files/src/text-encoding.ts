import { isAscii, isUtf8 } from "node:buffer"

/** Text as it was decoded, with the way back from characters to the bytes of the file. */
export interface DecodedText {
  readonly text: string
  /** How many bytes of the file the characters from `from` up to `to` take. */
  readonly bytesOf: (from: number, to: number) => number
  /**
   * Only where some bytes are not valid: `text` then serves to find the ends of records, and a part of it gets its
   * true characters here. Undefined: the part holds invalid bytes.
   */
  readonly repair: ((part: string) => string | undefined) | undefined
}

/** An encoding of which every record boundary is known to the byte. */
export interface TextEncoding {
  readonly label: string
  /** Bytes of one code unit; a newline starts at a multiple of it. */
  readonly unit: 1 | 2
  readonly decode: (bytes: Buffer) => DecodedText
  /** Where the last newline (`code`) in `bytes` ends; 0: there is none. */
  readonly afterLast: (bytes: Buffer, code: number) => number
  /** Where the first newline at or after `from` ends; -1: there is none. */
  readonly afterFirst: (bytes: Buffer, code: number, from: number) => number
  /** A part that holds invalid bytes, in a form from which the bytes can be told. */
  readonly show: (part: string) => string
}

const same = (from: number, to: number) => to - from
const twice = (from: number, to: number) => 2 * (to - from)

const singleUnit = {
  unit: 1 as const,
  afterLast: (bytes: Buffer, code: number) => bytes.lastIndexOf(code) + 1,
  afterFirst: (bytes: Buffer, code: number, from: number) => bytes.indexOf(code, from) + 1 || -1,
  show: (part: string) => part
}

// Newlines, quotes and delimiters are ASCII, so the structure of a text with invalid bytes can be read as Latin-1.
const structural = (bytes: Buffer, repair: (part: string) => string | undefined): DecodedText => ({
  text: bytes.toString("latin1"),
  bytesOf: same,
  repair
})

const utf8: TextEncoding = {
  ...singleUnit,
  label: "utf-8",
  decode: (bytes) => {
    if (isAscii(bytes)) return { text: bytes.toString("latin1"), bytesOf: same, repair: undefined }
    if (!isUtf8(bytes)) {
      return structural(bytes, (part) => {
        const own = Buffer.from(part, "latin1")
        return isUtf8(own) ? own.toString("utf8") : undefined
      })
    }
    const text = bytes.toString("utf8")
    return { text, bytesOf: (from, to) => Buffer.byteLength(text.slice(from, to)), repair: undefined }
  }
}

const singleByte = (label: string): TextEncoding => {
  const decoder = new TextDecoder(label, { fatal: true })
  const attempt = (bytes: Buffer) => {
    try {
      return decoder.decode(bytes)
    } catch {
      return undefined
    }
  }
  return {
    ...singleUnit,
    label,
    decode: (bytes) => {
      if (isAscii(bytes)) return { text: bytes.toString("latin1"), bytesOf: same, repair: undefined }
      const text = attempt(bytes)
      return text === undefined
        ? structural(bytes, (part) => attempt(Buffer.from(part, "latin1")))
        : { text, bytesOf: same, repair: undefined }
    }
  }
}

const utf16 = (label: "utf-16le" | "utf-16be"): TextEncoding => {
  const low = label === "utf-16le" ? 0 : 1
  const isNewline = (bytes: Buffer, at: number, code: number) =>
    bytes[at + low] === code && bytes[at + 1 - low] === 0
  return {
    label,
    unit: 2,
    decode: (bytes) => {
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 2))
      const text = (low === 0 ? whole : Buffer.from(whole).swap16()).toString("utf16le")
      const repair = text.isWellFormed()
        ? undefined
        : (part: string) => (part.isWellFormed() ? part : undefined)
      return { text, bytesOf: twice, repair }
    },
    afterLast: (bytes, code) => {
      for (let at = bytes.length - (bytes.length % 2) - 2; at >= 0; at -= 2) {
        if (isNewline(bytes, at, code)) return at + 2
      }
      return 0
    },
    afterFirst: (bytes, code, from) => {
      for (let at = from + (from % 2); at + 1 < bytes.length; at += 2) {
        if (isNewline(bytes, at, code)) return at + 2
      }
      return -1
    },
    show: (part) =>
      part.replace(
        /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16)}`
      )
  }
}

const singleByteLabel =
  /^(windows-125[0-8]|windows-874|iso-8859-(1|2|3|4|5|6|7|8|10|13|14|15|16)|koi8-[ru]|macintosh|ibm866)$/

/** The encoding by its name; undefined where this connector cannot tell the bytes of a record in it. */
export const textEncoding = (name: string): TextEncoding | undefined => {
  const label = name.toLowerCase()
  if (label === "utf-8" || label === "utf8" || label === "us-ascii" || label === "ascii") return utf8
  if (label === "utf-16le" || label === "utf-16be") return utf16(label)
  if (label === "utf-16") return utf16("utf-16le")
  if (label === "latin1") return singleByte("iso-8859-1")
  return singleByteLabel.test(label) ? singleByte(label) : undefined
}

/** The byte order mark at the start of a file: its length, and the encoding it stands for. */
export const byteOrderMark = (
  head: Buffer
): { readonly length: number; readonly encoding: TextEncoding } | undefined => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { length: 3, encoding: utf8 }
  if (head[0] === 0xff && head[1] === 0xfe) return { length: 2, encoding: utf16("utf-16le") }
  if (head[0] === 0xfe && head[1] === 0xff) return { length: 2, encoding: utf16("utf-16be") }
  return undefined
}

const kinds: ReadonlyArray<readonly [string, string]> = [
  ["504b0304", "a zip file or an Excel workbook"],
  ["504b0506", "an empty zip file"],
  ["d0cf11e0a1b11ae1", "an old Excel or Word file"],
  ["1f8b", "a gzip file"],
  ["28b52ffd", "a zstd file"],
  ["25504446", "a PDF"],
  ["50415231", "a Parquet file"],
  ["53514c69746520666f726d6174", "an SQLite database"]
]

/** What a file is, by its first bytes, where it is no text at all. */
export const notText = (head: Buffer): string | undefined => {
  const start = head.subarray(0, 16).toString("hex")
  return kinds.find(([magic]) => start.startsWith(magic))?.[1]
}

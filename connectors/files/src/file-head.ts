import { ConnectorError } from "@plimsoll/connector"
import type { FileHandle } from "node:fs/promises"
import { betterDelimiter, delimiters, planColumns, type ColumnPlan } from "./column-plan.ts"
import { firstRecord, type CsvDialect } from "./csv-scanner.ts"
import type { Settings } from "./settings.ts"
import { byteOrderMark, notText, type TextEncoding } from "./text-encoding.ts"

/** What the start of a file says about the rest of it. */
export interface FileHead {
  readonly encoding: TextEncoding
  readonly dialect: CsvDialect
  /** Undefined for JSON Lines, whose rows name their fields themselves. */
  readonly plan: ColumnPlan | undefined
  /** Where the first row starts. */
  readonly firstByte: number
  readonly firstLine: number
  /** The delimiter, where it was found out and not said. */
  readonly guessed: string | undefined
}

const enough = 65_536

const readStart = async (handle: FileHandle, size: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(buffer, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

const refuse = (code: string, message: string, configPath: string, suggestion: string) =>
  new ConnectorError("config", { code, message, configPath, suggestion })

/**
 * Reads the start of a file. Undefined: there is no header yet, since the file is empty or its first line has no
 * end (`last`: then the end of the file ends it).
 */
export const readHead = async (
  handle: FileHandle,
  size: number,
  last: boolean,
  settings: Settings,
  file: string,
  configPath: string
): Promise<FileHead | undefined> => {
  const limit = Math.min(size, 4 * settings.maxRecord)
  let start = await readStart(handle, Math.min(size, enough))
  const foreign = notText(start)
  if (foreign !== undefined) {
    throw refuse(
      "not-text",
      `${file} is ${foreign}, not text`,
      `${configPath}.path`,
      "export it as CSV, or unpack it"
    )
  }
  const mark = byteOrderMark(start)
  const encoding = mark?.encoding ?? settings.encoding
  const from = mark?.length ?? 0
  // The first characters of a header are Latin letters or a quote: in UTF-16 every other byte of them is zero.
  if (encoding.unit === 1 && start.subarray(from, from + 4).includes(0)) {
    const wide = start[from] === 0 ? "utf-16be" : "utf-16le"
    throw refuse(
      "not-utf8",
      `${file} begins with zero bytes: it is UTF-16 without a byte order mark, or no text at all`,
      `${configPath}.encoding`,
      `say encoding: "${wide}" if it is text`
    )
  }
  const eolOf = (bytes: Buffer) =>
    encoding.afterFirst(bytes, 10, from) === -1 &&
    bytes.length > from &&
    encoding.afterFirst(bytes.subarray(0, -encoding.unit), 13, from) !== -1
      ? "\r"
      : "\n"
  const dialectOf = (delimiter: string): CsvDialect => ({
    delimiter,
    quote: settings.format === "csv" ? settings.quote : "",
    eol: eolOf(start),
    maxRecord: settings.maxRecord
  })
  if (settings.format === "jsonl") {
    const dialect = { ...dialectOf("\n"), eol: "\n" as const }
    return start.length === from
      ? undefined
      : { encoding, dialect, plan: undefined, firstByte: from, firstLine: 1, guessed: undefined }
  }
  if (start.length === size && encoding.decode(start.subarray(from)).text.trim() === "") return undefined
  const said = settings.delimiter ?? (/\.tsv$/i.test(file) ? "\t" : ",")
  const first = (delimiter: string) =>
    firstRecord(encoding.decode(start.subarray(from)), dialectOf(delimiter), last && start.length >= size)
  let record = first(said === "auto" ? "," : said)
  if (record === undefined && limit > start.length) {
    start = await readStart(handle, limit)
    record = first(said === "auto" ? "," : said)
  }
  const split = (delimiter: string): ReadonlyArray<string> => {
    const found = first(delimiter)
    return found === undefined || found === "fault" ? [] : found.values
  }
  if (record === undefined) {
    if (start.length >= limit && limit < size) {
      throw refuse(
        "header-unreadable",
        `${file}: its first line has no end`,
        `${configPath}.path`,
        "check that it is CSV, and its quote and delimiter"
      )
    }
    return undefined
  }
  const guessed = said === "auto" ? betterDelimiter(split, settings) : undefined
  if (said === "auto" && guessed === undefined && settings.columns.length > 1) {
    throw refuse(
      "wrong-delimiter",
      `${file}: none of ${delimiters.map((one) => JSON.stringify(one)).join(" ")} makes a header that fits stream "${settings.definition.name}"`,
      `${configPath}.delimiter`,
      "say the delimiter, or the columns"
    )
  }
  const delimiter = said === "auto" ? (guessed ?? ",") : said
  if (said === "auto") record = first(delimiter)
  if (record === "fault" || record === undefined) {
    throw refuse(
      "header-unreadable",
      `${file}: a quote in its first line is misplaced or not closed`,
      `${configPath}.quote`,
      "check the file, or say another quote"
    )
  }
  const decoded = encoding.decode(start.subarray(from))
  const invalid =
    decoded.repair !== undefined && decoded.repair(decoded.text.slice(0, record.end)) === undefined
  if (invalid) {
    throw refuse(
      "not-utf8",
      `${file}: its first line is not valid ${encoding.label}`,
      `${configPath}.encoding`,
      'say its encoding; files from Windows are often "windows-1252"'
    )
  }
  const common = { encoding, dialect: dialectOf(delimiter), guessed }
  if (settings.header === true) {
    const values = record.values.map((value) =>
      decoded.repair === undefined ? value : decoded.repair(value)!
    )
    return {
      ...common,
      plan: planColumns(values, settings, file, configPath, split),
      firstByte: from + decoded.bytesOf(0, record.end),
      firstLine: 1 + record.lines
    }
  }
  const names = settings.header === false ? settings.columns.map((column) => column.field) : settings.header
  if (record.values.length === 1 && names.length > 1) {
    const better = delimiters.find((one) => split(one).length === names.length)
    if (better !== undefined) {
      throw refuse(
        "wrong-delimiter",
        `${file}: its first line is one column, ${names.length} are named`,
        `${configPath}.delimiter`,
        `say delimiter: ${JSON.stringify(better)}`
      )
    }
  }
  return {
    ...common,
    plan: planColumns(names, settings, file, configPath, split),
    firstByte: from,
    firstLine: 1
  }
}

import type { RawRow } from "@plimsoll/connector"
import { fieldOf, type ColumnPlan } from "./column-plan.ts"
import { CsvScanner, type CsvDialect, type Fault } from "./csv-scanner.ts"
import { parseExact } from "./exact-json.ts"
import type { FileHead } from "./file-head.ts"
import type { Settings } from "./settings.ts"
import type { DecodedText, TextEncoding } from "./text-encoding.ts"

/** Why {@link RowReader.read} stopped. */
export type Stop =
  /** The text is used up. */
  | "end"
  /** As many rows as asked for. */
  | "full"
  /** What follows is not complete. */
  | "open"
  /** One line or record is a reject: see `reject`. */
  | "reject"
  /** The last line has no newline and is not complete either. */
  | "unfinished"

/** A record that cannot be taken apart. */
export interface Rejected {
  readonly reason: string
  readonly raw: string
  readonly row: number
  readonly line: number
}

const reasons = {
  "quote-unclosed":
    "quote-unclosed: a quote is opened and not closed; the next line is read as a row of its own",
  "quote-misplaced":
    "quote-misplaced: a quote stands inside a field; the next line is read as a row of its own",
  "record-too-long": "record-too-long: the record is longer than maxRecord"
} as const

type Fields = { [field: string]: unknown }

/** Takes decoded text apart into rows: by CSV records, or by lines of JSON. */
export class RowReader {
  generation = 1
  /** Of the last record that was read. */
  row = 0
  /** Of the next record. */
  line = 1
  rows: RawRow[] = []
  /** Where reading stopped, in characters of the text. */
  at = 0
  reject: Rejected | undefined
  /** What the end of the file decided. */
  tail: "closed" | "line" | "quote" = "closed"
  /** Keys of JSON rows that nobody reads and that have not been told yet. */
  readonly ignored = new Set<string>()
  readonly #settings: Settings
  readonly #encoding: TextEncoding
  readonly #plan: ColumnPlan | undefined
  readonly #dialect: CsvDialect
  readonly #scanner: CsvScanner
  readonly #nulls: ReadonlySet<string>
  readonly #onlyEmpty: boolean
  readonly #keys = new Map<string, string | undefined>()

  constructor(head: FileHead, settings: Settings) {
    this.#settings = settings
    this.#encoding = head.encoding
    this.#plan = head.plan
    this.#dialect = head.dialect
    this.#scanner = new CsvScanner(head.dialect)
    this.#nulls = settings.nulls
    this.#onlyEmpty = settings.nulls.size === 1 && settings.nulls.has("")
  }

  /** Reads at most `most` rows from `from` on. `last`: the end of the text is the end of the file. */
  read(decoded: DecodedText, from: number, most: number, last: boolean): Stop {
    this.rows = []
    this.at = from
    return this.#plan === undefined
      ? this.#readJson(decoded, most, last)
      : this.#readCsv(decoded, this.#plan, most, last)
  }

  /** Counts a line that is too long to be looked at. */
  skipLine(raw: string, fault: Fault): Rejected {
    this.row += 1
    this.line += 1
    return { reason: reasons[fault], raw, row: this.row, line: this.line - 1 }
  }

  #readCsv({ text, repair }: DecodedText, plan: ColumnPlan, most: number, last: boolean): Stop {
    const scanner = this.#scanner
    const width = plan.fields.length
    while (this.at < text.length) {
      if (this.rows.length === most) return "full"
      const start = this.at
      const found = scanner.next(text, start, last)
      if (found === "open") return "open"
      if (
        scanner.unterminated &&
        (found === "fault" || (found === "record" && scanner.values.length !== width))
      ) {
        return "unfinished"
      }
      if (found === "blank" && width > 1) {
        this.at = scanner.end
        this.line += 1
        continue
      }
      const reason =
        found === "fault"
          ? reasons[scanner.fault]
          : scanner.values.length === width
            ? undefined
            : `column-count: ${scanner.values.length} columns where the header has ${width}`
      const invalid = repair !== undefined && repair(text.slice(start, scanner.end)) === undefined
      const bad = reason !== undefined || invalid
      // The rows in front of a reject go out first, with a cursor that does not cover it.
      if (bad && this.rows.length > 0) return "full"
      if (found === "fault" && scanner.fault === "quote-unclosed" && last) this.tail = "quote"
      else if (scanner.unterminated && this.tail === "closed") this.tail = "line"
      if (bad) {
        return this.#rejected(text, repair, start, scanner.end, scanner.lines, invalid ? undefined : reason)
      }
      this.row += 1
      const values = repair === undefined ? scanner.values : scanner.values.map((value) => repair(value)!)
      this.rows.push({
        fields: this.#fields(values, plan),
        at: { generation: this.generation, row: this.row, place: `line ${this.line}` }
      })
      this.line += scanner.lines
      this.at = scanner.end
    }
    return "end"
  }

  #fields(values: ReadonlyArray<string>, plan: ColumnPlan): RawRow["fields"] {
    const fields: Fields = {}
    for (let place = 0; place < values.length; place += 1) {
      const field = plan.fields[place]
      if (field === undefined) continue
      const value = values[place]!
      if (this.#onlyEmpty ? value === "" : this.#nulls.has(value)) {
        const noValue = plan.noValue[place]!
        if (noValue === "null") fields[field] = null
        else if (noValue === "null-but-empty-text") fields[field] = value === "" ? "" : null
      } else {
        fields[field] = value
      }
    }
    return fields
  }

  #readJson({ text, repair }: DecodedText, most: number, last: boolean): Stop {
    while (this.at < text.length) {
      if (this.rows.length === most) return "full"
      const start = this.at
      const newline = text.indexOf("\n", start)
      if (newline === -1 && !last) return "open"
      const end = newline === -1 ? text.length : newline + 1
      const line = text.slice(start, newline === -1 ? end : newline)
      if (line.trim() === "") {
        this.at = end
        if (newline !== -1) this.line += 1
        continue
      }
      const whole = repair === undefined ? line : repair(line)
      const tooLong = end - start > this.#dialect.maxRecord
      const value = tooLong || whole === undefined ? undefined : this.#json(whole)
      const bad = typeof value !== "object"
      if (newline === -1 && bad) return "unfinished"
      if (bad && this.rows.length > 0) return "full"
      if (newline === -1) this.tail = "line"
      if (bad)
        return this.#rejected(text, repair, start, end, 1, tooLong ? reasons["record-too-long"] : value)
      this.row += 1
      this.rows.push({
        fields: value,
        at: { generation: this.generation, row: this.row, place: `line ${this.line}` }
      })
      this.line += 1
      this.at = end
    }
    return "end"
  }

  /** The fields of a line of JSON, or why it has none. */
  #json(line: string): RawRow["fields"] | string {
    let value: unknown
    try {
      value = parseExact(line)
    } catch {
      return "json-invalid: the line is not valid JSON"
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return "not-an-object: the line is JSON but no object"
    }
    const fields: Fields = {}
    for (const [key, one] of Object.entries(value)) {
      const field = this.#fieldOf(key)
      if (field === undefined) continue
      if (Object.hasOwn(fields, field)) return `field-twice: two keys of the line are both field "${field}"`
      fields[field] = one
    }
    return fields
  }

  #fieldOf(key: string): string | undefined {
    const known = this.#keys.get(key)
    if (known !== undefined || this.#keys.has(key)) return known
    const field = fieldOf(key, this.#settings)
    // Keys that are made from values would otherwise fill the memory.
    if (this.#keys.size < 1000) {
      this.#keys.set(key, field)
      if (field === undefined) this.ignored.add(key)
    }
    return field
  }

  #rejected(
    text: string,
    repair: DecodedText["repair"],
    start: number,
    end: number,
    lines: number,
    reason: string | undefined
  ): "reject" {
    const part = text.slice(start, Math.min(end, start + this.#dialect.maxRecord)).replace(/\r?\n$|\r$/, "")
    this.row += 1
    this.reject = {
      reason:
        reason ??
        `invalid-bytes: the row is not valid ${this.#encoding.label} (shown byte by byte); say the encoding, perhaps "windows-1252"`,
      raw: repair === undefined ? part : (repair(part) ?? this.#encoding.show(part)),
      row: this.row,
      line: this.line
    }
    this.line += lines
    this.at = end
    return "reject"
  }
}

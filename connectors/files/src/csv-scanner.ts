import type { DecodedText } from "./text-encoding.ts"

/** How the records of a text are told apart. */
export interface CsvDialect {
  readonly delimiter: string
  /** Empty: no character quotes. */
  readonly quote: string
  /** `\n`, which also ends at `\r\n`; or `\r` alone. */
  readonly eol: "\n" | "\r"
  /** The longest record, in characters. */
  readonly maxRecord: number
}

/** What {@link CsvScanner.next} found. */
export type Found =
  /** `values` holds a record, which ends at `end`. */
  | "record"
  /** A line with nothing on it. */
  | "blank"
  /** The text ends before the record does. */
  | "open"
  /** The line from where it started up to `end` is no record: see `fault`. */
  | "fault"

/** Why a line is no record. */
export type Fault = "quote-unclosed" | "quote-misplaced" | "record-too-long"

/**
 * Takes CSV apart, strictly after RFC 4180, one record at a time and with no copy of the text. A fault costs one
 * line: the scan goes on at the next, so a stray quote never swallows the rest of a file.
 */
export class CsvScanner {
  values: string[] = []
  /** Where the last record, blank line or faulty line ends, its newline included. */
  end = 0
  /** How many lines it took. */
  lines = 1
  fault: Fault = "quote-misplaced"
  /** Whether the last record was ended by the end of the text and not by a newline. */
  unterminated = false
  readonly #delimiter: number
  readonly #quote: number
  readonly #eol: number
  readonly #dialect: CsvDialect

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect
    this.#delimiter = dialect.delimiter.charCodeAt(0)
    this.#quote = dialect.quote === "" ? -1 : dialect.quote.charCodeAt(0)
    this.#eol = dialect.eol.charCodeAt(0)
  }

  /** Reads the record at `start`. `last`: the text ends where the file ends, so its end ends a record. */
  next(text: string, start: number, last: boolean): Found {
    const { length } = text
    const delimiter = this.#delimiter
    const quote = this.#quote
    const eol = this.#eol
    const values: string[] = []
    let at = start
    this.lines = 1
    this.unterminated = false
    for (;;) {
      let code = at < length ? text.charCodeAt(at) : -1
      if (code === quote && quote !== -1) {
        at = this.#quoted(text, at, values)
        if (at === -1) {
          if (length - start > this.#dialect.maxRecord) return this.#faulty(text, start, "quote-unclosed")
          return last ? this.#faulty(text, start, "quote-unclosed") : "open"
        }
        code = at < length ? text.charCodeAt(at) : -1
        if (code === 13 && eol === 10 && (at + 1 === length || text.charCodeAt(at + 1) === 10)) {
          at += 1
          code = at < length ? 10 : -1
        }
        if (code !== delimiter && code !== eol && code !== -1) {
          return this.#faulty(text, start, "quote-misplaced")
        }
      } else {
        const from = at
        while (at < length) {
          code = text.charCodeAt(at)
          if (code === delimiter || code === eol || code === quote) break
          at += 1
        }
        if (at === length) code = -1
        else if (code === quote) return this.#faulty(text, start, "quote-misplaced")
        // The \r of \r\n, or of one that the end of the file cut in two.
        const to =
          code !== delimiter && eol === 10 && at > from && text.charCodeAt(at - 1) === 13 ? at - 1 : at
        values.push(text.slice(from, to))
        if (code !== delimiter && values.length === 1 && from === to) {
          if (code === -1 && !last) return "open"
          this.end = code === -1 ? at : at + 1
          this.unterminated = code === -1
          this.values = values
          return "blank"
        }
      }
      if (code === delimiter) {
        at += 1
        continue
      }
      if (code === -1 && !last) return "open"
      this.end = code === -1 ? at : at + 1
      this.unterminated = code === -1
      if (this.end - start > this.#dialect.maxRecord) return this.#faulty(text, start, "record-too-long")
      this.values = values
      return "record"
    }
  }

  /** Reads a quoted field and gives the place after its closing quote; -1: it is not closed in this text. */
  #quoted(text: string, open: number, values: string[]): number {
    const { quote, eol } = this.#dialect
    let value = ""
    let from = open + 1
    for (;;) {
      const close = text.indexOf(quote, from)
      if (close === -1) return -1
      if (text.charCodeAt(close + 1) === this.#quote) {
        value += text.slice(from, close + 1)
        from = close + 2
        continue
      }
      value += text.slice(from, close)
      for (
        let line = text.indexOf(eol, open);
        line !== -1 && line < close;
        line = text.indexOf(eol, line + 1)
      ) {
        this.lines += 1
      }
      values.push(value)
      return close + 1
    }
  }

  #faulty(text: string, start: number, fault: Fault): "fault" {
    const newline = text.indexOf(this.#dialect.eol, start)
    this.fault = fault
    this.unterminated = newline === -1
    this.end = newline === -1 ? text.length : newline + 1
    this.lines = 1
    return "fault"
  }
}

/** The first record of a text, for a header; undefined: it is not complete. */
export const firstRecord = (
  decoded: DecodedText,
  dialect: CsvDialect,
  last: boolean
):
  | { readonly values: ReadonlyArray<string>; readonly end: number; readonly lines: number }
  | "fault"
  | undefined => {
  const scanner = new CsvScanner(dialect)
  const found = scanner.next(decoded.text, 0, last)
  if (found === "open") return undefined
  if (found === "fault") return "fault"
  return { values: scanner.values, end: scanner.end, lines: scanner.lines }
}

import { Schema } from "effect"

/** Where the reading of one file stands. Everything in front of `byte` has been emitted. */
export interface FileCursor {
  readonly [key: string]: string | number | boolean
  /** How often the file has been replaced, from 1. */
  readonly generation: number
  /** In the file as it is stored, whatever its encoding. Always the end of a record. */
  readonly byte: number
  /** Rows and rejects of this generation so far. */
  readonly row: number
  /** Lines in front of `byte`. */
  readonly line: number
  /** The file's size when it was read. */
  readonly size: number
  /** Inode and times of the file when it was read; empty where it had only just been written. */
  readonly stamp: string
  /** SHA-256 of the bytes in front of `byte`, the first half. */
  readonly head: string
  /**
   * What had to be decided because the file ended there: `line`, the last record had no newline; `quote`, a quote
   * was not closed; `closed`, nothing. Decided anew, as a new generation, where the file goes on another way.
   */
  readonly tail: "closed" | "line" | "quote"
  /** False: the GenerationEnd of this generation is still due. */
  readonly ended: boolean
}

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Checks a stored cursor. */
export const FileCursorSchema = Schema.Struct({
  generation: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  byte: Count,
  row: Count,
  line: Count,
  size: Count,
  stamp: Schema.String,
  head: Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/)),
  tail: Schema.Literals(["closed", "line", "quote"]),
  ended: Schema.Boolean
})

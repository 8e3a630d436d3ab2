import { ConnectorError, type Emit, type Partition, type ReadContext } from "@plimsoll/connector"
import { createHash, type Hash } from "node:crypto"
import { open, type FileHandle } from "node:fs/promises"
import type { FileCursor } from "./file-cursor.ts"
import { readHead, type FileHead } from "./file-head.ts"
import { FileWindow } from "./file-window.ts"
import { pause } from "./pause.ts"
import { RowReader } from "./row-reader.ts"
import type { Settings } from "./settings.ts"

const batch = 500

/** How a pass over a file ended. */
export type Outcome =
  /** Everything that can be read has been. */
  | "done"
  /** The file changed while it was read: another pass is due. */
  | "changed"
  /** Its end can only be judged when it has been still for a while. */
  | "waiting"
  /** It is no longer there. */
  | "gone"

/** What a pass leaves behind. */
export interface Passed {
  readonly outcome: Outcome
  /** Undefined: nothing was emitted of it ever. */
  readonly cursor: FileCursor | undefined
  /** The file as it was read; undefined where it may have changed within the clock's step. */
  readonly stamp: string | undefined
}

/** What all passes of one run have in common. */
export interface Run {
  readonly settings: Settings
  readonly context: ReadContext
  /** A Notice, unless the same has been told in this run. */
  readonly notice: (code: string, about: string, message: string) => ReadonlyArray<Emit>
}

/** Inode, size and times of a file: while they stay, its bytes do. */
export const stampOf = (found: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string =>
  `${found.ino}-${found.size}-${found.mtimeNs}-${found.ctimeNs}`

/** A fault of the file system as an error that says what to do. */
export const unreadable = (file: string, configPath: string, cause: unknown): ConnectorError => {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown"
  const lasting = ["EACCES", "EPERM", "EISDIR", "ELOOP", "ENAMETOOLONG"].includes(code)
  return new ConnectorError(
    lasting ? "config" : "transient",
    {
      code: "file-unreadable",
      message: `${file} cannot be read (${code})`,
      configPath: `${configPath}.path`,
      suggestion: lasting
        ? "let the account that runs Plimsoll read the file"
        : "check the disk or the network share"
    },
    { cause }
  )
}

const digest = (hash: Hash) => hash.copy().digest("hex").slice(0, 32)

/** One pass over one file, from a cursor to its end as it is now. */
export class FilePass {
  readonly #partition: Partition
  readonly #run: Run
  readonly #handle: FileHandle
  #size = 0
  #stamp = ""
  #changedAt = 0
  #still = false
  #hash = createHash("sha256")
  #cursor: FileCursor | undefined

  private constructor(partition: Partition, run: Run, handle: FileHandle, cursor: FileCursor | undefined) {
    this.#partition = partition
    this.#run = run
    this.#handle = handle
    this.#cursor = cursor
  }

  /** Reads what stands behind the cursor. The cursor it leaves is the last that was emitted. */
  static async *read(
    partition: Partition,
    path: string,
    cursor: FileCursor | undefined,
    run: Run
  ): AsyncGenerator<Emit, Passed> {
    const { configPath } = run.context
    let handle: FileHandle
    try {
      handle = await open(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        return { outcome: "gone", cursor, stamp: undefined }
      throw unreadable(partition, configPath, error)
    }
    const pass = new FilePass(partition, run, handle, cursor)
    try {
      const outcome = yield* pass.#read()
      return { outcome, cursor: pass.#cursor, stamp: pass.#still ? pass.#stamp : undefined }
    } catch (error) {
      throw error instanceof Error && "code" in error && "syscall" in error
        ? unreadable(partition, configPath, error)
        : error
    } finally {
      await handle.close()
    }
  }

  async *#read(): AsyncGenerator<Emit, Outcome> {
    await this.#look()
    const known = this.#cursor
    if (known?.ended === true && known.stamp === this.#stamp && known.byte === this.#size) return "done"
    const from = known === undefined ? undefined : await this.#resume(known)
    if (from === "changed" || from === "waiting") return from
    const generation =
      from === undefined && known !== undefined ? known.generation + 1 : (known?.generation ?? 1)
    if (from === undefined) this.#hash = createHash("sha256")
    const start = from ?? { byte: 0, row: 0, line: 1, tail: "closed" as const, ended: generation === 1 }
    const { settings, context } = this.#run
    let head = await this.#head()
    if (head === undefined && this.#size > 0 && !this.#still) {
      const settled = await this.#settle()
      if (settled !== "still") return settled
      head = await this.#head()
    }
    if (head === undefined) {
      yield* this.#run.notice("file-empty", this.#partition, `${this.#partition} is empty`)
      return yield* this.#end({ ...start, generation })
    }
    if (head.guessed !== undefined) {
      const told = `${this.#partition}: its delimiter is taken to be ${JSON.stringify(head.guessed)}`
      yield* this.#run.notice("delimiter-guessed", this.#partition, told)
    }
    if (head.plan !== undefined && head.plan.ignored.length > 0) yield* this.#ignored(head.plan.ignored)
    const reader = new RowReader(head, settings)
    reader.generation = generation
    reader.row = start.row
    reader.line = start.byte === 0 ? head.firstLine : start.line
    reader.tail = start.tail
    const outcome = yield* this.#rows(head, reader, start.byte, start.ended)
    if (reader.ignored.size > 0) yield* this.#ignored([...reader.ignored])
    if (outcome !== "done" || context.signal.aborted) return outcome
    if (reader.row === 0 && generation === 1) {
      yield* this.#run.notice("file-empty", this.#partition, `${this.#partition} holds no row yet`)
    }
    return yield* this.#end({ generation, byte: 0, row: 0, line: 1, tail: "closed", ended: start.ended })
  }

  /** Takes down size and times. */
  async #look(): Promise<void> {
    const found = await this.#handle.stat({ bigint: true })
    if (found.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR", syscall: "read" })
    this.#size = Number(found.size)
    this.#stamp = stampOf(found)
    const changed = found.mtimeNs > found.ctimeNs ? found.mtimeNs : found.ctimeNs
    this.#changedAt = Number(changed / 1_000_000n)
    this.#still = Date.now() - this.#changedAt >= this.#run.settings.stillMs
  }

  /** Waits until the file has been still for long enough; while watching, the next pass does. */
  async #settle(): Promise<"still" | "waiting" | "changed"> {
    const { context, settings } = this.#run
    if (context.watch) return "waiting"
    const before = this.#stamp
    const rest = settings.stillMs - (Date.now() - this.#changedAt)
    await pause(Math.min(settings.stillMs, Math.max(rest, 0)), context.signal)
    if (context.signal.aborted) return "waiting"
    await this.#look()
    if (this.#stamp !== before) return "changed"
    // A clock that runs ahead on a file server does not count: nothing changed while we looked.
    this.#still = true
    return "still"
  }

  #head(): Promise<FileHead | undefined> {
    const { settings, context } = this.#run
    return readHead(this.#handle, this.#size, this.#still, settings, this.#partition, context.configPath)
  }

  /** Where to go on; undefined: what had been read is no longer there, so the file is a new one. */
  async #resume(
    known: FileCursor
  ): Promise<
    Pick<FileCursor, "byte" | "row" | "line" | "tail" | "ended"> | "changed" | "waiting" | undefined
  > {
    if (this.#size < known.byte) return undefined
    if (known.tail === "quote" && known.size !== this.#size) return undefined
    const window = new FileWindow(this.#handle, 0, known.byte)
    while (window.offset < known.byte) {
      if (!(await window.fill())) return "changed"
      this.#hash.update(window.bytes)
      window.take(window.bytes.length)
    }
    if (digest(this.#hash) !== known.head) return undefined
    if (known.tail !== "line" || known.byte === this.#size) return known
    const head = await this.#head()
    if (head === undefined) return undefined
    // A newline that has come since belongs to the row that was emitted without it.
    const { unit } = head.encoding
    const more = Buffer.alloc(Math.min(2 * unit, this.#size - known.byte))
    await this.#handle.read(more, 0, more.length, known.byte)
    const text = head.encoding.decode(more).text
    if (text === "" || (text === "\r" && head.dialect.eol === "\n")) return "waiting"
    const length = text.startsWith("\r\n") ? 2 : text.startsWith(head.dialect.eol) ? 1 : 0
    if (length === 0) return undefined
    this.#hash.update(more.subarray(0, length * unit))
    return { ...known, byte: known.byte + length * unit, tail: "closed" }
  }

  async *#rows(
    head: FileHead,
    reader: RowReader,
    from: number,
    ended: boolean
  ): AsyncGenerator<Emit, Outcome> {
    const { context, settings } = this.#run
    const { encoding, dialect } = head
    const partition = this.#partition
    const eol = dialect.eol.charCodeAt(0)
    const window = new FileWindow(this.#handle, from, this.#size)
    const cursor = (byte: number): FileCursor => {
      this.#cursor = {
        generation: reader.generation,
        byte,
        row: reader.row,
        line: reader.line,
        size: this.#size,
        stamp: this.#still ? this.#stamp : "",
        head: digest(this.#hash),
        tail: reader.tail,
        ended
      }
      return this.#cursor
    }
    while (window.offset < head.firstByte) {
      if (!(await window.fill())) return "changed"
      const bytes = Math.min(window.bytes.length, head.firstByte - window.offset)
      this.#hash.update(window.bytes.subarray(0, bytes))
      window.take(bytes)
    }
    let last = false
    for (;;) {
      if (!last && !(await window.fill())) return "changed"
      const { bytes } = window
      const cut = last ? bytes.length : encoding.afterLast(bytes, eol)
      const decoded = encoding.decode(bytes.subarray(0, cut))
      let taken = 0
      let stop: ReturnType<RowReader["read"]> = "end"
      let at = 0
      do {
        if (context.signal.aborted) return "waiting"
        stop = reader.read(decoded, at, batch, last)
        const length = decoded.bytesOf(at, reader.at)
        this.#hash.update(bytes.subarray(taken, taken + length))
        taken += length
        at = reader.at
        const byte = window.offset + taken
        if (reader.rows.length > 0) {
          yield { _tag: "Rows", partition, rows: reader.rows, cursor: cursor(byte) }
        }
        if (stop === "reject") yield this.#reject(reader.generation, reader.reject!, cursor(byte))
      } while (stop === "full" || stop === "reject")
      window.take(taken)
      if (stop === "unfinished" || (last && window.bytes.length > 0)) {
        const told = `${partition}: its last line has no newline and is not complete; it is read when it is`
        yield* this.#run.notice("line-unfinished", partition, told)
        return "done"
      }
      if (window.bytes.length > 4 * settings.maxRecord) {
        const skipped = await this.#skip(window, head)
        if (skipped === undefined) return window.atEnd ? "done" : "changed"
        const why =
          stop === "open"
            ? reader.skipLine(skipped, "quote-unclosed")
            : reader.skipLine(skipped, "record-too-long")
        yield this.#reject(reader.generation, why, cursor(window.offset))
      } else if (window.atEnd) {
        if (window.bytes.length === 0) return "done"
        if (!this.#still) {
          const settled = await this.#settle()
          if (settled !== "still") return settled
        }
        last = true
      }
    }
  }

  /** Takes a line that is too long without keeping it, and gives its start; undefined: it has no end yet. */
  async #skip(window: FileWindow, { encoding, dialect }: FileHead): Promise<string | undefined> {
    const raw = encoding.decode(Buffer.from(window.bytes.subarray(0, this.#run.settings.maxRecord))).text
    const eol = dialect.eol.charCodeAt(0)
    for (;;) {
      const end = encoding.afterFirst(window.bytes, eol, 0)
      const bytes = end === -1 ? window.bytes.length - (window.bytes.length % encoding.unit) : end
      this.#hash.update(window.bytes.subarray(0, bytes))
      window.take(bytes)
      if (end !== -1) return raw
      if (window.atEnd || !(await window.fill())) return undefined
    }
  }

  #reject(generation: number, why: NonNullable<RowReader["reject"]>, cursor: FileCursor): Emit {
    const at = { generation, row: why.row, place: `line ${why.line}` }
    return { _tag: "Reject", partition: this.#partition, reason: why.reason, raw: why.raw, at, cursor }
  }

  #ignored(names: ReadonlyArray<string>): ReadonlyArray<Emit> {
    const list = names
      .slice(0, 20)
      .map((name) => `"${name}"`)
      .join(", ")
    const more = names.length > 20 ? ` and ${names.length - 20} more` : ""
    return this.#run.notice(
      "column-ignored",
      this.#partition,
      `${this.#partition}: nobody reads ${list}${more}`
    )
  }

  /** The GenerationEnd, where it is due. `none`: where the file stands if it has given no row. */
  async *#end(
    none: Pick<FileCursor, "generation" | "byte" | "row" | "line" | "tail" | "ended">
  ): AsyncGenerator<Emit, Outcome> {
    if (none.ended) return "done"
    // A file that is being written anew is not complete in its first moment.
    if (this.#run.context.watch && !this.#still) return "waiting"
    const now = await this.#handle.stat()
    if (now.size < this.#size) return "changed"
    const own = this.#cursor?.generation === none.generation ? this.#cursor : undefined
    const empty = { ...none, size: this.#size, stamp: "", head: digest(createHash("sha256")) }
    this.#cursor = { ...(own ?? empty), ended: true }
    const { generation } = none
    yield { _tag: "GenerationEnd", partition: this.#partition, generation, cursor: this.#cursor }
    return "done"
  }
}

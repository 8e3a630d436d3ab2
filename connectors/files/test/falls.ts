import type { ConnectorError, Cursor, Emit, RawRow, ReadContext } from "@plimsoll/connector"
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach } from "vitest"
import { files, type FilesOptions } from "../src/index.ts"
import { falls } from "./stream.ts"

export { falls }

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the test. */
export const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "plimsoll-files-"))
  folders.push(made)
  return made
}

/** Writes a file and gives its path. */
export const write = (where: string, name: string, content: string | Buffer): string => {
  const path = join(where, name)
  writeFileSync(path, content)
  return path
}

export const context = (changes: Partial<ReadContext> = {}): ReadContext => ({
  watch: false,
  signal: new AbortController().signal,
  configPath: "connectors[0]",
  ...changes
})

/** Options for `path`; files need not be still, unless a test says so. */
export const options = (path: string, changes: Partial<FilesOptions> = {}): FilesOptions => ({
  instance: "test",
  stream: falls,
  path,
  stillMs: 0,
  ...changes
})

/** What one run gives: everything emitted, and the cursors it leaves. */
export interface Ran {
  readonly emits: ReadonlyArray<Emit>
  readonly rows: ReadonlyArray<RawRow>
  readonly rejects: ReadonlyArray<Extract<Emit, { _tag: "Reject" }>>
  readonly notices: ReadonlyArray<string>
  readonly ends: ReadonlyArray<number>
  readonly cursors: Map<string, Cursor>
}

/** Runs the connector to the end of the files. */
export const run = async (
  settings: FilesOptions,
  from: ReadonlyMap<string, Cursor> = new Map(),
  stopAfter = Infinity
): Promise<Ran> => {
  const emits: Emit[] = []
  const cursors = new Map(from)
  const read = files(settings).streams[0]!.read(from, context()) as AsyncIterable<Emit>
  for await (const emit of read) {
    emits.push(emit)
    if (emit._tag !== "Notice") cursors.set(emit.partition, emit.cursor)
    if (emits.length >= stopAfter) break
  }
  return {
    emits,
    cursors,
    rows: emits.flatMap((emit) => (emit._tag === "Rows" ? emit.rows : [])),
    rejects: emits.filter((emit) => emit._tag === "Reject"),
    notices: emits.flatMap((emit) => (emit._tag === "Notice" ? [emit.code] : [])),
    ends: emits.flatMap((emit) => (emit._tag === "GenerationEnd" ? [emit.generation] : []))
  }
}

/** The error of a run that must fail. */
export const failure = async (settings: () => FilesOptions): Promise<ConnectorError> => {
  try {
    await run(settings())
  } catch (error) {
    return error as ConnectorError
  }
  throw new Error("it did not fail")
}

/** Makes a file look as if nobody had touched it for long. */
export const age = (path: string): void => utimesSync(path, 1, 1)

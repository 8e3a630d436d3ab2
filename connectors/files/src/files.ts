import {
  ConnectorError,
  type CheckReport,
  type Connector,
  type Cursor,
  type Emit,
  type Partition,
  type ReadContext
} from "@plimsoll/connector"
import { open, stat } from "node:fs/promises"
import { FileCursorSchema, type FileCursor } from "./file-cursor.ts"
import { readHead } from "./file-head.ts"
import { FilePass, stampOf, unreadable, type Run } from "./file-pass.ts"
import { findFiles, type FoundFiles } from "./find-files.ts"
import { pause } from "./pause.ts"
import { settingsOf, type FilesOptions, type Settings } from "./settings.ts"

const missing = (settings: Settings, configPath: string) =>
  new ConnectorError("config", {
    code: "file-missing",
    message: `no file matches ${settings.paths.join(", ")}`,
    configPath: `${configPath}.path`,
    suggestion: `check the path, which is relative to ${process.cwd()}, and the extension (.csv .tsv .txt, or .jsonl .ndjson)`
  })

/** How often a file is read again in one run because it changed meanwhile. */
const attempts = 3

async function* readFiles(
  settings: Settings,
  from: ReadonlyMap<Partition, Cursor>,
  context: ReadContext
): AsyncGenerator<Emit> {
  const { configPath, signal, watch } = context
  const told = new Set<string>()
  const notice: Run["notice"] = (code, about, message) => {
    const key = `${code} ${about}`
    if (told.has(key)) return []
    told.add(key)
    return [{ _tag: "Notice", code, message }]
  }
  const run: Run = { settings, context, notice }
  // The runtime has checked the cursors against the stream's schema.
  const cursors = new Map(from as ReadonlyMap<Partition, FileCursor>)
  const settled = new Map<Partition, string>()
  let first = true
  for (;;) {
    if (signal.aborted) return
    const found = await findFiles(settings, configPath)
    if (first && found.files.size === 0 && !(watch && found.mayCome)) throw missing(settings, configPath)
    if (found.files.size === 0)
      yield* notice("no-file-yet", "", `no file matches ${settings.paths.join(", ")} yet`)
    if (found.passedOver.length > 0) yield* passedOver(found, notice)
    for (const partition of cursors.keys()) {
      if (!found.files.has(partition)) {
        yield* notice("file-gone", partition, `${partition} is no longer there; its rows stay`)
      }
    }
    for (const [partition, path] of found.files) {
      if (watch && settled.get(partition) === (await currentStamp(path))) continue
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const passed = yield* FilePass.read(partition, path, cursors.get(partition), run)
        if (signal.aborted) return
        if (passed.cursor !== undefined) cursors.set(partition, passed.cursor)
        if (passed.outcome === "gone") {
          yield* notice("file-gone", partition, `${partition} is no longer there; its rows stay`)
        }
        if (passed.outcome === "done" && passed.stamp !== undefined) settled.set(partition, passed.stamp)
        else settled.delete(partition)
        if (passed.outcome !== "changed" || watch) break
      }
    }
    if (!watch) return
    first = false
    await pause(settings.pollMs, signal)
  }
}

const passedOver = ({ passedOver: names }: FoundFiles, notice: Run["notice"]): ReadonlyArray<Emit> => {
  const list = names.slice(0, 10).join(", ")
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ""
  return notice("file-passed-over", list, `passed over by their extension: ${list}${more}`)
}

const currentStamp = async (path: string): Promise<string> => {
  try {
    return stampOf(await stat(path, { bigint: true }))
  } catch {
    return ""
  }
}

const sizeText = (bytes: number) =>
  bytes < 1000
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`

const checkFiles = async (settings: Settings, { configPath }: ReadContext): Promise<CheckReport> => {
  const stream = settings.definition.name
  try {
    const { files } = await findFiles(settings, configPath)
    if (files.size === 0) throw missing(settings, configPath)
    let bytes = 0
    for (const [partition, path] of files) {
      const handle = await open(path).catch((error: unknown) => {
        throw unreadable(partition, configPath, error)
      })
      try {
        const { size } = await handle.stat()
        bytes += size
        await readHead(handle, size, true, settings, partition, configPath)
      } finally {
        await handle.close()
      }
    }
    return {
      stream,
      ok: true,
      message: `${files.size} ${files.size === 1 ? "file" : "files"}, ${sizeText(bytes)}`
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return {
      stream,
      ok: false,
      message: error.message,
      ...(error.suggestion === undefined ? {} : { suggestion: error.suggestion })
    }
  }
}

/**
 * Reads CSV and JSON Lines files: one file, a folder, or a glob. Each file is a partition, read on from where it
 * was left; a file that has been replaced is read again as a new generation. Throws a ConnectorError of kind
 * `config` (`options-invalid`, `format-unknown`, `column-unknown`, `encoding-unknown` …) where the options do not fit.
 *
 * ```ts
 * import files from "@plimsoll/connector-files"
 *
 * files({ instance: "falls", stream: falls, path: "data/falls-*.csv", columns: { "Ward name": "ward" } })
 * ```
 */
export const files = (options: FilesOptions): Connector => {
  const settings = settingsOf(options)
  return {
    name: "connector-files",
    version: "0.1.0",
    instance: options.instance,
    streams: [
      {
        definition: settings.definition,
        encoding: settings.format === "csv" ? "text" : "json",
        cursor: FileCursorSchema,
        read: (from, context) => readFiles(settings, from, context)
      }
    ],
    check: async (context) => [await checkFiles(settings, context)]
  }
}

import { createReadStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { pipeline } from "node:stream/promises"
import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { isComplaint } from "../complaints.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { counted } from "../figure-text.ts"

/** The forms in which `plimsoll sql` answers. */
export const sqlFormats = ["table", "json", "csv", "parquet"] as const

/** The flags of `plimsoll sql`. */
export interface SqlFlags {
  readonly format?: (typeof sqlFormats)[number]
  readonly out?: string
}

const formatOf = (flags: SqlFlags): (typeof sqlFormats)[number] => {
  if (flags.format !== undefined) return flags.format
  const ending = /\.(json|csv|parquet)$/.exec(flags.out ?? "")?.[1]
  return (ending as "json" | "csv" | "parquet" | undefined) ?? "table"
}

// The query goes into brackets: neither its semicolon nor a comment at its end may follow it there. Where no quote
// comes after it, a double dash cannot be inside a text.
const alone = (query: string): string => {
  let text = query
  for (;;) {
    const shorter = text.replace(/[;\s]+$/, "").replace(/--[^\n'"$]*$/, "")
    if (shorter === text) return text
    text = shorter
  }
}

const writeTo = async (out: string, copy: (path: string) => Promise<void>): Promise<void> => {
  if (out !== "-") return copy(resolve(out))
  // Through a file, so that the terminal gets the very bytes that --out would.
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-"))
  try {
    await copy(join(folder, "answer"))
    await pipeline(createReadStream(join(folder, "answer")), process.stdout, { end: false })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `plimsoll sql`: a query over the published file. */
export const sql = (
  project: Project,
  terminal: Terminal,
  query: string,
  flags: SqlFlags
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    try {
      return await answer(published, terminal, query, flags)
    } catch (cause) {
      if (!isComplaint(cause) || cause.code !== "query-failed") throw cause
      const suggestion =
        cause.suggestion ??
        'plimsoll sql "SHOW ALL TABLES" lists what there is; the schema spc holds the macros'
      throw new PlimsollError({ code: "usage-query", message: cause.message, suggestion }, { cause })
    }
  })

const answer = async (
  published: Published,
  terminal: Terminal,
  query: string,
  flags: SqlFlags
): Promise<ExitCode> => {
  const format = formatOf(flags)
  if (format === "table") {
    if (flags.out !== undefined) {
      throw new PlimsollError({
        code: "usage-format",
        message: "a table is for the terminal, not for a file",
        suggestion: "give --format csv, json or parquet with --out"
      })
    }
    const { columns, rows } = await published.query(query)
    terminal.out(tableText(columns, rows))
    noteAge(published)
    if (process.stderr.isTTY) terminal.note(counted(rows.length, "row"))
    return exitCodes.fine
  }
  if (format === "parquet" && flags.out === undefined) {
    throw new PlimsollError({
      code: "usage-format",
      message: "Parquet is not for a terminal",
      suggestion: "name a file: --format parquet --out answer.parquet"
    })
  }
  const bare = alone(query)
  await writeTo(flags.out ?? "-", (path) => published.copy(bare, path, format))
  if (flags.out !== undefined && flags.out !== "-") terminal.note(`wrote ${flags.out}`)
  return exitCodes.fine
}

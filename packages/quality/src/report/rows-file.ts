import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import type { Published } from "@plimsoll/core"

/** A row as it stands in a JSON file of the pack. */
export type PackRow = { readonly [column: string]: unknown }

/**
 * Writes the rows of a query as a JSON array, a row a line, in an order that depends on the rows alone. Equal rows give equal bytes.
 */
export const writeRows = (published: Published, from: string, path: string): Promise<void> =>
  published.copy(`FROM ${from} ORDER BY ALL`, path, "json")

/** The SHA-256 of a file, in hex. */
export const hashOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256")
  for await (const part of createReadStream(path)) hash.update(part as Buffer)
  return hash.digest("hex")
}

/** The rows of such a file; undefined for a line that is no row, as only an edited file has. */
export const readRows = async (path: string): Promise<ReadonlyArray<PackRow | undefined>> => {
  const found: Array<PackRow | undefined> = []
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const text = line.trim().replace(/,$/, "")
    if (text === "[" || text === "]" || text === "" || text === "[]") continue
    try {
      const row: unknown = JSON.parse(text)
      found.push(
        typeof row === "object" && row !== null && !Array.isArray(row) ? (row as PackRow) : undefined
      )
    } catch {
      found.push(undefined)
    }
  }
  return found
}

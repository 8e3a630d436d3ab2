import type { Declaration } from "@plimsoll/core"
import type { PlimsollError, StreamDefinition } from "@plimsoll/schema"
import { Schema } from "effect"

/**
 * Declares the rows of an option, or nothing where it was left out: then a connector may feed the stream. `wrong` makes the error
 * of the first row that does not fit.
 */
export const declaredRows = (
  option: string,
  stream: StreamDefinition,
  rows: ReadonlyArray<{ readonly [field: string]: unknown }> | undefined,
  wrong: (message: string, suggestion: string, configPath: string) => PlimsollError
): ReadonlyArray<Declaration> => {
  if (rows === undefined) return []
  rows.forEach((row, index) => {
    const found = Schema.decodeUnknownResult(stream.schema)(row)
    if (found._tag === "Success") return
    const configPath = `${option}[${index}]`
    throw wrong(
      `${configPath} is no row of ${stream.name}: ${found.failure.message}`,
      "mend the field named in the message",
      configPath
    )
  })
  return [{ stream, rows }]
}

import type { Column } from "@plimsoll/schema"

/** Kinds that are text on the wire and something else in a table. */
const asText: ReadonlySet<string> = new Set(["date", "decimal", "int64"])

/** SQL for a row of `alias` as JSON with the fields of its stream as they stand on the wire; instants have to be text already. */
export const wireObject = (columns: ReadonlyArray<Column>, alias: string): string =>
  `json_object(${columns
    .map(
      ({ field, name, type }) => `'${field}', ${alias}."${name}"${asText.has(type.kind) ? "::VARCHAR" : ""}`
    )
    .join(", ")})::VARCHAR`

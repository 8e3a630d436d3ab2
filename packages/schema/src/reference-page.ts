import { columnsOf, duckType } from "./column.ts"
import { sqlName, type StreamContract } from "./contract.ts"

/**
 * A page in Markdown that tells what each stream holds: from the same contracts that the log, the tables and the
 * JSON Schemas are made from.
 *
 * ```ts test
 * import { contractOf, referencePage, ticks } from "@plimsoll/schema"
 *
 * referencePage([contractOf("hospital", ticks)]).includes("| `day` | `day` | DATE |") // => true
 * ```
 */
export const referencePage = (contracts: ReadonlyArray<StreamContract>): string =>
  ["# Streams", ...contracts.map(section)].join("\n\n") + "\n"

const section = (contract: StreamContract): string => {
  const rows = columnsOf(contract.jsonSchema).map((column) => {
    const may = [column.optional ? "may be missing" : "", column.nullable ? "may be null" : ""].filter(
      (text) => text !== ""
    )
    const type = column.type.kind === "instant" ? "TIMESTAMPTZ, VARCHAR (zone)" : duckType(column.type)
    return `| \`${column.field}\` | \`${column.name}\` | ${type} | ${may.join(", ")} | ${contract.sensitivity[column.field] ?? ""} | ${column.description ?? ""} |`
  })
  return [
    `## ${contract.name} v${contract.version}`,
    "",
    `${contract.title}.${contract.description === "" ? "" : ` ${contract.description}`}`,
    "",
    `Topic \`${contract.topic}\`, view \`current.${sqlName(contract)}\`, ${contract.access}. ` +
      (contract.key === null
        ? "Rows have no key. "
        : `Key: ${contract.key.map((field) => `\`${field}\``).join(", ")}. `) +
      `Dated by \`${contract.occurredAt}\`, covers ${contract.covers}.`,
    "",
    "| field | column | DuckDB | | sensitivity | meaning |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows
  ].join("\n")
}

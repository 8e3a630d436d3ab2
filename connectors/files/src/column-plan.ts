import { ConnectorError } from "@plimsoll/connector"
import type { Column } from "@plimsoll/schema"
import type { Settings } from "./settings.ts"

/** What becomes of a text that means "no value". */
export type NoValue = "missing" | "null" | "null-but-empty-text"

/** Which column of a file goes to which field. */
export interface ColumnPlan {
  /** By the place in the file; undefined: nobody reads that column. */
  readonly fields: ReadonlyArray<string | undefined>
  readonly noValue: ReadonlyArray<NoValue>
  /** Headers that nobody reads. */
  readonly ignored: ReadonlyArray<string>
}

/** The field that a header or a JSON key stands for. */
export const fieldOf = (header: string, settings: Settings): string | undefined =>
  settings.renamed.get(header) ??
  settings.columns.find((column) => column.field === header || column.name === header)?.field

const noValueOf = (column: Column): NoValue => {
  if (column.optional) return "missing"
  return column.nullable || column.type.kind !== "text" ? "null" : "null-but-empty-text"
}

const mapped = (header: ReadonlyArray<string>, settings: Settings): number =>
  header.filter((name) => fieldOf(name, settings) !== undefined).length

const loose = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "")

const listed = (header: ReadonlyArray<string>) =>
  header
    .slice(0, 50)
    .map((name) => `"${name}"`)
    .join(", ")

/** The delimiters that are tried where the one in use does not fit. */
export const delimiters = [",", ";", "\t", "|"] as const

/** The delimiter under which the header names the most fields; undefined: none of two or more. */
export const betterDelimiter = (
  split: (delimiter: string) => ReadonlyArray<string>,
  settings: Settings
): string | undefined => {
  const scored = delimiters
    .map((delimiter) => {
      const header = split(delimiter)
      return { delimiter, score: settings.header === true ? mapped(header, settings) : header.length }
    })
    .sort((a, b) => b.score - a.score)
  return scored[0]!.score > 1 && scored[0]!.score > scored[1]!.score ? scored[0]!.delimiter : undefined
}

/** Says what each column of a file is. Throws where the header does not fit the stream. */
export const planColumns = (
  header: ReadonlyArray<string>,
  settings: Settings,
  file: string,
  configPath: string,
  split: (delimiter: string) => ReadonlyArray<string>
): ColumnPlan => {
  const fields = header.map((name) => fieldOf(name, settings))
  const seen = new Set<string>()
  for (const [place, field] of fields.entries()) {
    if (field === undefined) continue
    if (seen.has(field)) {
      throw new ConnectorError("config", {
        code: "header-duplicate",
        message: `${file}: more than one column is field "${field}", the second is "${header[place]}" (column ${place + 1})`,
        configPath: `${configPath}.columns`,
        suggestion: "rename one of the columns at the source, or read the file with a list of names as header"
      })
    }
    seen.add(field)
  }
  const gone = settings.columns.find((column) => !column.optional && !seen.has(column.field))
  if (gone !== undefined) {
    const better = header.length === 1 ? betterDelimiter(split, settings) : undefined
    if (better !== undefined) {
      throw new ConnectorError("config", {
        code: "wrong-delimiter",
        message: `${file}: its header is one column, stream "${settings.definition.name}" needs several`,
        configPath: `${configPath}.delimiter`,
        suggestion: `say delimiter: ${JSON.stringify(better)}`
      })
    }
    const alike = header.find((name) => loose(name) === loose(gone.field))
    throw new ConnectorError("config", {
      code: "header-missing-column",
      message: `${file}: no column is field "${gone.field}", which stream "${settings.definition.name}" requires; its header is ${listed(header)}`,
      configPath: `${configPath}.columns`,
      suggestion: `say which column it is: columns: { ${JSON.stringify(alike ?? "Header in the file")}: ${JSON.stringify(gone.field)} }`
    })
  }
  const byField = new Map(settings.columns.map((column) => [column.field, column]))
  return {
    fields,
    noValue: fields.map((field) => (field === undefined ? "missing" : noValueOf(byField.get(field)!))),
    ignored: header.filter((_, place) => fields[place] === undefined)
  }
}

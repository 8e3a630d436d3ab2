import { ConnectorError } from "@plimsoll/connector"
import { columnsOf, jsonSchemaOf, type Column, type StreamDefinition } from "@plimsoll/schema"
import { Schema } from "effect"
import { textEncoding, type TextEncoding } from "./text-encoding.ts"

/** What {@link files} takes. */
export interface FilesOptions {
  /** Tells two uses of this connector apart. Part of every row's id: never change it. */
  readonly instance: string
  /** The stream whose rows the files hold. */
  readonly stream: StreamDefinition
  /** A file, a folder, a glob, or several of them; relative to the working directory. */
  readonly path: string | ReadonlyArray<string>
  /** Default: by the extension of `path`; `csv` for a folder. */
  readonly format?: "csv" | "jsonl"
  /** One ASCII character. Default: a comma, a tab for `.tsv`. `auto`: by the header, with a Notice of what was found. */
  readonly delimiter?: string
  /** `utf-8` (the default), `utf-16le`, `utf-16be`, `windows-125x`, `iso-8859-x` and other single-byte ones. A byte order mark wins. */
  readonly encoding?: string
  /** One ASCII character, or `""` for none. Default: `"`. */
  readonly quote?: string
  /** True (the default): the first record names the columns. A list: the names, for files without them. False: the order of the schema. */
  readonly header?: boolean | ReadonlyArray<string>
  /** The stream's field of a header (or JSON key) that is neither the field's name nor its snake_case. */
  readonly columns?: { readonly [header: string]: string }
  /** The texts that mean "no value". Default: `[""]`. */
  readonly nulls?: ReadonlyArray<string>
  /** Milliseconds between two looks at the folder while watching. Default: 1000. */
  readonly pollMs?: number
  /** How long a file must not have changed before the end of the file may end a record. Milliseconds; default: 2000. */
  readonly stillMs?: number
  /** The longest record in characters. Default: 1,048,576. */
  readonly maxRecord?: number
}

/** The options, checked and with their defaults. */
export interface Settings {
  readonly definition: StreamDefinition
  readonly columns: ReadonlyArray<Column>
  readonly paths: ReadonlyArray<string>
  readonly format: "csv" | "jsonl"
  readonly delimiter: string | undefined
  readonly encoding: TextEncoding
  readonly quote: string
  readonly header: boolean | ReadonlyArray<string>
  readonly renamed: ReadonlyMap<string, string>
  readonly nulls: ReadonlySet<string>
  readonly pollMs: number
  readonly stillMs: number
  readonly maxRecord: number
}

const Ascii = Schema.String.check(
  // oxlint-disable-next-line no-control-regex
  Schema.isPattern(/^[\x01-\x7f]$/, { message: "must be one ASCII character" })
)
const Positive = Schema.Int.check(Schema.isGreaterThan(0))

const Options = Schema.Struct({
  instance: Schema.NonEmptyString,
  path: Schema.Union([Schema.NonEmptyString, Schema.NonEmptyArray(Schema.NonEmptyString)]),
  format: Schema.optionalKey(Schema.Literals(["csv", "jsonl"])),
  delimiter: Schema.optionalKey(Schema.Union([Schema.Literal("auto"), Ascii])),
  encoding: Schema.optionalKey(Schema.String),
  quote: Schema.optionalKey(Schema.Union([Schema.Literal(""), Ascii])),
  header: Schema.optionalKey(Schema.Union([Schema.Boolean, Schema.NonEmptyArray(Schema.String)])),
  columns: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  nulls: Schema.optionalKey(Schema.Array(Schema.String)),
  pollMs: Schema.optionalKey(Positive),
  stillMs: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  maxRecord: Schema.optionalKey(Positive)
})

const wrong = (configPath: string, message: string, suggestion: string, code = "options-invalid") =>
  new ConnectorError("config", { code, message, configPath, suggestion })

const decode = (options: unknown) => {
  try {
    return Schema.decodeUnknownSync(Options, { onExcessProperty: "error" })(options)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const parts = [...(/at (\[.*\])/.exec(text)?.[1] ?? "").matchAll(/\["?([^"\]]+)"?\]/g)].map(
      (part) => part[1]
    )
    throw wrong(
      parts.join("."),
      `the options of connector-files do not fit: ${text.replace(/\s+/g, " ")}`,
      "see the table of options in the README"
    )
  }
}

/** The extensions that say a file's format. */
export const extensions = { csv: [".csv", ".tsv", ".txt"], jsonl: [".jsonl", ".ndjson"] } as const

const formatOf = (path: string): "csv" | "jsonl" | "folder" | undefined => {
  const last = path.split(/[\\/]/).at(-1)!.toLowerCase()
  const dot = last.lastIndexOf(".")
  if (dot <= 0 || last.endsWith("*")) return "folder"
  if (extensions.jsonl.some((one) => last.endsWith(one))) return "jsonl"
  return extensions.csv.some((one) => last.endsWith(one)) ? "csv" : undefined
}

const formatFor = (paths: ReadonlyArray<string>): "csv" | "jsonl" => {
  const found = new Set(paths.map(formatOf))
  if (found.has(undefined)) {
    throw wrong(
      "format",
      "the extension does not say the format of the files",
      'say format: "csv" or "jsonl"',
      "format-unknown"
    )
  }
  if (found.has("csv") && found.has("jsonl")) {
    throw wrong(
      "path",
      "one stream is read from CSV and from JSON Lines",
      "use one connector for each format",
      "format-mixed"
    )
  }
  return found.has("jsonl") ? "jsonl" : "csv"
}

/** Checks the options. Throws a ConnectorError of kind `config` that names the option and the cure. */
export const settingsOf = (options: FilesOptions): Settings => {
  const { stream, ...rest } = options
  const known = decode(rest)
  if (typeof stream !== "object" || stream === null || !("schema" in stream)) {
    throw wrong(
      "stream",
      "stream is not a stream definition",
      "make one with defineStream of @plimsoll/schema"
    )
  }
  const columns = columnsOf(jsonSchemaOf(stream.schema))
  const fields = columns.map((column) => column.field)
  for (const [header, field] of Object.entries(known.columns ?? {})) {
    if (!fields.includes(field)) {
      throw wrong(
        `columns.${header}`,
        `stream "${stream.name}" has no field "${field}"`,
        `its fields are ${fields.join(", ")}`,
        "column-unknown"
      )
    }
  }
  const encoding = textEncoding(known.encoding ?? "utf-8")
  if (encoding === undefined) {
    throw wrong(
      "encoding",
      `encoding "${known.encoding}" cannot be read record by record`,
      'use "utf-8", "utf-16le", "utf-16be", "windows-1252" or another single-byte encoding, or convert the files to UTF-8',
      "encoding-unknown"
    )
  }
  const quote = known.quote ?? '"'
  if (known.delimiter !== undefined && (known.delimiter === quote || /[\r\n]/.test(known.delimiter))) {
    throw wrong("delimiter", "the delimiter is the quote or a newline", 'say a delimiter such as ","')
  }
  if (/[\r\n]/.test(quote)) throw wrong("quote", "the quote is a newline", "say another quote")
  const paths = typeof known.path === "string" ? [known.path] : known.path
  return {
    definition: stream,
    columns,
    paths,
    format: known.format ?? formatFor(paths),
    delimiter: known.delimiter,
    encoding,
    quote,
    header: known.header ?? true,
    renamed: new Map(Object.entries(known.columns ?? {})),
    nulls: new Set(known.nulls ?? [""]),
    pollMs: known.pollMs ?? 1000,
    stillMs: known.stillMs ?? 2000,
    maxRecord: known.maxRecord ?? 1_048_576
  }
}

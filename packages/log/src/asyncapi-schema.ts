import { columnsOf, type ColumnType, type JsonSchema, type StreamContract } from "@plimsoll/schema"

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A schema as a part of a larger document: references lead to where its definitions now stand, and remarks that
 * stand apart, in an `allOf` of their own, are where every reader of documents looks for them.
 */
const embedded = (value: unknown, definitions: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => embedded(item, definitions))
  if (!isObject(value)) return value
  const parts = Array.isArray(value["allOf"]) ? value["allOf"] : []
  const remarks = parts.filter((part) => isObject(part) && Object.keys(part).join() === "description")
  const rest = parts.filter((part) => !remarks.includes(part))
  const { $ref, $schema: _dialect, $defs: _definitions, allOf: _all, ...own } = value
  const remark = Object.assign({}, ...remarks) as JsonSchema
  const entries = Object.entries({ ...own, ...("description" in own ? {} : remark) })
  const all = [
    // Beside a reference, older readers see nothing else.
    ...(typeof $ref === "string" ? [{ $ref: $ref.replace("#/$defs/", definitions) }] : []),
    ...rest.map((part) => embedded(part, definitions))
  ]
  const only = all.length === 1 && entries.length === 0 && isObject(all[0]) ? all[0] : undefined
  return (
    only ?? {
      ...Object.fromEntries(entries.map(([key, item]) => [key, embedded(item, definitions)])),
      ...(all.length === 0 ? {} : { allOf: all })
    }
  )
}

/** How to read the text of a value that JSON has no type for. */
const textOf = (type: ColumnType): string => {
  switch (type.kind) {
    case "int64":
      return "A 64-bit integer as a string of digits."
    case "decimal":
      return `An exact decimal number as a string, at most ${type.precision} digits, ${type.scale} of them after the point.`
    case "instant":
      return "An instant as an RFC 9557 string in UTC, with six decimals of a second and the zone in brackets unless it is UTC."
    case "date":
      return "A day, YYYY-MM-DD."
    default:
      return ""
  }
}

const sentences = (...parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined && part !== "").join(" ")

const sensitive = {
  open: "Sensitivity: open.",
  confidential: "Sensitivity: confidential, for the own organisation only.",
  identifiable:
    "Sensitivity: identifiable; what stands here is what the project's policy left of it (dropped, hashed, or made coarser)."
}

/** The schemas of a stream's rows, and of what they refer to, by name. */
export const rowSchemas = (contract: StreamContract): { readonly [name: string]: unknown } => {
  const row = rowName(contract)
  const prefix = `#/components/schemas/${row}.`
  const schema = embedded(contract.jsonSchema, prefix) as JsonSchema
  const properties = schema["properties"] as { readonly [field: string]: JsonSchema }
  const described = columnsOf(contract.jsonSchema).map(({ field, type, description }) => {
    const sensitivity = contract.sensitivity[field] ?? "confidential"
    const words = sentences(description, textOf(type), sensitive[sensitivity])
    return [field, { ...properties[field], description: words, "x-plimsoll-sensitivity": sensitivity }]
  })
  const definitions = isObject(contract.jsonSchema["$defs"]) ? contract.jsonSchema["$defs"] : {}
  return {
    [row]: { title: contract.title, ...schema, properties: Object.fromEntries(described) },
    ...Object.fromEntries(
      Object.entries(definitions).map(([name, part]) => [`${row}.${name}`, embedded(part, prefix)])
    )
  }
}

/** The name of the schema of a stream's rows. */
export const rowName = (contract: StreamContract): string => contract.topic

/** What a deletion says: the fields of the key. */
export const keySchema = (contract: StreamContract): JsonSchema => ({
  type: "object",
  required: contract.key ?? [],
  properties: Object.fromEntries(
    (contract.key ?? []).map((field) => [
      field,
      { $ref: `#/components/schemas/${rowName(contract)}/properties/${field}` }
    ])
  ),
  additionalProperties: false
})

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: "string",
  ...more,
  description
})
const count = (description: string, minimum = 0): JsonSchema => ({ type: "integer", minimum, description })

/** Headers that every record of our own has, names and values in UTF-8. */
export const eventHeaders: JsonSchema = {
  type: "object",
  description: "CloudEvents 1.0 in binary mode: the value of the record is the plain row.",
  required: ["ce_specversion", "ce_id", "ce_source", "ce_type", "content-type"],
  properties: {
    ce_specversion: { const: "1.0" },
    ce_id: text(
      "Deterministic: the same row of the same source always has the same id, however often it is sent.",
      { minLength: 1 }
    ),
    ce_source: text("What wrote the record: /plimsoll/<connector>/<instance>.", {
      format: "uri-reference",
      minLength: 1
    }),
    ce_type: text("<domain>.<stream>. and what the record says: upserted, deleted, generation or rejected.", {
      minLength: 1
    }),
    ce_time: text(
      "When it happened, by the row itself; of a record that is of no row, when it was said. When it was appended is the record's own timestamp.",
      { format: "date-time" }
    ),
    ce_partitionkey: text("What decided the partition: murmur2 of this text, modulo the partitions."),
    "content-type": { const: "application/json" },
    plimsoll_schema: text(
      "The id of the contract the row was written under (on the topic of contracts). Where it is present, our own runtime has decoded the row.",
      { pattern: "^[0-9a-f]{16}$" }
    ),
    plimsoll_run: text("The run of the connector that read it: the key of a record on the topic of runs."),
    plimsoll_partition: text("The part of the source it was read from: for files, the file."),
    plimsoll_generation: text("How often that part had been replaced as a whole; from 1.", {
      pattern: "^[1-9][0-9]*$"
    }),
    plimsoll_row: text("The number of the row in its generation; from 1.", { pattern: "^[1-9][0-9]*$" })
  }
}

/** The marker at the end of a generation. */
export const generationSchema: JsonSchema = {
  type: "object",
  required: ["partition", "generation", "rows"],
  properties: {
    partition: text("The part of the source: for files, the file."),
    generation: count("Which of its generations is now whole.", 1),
    rows: count("How many records of it are on this topic, over all partitions.")
  }
}

/** The value of a dead letter. */
export const deadLetterSchema: JsonSchema = {
  type: "object",
  required: ["code", "issues"],
  properties: {
    code: text("Why the row is here: decode-failed, unreadable or in-the-future, so far."),
    issues: {
      type: "array",
      description: "What does not fit, and where; never the value.",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: {
          path: { type: "array", items: { type: ["string", "integer"] } },
          message: { type: "string" }
        }
      }
    },
    place: text("Where it stands in the source, for people: line 17."),
    raw: {
      description:
        "The fields, or the text, as the source gave them, after the project's policies. Treat it as confidential.",
      "x-plimsoll-sensitivity": "confidential"
    },
    withheld: {
      type: "array",
      description: "Fields left out of raw, since nothing is known of what is in them.",
      items: { type: "string" }
    },
    deleted: { const: true, description: "The source deleted the row of these fields." },
    length: count("Of a text that was left out or cut: its length in characters."),
    digest: text("Of a text that was left out: its HMAC-SHA-256.")
  }
}

/** The value of a record that says what became of a dead letter. */
export const replayedSchema: JsonSchema = {
  type: "object",
  required: ["letter", "record", "recordedAt"],
  properties: {
    letter: text("The ce_id of the dead letter."),
    record: text("The ce_id of the row that is on the topic of the stream now."),
    recordedAt: count("When the letter was recorded: what its row counts by. Microseconds since 1970.")
  }
}

/** The value of a record of the topic of checkpoints. */
export const checkpointSchema: JsonSchema = {
  type: "object",
  description: "The runtime's own. Its fields may change with any version: nothing for others to rely on."
}

/** The value of a contract. */
export const contractSchema: JsonSchema = {
  type: "object",
  required: [
    "id",
    "topic",
    "name",
    "domain",
    "version",
    "title",
    "description",
    "jsonSchema",
    "key",
    "microsystem",
    "occurredAt",
    "covers",
    "sensitivity",
    "access"
  ],
  properties: {
    id: text("What plimsoll_schema of a row says.", { pattern: "^[0-9a-f]{16}$" }),
    topic: text("The topic of the stream."),
    name: text("The name of the stream."),
    domain: text("The part of the service it speaks of."),
    version: count("Its major version.", 1),
    title: { type: "string" },
    description: { type: "string" },
    jsonSchema: { type: "object", description: "The JSON Schema (2020-12) of a row on the wire." },
    key: { type: ["array", "null"], items: { type: "string" }, description: "The fields of the key." },
    microsystem: { type: ["string", "null"], description: "The field that decides the partition." },
    occurredAt: text("The field that says when it happened."),
    covers: text("The stretch of time a row stands for.", {
      enum: ["instant", "day", "week", "month", "quarter"]
    }),
    sensitivity: {
      type: "object",
      description: "By field.",
      additionalProperties: { enum: ["open", "confidential", "identifiable"] }
    },
    access: { enum: ["open", "sealed"] }
  }
}

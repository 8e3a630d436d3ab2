import type { JsonSchema } from "./column.ts"
import { snakeCase } from "./name.ts"
import { type Covers, jsonSchemaOf, type Sensitivity, type StreamDefinition } from "./stream.ts"

/** What the log says of a stream, on the topic `plimsoll._schemas`: all that a consumer needs, without its code. */
export interface StreamContract {
  readonly topic: string
  readonly name: string
  readonly domain: string
  readonly version: number
  readonly title: string
  readonly description: string
  readonly jsonSchema: JsonSchema
  readonly key: ReadonlyArray<string> | null
  readonly microsystem: string | null
  readonly occurredAt: string
  readonly covers: Covers
  readonly sensitivity: { readonly [field: string]: Sensitivity }
  readonly access: "open" | "sealed"
  /** Of a sealed stream, the field whose rows share one key. */
  readonly sealedBy?: string
}

/** `<organisation>.<domain>.<stream>.v<major>`: a stream's topic. */
export const topicOf = (
  organisation: string,
  stream: Pick<StreamDefinition, "domain" | "name" | "version">
): string => `${organisation}.${stream.domain}.${stream.name}.v${stream.version}`

/** The topic of a stream's rows that could not be read. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`

/** The compacted topic that holds every stream's contract. */
export const schemasTopic = "plimsoll._schemas"
/** The compacted topic that holds every connector's checkpoints. */
export const stateTopic = "plimsoll._state"

/** The contract of a stream within one organisation. */
export const contractOf = (organisation: string, stream: StreamDefinition): StreamContract => ({
  topic: topicOf(organisation, stream),
  name: stream.name,
  domain: stream.domain,
  version: stream.version,
  title: stream.title,
  description: stream.description,
  jsonSchema: jsonSchemaOf(stream.schema),
  key: stream.key,
  microsystem: stream.microsystem,
  occurredAt: stream.occurredAt,
  covers: stream.covers,
  sensitivity: stream.sensitivity,
  access: stream.access,
  ...(stream.sealedBy === undefined ? {} : { sealedBy: stream.sealedBy })
})

/** The name of a stream in SQL: `current.<name>`. */
export const sqlName = (stream: Pick<StreamContract, "name">): string => snakeCase(stream.name)

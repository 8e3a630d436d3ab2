import {
  type JsonSchema,
  measureDefinitions,
  runs,
  signals,
  type StreamContract,
  ticks
} from "@plimsoll/schema"
import { keySchema, rowName } from "./asyncapi-schema.ts"

/** A contract as it stands on the log, with its id. */
export type StoredContract = StreamContract & { readonly id: string }

/** The version of the Kafka bindings that the document speaks. */
export const bindingVersion = "0.5.0"

/** A stream's domain and name: how `ce_type` begins. */
export const label = (stream: Pick<StreamContract, "domain" | "name">): string =>
  `${stream.domain}.${stream.name}`
const ownStreams = new Set([signals, ticks, measureDefinitions, runs].map(label))

/** Whether a stream is written by the system alone: a row of a stranger on it would falsify what it says of itself. */
export const isOwnStream = (contract: Pick<StreamContract, "domain" | "name">): boolean =>
  ownStreams.has(label(contract))

/** A reference within the document. */
export const ref = (path: string): { readonly $ref: string } => ({ $ref: `#/${path}` })
/** A reference to one of its schemas. */
export const schemaRef = (name: string) => ref(`components/schemas/${name}`)

/** A kind of record. */
export interface Message {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly payload: unknown
  /** The end of `ce_type`. Absent: the record is a stranger's, and no header need be there. */
  readonly type?: string
  readonly key: unknown
  readonly hasRun: boolean
}

/** The Message Object of a kind of record. */
export const messageObject = ({ name, title, summary, payload, type, key, hasRun }: Message): JsonSchema => ({
  name,
  title,
  summary,
  contentType: "application/json",
  headers:
    type === undefined
      ? {
          type: "object",
          description:
            "None need be there. Headers whose names begin with plimsoll_ are the runtime's own: leave them out.",
          properties: { "content-type": { const: "application/json" } }
        }
      : { type: "object", allOf: [schemaRef("eventHeaders"), { properties: { ce_type: { const: type } } }] },
  payload,
  ...(hasRun ? { correlationId: ref("components/correlationIds/run") } : {}),
  bindings: { kafka: { key, bindingVersion } }
})

/** The key of records that have none. */
export const noKey: JsonSchema = { type: "null", description: "Records of this kind have no key." }

const keyOf = (contract: StreamContract): JsonSchema =>
  contract.key === null
    ? noKey
    : {
        type: "string",
        contentMediaType: "application/json",
        description: `The canonical JSON array of ${contract.key.join(", ")}, without spaces, each as in the value.`
      }

/** The kinds of records that may be on the topic of a stream. */
export const messagesOf = (contract: StoredContract): { readonly [id: string]: Message } => {
  const own = isOwnStream(contract)
  const key = keyOf(contract)
  const type = (kind: string) => `${label(contract)}.${kind}`
  const row = schemaRef(rowName(contract))
  const message = (kind: string, title: string, summary: string, payload: unknown, at = key): Message => ({
    name: type(kind),
    title: `${contract.title}: ${title}`,
    summary,
    payload,
    type: type(kind),
    key: at,
    hasRun: !own
  })
  const upserted = message(
    "upserted",
    "a row",
    contract.key === null ? "A fact." : "A row as it is from now on; supersedes the one before of its key.",
    row
  )
  const deleted = message(
    "deleted",
    "a deletion",
    "The row of this key is gone. The value holds the fields of the key.",
    keySchema(contract)
  )
  const stranger = { key, hasRun: false }
  return {
    upserted,
    ...(contract.key === null ? {} : { deleted }),
    ...(own
      ? {}
      : {
          generation: message(
            "generation",
            "the end of a generation",
            "A part of the source (a file) has been read as a whole: its rows replace those of the generation before, whether their keys come again or not. Readers that follow rows by key may pass it over.",
            schemaRef("generation"),
            noKey
          ),
          row: {
            ...stranger,
            name: type("row"),
            title: `${contract.title}: a row from elsewhere`,
            summary: "A row that another system appends.",
            payload: row
          },
          ...(contract.key === null
            ? {}
            : {
                tombstone: {
                  ...stranger,
                  name: type("tombstone"),
                  title: `${contract.title}: a deletion from elsewhere`,
                  summary:
                    "No value, and the key of the row that is gone: what other systems delete rows with. Our own runtime writes deleted instead.",
                  payload: { type: "null" }
                }
              })
        })
  }
}

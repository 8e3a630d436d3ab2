import { readFileSync } from "node:fs"
import { PlimsollError } from "@plimsoll/schema"
import { Schema, SchemaIssue } from "effect"
import { checkInstrument, instrumentInvalid } from "./check.ts"
import { Instrument, InstrumentItem } from "./instrument.ts"

const { reversed, notApplicable, alone, labels, wording, citation } = InstrumentItem.fields

const ItemEntry = Schema.Struct({
  ...InstrumentItem.fields,
  reversed: Schema.optionalKey(reversed),
  notApplicable: Schema.optionalKey(notApplicable),
  alone: Schema.optionalKey(alone),
  labels: Schema.optionalKey(labels),
  wording: Schema.optionalKey(wording),
  citation: Schema.optionalKey(citation)
})
const Entry = Schema.Struct({ ...Instrument.fields, items: Schema.Array(ItemEntry) })

/** An instrument as a file or a project writes it: what is usual may be left out. */
export type InstrumentEntry = typeof Entry.Encoded

const pathText = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("")

const read = (entry: unknown): Instrument => {
  const decoded = Schema.decodeUnknownResult(Entry)(entry, { onExcessProperty: "error" })
  if (decoded._tag === "Failure") {
    const [issue] = SchemaIssue.makeFormatterStandardSchemaV1()(decoded.failure.issue).issues
    const path = (issue?.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
    const message = issue?.message ?? "it does not fit"
    if (message === "Expected no excess property")
      throw instrumentInvalid(
        pathText(path),
        `there is no "${String(path.at(-1))}" in an instrument`,
        "take it out, or mend its name"
      )
    throw instrumentInvalid(
      pathText(path),
      message === "Missing key" ? "it is missing" : `expected ${message.replace(/^Expected /, "")}`,
      "the form of an instrument is in the README of culture/instrument"
    )
  }
  return checkInstrument({
    ...decoded.success,
    items: decoded.success.items.map((item) => ({
      ...item,
      reversed: item.reversed ?? false,
      notApplicable: item.notApplicable ?? null,
      alone: item.alone ?? false,
      labels: item.labels ?? {},
      wording: item.wording ?? null,
      citation: item.citation ?? "unverified"
    }))
  })
}

/**
 * An instrument written in a project, checked. Errors: `instrument-invalid`.
 *
 * ```ts test
 * import { defineInstrument } from "@plimsoll/quality"
 *
 * const pulse = defineInstrument({
 *   id: "pulse", version: "1", title: "Our pulse", source: "our own", licence: "ours", wording: "bundled",
 *   items: [{ id: "q1", min: 1, max: 5, wording: "I could do good work this week." }],
 *   scales: [{ id: "week", title: "The week", items: ["q1"], scoring: { kind: "percent-positive", threshold: 4 } }]
 * })
 * pulse.items[0]?.reversed // => false
 * ```
 */
export const defineInstrument = (entry: InstrumentEntry): Instrument => read(entry)

/**
 * An instrument from a JSON file, or from its text (which begins with `{`), checked. Errors: `instrument-missing` (no such
 * file), `instrument-invalid` (not JSON, or its parts do not fit; `configPath` is the place in the file).
 *
 * ```ts test
 * import { loadInstrument } from "@plimsoll/quality"
 *
 * const text = `{ "id": "pulse", "version": "1", "title": "Our pulse", "source": "our own", "licence": "ours",
 *   "wording": "by-user", "items": [{ "id": "q1", "min": 1, "max": 5 }],
 *   "scales": [{ "id": "week", "title": "The week", "items": ["q1"], "scoring": { "kind": "mean" } }] }`
 * loadInstrument(text).scales.length // => 1
 * ```
 */
export const loadInstrument = (pathOrText: string): Instrument => {
  const isText = pathOrText.trimStart().startsWith("{")
  const file = isText ? "" : `${pathOrText}: `
  const text = isText ? pathOrText : textOf(pathOrText)
  let entry: unknown
  try {
    entry = JSON.parse(text)
  } catch (cause) {
    throw new PlimsollError(
      {
        code: "instrument-invalid",
        message: `${file}the instrument is not JSON`,
        suggestion: "look for a missing comma, quote or bracket"
      },
      { cause }
    )
  }
  try {
    return read(entry)
  } catch (cause) {
    if (!(cause instanceof PlimsollError)) throw cause
    throw new PlimsollError({
      code: cause.code,
      message: `${file}${cause.message}`,
      configPath: cause.configPath,
      suggestion: cause.suggestion
    })
  }
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    throw new PlimsollError(
      {
        code: "instrument-missing",
        message: `${path}: the file of the instrument cannot be read`,
        suggestion: "check the path, which is taken from the folder of the project"
      },
      { cause }
    )
  }
}

import type { RawRow } from "@plimsoll/connector"
import { createHmac } from "node:crypto"
import { type Issue, withoutValues } from "./decoder.ts"
import { misfit, type Protection } from "./policy.ts"

/** Why a row is not on its stream's topic. */
export type DeadLetterCode = "decode-failed" | "unreadable" | "in-the-future"

/** The value of a record on a dead-letter topic. */
export interface DeadLetter {
  readonly code: DeadLetterCode
  readonly issues: ReadonlyArray<Issue>
  /** Of the key of a row that is gone from the source. */
  readonly deleted?: true
  /** For people: `line 17`. */
  readonly place?: string
  /** The fields, or the text, as the source gave them; under the stream's own policies. */
  readonly raw?: unknown
  /** The fields that were left out of `raw`: they did not fit, so nothing is known of what is in them. */
  readonly withheld?: ReadonlyArray<string>
  /** Of a text that was left out or cut: its length in characters. */
  readonly length?: number
  /** Of a text that was left out: HMAC-SHA-256 under the stream's policy key, where it has one. */
  readonly digest?: string
}

/** A text longer than this is cut: the place says where the rest is. */
const longest = 65_536

const json = (letter: DeadLetter): string =>
  JSON.stringify(letter, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))

const placed = (place: string | undefined) => (place === undefined ? {} : { place })

/** A row that was taken apart, and does not fit. */
export interface RejectedRow {
  readonly fields: RawRow["fields"]
  readonly code: DeadLetterCode
  readonly issues: ReadonlyArray<Issue>
  /** Whether these are the key of a row that is gone. */
  readonly deleted: boolean
}

/** The dead letter of a row that was taken apart. */
export const rowLetter = (
  { fields, code, issues, deleted }: RejectedRow,
  place: string | undefined,
  protection: Protection,
  known: ReadonlySet<string>
): string => {
  const told = { code, issues, ...(deleted ? { deleted } : {}), ...placed(place) }
  if (protection.fields.length === 0) return json({ ...told, raw: fields })
  const policies = new Map(protection.fields.map((one) => [one.field, one]))
  const bad = new Set(issues.map((issue) => issue.path[0]))
  // Where a protected field does not fit, the columns may have slipped, and an identifier may stand anywhere.
  const slipped = protection.fields.some(({ field }) => bad.has(field)) || bad.has(undefined)
  const raw: { [field: string]: unknown } = {}
  const withheld: string[] = []
  for (const [field, value] of Object.entries(fields)) {
    if (!known.has(field)) continue
    const policy = policies.get(field)
    const kept =
      policy?.policy === "hmac"
        ? policy.apply(value)
        : slipped || bad.has(field)
          ? misfit
          : policy === undefined
            ? value
            : policy.apply(value)
    if (kept === misfit || kept === undefined) withheld.push(field)
    else raw[field] = kept
  }
  return json({ ...told, raw, withheld })
}

/** The dead letter of what could not be taken apart. */
export const textLetter = (
  text: string,
  place: string | undefined,
  reason: string,
  protection: Protection
): string => {
  const told = (message: string) =>
    ({ code: "unreadable", issues: [{ path: [], message }], ...placed(place) }) as const
  if (protection.fields.length === 0) {
    return json({
      ...told(reason),
      raw: text.slice(0, longest),
      ...(text.length > longest ? { length: text.length } : {})
    })
  }
  // A bare SHA-256 of a ten-digit number is found in minutes, so without a key there is no digest.
  const { digestKey } = protection
  return json({
    ...told(withoutValues(reason, [text], "the row cannot be taken apart")),
    length: text.length,
    ...(digestKey === undefined ? {} : { digest: createHmac("sha256", digestKey).update(text).digest("hex") })
  })
}

import { Schema, SchemaTransformation } from "effect"
import { isPlainDate } from "./plain-date.ts"

/** A moment to the microsecond, and the zone it was written in. */
export interface Instant {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly micros: bigint
  /** An IANA zone (`Europe/London`), an offset (`+01:00`) or `UTC`. */
  readonly zone: string
}

const shape =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)(?:\[([A-Za-z0-9_+:/-]{1,64})\])?$/
const offsetShape = /^[+-](?:0\d|1[0-4]):[0-5]\d$/
const known = new Map<string, boolean>()

const isZone = (zone: string): boolean => {
  if (zone === "UTC" || offsetShape.test(zone)) return true
  let found = known.get(zone)
  if (found === undefined) {
    try {
      found = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== ""
    } catch {
      found = false
    }
    known.set(zone, found)
  }
  return found
}

const minutesOf = (offset: string): bigint =>
  offset === "Z"
    ? 0n
    : BigInt(offset[0] === "-" ? -1 : 1) * (BigInt(offset.slice(1, 3)) * 60n + BigInt(offset.slice(4, 6)))

/**
 * Reads an RFC 9557 string: `2026-03-01T09:30:00.123456+01:00[Europe/Paris]`. Undefined where the text is
 * none, names no real day or zone, or has digits below the microsecond (they would be lost).
 */
export const parseInstant = (text: string): Instant | undefined => {
  const found = shape.exec(text)
  if (found === null) return undefined
  const [, day = "", hour, minute, second, fraction = "", offset = "Z", named] = found
  if (!isPlainDate(day) || /[1-9]/.test(fraction.slice(6))) return undefined
  const zone = named ?? (offset === "Z" ? "UTC" : offset)
  if (!isZone(zone)) return undefined
  const wall = BigInt(Date.parse(`${day}T${hour}:${minute}:${second}Z`)) * 1000n
  const micros = wall + BigInt(fraction.slice(0, 6).padEnd(6, "0")) - minutesOf(offset) * 60_000_000n
  return micros < least || micros > most ? undefined : { micros, zone }
}

const least = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1000n
const most = BigInt(Date.parse("9999-12-31T23:59:59Z")) * 1000n + 999_999n

/** The canonical RFC 9557 string: in UTC, six digits, the zone in brackets unless it is UTC. */
export const formatInstant = (instant: Instant): string => {
  const micros = ((instant.micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = new Date(Number((instant.micros - micros) / 1000n)).toISOString().slice(0, 19)
  const text = `${seconds}.${micros.toString().padStart(6, "0")}Z`
  return instant.zone === "UTC" ? text : `${text}[${instant.zone}]`
}

/**
 * A moment in time: `{ micros, zone }` in memory, an RFC 9557 string on the wire, and in DuckDB two columns:
 * `x TIMESTAMPTZ` and `x_zone VARCHAR`. (Effect's own DateTime stops at milliseconds.)
 *
 * ```ts test
 * import { Instant } from "@plimsoll/schema"
 * import { Schema } from "effect"
 *
 * const at = Schema.decodeUnknownSync(Instant)("2026-03-01T09:30:00.123456+01:00[Europe/Paris]")
 * Schema.encodeSync(Instant)(at) // => "2026-03-01T08:30:00.123456Z[Europe/Paris]"
 * ```
 */
export const Instant = Schema.String.check(
  Schema.makeFilter((text: string) => parseInstant(text) !== undefined, {
    expected: "an instant as in RFC 9557, with an offset or Z and at most six decimals of a second",
    toJsonSchema: () => ({ format: "instant" })
  })
).pipe(
  Schema.decodeTo(
    Schema.Struct({ micros: Schema.BigInt, zone: Schema.String }).check(
      Schema.makeFilter(
        (value: Instant) => value.micros >= least && value.micros <= most && isZone(value.zone),
        { expected: "an instant between the years 1 and 9999 in a known zone" }
      )
    ),
    SchemaTransformation.transform({
      decode: (text: string): Instant => parseInstant(text)!,
      encode: (value: Instant) => formatInstant(value)
    })
  )
)

import { Schema, SchemaTransformation } from "effect"

const least = -(2n ** 63n)
const most = 2n ** 63n - 1n
const canonical = /^(0|-?[1-9]\d*)$/

const Wire = Schema.String.check(
  Schema.makeFilter((text: string) => canonical.test(text) && BigInt(text) >= least && BigInt(text) <= most, {
    expected: "a whole number between -2^63 and 2^63-1, in digits",
    toJsonSchema: () => ({ format: "int64" })
  })
)

/**
 * A whole number of 64 bits: a `bigint` in memory, digits in a string on the wire, BIGINT in DuckDB.
 * Use it for identifiers and counts that may pass 2^53; `Schema.Int` is enough for the rest.
 *
 * ```ts test
 * import { Int64 } from "@plimsoll/schema"
 * import { Schema } from "effect"
 *
 * Schema.decodeUnknownSync(Int64)("9007199254740993") // => 9007199254740993n
 * ```
 */
export const Int64 = Wire.pipe(
  Schema.decodeTo(
    Schema.BigInt.check(
      Schema.makeFilter((value: bigint) => value >= least && value <= most, { expected: "a 64-bit integer" })
    ),
    SchemaTransformation.transform({
      decode: (text: string) => BigInt(text),
      encode: (value: bigint) => value.toString()
    })
  )
)

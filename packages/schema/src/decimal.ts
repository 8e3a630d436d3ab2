import { Schema, SchemaTransformation } from "effect"

const shape = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/** The text with exactly `scale` digits after the point, or undefined where that would lose a digit. */
const canonical = (text: string, precision: number, scale: number): string | undefined => {
  const found = shape.exec(text)
  if (found === null) return undefined
  const [, sign, whole = "0", fraction = ""] = found
  const kept = fraction.slice(0, scale).padEnd(scale, "0")
  if (/[1-9]/.test(fraction.slice(scale))) return undefined
  if ((whole === "0" ? 0 : whole.length) > precision - scale) return undefined
  const digits = scale === 0 ? whole : `${whole}.${kept}`
  return sign === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits
}

/**
 * An exact decimal number: text in memory and on the wire, always with `scale` digits after the point
 * (`"2.60"`), and DECIMAL(precision, scale) in DuckDB. A number with more digits than fit is refused,
 * never rounded.
 *
 * @param precision digits in all, 1 to 38
 * @param scale digits after the point, 0 to precision
 *
 * ```ts test
 * import { Decimal } from "@plimsoll/schema"
 * import { Schema } from "effect"
 *
 * Schema.decodeUnknownSync(Decimal(10, 2))("2.6") // => "2.60"
 * ```
 */
export const Decimal = (precision: number, scale: number) =>
  Schema.String.check(
    Schema.makeFilter((text: string) => canonical(text, precision, scale) !== undefined, {
      expected: `a decimal number of at most ${precision} digits, ${scale} of them after the point`,
      toJsonSchema: () => ({ format: "decimal", "x-precision": precision, "x-scale": scale })
    })
  ).pipe(
    Schema.decodeTo(
      Schema.String.check(
        Schema.makeFilter((text: string) => canonical(text, precision, scale) === text, {
          expected: `a decimal number with ${scale} digits after the point`
        })
      ),
      SchemaTransformation.transform({
        decode: (text: string) => canonical(text, precision, scale)!,
        encode: (text: string) => text
      })
    )
  )

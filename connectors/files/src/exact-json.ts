/** A number in whose text a double may not be enough: 16 digits or more, or an exponent of three. */
const risky = /[0-9][0-9.]{15}|[0-9][eE][+-]?[0-9]{3}/

/** `-0012.50e3` → sign, digits without zeros at either end, and the power of ten of the last digit. */
const exact = (source: string): string => {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(source)
  if (match === null) return source
  const [, sign, whole, fraction = "", exponent = "0"] = match
  const digits = `${whole}${fraction}`.replace(/^0+/, "")
  const trimmed = digits.replace(/0+$/, "")
  if (trimmed === "") return "0"
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length)
  return `${sign}${trimmed}e${power}`
}

// TypeScript's library does not know the third argument yet.
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown

const keepExact: Reviver = (_, value, context) =>
  typeof value === "number" && context.source !== undefined && exact(String(value)) !== exact(context.source)
    ? context.source
    : value

/**
 * `JSON.parse` that changes no number: one that a double cannot hold (12345678901234567890, 0.1234567890123456789)
 * becomes its own text. Throws as JSON.parse does.
 */
export const parseExact = (text: string): unknown =>
  risky.test(text)
    ? JSON.parse(text, keepExact as (key: string, value: unknown) => unknown)
    : JSON.parse(text)

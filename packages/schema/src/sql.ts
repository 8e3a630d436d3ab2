import { PlimsollError } from "./plimsoll-error.ts"

declare const brand: unique symbol
/** One SQL expression over the columns of `current.<stream>`, made by {@link sql}. */
export type SqlExpression = string & { readonly [brand]: "SqlExpression" }

const forbidden =
  /\b(select|from|insert|update|delete|create|drop|alter|attach|detach|copy|pragma|call|install|load|set|export|import|union|with|now|current_date|current_timestamp|today|get_current_timestamp|random|uuid|gen_random_uuid|nextval|getenv|read_\w+|query|query_table|current_setting|glob)\b/i

const wrong = (message: string) =>
  new PlimsollError({
    code: "sql-invalid",
    message: `not a single expression: ${message}`,
    suggestion: "write one expression over the columns of the stream, such as sql`attendances - breaches`"
  })

/** Throws `sql-invalid` unless the text looks like one expression that reads its row alone: no statement, subquery, clock or chance. */
export const checkExpression = (text: string): SqlExpression => {
  if (text.trim() === "") throw wrong("it is empty")
  let bare = ""
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (letter === "'" || letter === '"') {
      let end = at + 1
      while (end < text.length && (text[end] !== letter || text[end + 1] === letter))
        end += text[end] === letter ? 2 : 1
      if (end >= text.length) throw wrong("a quote is not closed")
      at = end
      bare += " "
      continue
    }
    if (letter === "(") depth++
    if (letter === ")" && --depth < 0) throw wrong("a bracket is not opened")
    bare += letter
  }
  if (depth !== 0) throw wrong("a bracket is not closed")
  if (/;|--|\/\*|\$\$|\?/.test(bare)) throw wrong("it holds a comment, a parameter or the end of a statement")
  const word = forbidden.exec(bare)
  if (word !== null) throw wrong(`"${word[0].toLowerCase()}" has no place in it`)
  return text.trim() as SqlExpression
}

/**
 * A SQL expression of a measure, checked when it is written: a syntax slip fails at the start of a run, not in
 * the middle.
 *
 * ```ts test
 * import { sql } from "@plimsoll/schema"
 *
 * sql`attendances - breaches` // => "attendances - breaches"
 * ```
 */
export const sql = (parts: TemplateStringsArray, ...values: ReadonlyArray<string | number>): SqlExpression =>
  checkExpression(
    String.raw(
      { raw: parts.raw },
      ...values.map((value) => (typeof value === "number" ? value : `'${value.replaceAll("'", "''")}'`))
    )
  )

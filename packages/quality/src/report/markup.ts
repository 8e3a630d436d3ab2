/** A piece of HTML that is safe to stand in a page. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a {@link markup} template: text is escaped, nothing is left out. */
export type MarkupPart = Markup | string | number | null | undefined | ReadonlyArray<MarkupPart>

const codes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** Text as it stands in an element or an attribute. Control characters, which no page may hold, become spaces. */
export const escaped = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").replaceAll(/[&<>"']/g, (character) => codes[character]!)

/** The text behind {@link escaped}. */
export const unescaped = (text: string): string =>
  Object.entries(codes).reduceRight((found, [character, code]) => found.replaceAll(code, character), text)

const textOf = (part: MarkupPart): string => {
  if (part instanceof Markup) return part.text
  if (part === null || part === undefined) return ""
  return typeof part === "object" ? part.map(textOf).join("") : escaped(String(part))
}

/** HTML with its values escaped. */
export const markup = (strings: TemplateStringsArray, ...parts: ReadonlyArray<MarkupPart>): Markup =>
  new Markup(strings.map((text, at) => text + textOf(at < parts.length ? parts[at] : "")).join(""))

/** A table with a caption; the first cell of each row is its heading. */
export const table = (
  caption: MarkupPart,
  columns: ReadonlyArray<MarkupPart>,
  rows: ReadonlyArray<ReadonlyArray<MarkupPart>>
): Markup =>
  markup`<div class="wide" tabindex="0" role="region"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first, ...rest]) =>
    markup`<tr><th scope="row">${first}</th>${rest.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`
)}</tbody>
</table></div>
`

/** A list; nothing where there is nothing in it. */
export const list = (items: ReadonlyArray<MarkupPart>): Markup =>
  items.length === 0 ? markup`` : markup`<ul>\n${items.map((item) => markup`<li>${item}</li>\n`)}</ul>\n`

/** A paragraph. */
export const paragraph = (...parts: ReadonlyArray<MarkupPart>): Markup => markup`<p>${parts}</p>\n`

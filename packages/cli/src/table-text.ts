const isNumber = (text: string): boolean => /^-?[\d,.]+%?$/.test(text)

// What would move the cursor or break the line is shown as a space.
const flat = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ")

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`

/** Rows under headings, in columns as wide as their content; numbers to the right. */
export const tableText = (
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>,
  options: { readonly widest?: number } = {}
): string => {
  const widest = options.widest ?? 60
  const cells = rows.map((row) =>
    row.map((value) =>
      cut(
        flat(
          value === null || value === undefined
            ? ""
            : typeof value === "object"
              ? JSON.stringify(value)
              : String(value)
        ),
        widest
      )
    )
  )
  const right = columns.map(
    (_, at) => cells.length > 0 && cells.every((row) => row[at] === "" || isNumber(row[at]!))
  )
  const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]!.length)))
  const line = (row: ReadonlyArray<string>) =>
    row
      .map((text, at) => (right[at] ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)))
      .join("  ")
      .trimEnd()
  return [line(columns), line(widths.map((width) => "─".repeat(width))), ...cells.map(line)].join("\n")
}

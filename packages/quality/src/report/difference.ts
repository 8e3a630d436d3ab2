import type { PackRow } from "./rows-file.ts"

/** A cell of a relation that is not what the events give. */
export interface CellDifference {
  readonly relation: string
  /** Names the row. */
  readonly key: { readonly [column: string]: unknown }
  /** Null: the whole row is only in the report, or only in what was recomputed. */
  readonly column: string | null
  readonly inReport: unknown
  readonly recomputed: unknown
}

const digits = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(12)) + 0 : value

/** A value at 12 significant digits: equal texts are equal figures. */
export const cellText = (value: unknown): string => JSON.stringify(value, digits) ?? "null"

const keyText = (row: PackRow, key: ReadonlyArray<string>): string =>
  JSON.stringify(key.map((column) => cellText(row[column])))

const named = (row: PackRow, key: ReadonlyArray<string>): PackRow =>
  Object.fromEntries(key.map((column) => [column, row[column] ?? null]))

const byKey = (
  rows: ReadonlyArray<PackRow | undefined>,
  key: ReadonlyArray<string>
): ReadonlyMap<string, ReadonlyArray<PackRow>> => {
  const found = new Map<string, PackRow[]>()
  for (const row of rows) {
    if (row === undefined) continue
    const text = keyText(row, key)
    const same = found.get(text)
    if (same === undefined) found.set(text, [row])
    else same.push(row)
  }
  return found
}

/**
 * Compares the rows of a relation in the report with those recomputed, cell by cell, at 12 significant digits. Rows are matched
 * by `key`; one that has no counterpart is one difference, with column null.
 */
export const differencesOf = (
  relation: string,
  key: ReadonlyArray<string>,
  columns: ReadonlyArray<string>,
  inReport: ReadonlyArray<PackRow | undefined>,
  recomputed: ReadonlyArray<PackRow>
): ReadonlyArray<CellDifference> => {
  const found: CellDifference[] = inReport.flatMap((row) =>
    row === undefined
      ? [{ relation, key: {}, column: null, inReport: "a line that is no row", recomputed: null }]
      : []
  )
  const report = byKey(inReport, key)
  const truth = byKey(recomputed, key)
  for (const [text, rows] of truth) {
    const others = report.get(text) ?? []
    for (const [at, row] of rows.entries()) {
      const other = others[at]
      if (other === undefined) {
        found.push({ relation, key: named(row, key), column: null, inReport: null, recomputed: "the row" })
        continue
      }
      for (const column of new Set([...columns, ...Object.keys(other)])) {
        if (cellText(row[column]) === cellText(other[column])) continue
        found.push({
          relation,
          key: named(row, key),
          column,
          inReport: other[column] ?? null,
          recomputed: row[column] ?? null
        })
      }
    }
  }
  for (const [text, rows] of report) {
    for (const row of rows.slice(truth.get(text)?.length ?? 0)) {
      found.push({ relation, key: named(row, key), column: null, inReport: "the row", recomputed: null })
    }
  }
  return found
}

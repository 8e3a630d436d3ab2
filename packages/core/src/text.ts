import type { LogRecord } from "@plimsoll/log"

/** A text as a literal of SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** By partition the first and the last offset of records that follow each other. */
export type Stretches = Map<number, readonly [first: number, last: number]>

/** Adds records of one partition to what is there of it. */
export const stretch = (stretches: Stretches, records: ReadonlyArray<LogRecord>): void => {
  const first = records[0]
  if (first === undefined) return
  stretches.set(first.partition, [
    stretches.get(first.partition)?.[0] ?? first.offset,
    records.at(-1)!.offset
  ])
}

/** The rows of `r` that stand in these stretches, as a condition of SQL. */
export const rowsIn = (stretches: Stretches): string => {
  const each = [...stretches].map(
    ([partition, [first, last]]) => `(r._partition = ${partition} AND r._offset BETWEEN ${first} AND ${last})`
  )
  return each.length === 0 ? "false" : `(${each.join(" OR ")})`
}

import type { LogRecord } from "@plimsoll/log"

/** A text as a literal of SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The rows of `r` that came with these records, as a condition of SQL: one stretch of offsets a partition. */
export const recordsOf = (records: ReadonlyArray<LogRecord>): string => {
  const stretches = new Map<number, [number, number]>()
  for (const { partition, offset } of records) {
    const stretch = stretches.get(partition)
    if (stretch === undefined) stretches.set(partition, [offset, offset])
    else stretch[1] = offset
  }
  const each = [...stretches].map(
    ([partition, [first, last]]) => `(r._partition = ${partition} AND r._offset BETWEEN ${first} AND ${last})`
  )
  return each.length === 0 ? "false" : `(${each.join(" OR ")})`
}

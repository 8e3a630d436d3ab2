import { Published, publishedLayout } from "@plimsoll/core"

/** One answer from a published file. */
export const ask = async <A>(path: string, sql: string): Promise<A> => {
  const published = await Published.open(path)
  try {
    const { columns, rows } = await published.query(sql)
    return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))) as A
  } finally {
    published.close()
  }
}

/** The charts of a measure by where they stand. */
export const standing = async (
  path: string,
  measure: string
): Promise<{ readonly [status: string]: number }> => {
  const rows = await ask<ReadonlyArray<{ readonly status: string; readonly charts: string | number }>>(
    path,
    `SELECT status, count(*) AS charts FROM series WHERE measure = '${measure}' GROUP BY status`
  )
  return Object.fromEntries(rows.map(({ status, charts }) => [status, Number(charts)]))
}

/** Every published figure but the runs, whose ids and times are new each time; and not where an event stands, and since when. */
export const figures = async (path: string): Promise<ReadonlyArray<string>> => {
  const published = await Published.open(path)
  try {
    const texts: string[] = []
    for (const { name } of publishedLayout) {
      if (name === "run") continue
      const { rows } = await published.query(
        `SELECT COLUMNS(lambda c: c NOT IN ('event', 'recorded_at')) FROM ${name}`
      )
      texts.push(
        name,
        ...rows
          .map((row) =>
            JSON.stringify(row, (_, value: unknown) =>
              typeof value === "bigint"
                ? String(value)
                : typeof value === "number"
                  ? Number(value.toPrecision(12)) + 0
                  : value
            )
          )
          .sort()
      )
    }
    return texts
  } finally {
    published.close()
  }
}

import type { BoardRow, Expectation, Published, PublishedMeasure } from "@plimsoll/core"

/** What `plimsoll status --json` prints. Fields are added, never taken away or given another meaning, within one format. */
export interface StatusReport {
  readonly format: 2
  readonly published: { readonly path: string; readonly writtenAt: string }
  readonly organisation: string | null
  readonly zone: string | null
  /** The day it is taken to be. */
  readonly clock: string | null
  /** How many series have each status; `silent` counts across them. */
  readonly counts: {
    readonly slipping: number
    readonly improving: number
    readonly changed: number
    readonly steady: number
    readonly notJudged: number
    readonly unjudged: number
    readonly silent: number
  }
  readonly measures: ReadonlyArray<
    PublishedMeasure & { readonly expectation: Omit<Expectation, "measure"> | null }
  >
  /** Every series, slipping first and the worst of those before the others. */
  readonly series: ReadonlyArray<BoardRow>
  /** Rows about microsystems that nobody has told of. */
  readonly unplaced: ReadonlyArray<{
    readonly measure: string
    readonly microsystem: string
    readonly observations: number
  }>
  /** Rows that could not be read, by topic. */
  readonly deadLetters: ReadonlyArray<{ readonly topic: string; readonly count: number }>
}

/** Which part of the board is wanted. */
export interface BoardFilter {
  readonly measure?: string | undefined
  readonly microsystem?: string | undefined
}

/** How many sigmas the latest figure lies from its centre; 0 where it has no limits. */
const far = (row: BoardRow): number => {
  if (row.value === null || row.centre === null || row.ucl3 === null || row.lcl3 === null) return 0
  const sigma = (row.ucl3 - row.lcl3) / 6
  return sigma > 0 ? Math.abs(row.value - row.centre) / sigma : 0
}

const order = ["slipping", "changed", "improving", "steady", "not-judged", "unjudged"]

/** Slipping first; within a status the farthest from its centre, then the longest. */
const worstFirst = (a: BoardRow, b: BoardRow): number =>
  order.indexOf(a.status) - order.indexOf(b.status) ||
  b.rules.length - a.rules.length ||
  far(b) - far(a) ||
  (a.since ?? "").localeCompare(b.since ?? "") ||
  (a.series < b.series ? -1 : 1)

/** Reads the board. */
export const readBoard = async (published: Published, filter: BoardFilter = {}): Promise<StatusReport> => {
  const isWanted = (row: { readonly measure: string; readonly microsystem?: string }): boolean =>
    (filter.measure === undefined || row.measure === filter.measure) &&
    (filter.microsystem === undefined ||
      row.microsystem === undefined ||
      row.microsystem === filter.microsystem)
  const about = await published.about()
  const series = (await published.board()).filter(isWanted).sort(worstFirst)
  const expectations = new Map(
    (await published.expectations()).map(({ measure, ...rest }) => [measure, rest])
  )
  const measures = (await published.measures()).filter(({ id }) => isWanted({ measure: id }))
  const unplaced = await published.query(
    "SELECT measure, microsystem, observations FROM plimsoll.unplaced ORDER BY observations DESC, measure, microsystem"
  )
  const dead = await published.query(
    "SELECT topic, count(*) AS letters FROM plimsoll.dead_letter WHERE replayed_at IS NULL GROUP BY topic ORDER BY topic"
  )
  const count = (status: BoardRow["status"]) => series.filter((row) => row.status === status).length
  return {
    format: 2,
    published: { path: published.path, writtenAt: published.writtenAt.toISOString() },
    organisation: about.get("organisation") ?? null,
    zone: about.get("zone") ?? null,
    clock: about.get("clock") ?? null,
    counts: {
      slipping: count("slipping"),
      improving: count("improving"),
      changed: count("changed"),
      steady: count("steady"),
      notJudged: count("not-judged"),
      unjudged: count("unjudged"),
      silent: series.filter((row) => row.silent).length
    },
    measures: measures.map((one) => ({ ...one, expectation: expectations.get(one.id) ?? null })),
    series,
    unplaced: unplaced.rows
      .map((row) => ({ measure: String(row[0]), microsystem: String(row[1]), observations: Number(row[2]) }))
      .filter(isWanted),
    deadLetters: dead.rows.map((row) => ({ topic: String(row[0]), count: Number(row[1]) }))
  }
}

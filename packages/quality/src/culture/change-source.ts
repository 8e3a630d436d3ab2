import { PlimsollError } from "@plimsoll/schema"

/** Rows of another component that say that something was done differently: see `culture.balancing_after_change`. */
export interface ChangeSource {
  /** What such a change is called: lower-case words joined by hyphens. */
  readonly source: string
  /** A SELECT with the columns `change` (an id), `microsystem`, `measure` (null: none), `day` (DATE) and `events` (VARCHAR[]). */
  readonly query: string
}

/** PDSA cycles of `improvement()`, whose module must be there too: a change from the first day on which it was tried. */
export const pdsaChanges: ChangeSource = {
  source: "pdsa",
  query: `SELECT id AS change, microsystem, measure, did AS day, ['pdsa/' || _partition || '/' || _offset] AS events FROM current.pdsa WHERE did IS NOT NULL`
}

const own = ["annotation", "improvement-shift"]

/** The SQL of what the sources give. Errors: `config-invalid` where a source is not named so, or stands twice. */
export const changeViews = (sources: ReadonlyArray<ChangeSource>): string => {
  const names = new Set<string>(own)
  for (const { source } of sources) {
    if (!/^[a-z]+(-[a-z]+)*$/.test(source) || names.has(source)) {
      throw new PlimsollError({
        code: "config-invalid",
        message: `culture: the source of changes "${source}" is no lower-case word, or stands twice`,
        configPath: "modules",
        suggestion: "give it a name of its own"
      })
    }
    names.add(source)
  }
  return `CREATE VIEW culture.change_drawn AS
${sources.map(({ source, query }) => `SELECT '${source}' AS source, change::VARCHAR AS change, microsystem::VARCHAR AS microsystem, measure::VARCHAR AS measure, day::DATE AS day, events::VARCHAR[] AS events FROM (${query}) UNION ALL\n`).join("")}SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS change, NULL::VARCHAR AS microsystem, NULL::VARCHAR AS measure, NULL::DATE AS day, NULL::VARCHAR[] AS events WHERE false;
`
}

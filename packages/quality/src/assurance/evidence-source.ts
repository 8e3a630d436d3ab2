import { PlimsollError } from "@plimsoll/schema"

/** A relation of another component from which criteria draw evidence by themselves. */
export interface EvidenceSource {
  /** What a criterion's `draws` calls it: the relation, as `schema.name`. */
  readonly name: string
  /**
   * A SELECT of one row for each unit, or unit and `item` (null: one for each unit), with the columns `microsystem`, `item`,
   * `title`, `valid_from`, `valid_until` (DATE, both included), `shows` (in words), `variation`, `capability` (null where there
   * is no series) and `events` (VARCHAR[]); one that is left out is null. A unit without a row has no evidence from it.
   */
  readonly query: string
}

const columns = {
  microsystem: "VARCHAR",
  item: "VARCHAR",
  title: "VARCHAR",
  valid_from: "DATE",
  valid_until: "DATE",
  variation: "VARCHAR",
  capability: "VARCHAR",
  shows: "VARCHAR",
  events: "VARCHAR[]"
}

/** The SQL of what the sources give, and of their names. Errors: `module-invalid` where a name is none, or stands twice. */
export const sourceViews = (sources: ReadonlyArray<EvidenceSource>): string => {
  const names = new Set<string>()
  for (const { name } of sources) {
    if (!/^[a-z_]+\.[a-z_]+$/.test(name) || names.has(name)) {
      throw new PlimsollError({
        code: "module-invalid",
        message: `module "assurance": the source "${name}" is no relation, or stands twice`,
        configPath: `sources["${name}"]`,
        suggestion: "name it once, by the relation that it reads: schema.name"
      })
    }
    names.add(name)
  }
  const list = Object.entries(columns).map(([name, type]) => `s.${name}::${type} AS ${name}`)
  // What a source leaves out counts as null: it is joined by name with no rows of all columns.
  const none = Object.entries(columns).map(([name, type]) => `NULL::${type} AS ${name}`)
  return `
CREATE VIEW assurance.source AS
${[...names].map((name) => `SELECT '${name}' AS name UNION ALL `).join("")}SELECT NULL::VARCHAR AS name WHERE false;
CREATE VIEW assurance.drawn AS
${sources.map(({ name, query }) => `SELECT '${name}' AS source, ${list.join(", ")} FROM (${query} UNION ALL BY NAME SELECT ${none.join(", ")} WHERE false) s UNION ALL\n`).join("")}SELECT NULL::VARCHAR AS source, ${none.join(", ")} WHERE false;
`
}

import type { Published } from "@plimsoll/core"
import { type Markup, markup } from "./markup.ts"
import { relationsOf } from "./relation.ts"

/** A row of a published relation, as the page reads it. */
export type SourceRow = { readonly [column: string]: unknown }

const says = (column: string): string => `coalesce(${column}, '') ILIKE '%simulated%'`

/** What a page is made from: a published file, what relations it has, and what in it is simulated. */
export class ReportSource {
  readonly #published: Published
  readonly #relations: ReadonlySet<string>
  readonly about: ReadonlyMap<string, string>
  readonly #units: ReadonlyMap<string, { readonly name: string; readonly simulated: boolean }>
  readonly #measures: ReadonlyMap<
    string,
    { readonly title: string; readonly unit: string; readonly simulated: boolean }
  >

  private constructor(
    published: Published,
    relations: ReadonlySet<string>,
    about: ReadonlyMap<string, string>,
    units: ReadonlyArray<SourceRow>,
    measures: ReadonlyArray<SourceRow>
  ) {
    this.#published = published
    this.#relations = relations
    this.about = about
    this.#units = new Map(
      units.map((row) => [
        String(row["id"]),
        { name: String(row["name"]), simulated: row["simulated"] === true }
      ])
    )
    this.#measures = new Map(
      measures.map((row) => [
        String(row["id"]),
        { title: String(row["title"]), unit: String(row["unit"]), simulated: row["simulated"] === true }
      ])
    )
  }

  static async open(published: Published): Promise<ReportSource> {
    const relations = new Set((await relationsOf(published)).map(({ name }) => name))
    return new ReportSource(
      published,
      relations,
      await published.about(),
      // What stands under a simulated unit is simulated; and so is a measure whose rows came through a simulated connector.
      await rowsOf(
        published,
        `WITH RECURSIVE above(id, up, seen) AS (
           SELECT id, id, [id] FROM plimsoll.microsystem
           UNION ALL SELECT a.id, m.parent, list_append(a.seen, m.parent) FROM above a JOIN plimsoll.microsystem m ON m.id = a.up
             WHERE m.parent IS NOT NULL AND NOT list_contains(a.seen, m.parent))
         SELECT u.id, u.name, bool_or(${says("m.name")} OR ${says("m.id")}) AS simulated
         FROM plimsoll.microsystem u JOIN above a USING (id) LEFT JOIN plimsoll.microsystem m ON m.id = a.up GROUP BY ALL ORDER BY u.id`
      ),
      await rowsOf(
        published,
        `SELECT m.id, m.title, m.unit, ${says("m.title")} OR ${says("m.description")} OR ${says("m.stream")}
           OR EXISTS (FROM plimsoll.run r WHERE r.stream = m.stream AND (${says("r.connector")} OR ${says("r.instance")})) AS simulated
         FROM plimsoll.measure m ORDER BY m.id`
      )
    )
  }

  /** Whether the file has all of these relations. */
  has(...relations: ReadonlyArray<string>): boolean {
    return relations.every((relation) => this.#relations.has(relation))
  }

  /** The rows of a query; none where one of the relations that it names after FROM or JOIN is not in the file. */
  async rows(query: string): Promise<ReadonlyArray<SourceRow>> {
    const named = [...query.matchAll(/(?<!DISTINCT )\b(?:FROM|JOIN)\s+(\w+\.\w+)/g)].map(
      ([, relation]) => relation!
    )
    return this.has(...named) ? rowsOf(this.#published, query) : []
  }

  /** The name of a unit for people; a unit that nobody has told of by its id. Null: all together. */
  unit(id: unknown): Markup {
    if (id === null || id === undefined) return markup`all units`
    const unit = this.#units.get(String(id))
    return labelled(unit?.name ?? String(id), unit?.simulated === true)
  }

  /** Whether a unit is simulated. */
  isSimulated(unit: unknown): boolean {
    return this.#units.get(String(unit))?.simulated === true
  }

  /** The title of a measure for people, or what else it is called. */
  measure(id: unknown, title?: string): Markup {
    const measure = this.#measures.get(String(id))
    return labelled(title ?? measure?.title ?? String(id), measure?.simulated === true)
  }

  /** The unit of the values of a measure. */
  unitOf(measure: unknown): string | undefined {
    return this.#measures.get(String(measure))?.unit
  }

  /** How many units and measures are simulated, of how many. */
  get simulated(): { readonly units: number; readonly measures: number; readonly of: number } {
    return {
      units: [...this.#units.values()].filter((one) => one.simulated).length,
      measures: [...this.#measures.values()].filter((one) => one.simulated).length,
      of: this.#units.size
    }
  }
}

/** Text in which the word "simulated" is a label; at its end where it is simulated and does not say so itself. */
export const labelled = (text: string, simulated = false): Markup => {
  const parts = text.split(/\s*[([]\s*simulated\s*[)\]]|\s*\bsimulated\b/i)
  if (parts.length === 1) return simulated ? markup`${text} ${label}` : markup`${text}`
  return markup`${parts.map((part, at) => (at === 0 ? part : markup` ${label}${part}`))}`
}

const label = markup`<span class="simulated">simulated</span>`

const rowsOf = async (published: Published, query: string): Promise<ReadonlyArray<SourceRow>> => {
  const { columns, rows } = await published.query(query)
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
}

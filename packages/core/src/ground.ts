import type { Database } from "./duckdb/database.ts"
import { publishedLayout, standingQuery } from "./published-layout.ts"

/** Of what a relation of the core is made: a stream by its name, the judged series, or anything that lands. */
const made: { readonly [relation: string]: ReadonlyArray<string> } = {
  clock: ["stream tick"],
  microsystem: ["stream microsystem"],
  measure: ["stream measure-definition", "judged"],
  measure_version: ["stream measure-definition", "judged"],
  measure_value: ["judged"],
  special_cause: ["judged"],
  series: ["judged"],
  standing: ["judged"],
  expectation: ["judged"],
  signal: ["stream signal"],
  signal_event: ["stream signal"],
  run: ["stream run"]
}

/** What has to change for a relation of the schema `plimsoll` to change. */
export const groundInputs = (relation: string): ReadonlyArray<string> => made[relation] ?? ["anything"]

/**
 * Makes the views of the schema `plimsoll`: what modules may read of the core, which is what the published file tells, and
 * so as everyone may see it; and `standing`.
 */
export const prepareGround = async (database: Database): Promise<void> => {
  await database.run("CREATE SCHEMA IF NOT EXISTS plimsoll")
  await database.run(`CREATE OR REPLACE VIEW plimsoll.standing AS ${standingQuery}`)
  for (const { name, kind, query } of publishedLayout) {
    if (kind === "table" && typeof query === "string") {
      await database.run(`CREATE OR REPLACE VIEW plimsoll.${name} AS ${query}`)
    }
  }
}

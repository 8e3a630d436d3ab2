import { isDeepStrictEqual } from "node:util"
import { type Measure, type MeasureDefinition, type Microsystem, PlimsollError } from "@plimsoll/schema"
import type { Database } from "./duckdb/database.ts"

/** What the config says that the log does not say yet. */
export interface ChangedDefinitions {
  readonly measures: ReadonlyArray<MeasureDefinition>
  /** Measures that the config no longer has. */
  readonly retired: ReadonlyArray<{ readonly id: string; readonly version: number }>
  readonly microsystems: ReadonlyArray<Microsystem>
}

/** Compares the config with what has landed. A measure that differs under the same version is refused. */
export const changedDefinitions = async (
  database: Database,
  config: { readonly measures: ReadonlyArray<Measure>; readonly microsystems: ReadonlyArray<Microsystem> }
): Promise<ChangedDefinitions> => {
  const said = (
    await database.rows<
      MeasureDefinition & { readonly version: number; readonly strata: unknown; readonly baseline: unknown }
    >(
      `SELECT * REPLACE (since::VARCHAR AS since, version::INTEGER AS version, grace::INTEGER AS grace) FROM current.measure_definition`
    )
  ).map((row) => row as unknown as { readonly [column: string]: unknown })
  const versions = new Map(said.map((row) => [`${row["id"]} ${row["version"]}`, row]))
  const measures: MeasureDefinition[] = []
  for (const { definition } of config.measures) {
    const before = versions.get(`${definition.id} ${definition.version}`)
    const newest = Math.max(
      0,
      ...said.filter((row) => row["id"] === definition.id).map((row) => Number(row["version"]))
    )
    if (definition.version < newest) {
      throw refused(definition, `the log already has version ${newest}`, `give it version ${newest + 1}`)
    }
    if (before === undefined) {
      measures.push(definition)
      continue
    }
    const differing = Object.entries(definition)
      .filter(([field, value]) => !isDeepStrictEqual(plain(before[field]), value))
      .map(([field]) => field)
    if (differing.length > 0) {
      throw refused(
        definition,
        `its ${differing.join(", ")} changed under version ${definition.version}, which is already on the log`,
        `raise its version to ${newest + 1}: figures and signals of both versions stay apart`
      )
    }
  }
  const wanted = new Set(config.measures.map(({ definition }) => definition.id))
  const retired = said
    .filter((row) => !wanted.has(String(row["id"])))
    .map((row) => ({ id: String(row["id"]), version: Number(row["version"]) }))
  const units = new Map(
    (
      await database.rows<{ id: string }>(
        "SELECT id, name, kind, parent, since::VARCHAR AS since FROM current.microsystem"
      )
    ).map((row) => [row.id, row])
  )
  return {
    measures,
    retired,
    microsystems: config.microsystems.filter(
      (unit) => !isDeepStrictEqual({ ...units.get(unit.id) }, { ...unit })
    )
  }
}

/** A JSON column comes back as text. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "string" || !/^["{[]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const refused = (definition: MeasureDefinition, message: string, suggestion: string) =>
  new PlimsollError({
    code: "measure-changed",
    message: `measure "${definition.id}": ${message}`,
    configPath: `measures["${definition.id}"]`,
    suggestion
  })

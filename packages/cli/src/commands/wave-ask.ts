import type { Log, ReadSealedOptions } from "@plimsoll/log"
import type { Ask } from "@plimsoll/quality"
import { contractOf, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"

/** Asks the published file, if the project has surveys. Errors: `usage-no-culture`. */
export const asking = async <A>(project: Project, work: (ask: Ask) => Promise<A>): Promise<A> =>
  withPublished(project, async (published) => {
    const found = await published.query("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'culture'")
    if (found.rows.length === 0) {
      throw new PlimsollError({
        code: "usage-no-culture",
        message: "this project has no surveys: culture is not among its modules",
        configPath: "modules",
        suggestion: "add culture() of @plimsoll/quality to modules, and run again"
      })
    }
    return work(async (sql) => {
      const { columns, rows } = await published.query(sql)
      return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))) as never
    })
  })

/** The sealed answers of a project. */
export const answersOf = async (project: Project) => {
  const [{ openVaultKeys, readSealed, streamLabel }, { answers }] = await Promise.all([
    import("@plimsoll/log"),
    import("@plimsoll/quality")
  ])
  const contract = contractOf(project.config.organisation, answers as unknown as StreamDefinition)
  const keys = openVaultKeys(project.vault)
  return {
    /** The opened answers of a wave, a record at a time. */
    of: (log: Log, scope: string, part: Omit<ReadSealedOptions, "scope">) => () =>
      readSealed(log, keys, contract, { scope, ...part }),
    /** Why they cannot be opened. */
    closedTo: (scope: string): string =>
      keys.stateOf(streamLabel(contract), scope) === "erased"
        ? "its answers were erased"
        : `the vault at ${project.vault} has no key for its answers`
  }
}

/** Errors that say so: `usage-wave-state`. */
export const notReleased = (id: string): PlimsollError =>
  new PlimsollError({
    code: "usage-wave-state",
    message: `wave "${id}" is not released`,
    suggestion: "see where it stands: plimsoll wave list"
  })

/** The sealed answers of a project, as {@link answersOf} gives them. */
export type Answers = Awaited<ReturnType<typeof answersOf>>

import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { openCoreAsItIs, withLog } from "../session.ts"
import type { Terminal } from "../terminal.ts"
import { chainsOf } from "./report-chain.ts"
import { reportContext } from "./report-context.ts"

/** The flags of `plimsoll report assurance`. */
export interface ReportFlags {
  readonly out: string
  readonly json?: boolean
}

/** `plimsoll report assurance`: writes the report and its pack from what is on the log now. */
export const reportAssurance = (
  project: Project,
  terminal: Terminal,
  flags: ReportFlags
): Promise<ExitCode> => {
  // Before the work goes to the folder of the config.
  const folder = resolve(flags.out)
  return withLog(project, "report assurance", async (log) => {
    const scratch = mkdtempSync(join(tmpdir(), "plimsoll-report-"))
    const core = await openCoreAsItIs(project, log, terminal)
    try {
      const { unsaid } = await core.compute()
      if (unsaid.length > 0) {
        throw new PlimsollError({
          code: "log-behind",
          message: `${counted(unsaid.length, "signal")} that the rules give ${unsaid.length === 1 ? "is" : "are"} not on the log yet, so a report would not hold`,
          suggestion: "run `plimsoll run` first: it says them"
        })
      }
      const path = await core.publish(join(scratch, "plimsoll.duckdb"))
      const partitions = await chainsOf(log, await core.landed())
      const [{ Published }, { writeReport }] = await Promise.all([
        import("@plimsoll/core"),
        import("@plimsoll/quality")
      ])
      mkdirSync(folder, { recursive: true })
      const published = await Published.open(path)
      try {
        const manifest = await writeReport(
          published,
          folder,
          await reportContext(project, published, partitions)
        )
        if (flags.json === true) {
          const { digest, clock, figures, relations } = manifest
          terminal.out(JSON.stringify({ folder, clock, digest, figures, relations: relations.length }))
          return exitCodes.fine
        }
        terminal.out(
          `${join(folder, "index.html")}: ${counted(manifest.figures, "figure")}, as of ${manifest.clock ?? "no day"}\n` +
            `${join(folder, "pack")}: ${counted(manifest.relations.length, "relation")} as Parquet and JSON, methods, manifest\n` +
            `digest ${manifest.digest}`
        )
        terminal.note(`check it with: plimsoll report verify ${flags.out}`)
        return exitCodes.fine
      } finally {
        published.close()
      }
    } finally {
      await core.close()
      rmSync(scratch, { recursive: true, force: true })
    }
  })
}

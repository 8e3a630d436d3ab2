import type { Command } from "commander"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

/** Adds `plimsoll trace`. */
export const registerTrace = (program: Command, inProject: InProject): void => {
  program
    .command("trace")
    .description(
      "with one id, the chain: what led to a signal, goal, project or lesson, and what came of it, with the event of each arrow;\n" +
        "with a measure, unit and period, the events that one figure was made from, back to the row of the file"
    )
    .argument(
      "<id>",
      "the id of anything in the chain (of a signal, its first four characters), or of a measure"
    )
    .argument("[microsystem]", "of a figure: the id of the microsystem")
    .argument("[period]", "of a figure: the first day of the period, YYYY-MM-DD")
    .option("--kind <kind>", "where several things have the same id: signal, issue, goal, project …")
    .option("--stratum <name=value>", "of a figure: a breakdown, such as sex=F; default: the whole")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      examples(
        "plimsoll trace 3fa2c1",
        "plimsoll trace goal-falls --json",
        "plimsoll trace falls-rate oak 2026-03-01"
      )
    )
    .action(
      (
        id: string,
        microsystem: string | undefined,
        period: string | undefined,
        flags: { readonly kind?: string; readonly stratum?: string; readonly json?: boolean }
      ) =>
        inProject(async (project, terminal) => {
          if (microsystem === undefined || period === undefined) {
            const { chain } = await import("./commands/chain.ts")
            return chain(project, terminal, id, { ...flags, microsystem })
          }
          const { trace } = await import("./commands/trace.ts")
          return trace(project, terminal, { measure: id, microsystem, period }, flags)
        })
    )
}

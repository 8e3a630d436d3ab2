import type { Command } from "commander"
import type { InProject } from "./in-project.ts"

/** The commands `report assurance` and `report verify`. */
export const registerReport = (program: Command, inProject: InProject): void => {
  const report = program
    .command("report")
    .description("an honest account for everybody, in which every figure can be recomputed")
  report
    .command("assurance")
    .description(
      "write one page that needs no network, in three parts (Direction, Execution, Impact), with what is not\n" +
        "known; and a pack for regulators: Parquet, JSON, methods, hash chains"
    )
    .requiredOption("--out <dir>", "the folder; an earlier report in it is replaced")
    .option("--json", "print what was written as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ plimsoll report assurance --out report
  $ plimsoll report verify report

The same log gives the same bytes. The date is the latest day told on the log.`
    )
    .action((flags: { readonly out: string; readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { reportAssurance } = await import("./commands/report-assurance.ts")
        return reportAssurance(project, terminal, flags)
      })
    )
  report
    .command("verify")
    .description(
      "compute a report again from the events on the log, and name every figure that does not hold"
    )
    .argument("<dir>", "the folder that report assurance wrote")
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ plimsoll report verify report
  $ plimsoll report verify report --json

Compares each figure of the page and each cell of the pack at 12 significant digits, the hash chains over the
records, and the signals. Needs the log and the config, not the working store; writes nothing. Exit code 8: it does not hold.`
    )
    .action((dir: string, flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { reportVerify } = await import("./commands/report-verify.ts")
        return reportVerify(project, terminal, dir, flags)
      })
    )
}

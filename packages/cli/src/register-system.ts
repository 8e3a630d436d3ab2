import type { Command } from "commander"
import type { IndicatorFlags } from "./commands/indicator.ts"
import type { InProject } from "./in-project.ts"

/** The command `indicator`. */
export const registerSystem = (program: Command, inProject: InProject): void => {
  program
    .command("indicator")
    .description(
      "a measure of the whole system with what the one figure hides: its spread over units, who is missing and\n" +
        "why, who is slipping beside what luck gives, gaps between groups, balancing measures"
    )
    .argument("[measure]", "the id of the indicator or its measure; default: a line for each")
    .option("--unit <parent>", "of the units below this one; default: of the whole")
    .option("--svg <file>", "write the funnel of its units as SVG; - for standard output")
    .option("--json", "print it all as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ plimsoll indicator
  $ plimsoll indicator falls-rate
  $ plimsoll indicator falls-rate --unit surgery --svg falls.svg

Nobody is ranked where the figures tell units apart too poorly (reliability below .70).`
    )
    .action((measure: string | undefined, flags: IndicatorFlags) =>
      inProject(async (project, terminal) => {
        const { indicator } = await import("./commands/indicator.ts")
        return indicator(project, terminal, measure, flags)
      })
    )
}

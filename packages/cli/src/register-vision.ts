import type { Command } from "commander"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

/** Adds `plimsoll vision` and `plimsoll line-of-sight`. */
export const registerVision = (program: Command, inProject: InProject): void => {
  program
    .command("vision")
    .description(
      "how much of the work has a path to the purpose, what has none, what the latest version strands"
    )
    .option("--json", "print it all as JSON")
    .addHelpText("after", examples("plimsoll vision", "plimsoll vision --json"))
    .action((flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { vision } = await import("./commands/vision.ts")
        return vision(project, terminal, flags)
      })
    )
  program
    .command("line-of-sight")
    .description("from one node of the vision up to the purpose, and down to the work")
    .argument("<node>", "the id of a purpose, vision, aim, goal, measure, piece of work or need")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples("plimsoll line-of-sight goal-falls", "plimsoll line-of-sight goal-falls --json")
    )
    .action((node: string, flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { lineOfSight } = await import("./commands/line-of-sight.ts")
        return lineOfSight(project, terminal, node, flags)
      })
    )
}

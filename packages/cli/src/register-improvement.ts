import type { Command } from "commander"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

/** Adds `plimsoll project list` and `plimsoll project show`. */
export const registerImprovement = (program: Command, inProject: InProject): void => {
  const project = program
    .command("project")
    .description("improvement projects: what works, what is stuck, what to spread")
  project
    .command("list")
    .description("every project with its progress, claimed and reached, and whether its change worked")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("plimsoll project list"))
    .action((flags: { readonly json?: boolean }) =>
      inProject(async (own, terminal) => {
        const { projectList } = await import("./commands/project.ts")
        return projectList(own, terminal, flags)
      })
    )
  project
    .command("show")
    .description(
      "one project: driver diagram with its measures as they stand, PDSA cycles, the shift, progress, spread"
    )
    .argument("<project>", "the id of the project")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("plimsoll project show fewer-falls"))
    .action((id: string, flags: { readonly json?: boolean }) =>
      inProject(async (own, terminal) => {
        const { projectShow } = await import("./commands/project.ts")
        return projectShow(own, terminal, id, flags)
      })
    )
}

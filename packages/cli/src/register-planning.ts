import type { Command } from "commander"
import type { PlanFlags } from "./commands/plan.ts"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

/** Adds `plimsoll plan`. */
export const registerPlanning = (program: Command, inProject: InProject): void => {
  program
    .command("plan")
    .description(
      "the plan on one page: what will be taken on and why, the goals, what will not be done and why, what does\nnot hold together, and how it was weighed"
    )
    .option("--out <file>", "write the page: FILE.html or FILE.md")
    .option("--json", "print it all as JSON")
    .addHelpText("after", examples("plimsoll plan", "plimsoll plan --out plan.html"))
    .action((flags: PlanFlags) =>
      inProject(async (project, terminal) => {
        const { plan } = await import("./commands/plan.ts")
        return plan(project, terminal, flags)
      })
    )
}

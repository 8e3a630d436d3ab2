import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { planHtml, planMarkdown, planText } from "./plan-page.ts"
import { readPlan } from "./plan-read.ts"

/** The flags of `plimsoll plan`. */
export interface PlanFlags {
  readonly json?: boolean
  readonly out?: string
}

const pageFor = (out: string): typeof planHtml => {
  if (out.endsWith(".html")) return planHtml
  if (out.endsWith(".md")) return planMarkdown
  throw new PlimsollError({
    code: "usage-plan-page",
    message: "the plan is written as .html or .md",
    suggestion: "plimsoll plan --out plan.html"
  })
}

/** `plimsoll plan`: the plan on one page. */
export const plan = (project: Project, terminal: Terminal, flags: PlanFlags): Promise<ExitCode> => {
  const page = flags.out === undefined ? undefined : pageFor(flags.out)
  return withPublished(project, async (published) => {
    const found = await readPlan(published)
    if (flags.out !== undefined && page !== undefined) writeFileSync(resolve(flags.out), page(found))
    if (flags.json === true) terminal.out(JSON.stringify(found))
    else if (flags.out === undefined) terminal.out(planText(found))
    else terminal.note(`wrote ${flags.out}`)
    noteAge(published)
    return exitCodes.fine
  })
}

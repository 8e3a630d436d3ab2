import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { improvementOrRefused, readPortfolio, readProject } from "./project-read.ts"
import { portfolioText, projectText } from "./project-text.ts"

/** `plimsoll project list`: the portfolio of improvement projects. */
export const projectList = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await improvementOrRefused(published)
    const rows = await readPortfolio(published)
    terminal.out(flags.json === true ? JSON.stringify({ projects: rows }) : portfolioText(rows))
    noteAge(published)
    return exitCodes.fine
  })

/** `plimsoll project show`: one project, from its driver diagram to how far it spread. */
export const projectShow = (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await improvementOrRefused(published)
    const facts = await readProject(published, id)
    terminal.out(flags.json === true ? JSON.stringify(facts) : projectText(facts))
    noteAge(published)
    return exitCodes.fine
  })

import type { ExitCode } from "./exit-code.ts"
import type { Project } from "./project.ts"
import type { Terminal } from "./terminal.ts"

/** An action with a project: loads it, does the work, and hands on the exit code. */
export type InProject = (work: (project: Project, terminal: Terminal) => Promise<ExitCode>) => Promise<void>

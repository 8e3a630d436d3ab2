import { CommanderError } from "commander"
import { complaintsOf, complaintText } from "./complaints.ts"
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-code.ts"
import { buildProgram } from "./program.ts"

// Node says so of node:sqlite and of type stripping on some versions; it is our affair, not the reader's.
const hush = (): void => {
  const listeners = process.listeners("warning")
  process.removeAllListeners("warning")
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") for (const listener of listeners) listener(warning)
  })
}

/** Runs the command and gives its exit code. Errors go to stderr: what is wrong, where, and what to do. */
export const main = async (argv: ReadonlyArray<string>): Promise<ExitCode> => {
  hush()
  // A reader such as `head` that has seen enough is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.fine)
    throw error
  })
  let code: ExitCode = exitCodes.fine
  try {
    await buildProgram((given) => {
      code = given
    }).parseAsync([...argv])
    return code
  } catch (error) {
    // Commander has said what is wrong by itself; asked for help or the version it "fails" with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage
    const complaints = complaintsOf(error)
    for (const complaint of complaints) console.error(complaintText(complaint))
    if (argv.includes("--debug")) console.error(error)
    return exitCodeOf(complaints[0])
  }
}

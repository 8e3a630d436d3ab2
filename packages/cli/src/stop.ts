import { type ExitCode, exitCodes } from "./exit-code.ts"

/** Whether the process has been asked to end, and how. */
export interface Stop {
  readonly signal: AbortSignal
  /** The exit code of an end that was asked for before the work was done; undefined while nobody asked. */
  readonly code: () => ExitCode | undefined
  /** Gives the signals of the system back their usual meaning. */
  readonly forget: () => void
}

/** Turns the first SIGINT or SIGTERM into an abort; a second one ends the process at once. Nothing committed is lost either way. */
export const listenForStop = (onStop: () => void): Stop => {
  const controller = new AbortController()
  let code: ExitCode | undefined
  const stop = (own: ExitCode) => () => {
    if (code !== undefined) process.exit(own)
    code = own
    onStop()
    controller.abort()
  }
  const interrupted = stop(exitCodes.interrupted)
  const terminated = stop(exitCodes.terminated)
  process.on("SIGINT", interrupted)
  process.on("SIGTERM", terminated)
  return {
    signal: controller.signal,
    code: () => code,
    forget: () => {
      process.off("SIGINT", interrupted)
      process.off("SIGTERM", terminated)
    }
  }
}

import type { LogProgress } from "@plimsoll/pipeline"
import type { Terminal } from "./terminal.ts"

/** Says that the log is away, once, and that it is back. `who`: whose work it holds up. */
export const sayLog = (terminal: Terminal, who: string, progress: LogProgress): void => {
  if (progress._tag === "LogBack") {
    terminal.note(
      `${who}: the log answers again after ${seconds(progress.away)} s, going on from what it holds`
    )
  } else {
    if (progress.tries === 1) terminal.note(`${who}: ${progress.code}, waiting until the log answers again`)
    terminal.progress(`${who}: the log has not answered for ${seconds(progress.away)} s`)
  }
}

const seconds = (milliseconds: number): string => Math.round(milliseconds / 1000).toLocaleString("en")

/** Does work that waits while the log does not answer. */
export type Patient = <A>(work: () => Promise<A>) => Promise<A>

/** What {@link patiently} needs. */
export interface PatientOptions {
  readonly terminal: Terminal
  /** Wait for ever; else ten minutes. */
  readonly watch: boolean
  /** Ends the wait. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: LogProgress) => void
}

/** Makes {@link Patient} for the core: what it does can be done again, since it first lands what is on the log. */
export const patiently =
  ({ terminal, watch, signal, onProgress }: PatientOptions): Patient =>
  async (work) => {
    const { withLogPatience } = await import("@plimsoll/pipeline")
    return withLogPatience(work, {
      ...(watch ? { patience: Infinity } : {}),
      signal,
      onProgress: (progress) => {
        sayLog(terminal, "core", progress)
        onProgress(progress)
      }
    })
  }

/**
 * The same, with something to be done before work is done again: `settle` takes the epoch of the writer that the work
 * appends with, so that what the last try was appending is on the log by then, or never will be.
 */
export const settling =
  (patient: Patient, settle: () => Promise<void>): Patient =>
  (work) => {
    let tries = 0
    return patient(async () => {
      if (tries++ > 0) await settle()
      return work()
    })
  }

import type { Complaint } from "@plimsoll/schema"

/** The exit codes of `plimsoll`; an API. */
export const exitCodes = {
  fine: 0,
  unexpected: 1,
  usage: 2,
  source: 3,
  locked: 4,
  diskFull: 5,
  store: 6,
  onSignal: 7,
  report: 8,
  interrupted: 130,
  terminated: 143
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** For `--help` and the README. */
export const exitCodeWords: ReadonlyArray<readonly [ExitCode, string]> = [
  [0, "done (rows that could not be read are counted and kept as dead letters; they are no failure)"],
  [1, "unexpected: a fault of plimsoll"],
  [
    2,
    "the command line, a query or the config is wrong; or the log refuses the user, or lacks what is asked of it"
  ],
  [3, "a source failed; all others were read, and what they gave was computed and published"],
  [4, "another process has the project: its pid is told where it has the same folder"],
  [5, "the disk is full; nothing that was committed is lost"],
  [6, "the log, the store or the published file cannot be used or reached, or is not there yet"],
  [7, "the command of --on-signal failed; its signals are delivered again by the next run"],
  [
    8,
    "a report, or the release of a wave, does not hold: something in it, or on the log, is not what it was"
  ],
  [130, "stopped by Ctrl-C before the end (143: by SIGTERM); the next run goes on from there"]
]

const usage =
  /^(config|usage|policy|measure|stream|sql|wave|instrument)-|^(schema-not-a-struct|schema-incompatible|sealed-without-vault|log-refused|log-unsupported)$/
const locked = new Set(["run-locked", "run-lost", "store-locked", "log-busy", "log-fenced"])
const diskFull = new Set(["disk-full", "log-disk-full"])

/** The exit code that an error calls for. */
export const exitCodeOf = ({ code }: Pick<Complaint, "code">): ExitCode => {
  if (usage.test(code)) return exitCodes.usage
  if (locked.has(code)) return exitCodes.locked
  if (diskFull.has(code)) return exitCodes.diskFull
  if (/^(store|log|publish|not-published|sealed-damaged|sealed-foreign|vault)/.test(code))
    return exitCodes.store
  return exitCodes.unexpected
}

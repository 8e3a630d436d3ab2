/** What went where. `in` = `out` + `rejected` + `unchanged`, always. */
export interface Counts {
  /** What the source gave: rows, rows that could not be taken apart, deletions. */
  readonly in: number
  /** What went to the stream's topic. */
  readonly out: number
  /** What went to its dead letters. */
  readonly rejected: number
  /** What was left out since it was there already. This version leaves nothing out. */
  readonly unchanged: number
  /** How many of `out` are deletions. */
  readonly deleted: number
}

/** Something a connector tells a person. */
export interface Notice {
  readonly code: string
  readonly message: string
}

/** What a run of one stream did. */
export interface RunReport extends Counts {
  /** The id of the run, also in the headers of its records and on the topic of runs. */
  readonly run: string
  readonly stream: string
  readonly topic: string
  /** Ended by the signal, not by the end of the source. */
  readonly aborted: boolean
  /** How often the source was asked again after a passing fault. */
  readonly retries: number
  /** The first hundred. */
  readonly notices: ReadonlyArray<Notice>
}

/**
 * What is told of a log that does not answer. `LogAway`: it has been away for `away` milliseconds, and is tried again,
 * for the nth of `tries`, after `milliseconds`. `LogBack`: it answers again, after `away` milliseconds.
 */
export type LogProgress =
  | {
      readonly _tag: "LogAway"
      readonly code: string
      readonly tries: number
      readonly away: number
      readonly milliseconds: number
    }
  | { readonly _tag: "LogBack"; readonly away: number }

/** What {@link RunOptions.onProgress} is told. Counts are of what is durable. */
export type Progress =
  | { readonly _tag: "Committed"; readonly stream: string; readonly counts: Counts }
  | ({ readonly _tag: "Notice"; readonly stream: string } & Notice)
  | { readonly _tag: "Retry"; readonly stream: string; readonly code: string; readonly milliseconds: number }
  | LogProgress

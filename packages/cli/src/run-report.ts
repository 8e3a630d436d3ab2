import type { SignalEvent } from "@plimsoll/schema"
import { slippingText } from "./board-text.ts"
import type { StatusReport } from "./board.ts"
import { complaintText } from "./complaints.ts"
import { counted } from "./figure-text.ts"
import type { SourceResult } from "./sources.ts"

/** What a run did. */
export interface RunResult {
  readonly sources: ReadonlyArray<SourceResult>
  readonly landed: number
  readonly signals: ReadonlyArray<SignalEvent>
  readonly published: string
  /** Where the published file's name was not free. */
  readonly expected: string
  readonly milliseconds: number
  readonly board: StatusReport
  readonly delivered: number | undefined
}

const stateWords = ["opened", "ended", "withdrawn"] as const

const signalCounts = (signals: ReadonlyArray<SignalEvent>) =>
  Object.fromEntries(
    stateWords.map((state) => [state, signals.filter((signal) => signal.state === state).length])
  ) as { readonly [State in (typeof stateWords)[number]]: number }

/** What one source gave, a line a stream. */
export const sourceText = (source: SourceResult): ReadonlyArray<string> => [
  ...(source.streams.length === 0 && source.failure === undefined ? [`${source.instance}: nothing new`] : []),
  ...source.streams.map(({ stream, in: taken, out, rejected, unchanged, deleted }) => {
    const parts = [
      `${counted(out, "row")} taken`,
      ...(deleted === 0 ? [] : [`${deleted.toLocaleString("en")} of them deletions`]),
      ...(unchanged === 0 ? [] : [`${unchanged.toLocaleString("en")} unchanged`]),
      ...(rejected === 0 ? [] : [`${rejected.toLocaleString("en")} rejected (plimsoll dead-letters list)`])
    ]
    return `${source.instance}: ${stream}: ${taken === 0 ? "nothing new" : parts.join(", ")}`
  }),
  ...source.notices.slice(0, 5).map((notice) => `   note: ${notice.message}`),
  ...(source.notices.length > 5 ? [`   … and ${source.notices.length - 5} more notes`] : [])
]

/** What failed, one block a source. */
export const failureText = (sources: ReadonlyArray<SourceResult>): ReadonlyArray<string> =>
  sources.flatMap(({ failure }) => (failure === undefined ? [] : [complaintText(failure)]))

/** The summary at the end of a run. */
export const runText = (result: RunResult): string => {
  const { opened, ended, withdrawn } = signalCounts(result.signals)
  const slipping = slippingText(result.board, { all: false, hint: "plimsoll status --all" })
  const first = result.board.series.find((row) => row.status === "slipping") ?? result.board.series[0]
  return [
    ...result.sources.flatMap(sourceText),
    `signals: ${opened} opened, ${ended} ended, ${withdrawn} withdrawn${result.delivered === undefined ? "" : `; ${result.delivered} delivered`}`,
    `published: ${result.published} (${(result.milliseconds / 1000).toFixed(1)} s in all)`,
    ...(result.published === result.expected
      ? []
      : [
          `   note: a reader held ${result.expected} open, so this file has a number; reading commands find it`
        ]),
    ...(slipping.length === 0 ? ["", "Nothing is slipping."] : slipping),
    "",
    "Next: plimsoll status",
    ...(first === undefined ? [] : [`      plimsoll chart ${word(first.measure)} ${word(first.microsystem)}`])
  ].join("\n")
}

const word = (text: string): string => (/^[\w.:@/-]+$/.test(text) ? text : `"${text}"`)

/** What `--json` prints of the sources. */
export const sourcesJson = (sources: ReadonlyArray<SourceResult>): ReadonlyArray<object> =>
  sources.map(({ connector, instance, streams, notices, failure }) => ({
    connector,
    instance,
    streams,
    notices,
    failure: failure ?? null
  }))

/** What `plimsoll run --json` prints. */
export const runJson = (result: RunResult, exitCode: number): object => ({
  format: 1,
  exitCode,
  sources: sourcesJson(result.sources),
  landed: result.landed,
  signals: { ...signalCounts(result.signals), events: result.signals },
  delivered: result.delivered ?? null,
  published: result.published,
  milliseconds: Math.round(result.milliseconds),
  counts: result.board.counts,
  slipping: result.board.series.filter((row) => row.status === "slipping")
})

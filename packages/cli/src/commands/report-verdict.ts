import type { PackDifference, ReportComparison, ReportManifest } from "@plimsoll/quality"
import type { SignalEvent } from "@plimsoll/schema"
import { counted } from "../figure-text.ts"
import type { BrokenChain } from "./report-chain.ts"

/** What `plimsoll report verify` found. */
export interface Verdict {
  readonly holds: boolean
  readonly manifest: ReportManifest
  readonly comparison: ReportComparison
  readonly records: number
  readonly broken: ReadonlyArray<BrokenChain>
  /** Signal events that the rules give, and that are not on the log. */
  readonly unsaid: ReadonlyArray<SignalEvent>
  /** Whether the log is the one that the report was made from. */
  readonly sameLog: boolean
}

const most = 40

const valueText = (value: unknown): string =>
  value === undefined || value === null
    ? "nothing"
    : typeof value === "string"
      ? value
      : (JSON.stringify(value) ?? "nothing")

// What would move the cursor or break the line is shown as a space: an edited report may hold anything.
const flat = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ").slice(0, 300)

/** One cell is told once, with all the files in which it differs in the same way. */
const cellLines = (cells: ReadonlyArray<PackDifference>): ReadonlyArray<string> =>
  [...Map.groupBy(cells, ({ file: _file, ...cell }) => JSON.stringify(cell)).values()].map((same) => {
    const { relation, key, column, inReport, recomputed } = same[0]!
    const row = Object.entries(key)
      .map(([name, value]) => `${name}=${valueText(value)}`)
      .join(", ")
    const files = same.map(({ file }) => file).join(", ")
    const cell = `${relation} [${row}]${column === null ? "" : ` ${column}`}`
    return `${cell}: in the report ${valueText(inReport)}, recomputed ${valueText(recomputed)} (${files})`
  })

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0
    ? []
    : [
        title,
        ...lines.slice(0, most).map((line) => `  ${flat(line)}`),
        ...(lines.length > most ? [`  and ${lines.length - most} more; --json has them all`] : [])
      ]

/** The verdict in words. */
export const verdictText = ({
  holds,
  manifest,
  comparison,
  records,
  broken,
  unsaid,
  sameLog
}: Verdict): string => {
  const { relations, cells, figures } = comparison
  const checked =
    `${counted(figures, "figure")} of the page, ${counted(cells, "cell")} of ${counted(relations, "relation")}, ` +
    `${counted(manifest.partitions.length, "hash chain")} over ${counted(records, "record")}`
  if (holds) return `OK: ${checked}, and every signal, are what the log gives`
  return [
    `this report does not hold (compared: ${checked})`,
    ...section(
      "figures of index.html:",
      comparison.figureDifferences.map(
        ({ figure, inReport, recomputed }) =>
          `${figure}: in the report ${inReport ?? "nothing"}, recomputed ${recomputed ?? "nothing"}`
      )
    ),
    ...section("cells of the pack:", cellLines(comparison.cellDifferences)),
    ...section(
      "files:",
      comparison.fileDifferences.map(({ file, reason }) => `${file} ${reason}`)
    ),
    ...section(
      "hash chains:",
      broken.map(({ topic, partition, reason }) => `${topic} partition ${partition} ${reason}`)
    ),
    ...section(
      "signals that the rules give and that are not on the log:",
      unsaid.map(
        ({ signal, state, measure, microsystem }) => `${signal} ${state}: ${measure}, ${microsystem}`
      )
    ),
    ...(sameLog ? [] : ["this is another log than the one that the report was made from"])
  ].join("\n")
}

import type { Published } from "@plimsoll/core"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { type Row, rowsOf, visionOrRefused } from "./vision-file.ts"

const readReport = async (published: Published) => {
  const rows = (query: string) => rowsOf(published, query)
  const [version] = await rows("SELECT number, day FROM vision.version WHERE current")
  return {
    version: version ?? null,
    coverage: await rows(
      `SELECT scope, microsystem, unplaced, works, with_path, share, without_hours, hours, hours_with_path, share_of_hours
       FROM vision.coverage ORDER BY scope DESC, microsystem NULLS LAST`
    ),
    orphans: await rows(
      "SELECT node, kind, title, owner, side, reason, words FROM vision.orphan ORDER BY kind, node, side"
    ),
    refused: await rows("SELECT node, serves, reason, words FROM vision.refused ORDER BY node, serves"),
    balance: await rows(
      "SELECT aim, title, outcome, process, balancing, missing, without_data, undefined, flagged FROM vision.balance ORDER BY aim"
    ),
    stranded: await rows(
      `SELECT version, day, published, node, kind, title, owner, dropped, has_path_now FROM vision.stranded
       WHERE version = (SELECT max(number) FROM vision.version) ORDER BY kind, node`
    ),
    predated: await rows("SELECT node, title, started, version, day FROM vision.predated ORDER BY node")
  }
}

const percent = (share: unknown): string =>
  share === null || share === undefined
    ? "unknown"
    : `${(Math.round(Number(share) * 1000) / 10).toString()} %`

const section = (
  heading: string,
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<string> =>
  rows.length === 0
    ? []
    : [
        "",
        heading,
        tableText(
          columns.map((name) => name.replaceAll("_", " ")),
          rows.map((row) =>
            columns.map((name) => (Array.isArray(row[name]) ? row[name].join(", ") : row[name]))
          )
        )
      ]

const reportText = (report: Awaited<ReturnType<typeof readReport>>): string => {
  const [whole] = report.coverage
  const { version } = report
  const share = (row: Row) => ({
    ...row,
    share: percent(row["share"]),
    hours: percent(row["share_of_hours"])
  })
  return [
    version === null
      ? "No version of the vision has been published."
      : `Version ${String(version["number"])} of the vision, of ${String(version["day"])}.`,
    whole === undefined || Number(whole["works"]) === 0
      ? "There is no work in it yet."
      : `${String(whole["with_path"])} of ${String(whole["works"])} pieces of work have a path to the purpose: ${percent(whole["share"])}, and ${percent(whole["share_of_hours"])} of the planned hours.`,
    ...section(
      "By unit",
      ["microsystem", "works", "with_path", "share", "hours"],
      report.coverage.slice(1).map(share)
    ),
    ...section(
      "Without a path, or not served by anything",
      ["node", "kind", "title", "owner", "words"],
      report.orphans
    ),
    ...section("Links that do not fit", ["node", "serves", "words"], report.refused),
    ...section(
      "Aims whose measures are out of balance",
      ["aim", "outcome", "process", "balancing", "missing", "without_data", "undefined"],
      report.balance.filter((row) => row["flagged"] === true)
    ),
    ...section(
      "Stranded by the latest version",
      ["version", "day", "node", "kind", "title", "owner", "dropped"],
      report.stranded
    ),
    ...section(
      "Older than its version of the vision",
      ["node", "title", "started", "version", "day"],
      report.predated
    )
  ].join("\n")
}

/** `plimsoll vision`: the vision as the published file tells it. */
export const vision = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await visionOrRefused(published)
    const report = await readReport(published)
    terminal.out(flags.json === true ? JSON.stringify(report) : reportText(report))
    noteAge(published)
    return exitCodes.fine
  })

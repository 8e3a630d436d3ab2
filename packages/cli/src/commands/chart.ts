import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import type { ChartPoint } from "@plimsoll/charts"
import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { literal } from "../sql-text.ts"

/** The flags of `plimsoll chart`. */
export interface ChartFlags {
  readonly stratum?: string
  readonly svg?: string
  readonly width?: number
}

const strataOf = async (published: Published, measure: string, microsystem: string) => {
  const { rows } = await published.query(
    `SELECT DISTINCT stratum FROM plimsoll.series WHERE measure = ${literal(measure)} AND microsystem = ${literal(microsystem)} AND stratum IS NOT NULL ORDER BY ALL`
  )
  return rows.map((row) => String(row[0]))
}

/** Where marks on charts come from: those that a team put there, and the PDSA cycles of its projects. */
const marks = ["control.annotation", "improvement.mark"]

/** The marks on a chart; none where the project has neither quality control nor improvement. */
const notesOf = async (published: Published, measure: string, microsystem: string) => {
  const { rows: there } = await published.query(
    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE table_name IN ('annotation', 'mark')"
  )
  const known = new Set(there.map((row) => row[0]))
  const parts = marks
    .filter((relation) => known.has(relation))
    .map(
      (relation) =>
        `SELECT day::VARCHAR, label FROM ${relation} WHERE measure = ${literal(measure)} AND microsystem = ${literal(microsystem)}`
    )
  if (parts.length === 0) return []
  const { rows } = await published.query(`${parts.join(" UNION ALL ")} ORDER BY ALL`)
  return rows.map(([day, label]) => ({ period: String(day), text: String(label) }))
}

/** `plimsoll chart`: one series, in the terminal or as SVG. */
export const chart = (
  project: Project,
  terminal: Terminal,
  measure: string,
  microsystem: string,
  flags: ChartFlags
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await knownOrRefused(published, { measure, microsystem })
    const points = await published.points(measure, microsystem, flags.stratum ?? null)
    if (points.length === 0) {
      const strata = await strataOf(published, measure, microsystem)
      throw new PlimsollError({
        code: "usage-no-series",
        message: `there are no figures of "${measure}" for "${microsystem}"${flags.stratum === undefined ? "" : `, ${flags.stratum}`}`,
        suggestion:
          flags.stratum !== undefined && strata.length > 0
            ? `its strata are ${strata.slice(0, 8).join(", ")}`
            : "measures of class team-only and small-count are not in the published file; `plimsoll status --all` lists what is"
      })
    }
    const about = (await published.measures()).find((one) => one.id === measure)!
    const row = (await published.board()).find(
      (one) =>
        one.measure === measure && one.microsystem === microsystem && one.stratum === (flags.stratum ?? null)
    )
    const isShare = about.unit === "%"
    const unit = isShare ? "%" : about.unit
    const caveat = about.unjudged ?? row?.caveat ?? null
    const options = {
      title: `${about.title}: ${row?.microsystemName ?? microsystem}${flags.stratum === undefined ? "" : `, ${flags.stratum}`}`,
      ...(unit === "" ? {} : { unit }),
      percent: isShare,
      chart: about.chart,
      direction: about.direction,
      period: about.period,
      ...(caveat === null ? {} : { unjudged: caveat }),
      notes: await notesOf(published, measure, microsystem)
    }
    const { chartSvg, chartText } = await import("@plimsoll/charts")
    // The macros give the words of the rules as plain text; their spelling is held by the tests of both packages.
    const drawn = points as unknown as ReadonlyArray<ChartPoint>
    if (flags.svg === undefined) {
      const columns = flags.width ?? (process.stdout.isTTY ? process.stdout.columns : 100)
      terminal.out(
        chartText(drawn, {
          ...options,
          columns,
          color: process.stdout.isTTY && process.env["NO_COLOR"] === undefined
        })
      )
      noteAge(published)
      return exitCodes.fine
    }
    const svg = await chartSvg(drawn, {
      ...options,
      ...(flags.width === undefined ? {} : { width: flags.width })
    })
    if (flags.svg === "-") terminal.out(svg.trimEnd())
    else {
      writeFileSync(resolve(flags.svg), svg)
      terminal.note(`wrote ${flags.svg}`)
    }
    return exitCodes.fine
  })

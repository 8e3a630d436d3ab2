import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import type { FunnelUnit } from "@plimsoll/charts"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { behind, type IndicatorRow, indicatorRows, notFound } from "./indicator-read.ts"
import { indicatorLines, indicatorText } from "./indicator-text.ts"

/** The flags of `plimsoll indicator`. */
export interface IndicatorFlags {
  readonly unit?: string
  readonly json?: boolean
  readonly svg?: string
}

const picture = async (row: IndicatorRow, funnel: ReadonlyArray<unknown>): Promise<string> => {
  if (funnel.length === 0) {
    throw new PlimsollError({
      code: "usage-no-funnel",
      message: `"${row.indicator}" has no funnel: how far its figures vary by chance does not follow from a denominator`,
      suggestion: "leave --svg out: the text draws its spread"
    })
  }
  const { funnelSvg } = await import("@plimsoll/charts")
  const isShare = row.unit === "%"
  // The columns of the view are those of spc.funnel_*, by the names that the charts take.
  return funnelSvg(funnel as ReadonlyArray<FunnelUnit>, {
    title: `${row.title}: ${row.parent_name}`,
    percent: isShare,
    ...(row.unit === "" ? {} : { unit: row.unit }),
    denominator: `size of the unit over ${row.pooled_periods} periods`
  })
}

/** `plimsoll indicator`: what a figure of the whole system hides, in words and as a drawing. */
export const indicator = (
  project: Project,
  terminal: Terminal,
  measure: string | undefined,
  flags: IndicatorFlags
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    const rows = await indicatorRows(published, { measure, unit: flags.unit })
    if (measure === undefined) {
      if (flags.svg !== undefined) {
        throw new PlimsollError({
          code: "usage-svg-of-many",
          message: "--svg draws one indicator",
          suggestion: "name it: plimsoll indicator falls-rate --svg falls.svg"
        })
      }
      const { columns, rows: lines } = indicatorLines(rows)
      terminal.out(flags.json === true ? JSON.stringify(rows, null, 2) : tableText(columns, lines))
      noteAge(published)
      return exitCodes.fine
    }
    const row = rows[0]
    if (row === undefined) throw await notFound(published, measure, flags.unit)
    const found = await behind(published, row)
    if (flags.svg !== undefined) {
      const svg = await picture(row, found.funnel)
      if (flags.svg === "-") terminal.out(svg.trimEnd())
      else {
        writeFileSync(resolve(flags.svg), svg)
        terminal.note(`wrote ${flags.svg}`)
      }
      return exitCodes.fine
    }
    const others = rows.slice(1).map((one) => one.parent ?? "everything")
    terminal.out(
      flags.json === true
        ? JSON.stringify({ ...row, behind: found, others }, null, 2)
        : indicatorText(row, found, others, process.stdout.isTTY ? process.stdout.columns : 100)
    )
    noteAge(published)
    return exitCodes.fine
  })

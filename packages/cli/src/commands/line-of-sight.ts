import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { nearest } from "../nearest.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import { type Row, rowsOf, visionOrRefused } from "./vision-file.ts"
import { literal } from "../sql-text.ts"
import { type Branch, treeText } from "../tree-text.ts"

const label = (row: Row): string =>
  // A title is free text: what would move the cursor is shown as a space.
  `${String(row["kind"])} ${String(row["node"])} · ${String(row["title"])}${row["state"] === "holds" ? "" : ` (${String(row["state"])})`}`.replaceAll(
    /\p{Cc}+/gu,
    " "
  )

/** `plimsoll line-of-sight`: from one node up to the purpose and down to the work. */
export const lineOfSight = (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await visionOrRefused(published)
    const [own] = await rowsOf(
      published,
      `SELECT id AS node, kind, title, owner, state, has_path FROM vision.node WHERE id = ${literal(id)}`
    )
    if (own === undefined) {
      const known = (await rowsOf(published, "SELECT id FROM vision.node")).map((row) => String(row["id"]))
      const meant = nearest(id, known)
      throw new PlimsollError({
        code: "usage-unknown-node",
        message: `the vision has no node "${id}"`,
        suggestion:
          meant === undefined
            ? 'plimsoll sql "SELECT id, kind, title FROM vision.node" lists them'
            : `did you mean "${meant}"?`
      })
    }
    const rows = await rowsOf(
      published,
      `SELECT direction, distance, node, kind, title, owner, state, via FROM vision.line_of_sight(${literal(id)}) ORDER BY direction, distance, node`
    )
    const [up, down] = ["up", "down"].map((direction) => rows.filter((row) => row["direction"] === direction))
    if (flags.json === true) terminal.out(JSON.stringify({ node: own, up, down }))
    else {
      const above = treeText(id, up as unknown as ReadonlyArray<Row & Branch>, label)
      const under = treeText(id, down as unknown as ReadonlyArray<Row & Branch>, label)
      const lost = own["state"] === "holds" && own["has_path"] === false && own["kind"] !== "need"
      terminal.out(
        [
          label(own),
          above.length === 0 ? "serves nothing" : "serves",
          ...above,
          under.length === 0 ? "served by nothing" : "served by",
          ...under,
          ...(lost ? ["It has no path to the purpose."] : [])
        ].join("\n")
      )
    }
    noteAge(published)
    return exitCodes.fine
  })

import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The command, run from source by this very Node. */
export const command = [
  "--conditions=@plimsoll/source",
  "--disable-warning=ExperimentalWarning",
  join(import.meta.dirname, "../../packages/cli/src/bin.ts")
]

const config = `
import files from "@plimsoll/connector-files"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { defineConfig } from "plimsoll"
import { Schema } from "effect"

const visits = defineStream({
  name: "visits", domain: "clinic", version: 1, title: "Visits",
  schema: Schema.Struct({ unit: Schema.String, day: PlainDate, seen: Schema.Int, late: Schema.Int, remark: Schema.String }),
  key: null, microsystem: "unit", occurredAt: "day", covers: "day",
  sensitivity: { unit: "open", day: "open", seen: "open", late: "open", remark: "open" }
})

export default defineConfig({
  project: "kill", organisation: "test", zone: "Europe/London", clock: "2024-01-05", modules: [],
  microsystems: Array.from({ length: 20 }, (_, at) => ({ id: "unit-" + at, name: "Unit " + at, kind: "ward" as const })),
  connectors: [files({ instance: "visits", stream: visits, path: "data/*.csv" })],
  measures: [
    measure({
      id: "late", version: 1, title: "Late", from: visits, at: "day", period: "month", microsystem: sql\`unit\`,
      numerator: sql\`late\`, denominator: sql\`seen\`, empty: "missing", chart: "xmr", direction: "down", kind: "process", class: "open"
    })
  ]
})
`

/** What the source holds, to be found again on the log and in the store. */
export interface Source {
  readonly folder: string
  /** How many files it has. */
  readonly files: number
  readonly rows: number
  readonly rejected: number
  readonly late: number
}

/** How many rows the nth file has. */
export const rowsOfFile = ({ rows, files }: Pick<Source, "rows" | "files">, file: number): number =>
  Math.floor(((file + 1) * rows) / files) - Math.floor((file * rows) / files)

/** Where the files of a source are before {@link bring} lets the project see them. */
const heldBack = "held-back"

/** Lets the project see the nth file of a source whose files are held back. */
export const bring = ({ folder }: Source, file: number): void =>
  renameSync(join(folder, heldBack, `part-${file}.csv`), join(folder, "data", `part-${file}.csv`))

/**
 * A project in a folder of its own: files with quotes, line breaks in quotes, other scripts, and a bad row in a
 * thousand. Four of the twenty units do worse from 2023 on, so that there is something to say.
 */
export const makeProject = (
  rows: number,
  seed: number,
  { files = 3, held = false }: { readonly files?: number; readonly held?: boolean } = {}
): Source => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-kill-"))
  mkdirSync(join(folder, "data"))
  mkdirSync(join(folder, heldBack))
  symlinkSync(join(import.meta.dirname, "../node_modules"), join(folder, "node_modules"))
  writeFileSync(join(folder, "plimsoll.config.ts"), config)
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  const random = generator(seed)
  let rejected = 0
  let late = 0
  for (let file = 0; file < files; file++) {
    const lines = ["unit,day,seen,late,remark"]
    const count = rowsOfFile({ rows, files }, file)
    for (let at = 0; at < count; at++) {
      const day = new Date(Date.UTC(2021, 0, 1 + Math.floor((at * 1094) / count))).toISOString().slice(0, 10)
      const unit = Math.floor(random() * 20)
      const of = Math.floor(random() * 5) + (unit < 4 && day >= "2023" ? 1 : 0)
      const bad = random() < 0.001
      if (bad) rejected++
      else late += of
      const remark =
        at % 7 === 0 ? '"a ""quoted"" remark,\nover two lines"' : at % 5 === 0 ? "naïve 病棟 🏥" : "plain"
      lines.push(`unit-${unit},${day},${bad ? "2.6" : "40"},${of},${remark}`)
    }
    writeFileSync(join(folder, held ? heldBack : "data", `part-${file}.csv`), `${lines.join("\n")}\n`)
  }
  return { folder, files, rows, rejected, late }
}

/** Random numbers between 0 and 1 that are the same for the same seed. */
export const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { root } from "./workspace.ts"

export const example = join(root, "examples/hospital")

/** A row of the attendances, as text. */
export interface AttendanceRow {
  readonly period: string
  readonly orgCode: string
  readonly type: string
  /** Attendances, breaches and admissions. */
  readonly figures: string
}

const header = "period,org_code,type,attendances,breaches,admissions"

/** The rows of a file of attendances. */
export const readAttendances = (text: string): ReadonlyArray<AttendanceRow> => {
  const [first, ...lines] = text.trim().split("\n")
  if (first !== header) throw new Error("the attendances have another header than this test knows")
  return lines.map((line) => {
    const [period = "", orgCode = "", type = "", ...figures] = line.split(",")
    return { period, orgCode, type, figures: figures.join(",") }
  })
}

/** The file of some rows. */
export const attendancesCsv = (rows: ReadonlyArray<AttendanceRow>): string =>
  [header, ...rows.map((row) => [row.period, row.orgCode, row.type, row.figures].join(",")), ""].join("\n")

/** What `plimsoll run --json` says, as far as it is asked here. */
export interface Run {
  readonly sources: ReadonlyArray<{
    readonly failure: unknown
    readonly streams: ReadonlyArray<{
      readonly stream: string
      readonly in: number
      readonly out: number
      readonly rejected: number
      readonly unchanged: number
    }>
  }>
  readonly signals: { readonly opened: number; readonly ended: number; readonly withdrawn: number }
}

/** A copy of the example in a folder of its own, run from source. */
export class Hospital {
  readonly folder = mkdtempSync(join(tmpdir(), "plimsoll-hospital-"))

  constructor() {
    for (const name of readdirSync(example)) {
      if (["node_modules", ".plimsoll", "charts"].includes(name) || name.includes(".duckdb")) continue
      cpSync(join(example, name), join(this.folder, name), { recursive: true })
    }
    symlinkSync(join(example, "node_modules"), join(this.folder, "node_modules"), "junction")
  }

  get published(): string {
    return join(this.folder, "plimsoll.duckdb")
  }

  get attendances(): string {
    return join(this.folder, "data/ae_attendances.csv")
  }

  read(): ReadonlyArray<AttendanceRow> {
    return readAttendances(readFileSync(this.attendances, "utf8"))
  }

  /** Runs a script of the example, or the command, to its end; fails where it fails. */
  async node(...parameters: ReadonlyArray<string>): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@plimsoll/source", ...parameters],
      {
        cwd: this.folder,
        env: { ...process.env, NO_COLOR: "1", INIT_CWD: this.folder },
        maxBuffer: 64 * 1024 * 1024
      }
    )
    return stdout
  }

  plimsoll(...parameters: ReadonlyArray<string>): Promise<string> {
    return this.node(join(root, "packages/cli/src/bin.ts"), ...parameters)
  }

  async run(): Promise<Run> {
    return JSON.parse(await this.plimsoll("run", "--json")) as Run
  }

  /** How many records each topic of the log holds. */
  async records(): Promise<{ readonly [topic: string]: number }> {
    const { topics } = JSON.parse(await this.plimsoll("log", "topics", "--json")) as {
      readonly topics: ReadonlyArray<{
        readonly topic: string
        readonly offsets: ReadonlyArray<{ readonly end: number }>
      }>
    }
    return Object.fromEntries(
      topics.map(({ topic, offsets }) => [topic, offsets.reduce((sum, { end }) => sum + end, 0)])
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Log, openEmbeddedLog } from "@plimsoll/log"
import { type OwnLog, putOnLog, recordsOf } from "./logs.ts"
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

  readonly #own: OwnLog | undefined

  /** @param own the log it is to stand on. Default: the embedded one */
  constructor(own?: OwnLog) {
    this.#own = own
    for (const name of readdirSync(example)) {
      if (["node_modules", ".plimsoll", "charts"].includes(name) || name.includes(".duckdb")) continue
      cpSync(join(example, name), join(this.folder, name), { recursive: true })
    }
    symlinkSync(join(example, "node_modules"), join(this.folder, "node_modules"), "junction")
    if (own !== undefined) putOnLog(this.folder, own)
  }

  /** The log it stands on. */
  openLog(): Promise<Log> {
    return this.#own?.open(this.folder) ?? openEmbeddedLog(join(this.folder, ".plimsoll/log.sqlite"))
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

  /** How many records each topic of the log holds. On Kafka that is not told by offsets, which have gaps. */
  async records(): Promise<{ readonly [topic: string]: number }> {
    const log = await this.openLog()
    try {
      const counts: { [topic: string]: number } = {}
      for (const { topic } of await log.topics()) counts[topic] = (await recordsOf(log, topic)).length
      return counts
    } finally {
      await log.close()
    }
  }

  /** Each event on the signal topic: which signal, and what became of it. */
  async signals(): Promise<ReadonlyArray<string>> {
    const log = await this.openLog()
    try {
      return (await recordsOf(log, "england.plimsoll.signal.v1")).map(({ value }) => {
        const { signal, state } = JSON.parse(value!) as { readonly signal: string; readonly state: string }
        return `${signal} ${state}`
      })
    } finally {
      await log.close()
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Published } from "@plimsoll/core"
import { type CellDifference, differencesOf } from "./difference.ts"
import { type FigureDifference, figureDifferences, figuresIn } from "./figure.ts"
import { digestOf, manifestFile, readManifest, type ReportManifest } from "./manifest.ts"
import { methodsText } from "./methods.ts"
import type { ReportContext } from "./context.ts"
import { factsOf, filesOf, type ReportFacts } from "./pack.ts"
import { reportPage } from "./page.ts"
import { keyOf, type Relation, relationsOf } from "./relation.ts"
import { hashOf, type PackRow, readRows, writeRows } from "./rows-file.ts"
import { ReportSource } from "./source.ts"
import { quoted } from "./sql-text.ts"

/** A cell of one of the two files of a relation. */
export interface PackDifference extends CellDifference {
  readonly file: string
}

/** Something about a file of the report that does not hold, no cell of it. */
export interface FileDifference {
  readonly file: string
  readonly reason: string
}

/** What {@link compareReport} found. The report holds where all three lists are empty. */
export interface ReportComparison {
  readonly relations: number
  /** Cells compared, in both forms. */
  readonly cells: number
  readonly figures: number
  readonly cellDifferences: ReadonlyArray<PackDifference>
  readonly figureDifferences: ReadonlyArray<FigureDifference>
  readonly fileDifferences: ReadonlyArray<FileDifference>
}

const firstDifferentLine = (one: string, other: string): number => {
  const [lines, others] = [one.split("\n"), other.split("\n")]
  return lines.findIndex((line, at) => line !== others[at]) + 1 || lines.length + 1
}

/** What the manifest says of the report as a whole, against what was recomputed. */
const factDifferences = (manifest: ReportManifest, facts: ReportFacts): ReadonlyArray<FileDifference> => {
  const found: FileDifference[] = []
  for (const name of ["organisation", "project", "zone", "clock"] as const) {
    if (manifest[name] !== facts[name])
      found.push({ file: manifestFile, reason: `has another ${name} than the log and the config` })
  }
  const rules = new Map(manifest.modules.map((one) => [one.name, one]))
  for (const module of facts.modules) {
    const told = rules.get(module.name)
    rules.delete(module.name)
    if (told?.rules !== module.rules || told.version !== module.version) {
      found.push({
        file: manifestFile,
        reason: `tells of other rules of the module ${module.name} than are here (${told === undefined ? "none" : `version ${told.version}`}; here version ${module.version}): verify with the versions that it names`
      })
    }
  }
  for (const name of rules.keys())
    found.push({ file: manifestFile, reason: `names the module ${name}, which is not in the config` })
  return found
}

class Comparison {
  readonly #published: Published
  readonly #folder: string
  readonly #scratch: string
  readonly cells: PackDifference[] = []
  readonly files: FileDifference[] = []
  compared = 0

  constructor(published: Published, folder: string, scratch: string) {
    this.#published = published
    this.#folder = folder
    this.#scratch = scratch
  }

  async relation(relation: Relation): Promise<void> {
    const names = filesOf(relation)
    const truth = join(this.#scratch, "recomputed.json")
    await writeRows(this.#published, relation.sql, truth)
    const hash = await hashOf(truth)
    await this.#file(relation, names.json, truth, hash, join(this.#folder, names.json))
    if (!existsSync(join(this.#folder, names.parquet))) return this.#gone(names.parquet)
    const copy = join(this.#scratch, "parquet.json")
    try {
      await writeRows(this.#published, `read_parquet(${quoted(join(this.#folder, names.parquet))})`, copy)
    } catch {
      this.files.push({ file: names.parquet, reason: "cannot be read as Parquet" })
      return
    }
    await this.#file(relation, names.parquet, truth, hash, copy)
  }

  #gone(file: string): void {
    this.files.push({ file, reason: "is not there" })
  }

  async #file(relation: Relation, file: string, truth: string, hash: string, given: string): Promise<void> {
    if (!existsSync(given)) return this.#gone(file)
    const { rows: counted } = await this.#published.query(`SELECT count(*)::DOUBLE FROM ${relation.sql}`)
    this.compared += Number(counted[0]![0]) * relation.columns.length
    if ((await hashOf(given)) === hash) return
    const found = differencesOf(
      relation.name,
      await keyOf(this.#published, relation),
      relation.columns.map(({ name }) => name),
      await readRows(given),
      (await readRows(truth)) as ReadonlyArray<PackRow>
    )
    this.cells.push(...found.map((one) => ({ file, ...one })))
  }
}

/**
 * Compares a report with what was recomputed from the log: every cell of every relation of the pack, as JSON and as Parquet, every
 * figure of `index.html` by its id, and every file with the manifest. `context` is that of the recomputation. Errors:
 * `usage-report-missing`, `usage-report-format`.
 */
export const compareReport = async (
  published: Published,
  folder: string,
  context: ReportContext
): Promise<ReportComparison> => {
  const manifest = readManifest(folder)
  const scratch = mkdtempSync(join(tmpdir(), "plimsoll-verify-"))
  const comparison = new Comparison(published, folder, scratch)
  const { files } = comparison
  try {
    if (digestOf(manifest) !== manifest.digest)
      files.push({ file: manifestFile, reason: "its digest is not that of what it says" })
    for (const { file, sha256 } of manifest.files) {
      if (!existsSync(join(folder, file))) files.push({ file, reason: "is not there" })
      else if ((await hashOf(join(folder, file))) !== sha256)
        files.push({ file, reason: "is not the file that the manifest tells of: its SHA-256 differs" })
    }
    const relations = await relationsOf(published)
    const packed = new Set(manifest.relations.map(({ relation }) => relation))
    for (const { name } of relations) {
      if (!packed.delete(name))
        files.push({ file: manifestFile, reason: `does not name the relation ${name}` })
    }
    for (const name of packed)
      files.push({ file: manifestFile, reason: `names ${name}, which is not among the recomputed relations` })
    for (const relation of relations) await comparison.relation(relation)

    const source = await ReportSource.open(published)
    files.push(...factDifferences(manifest, factsOf(source, context)))
    const textOf = (file: string): string | undefined => {
      const path = join(folder, file)
      return existsSync(path) ? readFileSync(path, "utf8") : undefined
    }
    const html = textOf("index.html")
    const page = await reportPage(source, context)
    const figures = html === undefined ? [] : figureDifferences(figuresIn(html), page.figures)
    // Other versions have other words; figures are the same in all.
    if (JSON.stringify(manifest.versions) === JSON.stringify(context.versions)) {
      const texts = [
        ["index.html", figures.length === 0 ? html : undefined, page.html],
        [
          "pack/methods.md",
          textOf("pack/methods.md"),
          await methodsText(source, context.modules, context.versions)
        ]
      ] as const
      for (const [file, given, truth] of texts) {
        if (given === undefined || given === truth) continue
        files.push({
          file,
          reason: `says something else than the figures and rules give, from line ${firstDifferentLine(given, truth)} on`
        })
      }
    }
    return {
      relations: relations.length,
      cells: comparison.compared,
      figures: page.figures.length,
      cellDifferences: comparison.cells,
      figureDifferences: figures,
      // A file that is gone is told once.
      fileDifferences: files.filter(
        (one, at) => files.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at
      )
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

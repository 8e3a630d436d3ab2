import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { manifestFile, manifestText, type ReportManifest, sealedManifest, textHash } from "./manifest.ts"
import { methodsText } from "./methods.ts"
import { reportPage } from "./page.ts"
import { keyOf, type Relation, relationsOf } from "./relation.ts"
import { hashOf, writeRows } from "./rows-file.ts"
import { ReportSource } from "./source.ts"
import type { ReportContext } from "./context.ts"

/** The files of a relation in the pack, from the folder of the report. */
export const filesOf = ({ name }: Pick<Relation, "name">) => ({
  json: `pack/${name}.json`,
  parquet: `pack/${name}.parquet`
})

/** What a manifest says of the report as a whole. */
export type ReportFacts = Pick<
  ReportManifest,
  "organisation" | "project" | "zone" | "clock" | "log" | "versions" | "modules"
>

/** The facts of a report. */
export const factsOf = ({ about }: ReportSource, context: ReportContext): ReportFacts => ({
  organisation: about.get("organisation") ?? "",
  project: context.project,
  zone: about.get("zone") ?? "",
  clock: about.get("clock") ?? null,
  log: about.get("log") ?? "",
  versions: context.versions,
  modules: context.modules.map(({ name, version, title, relations, macros }) => ({
    name,
    version,
    title,
    rules: textHash(JSON.stringify([relations, macros]))
  }))
})

const makeRoom = (folder: string): void => {
  const pack = join(folder, "pack")
  if (existsSync(pack) && !existsSync(join(folder, manifestFile))) {
    throw new PlimsollError({
      code: "usage-report-folder",
      message: `${pack} is there, and is no pack of an earlier report`,
      suggestion: "name another folder with --out"
    })
  }
  rmSync(pack, { recursive: true, force: true })
  mkdirSync(pack, { recursive: true })
}

/**
 * Writes the assurance report: `index.html`, and the pack beside it. Depends on the published file and the context alone: the
 * same give the same bytes. An earlier report in the folder is replaced. Errors: `usage-report-folder`.
 */
export const writeReport = async (
  published: Published,
  folder: string,
  context: ReportContext
): Promise<ReportManifest> => {
  const { modules, versions, partitions } = context
  makeRoom(folder)
  const source = await ReportSource.open(published)
  const files: Array<{ readonly file: string; readonly sha256: string }> = []
  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text)
    files.push({ file, sha256: textHash(text) })
  }
  const page = await reportPage(source, context)
  write("index.html", page.html)
  write("pack/methods.md", await methodsText(source, modules, versions))
  const relations: Array<ReportManifest["relations"][number]> = []
  for (const relation of await relationsOf(published)) {
    const { json, parquet } = filesOf(relation)
    await writeRows(published, relation.sql, join(folder, json))
    await published.copy(`FROM ${relation.sql} ORDER BY ALL`, join(folder, parquet), "parquet")
    for (const file of [json, parquet]) files.push({ file, sha256: await hashOf(join(folder, file)) })
    const { rows } = await published.query(`SELECT count(*)::DOUBLE FROM ${relation.sql}`)
    relations.push({
      relation: relation.name,
      rows: Number(rows[0]![0]),
      columns: relation.columns.map(({ name, type }) => ({ name, type })),
      key: await keyOf(published, relation)
    })
  }
  const manifest = sealedManifest({
    format: 1,
    ...factsOf(source, context),
    partitions,
    relations,
    figures: page.figures.length,
    files
  })
  writeFileSync(join(folder, manifestFile), manifestText(manifest))
  return manifest
}

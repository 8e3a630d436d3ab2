import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { PlimsollError } from "@plimsoll/schema"

/** How far the report has read one partition of a topic, and the end of the hash chain over it. */
export interface ChainedPartition {
  readonly topic: string
  readonly partition: number
  /** The first offset that the log still had. */
  readonly first: number
  /** The report rests on the records before this offset. */
  readonly end: number
  readonly records: number
  /** h(i) = SHA-256(h(i−1) ‖ record i), from 32 zero bytes on, in hex. */
  readonly hash: string
}

/** What a pack is made of: everything that is needed to make it again from the log. */
export interface ReportManifest {
  readonly format: 1
  readonly organisation: string
  readonly project: string
  readonly zone: string
  /** The day of the report: the latest tick on the log. Null: nobody has told the day. */
  readonly clock: string | null
  /** The id of the log. */
  readonly log: string
  readonly versions: { readonly [name: string]: string }
  /** `rules`: the SHA-256 of the SQL of its relations and macros. */
  readonly modules: ReadonlyArray<{
    readonly name: string
    readonly version: number
    readonly title: string
    readonly rules: string
  }>
  readonly partitions: ReadonlyArray<ChainedPartition>
  /** `key`: the columns that tell its rows apart. */
  readonly relations: ReadonlyArray<{
    readonly relation: string
    readonly rows: number
    readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
    readonly key: ReadonlyArray<string>
  }>
  /** How many figures `index.html` shows. */
  readonly figures: number
  /** Each file of the report, from its folder, with its SHA-256. */
  readonly files: ReadonlyArray<{ readonly file: string; readonly sha256: string }>
  /** The SHA-256 of this manifest without its digest, as JSON without white space. */
  readonly digest: string
}

/** Where the manifest of a report is. */
export const manifestFile = "pack/manifest.json"

/** The SHA-256 of a text, in hex. */
export const textHash = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The digest of what a manifest says. */
export const digestOf = (manifest: ReportManifest): string =>
  textHash(JSON.stringify({ ...manifest, digest: undefined }))

/** The same with its digest. */
export const sealedManifest = (manifest: Omit<ReportManifest, "digest">): ReportManifest => ({
  ...manifest,
  digest: textHash(JSON.stringify(manifest))
})

/** The manifest as its file has it. */
export const manifestText = (manifest: ReportManifest): string =>
  `${JSON.stringify(manifest, undefined, 2)}\n`

const isManifest = (value: unknown): value is ReportManifest => {
  if (typeof value !== "object" || value === null) return false
  const { partitions, relations, files, digest } = value as { readonly [name: string]: unknown }
  return (
    Array.isArray(partitions) &&
    Array.isArray(relations) &&
    Array.isArray(files) &&
    typeof digest === "string"
  )
}

/** The manifest of a report. Errors: `usage-report-missing`, `usage-report-format`. */
export const readManifest = (folder: string): ReportManifest => {
  const path = join(folder, manifestFile)
  if (!existsSync(path)) {
    throw new PlimsollError({
      code: "usage-report-missing",
      message: `there is no report in ${folder}: it has no ${manifestFile}`,
      suggestion: "name the folder that `plimsoll report assurance --out DIR` wrote"
    })
  }
  let found: unknown
  try {
    found = JSON.parse(readFileSync(path, "utf8"))
  } catch {
    found = undefined
  }
  if (isManifest(found) && found.format === 1) return found
  throw new PlimsollError({
    code: "usage-report-format",
    message: `${path} is no manifest that this version can read`,
    suggestion: "get the report again from where it was published, or update plimsoll"
  })
}

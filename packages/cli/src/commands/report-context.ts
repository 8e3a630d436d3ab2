import { readFileSync } from "node:fs"
import type { Published } from "@plimsoll/core"
import type { ChainedPartition, ReportContext } from "@plimsoll/quality"
import type { Project } from "../project.ts"

const versionOf = (name: string): string =>
  (
    JSON.parse(readFileSync(new URL("../package.json", import.meta.resolve(name)), "utf8")) as {
      readonly version: string
    }
  ).version

const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string
}

/** What a report of this project needs to know beside the published file. */
export const reportContext = async (
  project: Project,
  published: Published,
  partitions: ReadonlyArray<ChainedPartition>
): Promise<ReportContext> => {
  const { rows } = await published.query("SELECT version()")
  return {
    project: project.config.project,
    modules: await project.modules(),
    versions: {
      plimsoll: own.version,
      ...Object.fromEntries(
        ["@plimsoll/core", "@plimsoll/quality", "@plimsoll/spc"].map((name) => [name, versionOf(name)])
      ),
      DuckDB: String(rows[0]![0])
    },
    partitions
  }
}

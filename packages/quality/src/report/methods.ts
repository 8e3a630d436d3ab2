import { existsSync, readFileSync } from "node:fs"
import { publishedLayout, type QualityModule } from "@plimsoll/core"
import type { ReportSource } from "./source.ts"

const readmeOf = ({ name }: QualityModule): string => {
  const path = new URL(`../${name}/README.md`, import.meta.url)
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}

// Headings of a README stand below those of this document; code in fences is no heading.
const lowered = (text: string): string => {
  let fenced = false
  return text
    .split("\n")
    .map((line) => {
      if (line.startsWith("```")) fenced = !fenced
      return !fenced && line.startsWith("#") ? `##${line}` : line
    })
    .join("\n")
    .trim()
}

const columnsText = (columns: { readonly [column: string]: string }): string =>
  Object.entries(columns)
    .map(([column, comment]) => `- \`${column}\`: ${comment}`)
    .join("\n")

const moduleText = (module: QualityModule): string => {
  const readme = readmeOf(module)
  const relations = module.relations.map((relation) =>
    [
      `#### \`${module.schema}.${relation.name}\``,
      ...(relation.comment === undefined ? ["A step on the way; not published."] : [relation.comment]),
      ...(Object.keys(relation.columns).length === 0 ? [] : [columnsText(relation.columns)]),
      `\`\`\`sql\n${relation.query}\n\`\`\``
    ].join("\n\n")
  )
  return [
    `## ${module.title}`,
    `Module \`${module.name}\`, version ${module.version} of its rules.`,
    ...(readme === "" ? [] : [lowered(readme)]),
    ...(relations.length === 0 ? [] : ["### The rules themselves", ...relations])
  ].join("\n\n")
}

/** `methods.md` of a pack: the rules and formulas by which every figure was made, with their versions. */
export const methodsText = async (
  source: ReportSource,
  modules: ReadonlyArray<QualityModule>,
  versions: { readonly [name: string]: string }
): Promise<string> => {
  const measures = await source.rows(
    `SELECT id, version, title, description, stream, period, numerator, denominator, multiplier, chart, profile, direction, target, kind, class
     FROM plimsoll.measure ORDER BY id`
  )
  const core = publishedLayout.filter(({ name }) => source.has(`plimsoll.${name}`))
  return `${[
    "# Methods",
    `How every figure of this report was made. Each is computed by the rules below from the events on the log, up to the offsets in \`manifest.json\`, and from nothing else: no figure was typed in, and none depends on the time at which it was computed (the day is the latest tick on the log). \`plimsoll report verify\` does it again.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    "## Files",
    "Each published relation stands here twice, as Parquet and as JSON (an array, a row a line, in order of all columns); both hold the same. `manifest.json` has the SHA-256 of each file, and for each topic and partition the end of a hash chain over its raw records: h(i) = SHA-256(h(i−1) ‖ record i), h(−1) = 32 zero bytes, where a record is the JSON array of topic, partition, offset, recordedAt (microseconds), key, value and headers (names in order), in UTF-8. The digest of the whole is the SHA-256 of the manifest without its digest, as JSON without white space.",
    "## Measures and control charts",
    "A measure is numerator / denominator × multiplier over the rows of a stream, per unit and complete period. It is judged by the macros of the schema `spc`, by a named set of rules (`profile`).",
    ...measures.map((row) => {
      const facts = Object.entries(row)
        .filter(([name, value]) => name !== "title" && name !== "description" && value !== null)
        .map(([name, value]) => `${name} \`${String(value)}\``)
      return `### ${String(row["title"])}\n\n${String(row["description"] ?? "")}\n\n${facts.join("; ")}.`
    }),
    "## The core's relations",
    ...core.map(
      ({ name, comment, columns }) => `### \`plimsoll.${name}\`\n\n${comment}\n\n${columnsText(columns)}`
    ),
    ...modules.map(moduleText)
  ].join("\n\n")}\n`
}

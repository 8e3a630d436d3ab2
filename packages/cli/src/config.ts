import { type Complaint, MeasureDefinition, MicrosystemKind, PlainDate } from "@plimsoll/schema"
import { Schema, SchemaIssue } from "effect"
import { isZone } from "./clock.ts"
import { Complaints } from "./complaints.ts"
import { type Path, pathText, problem } from "./config-problem.ts"
import type { PlimsollConfig } from "./define-config.ts"
import { kafkaProblems } from "./kafka-config.ts"
import { nearest } from "./nearest.ts"

const slug = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { expected: "lower-case words joined by hyphens" })
)
const zone = Schema.String.check(
  Schema.makeFilter(isZone, { expected: "an IANA time zone, such as Europe/London" })
)
const count = (most: number) =>
  Schema.Int.check(
    Schema.isBetween({ minimum: 1, maximum: most }, { expected: `a whole number from 1 to ${most}` })
  )
const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const func = Schema.declare((value): value is () => unknown => typeof value === "function", {
  expected: "a function"
})
const record = (expected: string) => Schema.declare(isRecord, { expected })

const MicrosystemEntry = Schema.Struct({
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  kind: MicrosystemKind,
  parent: Schema.optionalKey(Schema.NonEmptyString),
  since: Schema.optionalKey(PlainDate)
})

// What is inside a connector or a measure is its maker's: only the shape that the runtime leans on is asked for.
const ConnectorEntry = Schema.Struct({
  name: Schema.NonEmptyString,
  version: Schema.NonEmptyString,
  instance: slug,
  streams: Schema.Array(record("a stream of a connector")),
  check: func
})
const MeasureEntry = Schema.Struct({
  definition: MeasureDefinition,
  stream: record("a stream, made by defineStream")
})

const ModuleEntry = Schema.Struct({
  name: Schema.NonEmptyString,
  schema: Schema.NonEmptyString,
  relations: Schema.Array(record("a relation of a module")),
  streams: Schema.Array(record("a stream of a module"))
})

/** The shape of a project's config. */
const ConfigShape = Schema.Struct({
  project: slug,
  organisation: slug,
  zone,
  directory: Schema.optionalKey(Schema.NonEmptyString),
  published: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/[^/\\]\.duckdb$/, { expected: "the name of a file that ends in .duckdb" })
    )
  ),
  clock: Schema.optionalKey(PlainDate),
  partitions: Schema.optionalKey(count(1024)),
  microsystems: Schema.optionalKey(Schema.Array(MicrosystemEntry)),
  connectors: Schema.Array(record("a connector, made by the function of a connector package")),
  measures: Schema.optionalKey(Schema.Array(record("a measure, made by measure({ … })"))),
  modules: Schema.optionalKey(Schema.Array(record("a module, made by components() or defineModule"))),
  policies: Schema.optionalKey(record("policies by stream and field")),
  // What is inside is looked at by itself: a secret may stand there, and no word of it may reach an error.
  kafka: Schema.optionalKey(record("how the log on Kafka is reached")),
  core: Schema.optionalKey(
    Schema.Struct({
      threads: Schema.optionalKey(count(1024)),
      memoryLimit: Schema.optionalKey(
        Schema.String.check(
          Schema.isPattern(/^\d+(\.\d+)?\s?([KMGT]i?B)$/i, { expected: "an amount such as 512MB or 4GB" })
        )
      )
    })
  )
})

const words = (message: string): string =>
  message === "Missing key" ? "it is missing" : `expected ${message.replace(/^Expected /, "")}`

const issuesOf = (
  schema: Schema.Codec<unknown, unknown>,
  value: unknown,
  at: Path,
  strict: ReadonlyArray<string> | undefined
): ReadonlyArray<Complaint> => {
  const decoded = Schema.decodeUnknownResult(schema)(value, {
    errors: "all",
    ...(strict === undefined ? {} : { onExcessProperty: "error" as const })
  })
  if (decoded._tag === "Success") return []
  return SchemaIssue.makeFormatterStandardSchemaV1()(decoded.failure.issue).issues.map((issue) => {
    const path: Path = [
      ...at,
      ...(issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
    ]
    const end = path.at(-1) ?? "config"
    const last = typeof end === "number" ? pathText(path.slice(-2)) : String(end)
    if (issue.message === "Expected no excess property") {
      const meant = nearest(last, strict ?? [])
      return problem(
        path,
        `there is no setting "${last}"`,
        meant === undefined ? "take it out" : `did you mean ${meant}?`
      )
    }
    return problem(path, `${last}: ${words(issue.message)}`)
  })
}

const topLevel = Object.keys(ConfigShape.fields)
const known = [...topLevel, ...Object.keys(MicrosystemEntry.fields), "threads", "memoryLimit"]

const repeated = <A>(items: ReadonlyArray<A>, key: (item: A) => string): ReadonlyArray<number> => {
  const seen = new Set<string>()
  return items.flatMap((item, at) => {
    const name = key(item)
    if (seen.has(name)) return [at]
    seen.add(name)
    return []
  })
}

const treeProblems = (units: NonNullable<PlimsollConfig["microsystems"]>): ReadonlyArray<Complaint> => {
  const parents = new Map(units.map((unit) => [unit.id, unit.parent]))
  return units.flatMap((unit, at) => {
    if (unit.parent === undefined) return []
    const path = ["microsystems", at, "parent"]
    if (!parents.has(unit.parent)) {
      const meant = nearest(unit.parent, parents.keys())
      return [
        problem(
          path,
          `"${unit.id}" stands under "${unit.parent}", which is not in the list`,
          meant === undefined ? "add that unit to microsystems" : `did you mean "${meant}"?`
        )
      ]
    }
    const above = new Set<string>([unit.id])
    for (let up: string | undefined = unit.parent; up !== undefined; up = parents.get(up)) {
      if (up === unit.id) return [problem(path, `"${unit.id}" stands under itself`, "break the circle")]
      if (above.has(up)) return []
      above.add(up)
    }
    return []
  })
}

const acrossProblems = (config: PlimsollConfig): ReadonlyArray<Complaint> => [
  ...repeated(config.connectors, (one) => one.instance).map((at) =>
    problem(
      ["connectors", at, "instance"],
      `two connectors have the instance "${config.connectors[at]!.instance}"`,
      "give each its own: it is part of every row's id"
    )
  ),
  ...repeated(config.measures ?? [], (one) => one.definition.id).map((at) =>
    problem(
      ["measures", at],
      `two measures have the id "${config.measures![at]!.definition.id}"`,
      "give each an id of its own; a changed measure keeps its id and raises its version"
    )
  ),
  ...repeated(config.microsystems ?? [], (one) => one.id).map((at) =>
    problem(
      ["microsystems", at, "id"],
      `two microsystems have the id "${config.microsystems![at]!.id}"`,
      "give each an id of its own"
    )
  ),
  ...treeProblems(config.microsystems ?? [])
]

// A measure that was not made by measure() has nearly everything wrong with it: that is one problem.
const measureProblem = (entry: unknown, at: number): ReadonlyArray<Complaint> => {
  const issues = issuesOf(MeasureEntry as unknown as Schema.Codec<unknown, unknown>, entry, [], undefined)
  if (issues.length === 0) return []
  const fields = [...new Set(issues.map(({ configPath = "" }) => configPath.replace(/^definition\./, "")))]
  const told = fields.slice(0, 3).join(", ")
  const rest = fields.length > 3 ? ` and ${fields.length - 3} more` : ""
  return [
    problem(
      ["measures", at],
      `measures[${at}]: ${told}${rest} ${fields.length === 1 ? "does" : "do"} not fit`,
      "make it with measure({ … }) of @plimsoll/schema, which says what is missing as you write"
    )
  ]
}

/** The config, checked. Throws {@link Complaints} with every problem, each with its config path and cure. */
export const checkConfig = (value: unknown): PlimsollConfig => {
  if (!isRecord(value)) {
    throw new Complaints([
      problem([], "the config is not an object", "write export default defineConfig({ … })")
    ])
  }
  const entries = (name: string) =>
    Array.isArray(value[name]) ? (value[name] as ReadonlyArray<unknown>) : []
  const inside = (name: string, schema: Schema.Codec<unknown, unknown>) =>
    entries(name).flatMap((entry, at) =>
      isRecord(entry) ? issuesOf(schema, entry, [name, at], undefined) : []
    )
  const problems = [
    ...issuesOf(ConfigShape as unknown as Schema.Codec<unknown, unknown>, value, [], known),
    ...inside("connectors", ConnectorEntry as unknown as Schema.Codec<unknown, unknown>),
    ...inside("modules", ModuleEntry as unknown as Schema.Codec<unknown, unknown>),
    ...entries("measures").flatMap((entry, at) => (isRecord(entry) ? measureProblem(entry, at) : [])),
    ...(isRecord(value["kafka"]) ? kafkaProblems(value["kafka"]) : [])
  ]
  const config = value as unknown as PlimsollConfig
  const all = problems.length > 0 ? problems : acrossProblems(config)
  // Two expectations of one value are one problem.
  const [first, ...rest] = all.filter(
    (one, at) => all.findIndex((other) => other.configPath === one.configPath) === at
  )
  if (first !== undefined) throw new Complaints([first, ...rest])
  return config
}

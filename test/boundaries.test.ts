import { readFileSync } from "node:fs"
import { basename, join, posix } from "node:path"
import { parseSync } from "vite"
import { describe, expect, test } from "vitest"
import { below, isOurs, root, shortName, workspaces } from "./workspace.ts"

/** Who may depend on whom. A package that is not in this table may not exist. */
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  schema: [],
  spc: [],
  connector: ["schema"],
  log: ["schema"],
  client: ["schema"],
  charts: ["schema"],
  pipeline: ["connector", "log", "schema"],
  core: ["log", "spc", "schema"],
  quality: ["core", "spc", "schema"],
  server: ["log", "quality", "core", "schema"],
  web: ["client", "charts", "schema"],
  cli: [
    "charts",
    "client",
    "connector",
    "core",
    "log",
    "pipeline",
    "quality",
    "schema",
    "server",
    "spc",
    "web"
  ]
}
const ofConnectors = ["connector", "schema"]

/** The one folder in which a thing that is not ours may be imported. */
const rooms: ReadonlyArray<readonly [thing: string, room: string]> = [
  ["node:sqlite", "packages/log/src/embedded/"],
  ["kafkajs", "packages/log/src/kafka/"],
  ["@platformatic/kafka", "packages/log/src/kafka/"],
  ["@duckdb/node-api", "packages/core/src/duckdb/"],
  ["csv-parse", "connectors/files/src/"],
  ["@observablehq/plot", "packages/charts/src/"],
  ["linkedom", "packages/charts/src/"],
  ["commander", "packages/cli/src/"],
  ["minisearch", "packages/quality/src/learning/search"]
]

interface Import {
  readonly file: string
  readonly from: string
  readonly all: boolean
}

/** What the modules of a file ask for, as the parser sees it: comments and strings are not mistaken for code. */
const importsOf = (file: string): ReadonlyArray<Import> => {
  const code = readFileSync(join(root, file), "utf8")
  const { module, errors } = parseSync(file, code)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]!.message}`)
  return [
    ...module.staticImports.map((one) => ({ file, from: one.moduleRequest.value, all: false })),
    ...module.staticExports.flatMap((one) =>
      one.entries
        .filter((entry) => entry.moduleRequest !== null)
        .map((entry) => ({
          file,
          from: entry.moduleRequest!.value,
          all: entry.importName.kind === "AllButDefault"
        }))
    ),
    // A module named by an expression, such as a project's config, is nobody's dependency.
    ...module.dynamicImports
      .map(({ moduleRequest: { start, end } }) => code.slice(start, end))
      .filter((text) => /^(["'`]).*\1$/.test(text))
      .map((text) => ({ file, from: text.slice(1, -1), all: false }))
  ]
}

const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file) && !/\.(test|bench)\.[jt]s$/.test(file)
const packages = workspaces().map((one) => ({
  ...one,
  imports: below(`${one.folder}/src`).filter(isCode).flatMap(importsOf)
}))
const dependenciesOf = (one: (typeof packages)[number]): ReadonlyArray<string> =>
  Object.keys({
    ...one.manifest.dependencies,
    ...one.manifest.peerDependencies,
    ...one.manifest.optionalDependencies
  })
/** `@scope/name/sub` belongs to `@scope/name`. */
const packageOf = (from: string): string =>
  from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/")

describe.each(packages)("$folder", (one) => {
  const mayImport = one.folder.startsWith("connectors/") ? ofConnectors : allowed[one.short]
  const dependencies = dependenciesOf(one)

  test("is in the table of who may depend on whom", () => {
    expect(mayImport, `${one.short} has no line in the table of test/boundaries.test.ts`).toBeDefined()
  })

  test("declares no package of ours that it may not know", () => {
    const ours = dependencies.filter(isOurs).map(shortName)
    expect(ours.filter((name) => !mayImport?.includes(name))).toEqual([])
  })

  test("imports no package of ours that it may not know", () => {
    const foreign = one.imports.filter(
      ({ from }) =>
        isOurs(packageOf(from)) &&
        packageOf(from) !== one.manifest.name &&
        !mayImport?.includes(shortName(packageOf(from)))
    )
    expect(foreign).toEqual([])
  })

  test("declares everything it imports", () => {
    const undeclared = one.imports.filter(
      ({ from }) =>
        !/^(\.|node:)/.test(from) &&
        packageOf(from) !== one.manifest.name &&
        !dependencies.includes(packageOf(from))
    )
    expect(undeclared).toEqual([])
  })

  test("reaches into no other folder by a relative path", () => {
    const outside = one.imports.filter(
      ({ file, from }) =>
        from.startsWith(".") && !posix.join(posix.dirname(file), from).startsWith(`${one.folder}/`)
    )
    expect(outside).toEqual([])
  })

  test("names what it exports", () => {
    const entries = JSON.stringify(one.manifest.exports ?? {}).match(/src\/[^"]+\.ts/g) ?? []
    const roots = new Set([`${one.folder}/src/index.ts`, ...entries.map((entry) => `${one.folder}/${entry}`)])
    expect(one.imports.filter(({ file, all }) => all && roots.has(file))).toEqual([])
  })

  test("keeps foreign things in their rooms", () => {
    const strayed = one.imports.filter(({ file, from }) =>
      rooms.some(([thing, room]) => packageOf(from) === thing && !file.startsWith(room))
    )
    expect(strayed).toEqual([])
  })

  test.runIf(one.manifest.private !== true)("can be published", () => {
    expect(one.manifest).toMatchObject({
      license: "Apache-2.0",
      type: "module",
      engines: { node: ">=22.22" },
      description: expect.stringMatching(/\w/),
      exports: { ".": expect.anything() }
    })
  })

  test.runIf(one.manifest.private !== true)("has a README", () => {
    expect(below(one.folder)).toContain(`${one.folder}/README.md`)
  })
})

test("apache-arrow is imported in one file at most", () => {
  const files = packages.flatMap((one) =>
    one.imports.filter(({ from }) => packageOf(from) === "apache-arrow").map(({ file }) => file)
  )
  expect(new Set(files).size).toBeLessThanOrEqual(1)
})

test("no file or folder is named after nothing in particular", () => {
  const vague = new Set(["utils", "util", "common", "shared", "helpers", "helper", "types", "misc"])
  const all = ["packages", "connectors", "examples", "bench", "test", "scripts", "docs"].flatMap(below)
  expect(all.length).toBeGreaterThan(50)
  expect(all.filter((path) => vague.has(basename(path).split(".")[0]!.toLowerCase()))).toEqual([])
})

test("the drawing in ARCHITECTURE.md is the graph of the packages", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8")
  const drawing = /^```mermaid\n([\s\S]*?)^```/m.exec(text)?.[1] ?? ""
  const drawn = [...drawing.matchAll(/^\s*([\w-]+) --> ([\w-]+)\s*$/gm)].map(
    (edge) => `${edge[1]} --> ${edge[2]}`
  )
  const real = packages.flatMap((one) =>
    dependenciesOf(one)
      .filter(isOurs)
      .map((name) => `${one.short} --> ${shortName(name)}`)
  )
  expect(real.length).toBeGreaterThan(0)
  expect(drawn.toSorted()).toEqual(real.toSorted())
})

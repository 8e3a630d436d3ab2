import { readdirSync, readFileSync, existsSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** The top folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..")

/** The part of a package.json that the tests look at. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly license?: string
  readonly description?: string
  readonly type?: string
  readonly engines?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** One package of ours: its folder (`packages/log`), its short name (`log`, `connector-files`), its package.json. */
export interface Workspace {
  readonly folder: string
  readonly short: string
  readonly manifest: Manifest
}

/** The name a package has in the drawing and in the table: its npm name without the scope, and `cli` for the command. */
export const shortName = (name: string): string =>
  name === "plimsoll" ? "cli" : name.replace(/^@plimsoll\//, "")

/** True for the npm name of a package of this repository. */
export const isOurs = (name: string): boolean => name === "plimsoll" || name.startsWith("@plimsoll/")

/** Every package under packages/ and connectors/. */
export const workspaces = (): ReadonlyArray<Workspace> =>
  ["packages", "connectors"].flatMap((group) =>
    readdirSync(join(root, group))
      .filter((name) => existsSync(join(root, group, name, "package.json")))
      .map((name) => {
        const manifest = JSON.parse(readFileSync(join(root, group, name, "package.json"), "utf8")) as Manifest
        return { folder: `${group}/${name}`, short: shortName(manifest.name), manifest }
      })
  )

const left = new Set(["node_modules", "dist", ".turbo", ".git", ".plimsoll", "coverage"])

/** All files and folders below `folder`, as paths from the root with `/`, without what is built or installed. */
export const below = (folder: string): ReadonlyArray<string> => {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !left.has(entry.name))
    .flatMap((entry) => {
      const path = relative(root, join(root, folder, entry.name))
        .split(sep)
        .join("/")
      return entry.isDirectory() ? [path, ...below(path)] : [path]
    })
}

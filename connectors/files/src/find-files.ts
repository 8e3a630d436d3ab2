import { ConnectorError, type Partition } from "@plimsoll/connector"
import { glob, readdir, stat } from "node:fs/promises"
import { basename, dirname, relative, resolve, sep } from "node:path"
import { extensions, type Settings } from "./settings.ts"

/** What the paths of the options come to. */
export interface FoundFiles {
  /** In the order of their names. */
  readonly files: ReadonlyMap<Partition, string>
  /** Files in a folder whose extension says that they are not meant. */
  readonly passedOver: ReadonlyArray<string>
  /** Whether a file may come yet: a folder is there to be watched. */
  readonly mayCome: boolean
}

const slashes = (path: string) => path.split(sep).join("/")
const magic = /[*?[\]{}]/

/** The part of a glob in front of its first wildcard. */
const baseOf = (pattern: string): string => {
  const parts = slashes(pattern).split("/")
  const wild = parts.findIndex((part) => magic.test(part))
  return resolve(parts.slice(0, wild).join("/") || (pattern.startsWith("/") ? "/" : "."))
}

const kindOf = async (path: string): Promise<"file" | "folder" | undefined> => {
  try {
    const found = await stat(path)
    return found.isDirectory() ? "folder" : "file"
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return undefined
    throw new ConnectorError(
      "config",
      {
        code: "file-unreadable",
        message: `${path} cannot be looked at (${code})`,
        suggestion: "check the rights of the folder"
      },
      { cause: error }
    )
  }
}

const hidden = (name: string) => /^(\.|~\$)/.test(name)

/** Looks for the files. Throws `partition-duplicate` where two files have one name below their base folders. */
export const findFiles = async (settings: Settings, configPath: string): Promise<FoundFiles> => {
  const files = new Map<Partition, string>()
  const passedOver: string[] = []
  let mayCome = false
  const add = (base: string, path: string) => {
    const partition = slashes(relative(base, path))
    const other = files.get(partition)
    if (other !== undefined && other !== path) {
      throw new ConnectorError("config", {
        code: "partition-duplicate",
        message: `two files are both called ${partition} below their folders`,
        configPath: `${configPath}.path`,
        suggestion: "use one glob that covers both, such as data/*/*.csv, or two connectors"
      })
    }
    files.set(partition, path)
  }
  for (const path of settings.paths) {
    const kind = await kindOf(resolve(path))
    if (kind === "file") {
      add(dirname(resolve(path)), resolve(path))
    } else if (kind === "folder") {
      mayCome = true
      for (const entry of await readdir(path, { withFileTypes: true })) {
        if (hidden(entry.name) || entry.isDirectory()) continue
        const meant = extensions[settings.format].some((one) => entry.name.toLowerCase().endsWith(one))
        if (meant) add(resolve(path), resolve(path, entry.name))
        else passedOver.push(entry.name)
      }
    } else if (magic.test(path)) {
      const base = baseOf(path)
      mayCome = mayCome || (await kindOf(base)) === "folder"
      for await (const entry of glob(path)) {
        const found = resolve(entry)
        if (!hidden(basename(found)) && (await kindOf(found)) === "file") add(base, found)
      }
    }
  }
  return {
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    passedOver: passedOver.sort(),
    mayCome
  }
}

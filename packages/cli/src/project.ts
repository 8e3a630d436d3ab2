import { existsSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import type { QualityModule } from "@plimsoll/core"
import { type Microsystem, PlimsollError } from "@plimsoll/schema"
import { dayIn } from "./clock.ts"
import { complaintsOf, isComplaint } from "./complaints.ts"
import type { PlimsollConfig } from "./define-config.ts"

/** A config that has been read and checked, with every path made absolute and every default filled in. */
export interface Project {
  readonly configFile: string
  readonly config: PlimsollConfig
  readonly directory: string
  readonly log: string
  readonly store: string
  /** The folder of the keys of what is sealed. */
  readonly vault: string
  readonly published: string
  readonly microsystems: ReadonlyArray<Microsystem>
  /** The components that compute here. */
  modules(): Promise<ReadonlyArray<QualityModule>>
  /** The day it is taken to be. */
  today(): string
}

const names = ["plimsoll.config.ts", "plimsoll.config.mts", "plimsoll.config.js", "plimsoll.config.mjs"]

const findConfig = (given: string | undefined): string => {
  if (given !== undefined) {
    const file = resolve(given)
    if (existsSync(file)) return file
    throw new PlimsollError({
      code: "config-missing",
      message: `there is no file ${given}`,
      suggestion: "check the path after --config"
    })
  }
  const found = names.map((name) => resolve(name)).find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new PlimsollError({
    code: "config-missing",
    message: `there is no plimsoll.config.ts in ${process.cwd()}`,
    suggestion: "change to the folder of your project, name the file with --config, or run `plimsoll init`"
  })
}

const importConfig = async (file: string): Promise<unknown> => {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
    return module.default
  } catch (cause) {
    const [complaint] = complaintsOf(cause)
    // What the words of the SDK refuse while the file is read is a fault of the config, whatever its code.
    if (isComplaint(cause)) {
      const { message, suggestion, configPath = basename(file) } = cause
      throw new PlimsollError({ code: "config-invalid", message, suggestion, configPath }, { cause })
    }
    throw new PlimsollError(
      {
        code: "config-unreadable",
        message: `${basename(file)} cannot be loaded: ${complaint.message.split("\n")[0]}`,
        configPath: basename(file),
        suggestion:
          "mend the file (--debug shows where); packages it imports must be installed in its folder, and types must be erasable"
      },
      { cause }
    )
  }
}

/** Finds, loads and checks the project's config. Errors: `config-missing`, `config-unreadable`, `config-invalid`. */
export const loadProject = async (given: string | undefined): Promise<Project> => {
  const configFile = findConfig(given)
  const [value, { checkConfig }] = await Promise.all([importConfig(configFile), import("./config.ts")])
  const config = checkConfig(value)
  const home = dirname(configFile)
  const directory = resolve(home, config.directory ?? ".plimsoll")
  return {
    configFile,
    config,
    directory,
    log: join(directory, "log.sqlite"),
    store: join(directory, "core.duckdb"),
    vault: join(directory, "vault"),
    published: resolve(home, config.published ?? "plimsoll.duckdb"),
    microsystems: (config.microsystems ?? []).map((unit) => ({
      id: unit.id,
      name: unit.name,
      kind: unit.kind,
      parent: unit.parent ?? null,
      since: unit.since ?? "0001-01-01"
    })),
    modules: async () => config.modules ?? (await import("@plimsoll/quality")).components(),
    today: () => config.clock ?? dayIn(config.zone, new Date())
  }
}

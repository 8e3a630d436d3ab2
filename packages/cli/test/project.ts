import { spawn, type ChildProcess } from "node:child_process"
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const bin = join(root, "packages/cli/src/bin.ts")

/** What a command did. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts `plimsoll` from source in a folder. */
export const start = (folder: string, ...args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, ["--conditions=@plimsoll/source", bin, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" }
  })

/** What a started command says until it ends. */
export const outcome = (child: ChildProcess): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    let [out, err] = ["", ""]
    child.stdout!.on("data", (chunk) => (out += String(chunk)))
    child.stderr!.on("data", (chunk) => (err += String(chunk)))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out, err }))
  })

/** Runs `plimsoll` from source in a folder, to its end. */
export const plimsoll = (folder: string, ...args: ReadonlyArray<string>): Promise<Outcome> =>
  outcome(start(folder, ...args))

/** Waits until a started command has said something on stderr. */
export const said = (child: ChildProcess, words: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = ""
    child.stderr!.on("data", (chunk) => {
      text += String(chunk)
      if (text.includes(words)) resolve()
    })
    child.on("close", () => reject(new Error(`ended before it said "${words}": ${text}`)))
  })

/** An empty folder in which the packages of this repository can be imported, as after `npm install`. */
export const newFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-cli-")))
  mkdirSync(join(folder, "node_modules/@plimsoll"), { recursive: true })
  for (const [name, place] of [
    ["plimsoll", "packages/cli"],
    ["@plimsoll/schema", "packages/schema"],
    ["@plimsoll/connector-files", "connectors/files"],
    ["effect", "packages/schema/node_modules/effect"]
  ] as const) {
    symlinkSync(realpathSync(join(root, place)), join(folder, "node_modules", name), "junction")
  }
  return folder
}

/** Takes the components out of a new project: a test of something else would wait for them at every run. */
export const withoutModules = (folder: string): void => {
  const file = join(folder, "plimsoll.config.ts")
  writeFileSync(file, readFileSync(file, "utf8").replace("  measures: [", "  modules: [],\n  measures: ["))
}

/** A copy of a project. */
export const copyOf = (folder: string): string => {
  const copy = newFolder()
  rmSync(join(copy, "node_modules"), { recursive: true })
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

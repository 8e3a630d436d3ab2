import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { isAlive, isNode } from "./process.ts"
import type { Users } from "./security.ts"
import { nodeFolder, type Node } from "./settings.ts"

/** A node as the folder of its cluster remembers it. */
export interface NodeState extends Node {
  readonly pid?: number
  /** How long its output was when it was started last. */
  readonly outputAt: number
}

/** What the folder of a cluster remembers, in `kafka.json`. */
export interface ClusterState {
  readonly version: string
  readonly clusterId: string
  readonly host: string
  readonly heap: string
  readonly speed: "start" | "run"
  readonly settings: Readonly<Record<string, string>>
  /** Only of a secure cluster. */
  readonly users?: Users
  readonly nodes: ReadonlyArray<NodeState>
}

const stateFile = (dir: string): string => join(dir, "kafka.json")

/** The cluster of a folder; `undefined` where there never was one. */
export const readState = (dir: string): ClusterState | undefined => {
  try {
    return JSON.parse(readFileSync(stateFile(dir), "utf8")) as ClusterState
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw cause
  }
}

export const writeState = (dir: string, state: ClusterState): void => {
  const fresh = `${stateFile(dir)}.${process.pid}`
  // It holds the passwords of a secure cluster.
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, stateFile(dir))
}

/** The process of a node, where it runs. */
export const runningPid = (dir: string, { id, pid }: NodeState): number | undefined =>
  pid !== undefined && isNode(dir, id, pid) ? pid : undefined

/** Does something that only one process may do in this folder at a time. */
export const alone = async <A>(dir: string, work: () => Promise<A>): Promise<A> => {
  const lock = join(dir, "lock")
  mkdirSync(dir, { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
    }
    const holder = holderOf(lock)
    if (holder !== undefined && holder > 0 && !isAlive(holder)) rmSync(lock, { force: true })
    else await sleep(50)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

const holderOf = (lock: string): number | undefined => {
  try {
    return Number(readFileSync(lock, "utf8"))
  } catch {
    return undefined
  }
}

const prefix = "plimsoll-kafka-"

/** A name for the folder of a cluster that ends with the process `owner`. The folder is not made. */
export const temporaryFolder = (owner = process.pid): string =>
  join(tmpdir(), `${prefix}${owner}-${Math.random().toString(36).slice(2, 10)}`)

/** Ends what processes of this machine left running when they were killed, and removes it. */
export const removeOrphans = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN
    if (Number.isNaN(owner) || isAlive(owner)) continue
    const dir = join(tmpdir(), name)
    const state = readState(dir)
    // The temporary folder may be shared with another machine or container, whose processes we cannot see.
    if (state?.host === hostname()) removeCluster(dir, state)
  }
}

/** Empties the folder of a cluster that never came up. */
export const forgetCluster = (dir: string): void => {
  for (const { id } of readState(dir)?.nodes ?? []) {
    rmSync(nodeFolder(dir, id), { recursive: true, force: true })
  }
  rmSync(stateFile(dir), { force: true })
}

/** Kills what runs in a folder and removes the folder. */
export const removeCluster = (dir: string, state = readState(dir)): void => {
  for (const node of state?.nodes ?? []) {
    const pid = runningPid(dir, node)
    if (pid !== undefined) process.kill(pid, "SIGKILL")
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}

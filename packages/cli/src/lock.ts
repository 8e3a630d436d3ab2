import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { FileLock } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"

/** Who holds a project. */
export interface Holder {
  readonly pid: number
  readonly startedAt: string
  readonly command: string
}

/** A lock that is held. */
export interface Lock {
  release(): void
}

// The lock itself is the operating system's, on `lock.sqlite`: it ends with its process, however that dies, so
// nothing is ever left behind to be judged by its age or by a pid that another process has by now. `lock` is
// only the words for it.
const guardOf = (directory: string): string => join(directory, "lock.sqlite")
const wordsOf = (directory: string): string => join(directory, "lock")

const take = async (directory: string): Promise<FileLock | undefined> => {
  const { tryFileLock } = await import("@plimsoll/log")
  return tryFileLock(guardOf(directory))
}

const readHolder = (directory: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(wordsOf(directory), "utf8")) as Holder
  } catch {
    return undefined
  }
}

/** Who holds the project now; undefined where nobody does, and "unknown" where the holder has not said yet. */
export const holderOf = async (directory: string): Promise<Holder | "unknown" | undefined> => {
  const lock = await take(directory)
  if (lock === undefined) return readHolder(directory) ?? "unknown"
  lock.release()
  return undefined
}

/**
 * Takes the project for this process, until {@link Lock.release} or the end of the process. Fails with
 * `run-locked`, which tells the pid of the holder.
 */
export const takeLock = async (directory: string, command: string): Promise<Lock> => {
  mkdirSync(directory, { recursive: true })
  let held = await take(directory)
  // `doctor` holds it for an instant to see whether it is free, and a new holder needs one to write its pid.
  for (let look = 0; held === undefined && look < 5; look++) {
    await sleep(40)
    held = await take(directory)
  }
  if (held === undefined) {
    const holder = readHolder(directory)
    throw new PlimsollError({
      code: "run-locked",
      message:
        holder === undefined
          ? "another process has this project"
          : `another process has this project: pid ${holder.pid}, \`plimsoll ${holder.command}\`, since ${holder.startedAt}`,
      suggestion:
        holder === undefined
          ? "wait until it has ended"
          : `wait until it has ended, or stop it (pid ${holder.pid}); reading commands such as \`plimsoll status\` work meanwhile`
    })
  }
  const lock = held
  try {
    const holder: Holder = { pid: process.pid, startedAt: new Date().toISOString(), command }
    writeFileSync(wordsOf(directory), `${JSON.stringify(holder)}\n`)
  } catch (cause) {
    lock.release()
    throw cause
  }
  let free = false
  return {
    release: () => {
      if (free) return
      free = true
      rmSync(wordsOf(directory), { force: true })
      lock.release()
    }
  }
}

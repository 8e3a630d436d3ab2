import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { command } from "./project.ts"

/** A `plimsoll` that was started. */
export interface Started {
  readonly pid: number
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
  /** Whether it has ended. */
  readonly isOver: () => boolean
  /** What it has said so far. */
  readonly said: () => string
  readonly kill: (signal: "SIGKILL" | "SIGINT") => void
  /** Megabytes of memory that it has now; undefined where the system does not tell, or it has ended. */
  readonly memory: () => number | undefined
}

/** Starts `plimsoll` from source in a folder. */
export const start = (folder: string, ...parameters: ReadonlyArray<string>): Started => {
  const child = spawn(process.execPath, [...command, ...parameters], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"]
  })
  let said = ""
  let isOver = false
  child.stdout.on("data", (text) => (said += String(text)))
  child.stderr.on("data", (text) => (said += String(text)))
  return {
    pid: child.pid!,
    ended: new Promise((resolve) =>
      child.once("close", (code) => {
        isOver = true
        resolve(code)
      })
    ),
    isOver: () => isOver,
    said: () => said,
    kill: (signal) => void child.kill(signal),
    memory: () => {
      try {
        const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]
        return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
      } catch {
        return undefined
      }
    }
  }
}

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** A module whose export `openLog(argument)` opens the log under test in another process. */
export interface Opener {
  readonly module: string
  readonly argument: string
}

/** What the other process is to do. */
export type Task =
  /** Appends so many transactions of so many records each to the first topic, and ends. */
  | {
      readonly do: "append"
      readonly writer: string
      readonly topics: ReadonlyArray<string>
      readonly transactions: number
      readonly records: number
    }
  /** Appends to all topics, from that number on, until it is killed; prints the number of each acknowledged transaction. */
  | {
      readonly do: "append-for-ever"
      readonly writer: string
      readonly topics: ReadonlyArray<string>
      readonly from: number
    }
  /** Only opens the log, makes the topics and ends. */
  | { readonly do: "make"; readonly topics: ReadonlyArray<string> }
  /** Takes the lease so often, for so many milliseconds; prints the monotonic time of each start and end on a line. */
  | { readonly do: "lease"; readonly id: string; readonly turns: number; readonly milliseconds: number }
  /** Takes the lease until it is lost; prints `held`, and then `lost`, on a line each. */
  | { readonly do: "hold"; readonly id: string }

/** Records of one transaction of `append-for-ever` on each topic. */
export const recordsPerTopic = 3

// Halves the start of a process, of which these tests have many.
const compileCache = join(tmpdir(), "plimsoll-compile-cache")

const clockBack = fileURLToPath(new URL("./clock-back.ts", import.meta.url))
const script = fileURLToPath(new URL("./other-process-main.ts", import.meta.url))

export const start = (
  opener: Opener,
  task: Task,
  options?: { readonly clockBack?: boolean; readonly stderr?: "pipe" }
): ChildProcess =>
  spawn(
    process.execPath,
    [
      "--conditions=@plimsoll/source",
      "--disable-warning=ExperimentalWarning",
      ...(options?.clockBack === true ? ["--import", clockBack] : []),
      script,
      JSON.stringify({ opener, task })
    ],
    {
      stdio: ["ignore", "pipe", options?.stderr ?? "inherit"],
      env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: compileCache }
    }
  )

/** Starts it and waits until it is done. */
export const run = async (
  opener: Opener,
  task: Task,
  options?: { readonly clockBack?: boolean }
): Promise<void> => {
  const child = start(opener, task, options)
  child.stdout!.resume()
  const [code] = (await once(child, "close")) as [number | null]
  if (code !== 0) throw new Error(`the other process ended with ${code}`)
}

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

import type { Opener } from "./other-process.ts"

const script = fileURLToPath(new URL("./copy-main.ts", import.meta.url))

/** Starts a copy in another process. It prints how many records it has copied after each transaction. */
const start = (from: Opener, to: Opener): ChildProcess =>
  spawn(
    process.execPath,
    [
      "--conditions=@plimsoll/source",
      "--disable-warning=ExperimentalWarning",
      script,
      JSON.stringify({ from, to })
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } }
  )

/** Kills a copy so many times, each a little later after its first transaction; gives how many were still at work. */
export const killCopies = async (from: Opener, to: Opener, kills: number): Promise<number> => {
  let killed = 0
  for (let kill = 0; kill < kills; kill++) {
    const child = start(from, to)
    const ended = once(child, "close")
    await Promise.race([once(child.stdout!, "data"), ended])
    await sleep(kill * 7)
    child.kill("SIGKILL")
    const [, signal] = (await ended) as [number | null, string | null]
    if (signal === "SIGKILL") killed++
  }
  return killed
}

/** Copies to the end; gives what the copy said. */
export const copyToTheEnd = async (from: Opener, to: Opener): Promise<string> => {
  const child = start(from, to)
  let text = ""
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  const [code] = (await once(child, "close")) as [number | null]
  if (code !== 0) throw new Error(`the copy ended with ${code}`)
  return text
}

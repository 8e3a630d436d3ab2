import { fork } from "node:child_process"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { writeVisits } from "./visits.ts"

/** What the child tells of itself: how far it is, and how much memory it holds. */
export interface Sample {
  readonly rows: number
  readonly bytes: number
}

/** 1 GB of CSV into the log, in a process of its own: does its memory grow with the file? */
export const memory = async (bytes: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  try {
    const path = join(folder, "visits.csv")
    const rows = Math.round(bytes / 64)
    await writeVisits(path, rows)
    const samples: Sample[] = []
    const child = fork(new URL("./memory-child.ts", import.meta.url), [folder, path])
    child.on("message", (sample) => samples.push(sample as Sample))
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve))
    if (code !== 0 || samples.length < 8) throw new Error("the child failed")
    // The first quarter is warming up: the heap finds its size.
    const steady = samples.slice(Math.floor(samples.length / 4))
    const meanOf = (of: (sample: Sample) => number) =>
      steady.reduce((sum, one) => sum + of(one), 0) / steady.length
    const [x, y] = [meanOf((one) => one.rows), meanOf((one) => one.bytes)]
    const slope =
      steady.reduce((sum, one) => sum + (one.rows - x) * (one.bytes - y), 0) /
      steady.reduce((sum, one) => sum + (one.rows - x) ** 2, 0)
    const size = statSync(path).size
    const megabytes = (value: number) => (value / 1e6).toFixed(1)
    console.log(
      `${(size / 1e9).toFixed(2)} GB of CSV (${rows.toLocaleString("en")} rows) → log: peak ${megabytes(Math.max(...samples.map((one) => one.bytes)))} MB, ` +
        `slope ${megabytes((slope * rows * 1e8) / size)} MB for each 100 MB of file (${samples.length} samples); goal: flat, peak < 300 MB`
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

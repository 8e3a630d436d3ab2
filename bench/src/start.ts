import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { compare, timed } from "./comparison.ts"

const bin = join(import.meta.dirname, "../../packages/cli/dist/bin.js")

/** How long the built command takes to say what it can do, beside Node that does nothing. */
export const start = (): Promise<void> =>
  compare({
    what: "plimsoll --help",
    unit: "starts",
    beside: "node -e 0",
    goal: "≥ 3.3 starts/s (300 ms)",
    runs: 7,
    ours: () => timed(1, async () => execFileSync(process.execPath, [bin, "--help"])),
    peer: () => timed(1, async () => execFileSync(process.execPath, ["-e", "0"]))
  })

import type { ConformanceModule } from "@plimsoll/pipeline/testing"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { files } from "../src/index.ts"
import { falls } from "./stream.ts"

const rows = 45_000

/** Three files, with quotes over several lines and, in one row of a hundred, a number that is none. */
export const prepare: ConformanceModule["prepare"] = (folder) => {
  let poison = 0
  for (const file of [0, 1, 2]) {
    const lines = ["ward,day,falls,opened_by"]
    for (let row = 0; row < rows / 3; row++) {
      const bad = row % 100 === 50
      if (bad) poison++
      lines.push(
        `ward-${row % 7},2026-01-0${1 + (row % 9)},${bad ? "2.6" : row},${row % 3 === 0 ? '"two\nlines"' : "é"}`
      )
    }
    writeFileSync(join(folder, `part-${file}.csv`), `${lines.join("\n")}\n`)
  }
  return { rows: rows - poison, poison }
}

export const make: ConformanceModule["make"] = (folder) =>
  files({ instance: "conformance", stream: falls, path: join(folder, "*.csv"), stillMs: 0 })

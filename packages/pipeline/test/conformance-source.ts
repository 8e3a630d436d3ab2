import type { ConformanceModule } from "../src/testing/index.ts"
import type { RawRow } from "@plimsoll/connector"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { connectorOf, dayOf } from "./source.ts"

const count = 20_000

export const prepare: ConformanceModule["prepare"] = (folder) => {
  const lines = Array.from(
    { length: count },
    (_, at) => `w${at % 7},${dayOf(at)},${at % 100 === 0 ? "2.6" : at % 5}`
  )
  writeFileSync(join(folder, "falls.txt"), lines.join("\n"))
  return { rows: count - count / 100, poison: count / 100 }
}

export const make: ConformanceModule["make"] = (folder) => ({
  ...connectorOf(async function* (from) {
    const lines = readFileSync(join(folder, "falls.txt"), "utf8").split("\n")
    const start = Number(from.get("falls.txt")?.["row"] ?? 0)
    for (let at = start; at < lines.length; at += 400) {
      const rows = lines.slice(at, at + 400).map((line, index): RawRow => {
        const [ward, day, falls] = line.split(",")
        return { fields: { ward, day, falls }, at: { generation: 1, row: at + index + 1 } }
      })
      yield { _tag: "Rows", partition: "falls.txt", rows, cursor: { row: at + rows.length } }
    }
    if (start <= lines.length) {
      yield {
        _tag: "GenerationEnd",
        partition: "falls.txt",
        generation: 1,
        cursor: { row: lines.length + 1 }
      }
    }
  }),
  check: () => Promise.resolve([{ stream: "falls", ok: true, message: "one file" }])
})

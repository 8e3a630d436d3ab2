import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import files from "@plimsoll/connector-files"
import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { visits } from "./visits.ts"

// As the command does at its start.
setFlagsFromString("--semi-space-growth-factor=1")
setFlagsFromString("--heap-growing-percent=50")
const [folder, path] = process.argv.slice(2)
const log = await openEmbeddedLog(join(folder!, "log.sqlite"))
let told = 0
await runConnector(files({ instance: "visits", stream: visits, path: path! }), {
  log,
  organisation: "bench",
  project: "bench",
  configPath: "connectors[0]",
  onProgress: (progress) => {
    if (progress._tag !== "Committed") return
    const { counts } = progress
    if (counts.in - told < 100_000) return
    told = counts.in
    process.send!({ rows: counts.in, bytes: process.memoryUsage.rss() })
  }
})
await log.close()
process.disconnect()

import { openEmbeddedLog } from "@plimsoll/log"
import { replayDeadLetters } from "../src/index.ts"
import { connectorOf, given, readRows } from "./source.ts"

const log = await openEmbeddedLog(process.argv[2]!)
await replayDeadLetters([connectorOf(readRows([]))], {
  ...given,
  log,
  onProgress: ({ letters }) => void process.stdout.write(`${letters}\n`)
})
process.stdout.write("done\n")
await log.close()

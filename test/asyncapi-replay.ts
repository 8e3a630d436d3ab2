import { join } from "node:path"
import { openEmbeddedLog } from "@plimsoll/log"
import { replayDeadLetters } from "@plimsoll/pipeline"
import type { PlimsollConfig } from "plimsoll"

// Replays the dead letters of the project in this folder, as its config is now.
const folder = process.cwd()
const { default: config } = (await import(join(folder, "plimsoll.config.ts"))) as { default: PlimsollConfig }
const log = await openEmbeddedLog(join(folder, ".plimsoll/log.sqlite"))
const { organisation, project } = config
process.stdout.write(
  JSON.stringify(await replayDeadLetters(config.connectors, { log, organisation, project }))
)
await log.close()

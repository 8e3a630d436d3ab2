import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "../run-connector.ts"
import { given, type ConformanceModule } from "./subject.ts"

// A process of its own, so that it can be killed: the module of the connector, the folder of its source, the log.
const [module = "", folder = "", path = ""] = process.argv.slice(2)
const { make, policies } = (await import(module)) as ConformanceModule
const log = await openEmbeddedLog(path)
process.send?.("open")
await runConnector(await make(folder), { ...given, log, ...(policies === undefined ? {} : { policies }) })
await log.close()
process.disconnect?.()

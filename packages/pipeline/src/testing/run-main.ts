import { runConnector } from "../run-connector.ts"
import { given, type ConformanceModule, type LogsModule } from "./subject.ts"

// A process of its own, so that it can be killed: the module of the connector, the folder of its source, the module that
// opens the log, and what it is told.
const [module = "", folder = "", logs = "", argument = ""] = process.argv.slice(2)
const { make, policies } = (await import(module)) as ConformanceModule
const { openLog } = (await import(logs)) as LogsModule
const log = await openLog(argument)
process.send?.("open")
await runConnector(await make(folder), { ...given, log, ...(policies === undefined ? {} : { policies }) })
await log.close()
process.disconnect?.()

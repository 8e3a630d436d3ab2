import { openEmbeddedLog } from "@plimsoll/log"
import type { LogsModule } from "./subject.ts"

export const openLog: LogsModule["openLog"] = (path) => openEmbeddedLog(path)

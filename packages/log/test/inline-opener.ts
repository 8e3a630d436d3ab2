import { openEmbeddedLog, type Log } from "../src/index.ts"

export const openLog = (path: string): Promise<Log> => openEmbeddedLog(path, { thread: false })

import { openEmbeddedLog } from "../src/embedded/open.ts"

const log = await openEmbeddedLog(process.argv[2]!)
await log.ensureTopics([{ topic: "t", partitions: 1, cleanup: "keep" }])
const writer = await log.writer("w")
const record = { key: null, value: "", partitionKey: "", headers: {} }
// Nobody waits for it, and nobody closes the log.
void writer.append([{ topic: "t", headers: {}, records: [record] }])

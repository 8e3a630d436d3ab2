import { openEmbeddedLog } from "../src/embedded/open.ts"
import { copyLog } from "../src/copy.ts"

const [from, to] = [await openEmbeddedLog(process.argv[2]!), await openEmbeddedLog(process.argv[3]!)]
const report = await copyLog(from, to, {
  id: "copy",
  onProgress: ({ copied }) => void process.stdout.write(`${copied}\n`)
})
process.stdout.write(`complete ${report.complete}\n`)
await Promise.all([from.close(), to.close()])

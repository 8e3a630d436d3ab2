import { copyLog } from "../src/copy.ts"
import type { Log } from "../src/index.ts"
import type { Opener } from "./other-process.ts"

const open = async ({ module, argument }: Opener): Promise<Log> =>
  ((await import(module)) as { readonly openLog: (argument: string) => Promise<Log> }).openLog(argument)

const openers = JSON.parse(process.argv[2]!) as { readonly from: Opener; readonly to: Opener }
const [from, to] = [await open(openers.from), await open(openers.to)]
const report = await copyLog(from, to, {
  id: "copy",
  onProgress: ({ copied }) => void process.stdout.write(`${copied}\n`)
})
process.stdout.write(`complete ${report.complete}\n`)
await Promise.all([from.close(), to.close()])

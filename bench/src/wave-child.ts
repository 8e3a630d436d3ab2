import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { openEmbeddedLog, openVaultKeys, readSealed } from "@plimsoll/log"
import { closeWave } from "@plimsoll/quality"
import { answersContract, sealWave, vaultOf, waveOf } from "./wave-made.ts"

// As the command does at its start.
setFlagsFromString("--semi-space-growth-factor=1")
setFlagsFromString("--heap-growing-percent=50")

/** What the child tells. */
export interface WaveTook {
  readonly seconds: number
  readonly cpu: number
  /** Of the process at its most, in bytes. */
  readonly peak: number
  readonly people: number
  readonly figures: number
}

const [what, folder, people, teams] = process.argv.slice(2)
const log = await openEmbeddedLog(join(folder!, "log.sqlite"))
const answers = () => readSealed(log, openVaultKeys(vaultOf(folder!)), answersContract, { scope: "w1" })
const [start, before] = [performance.now(), process.cpuUsage()]
let [counted, figures] = [0, 0]
if (what === "seal") await sealWave(log, folder!, Number(people), Number(teams))
else if (what === "open") for await (const { packed } of answers()) counted += packed!.rows.length
else {
  const closed = await closeWave({ ...waveOf(Number(people), Number(teams)), answers })
  counted = closed.counted
  figures = closed.figures.length
}
const { user, system } = process.cpuUsage(before)
const took: WaveTook = {
  seconds: (performance.now() - start) / 1000,
  cpu: (user + system) / 1e6,
  peak: process.resourceUsage().maxRSS * 1024,
  people: counted,
  figures
}
await log.close()
if (process.send === undefined) console.log(took)
else process.send(took)
process.disconnect?.()

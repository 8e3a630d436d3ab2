import { cpus, totalmem } from "node:os"
import { decoding } from "./decoding.ts"
import { fileToLog } from "./file-to-log.ts"
import { kafkaToCore } from "./kafka.ts"
import { latency } from "./latency.ts"
import { logToCore } from "./log-to-core.ts"
import { memory } from "./memory.ts"
import { similar } from "./similar.ts"
import { spc } from "./spc.ts"
import { start } from "./start.ts"
import { system } from "./system.ts"
import { vision } from "./vision.ts"
import { wave } from "./wave.ts"

const all: { readonly [name: string]: () => Promise<void> } = {
  spc: () => spc(10_000, 60),
  file: () => fileToLog(500_000),
  core: () => logToCore(500_000),
  decoding: () => decoding(300_000),
  latency: () => latency({ series: 20_000, eventsPerSecond: 1000, seconds: 15 }),
  kafka: () => kafkaToCore(300_000),
  system: () => system({ units: 5000, measures: 40, periods: 60 }),
  vision: () => vision(100_000),
  similar: () => similar(10_000),
  wave: () => wave({ teams: 5000, people: [25_000, 250_000, 1_000_000] }),
  memory: () => memory(1e9),
  start
}
const wanted = process.argv.slice(2)
console.log(`${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`)
for (const [name, run] of Object.entries(all)) {
  if (wanted.length === 0 || wanted.includes(name)) await run()
}

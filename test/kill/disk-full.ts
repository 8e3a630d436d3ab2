import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openEmbeddedLog } from "@plimsoll/log"
import { command, makeProject } from "./project.ts"

// Runs in a mount namespace of its own. The file system is full first for the log, then for the store, then large enough.
const [folder] = process.argv.slice(2)
const source = makeProject(40_000, 1)
const home = join(folder!, "project")
mkdirSync(home)
const mount = (...options: string[]) => execFileSync("mount", [...options, home])
mount("-t", "tmpfs", "-o", "size=16m", "tmpfs")
cpSync(source.folder, home, { recursive: true, verbatimSymlinks: true })
rmSync(source.folder, { recursive: true })

const run = () => {
  const { status, stderr } = spawnSync(process.execPath, [...command, "run"], { cwd: home, encoding: "utf8" })
  return { code: status, said: stderr }
}

// Ballast leaves 1 MB: too little for the log.
writeFileSync(join(home, "ballast"), Buffer.alloc(11_000_000))
const full = [run()]
rmSync(join(home, "ballast"))
// Room for the log, not for the store beside it.
full.push(run())
mount("-o", "remount,size=400m")
const last = run()
if (last.code !== 0) throw new Error(last.said)

const log = await openEmbeddedLog(join(home, ".plimsoll/log.sqlite"))
let [rows, late] = [0, 0]
for (const topic of await log.topics()) {
  if (topic.topic !== "test.clinic.visits.v1") continue
  for (const { partition, end } of topic.offsets) {
    for (let from = 0; from < end;) {
      const batch = await log.read(topic.topic, partition, from, { until: end })
      for (const { value } of batch.records) {
        rows++
        late += (JSON.parse(value!) as { late: number }).late
      }
      from = batch.records.length === 0 ? end : batch.next
    }
  }
}
await log.close()
console.log(
  JSON.stringify({ full, rows, late, expected: { rows: source.rows - source.rejected, late: source.late } })
)

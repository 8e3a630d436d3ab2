import { once } from "node:events"
import { writeSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

import type { Log, RecordGroup } from "../src/index.ts"
import { recordsPerTopic, type Opener, type Task } from "./other-process.ts"

const { opener, task } = JSON.parse(process.argv[2]!) as { readonly opener: Opener; readonly task: Task }
const { openLog } = (await import(opener.module)) as { readonly openLog: (argument: string) => Promise<Log> }
const log = await openLog(opener.argument)

const group = (topic: string, tag: string, count: number): RecordGroup => ({
  topic,
  headers: { tag },
  records: Array.from({ length: count }, (_, index) => ({
    key: null,
    value: `${tag}:${index}`,
    partitionKey: `unit-${index}`,
    headers: { index: String(index) }
  }))
})

if (task.do === "append-for-ever") {
  const writer = await log.writer(task.writer)
  const inFlight: Array<Promise<void>> = []
  for (let number = task.from; ; number++) {
    const append = writer.append(task.topics.map((topic) => group(topic, String(number), recordsPerTopic)))
    // Written at once, or a kill could lose an acknowledgement that was given.
    inFlight.push(append.then(() => void writeSync(1, `${number}\n`)))
    if (inFlight.length >= 3) await inFlight.shift()
  }
}
if (task.do === "append") {
  const writer = await log.writer(task.writer)
  for (let number = 0; number < task.transactions; number++)
    await writer.append([group(task.topics[0]!, `${task.writer}/${number}`, task.records)])
}
if (task.do === "make")
  await log.ensureTopics(task.topics.map((topic) => ({ topic, partitions: 3, cleanup: "keep" })))
if (task.do === "lease") {
  for (let turn = 0; turn < task.turns; turn++) {
    const lease = await log.lease(task.id)
    writeSync(1, `held ${process.hrtime.bigint()}\n`)
    await sleep(task.milliseconds)
    if (lease.lost.aborted) throw new Error("lost the lease")
    writeSync(1, `left ${process.hrtime.bigint()}\n`)
    await lease.release()
  }
}
if (task.do === "hold") {
  const { lost } = await log.lease(task.id)
  const told = once(lost, "abort")
  writeSync(1, "held\n")
  await told
  writeSync(1, "lost\n")
}
await log.close()

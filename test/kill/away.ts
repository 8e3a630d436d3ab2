import { rmSync } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { expect } from "vitest"
import { openClient } from "../../packages/log/src/kafka/open.ts"
import { type OwnLog, putOnLog } from "../logs.ts"
import { start } from "./command.ts"
import { everythingOnce, topics } from "./exactly-once.ts"
import { makeProject } from "./project.ts"
import { type Mortal, until } from "./turns.ts"

/** What an outage was like; memory in megabytes, undefined where the system does not tell of it. */
export interface Outage {
  /** The most that the command had before the broker was killed, while it was away, and after it was back. */
  readonly before: number | undefined
  readonly during: number | undefined
  readonly after: number | undefined
  readonly seconds: number
}

/** As one line. */
export const outageText = (name: string, rows: number, away: number, outage: Outage): string => {
  const megabytes = (value: number | undefined) => (value === undefined ? "?" : `${Math.round(value)} MB`)
  return `${name}, ${rows.toLocaleString("en")} rows, broker away for ${away / 1000} s: memory ${megabytes(outage.before)} before, ${megabytes(outage.during)} meanwhile, ${megabytes(outage.after)} after; ${outage.seconds} s in all; every row exactly once`
}

/**
 * `plimsoll run` loses its broker after its first commit, in the moment in which that has decided another and may not have
 * marked it (docs/decisions/0021), for so many milliseconds, and goes on by itself: every row is there once, and it held
 * no more in memory while it waited.
 */
export const broughtBack = async (
  own: OwnLog,
  broker: Mortal,
  { rows, away, seed }: { readonly rows: number; readonly away: number; readonly seed: number }
): Promise<Outage> => {
  const began = performance.now()
  const source = makeProject(rows, seed, { files: 1 })
  putOnLog(source.folder, own)
  const log = await own.open(source.folder)
  const most: { before?: number; during?: number; after?: number } = {}
  let phase: keyof typeof most = "before"
  // Of the two, the client that asks on a connection that it has: what is waited for is over in some milliseconds.
  const coordinator = await openClient({ ...own.kafka!, client: "kafkajs" })
  const writer = `${own.kafka!.prefix}plimsoll.kill.visits`
  const started = start(source.folder, "run")
  const sample = setInterval(() => {
    const now = started.memory()
    if (now !== undefined) most[phase] = Math.max(most[phase] ?? 0, now)
  }, 50)
  try {
    const isCommitted = async () => {
      const [info] = await log.topics([topics.visits])
      return info?.offsets.some(({ end }) => end > 0) ?? false
    }
    await until(started, isCommitted)
    await until(started, async () => (await coordinator.decision(writer)) === "abort")
    await until(started, async () => (await coordinator.decision(writer)) === "commit")
    await broker.kill9()
    expect(started.isOver(), started.said()).toBe(false)
    phase = "during"
    await wait(away)
    expect(started.isOver(), started.said()).toBe(false)
    phase = "after"
    await broker.restart()
    expect(await started.ended, started.said()).toBe(0)
    expect(started.said()).toContain("log-unreachable, waiting until the log answers again")
    await everythingOnce(source, log)
    return {
      before: most.before,
      during: most.during,
      after: most.after,
      seconds: Math.round((performance.now() - began) / 100) / 10
    }
  } finally {
    clearInterval(sample)
    await coordinator.close()
    if (!started.isOver()) started.kill("SIGKILL")
    await log.close()
    rmSync(source.folder, { recursive: true, force: true })
  }
}

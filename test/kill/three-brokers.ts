import { rmSync } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { expect } from "vitest"
import type { Kafka } from "../../scripts/kafka/cluster.ts"
import { coordinatorSeenBy, partitionsSeenBy } from "../../scripts/kafka/wire.ts"
import { type OwnLog, putOnLog } from "../logs.ts"
import { start } from "./command.ts"
import { everythingOnce, topics } from "./exactly-once.ts"
import { bring, makeProject } from "./project.ts"
import { firstCommit, isRead, until } from "./turns.ts"

/** What a broker does for the project. */
const roles = [
  "leads the partition that is written to",
  "keeps the transactions of the connector",
  "keeps the lease of the core",
  "keeps the transactions of the core"
] as const

const portOf = (broker: string): { readonly port: number } => ({ port: Number(broker.split(":")[1]) })

/** The node that has a role now. */
const nodeOf = async (role: (typeof roles)[number], kafka: Kafka, prefix: string): Promise<number> => {
  const asked = portOf(kafka.brokers[0]!)
  switch (role) {
    case "leads the partition that is written to":
      return (await partitionsSeenBy(asked)).find(({ topic }) => topic === `${prefix}${topics.visits}`)!
        .leader
    case "keeps the transactions of the connector":
      return coordinatorSeenBy(asked, "transaction", `${prefix}plimsoll.kill.visits`)
    case "keeps the lease of the core":
      return coordinatorSeenBy(asked, "group", `${prefix}plimsoll.kill.core`)
    case "keeps the transactions of the core":
      return coordinatorSeenBy(asked, "transaction", `${prefix}plimsoll.kill.core`)
  }
}

/** Waits until every replica has everything, so that the next broker may be lost. */
const whole = async (kafka: Kafka): Promise<void> => {
  for (const end = performance.now() + 60_000; ; await wait(100)) {
    const seen = await Promise.all(kafka.brokers.map((broker) => partitionsSeenBy(portOf(broker))))
    const isWhole = seen.flat().every(({ inSync, replicas }) => inSync.length === replicas.length)
    if (isWhole) return
    if (performance.now() > end) throw new Error("the replicas did not come together again")
  }
}

/**
 * A project on three brokers, its connectors and its core in processes of their own that go on. Under load, the
 * broker of each role in turn is killed, a file more is read while it is away, and it comes back. Says a line for each.
 */
export const loseEachBroker = async (
  own: OwnLog,
  kafka: Kafka,
  { rows, rounds, seed }: { readonly rows: number; readonly rounds: number; readonly seed: number },
  say: (line: string) => void
): Promise<void> => {
  const kills = rounds * roles.length
  const source = makeProject(rows, seed, { files: 2 * kills + 1, held: true })
  const { folder } = source
  putOnLog(folder, own)
  const prefix = own.kafka!.prefix!
  let next = 0
  bring(source, next++)
  const log = await own.open(folder)
  const core = start(folder, "run", "--watch", "--only", "core")
  const connectors = start(folder, "run", "--watch", "--only", "connectors")
  try {
    const isThere = (file: number) => () => isRead(log, source, file)
    expect(await until(connectors, isThere(0)), connectors.said()).toBe(true)
    for (let kill = 0; kill < kills; kill++) {
      const role = roles[kill % roles.length]!
      const node = await nodeOf(role, kafka, prefix)
      const committing = firstCommit(log, connectors)
      bring(source, next++)
      expect(await committing, connectors.said()).toBe(true)
      await kafka.kill9(node)
      const killed = performance.now()
      // A file more while it is away: two brokers of three are enough.
      bring(source, next++)
      expect(await until(connectors, isThere(next - 2)), connectors.said()).toBe(true)
      expect(await until(connectors, isThere(next - 1)), connectors.said()).toBe(true)
      expect(core.isOver(), core.said()).toBe(false)
      const without = Math.round(performance.now() - killed)
      await kafka.restart(node)
      await whole(kafka)
      say(
        `kill ${kill + 1}: broker ${node}, which ${role}; two files read without it, ${without} ms after its death`
      )
    }
    connectors.kill("SIGINT")
    expect(await connectors.ended, connectors.said()).toBe(0)
    core.kill("SIGINT")
    expect(await core.ended, core.said()).toBe(0)
    const last = start(folder, "run")
    expect(await last.ended, last.said()).toBe(0)
    const signals = await everythingOnce(source, log)
    say(
      `${kills} brokers of three killed, ${rows.toLocaleString("en")} rows, ${signals} signal events; every row exactly once`
    )
  } finally {
    for (const started of [core, connectors]) if (!started.isOver()) started.kill("SIGKILL")
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

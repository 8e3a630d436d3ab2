import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startKafka, stopKafka } from "../scripts/kafka/cluster.ts"
import { isAlive } from "../scripts/kafka/process.ts"
import { answers, brokersSeenBy } from "../scripts/kafka/wire.ts"
import { describeKafka } from "./kafka-broker.ts"
import { root } from "./workspace.ts"

const portOf = (address: string): number => Number(address.split(":")[1])

/** Starts the command in a process of its own; resolves with its first line. */
const begin = async (words: ReadonlyArray<string>) => {
  const main = join(root, "scripts/kafka/main.ts")
  const child = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "inherit"] })
  const line = await new Promise<string>((resolve, reject) => {
    let said = ""
    child.stdout.on("data", (bytes) => (said += bytes).includes("\n") && resolve(said.split("\n")[0]!))
    child.once("error", reject).once("close", () => reject(new Error("it ended without a word")))
  })
  return { child, line }
}

describeKafka("a cluster through a bad day", () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-bad-day-"))
  })
  afterAll(async () => {
    for (const name of readdirSync(folder)) await stopKafka(join(folder, name))
    rmSync(folder, { recursive: true, force: true })
  })

  test("two that start it at once get the same one", async () => {
    const words = ["start", "--json", "--dir", join(folder, "one")]
    const [first, second] = await Promise.all([begin(words), begin(words)])
    expect(JSON.parse(first.line)).toEqual(JSON.parse(second.line))
  })

  test("a broker that is paused does not answer, and does when it goes on", async () => {
    const kafka = await startKafka({ dir: join(folder, "one") })
    const port = portOf(kafka.brokers[0]!)
    kafka.pause()
    expect(await answers({ port })).toBe(false)
    kafka.resume()
    await expect.poll(() => answers({ port }), { timeout: 30_000 }).toBe(true)
    kafka.pause()
    await kafka.kill9()
    expect(kafka.pids).toEqual([0])
  })

  test("what a killed process left running is cleared away by the next", async () => {
    const { child, line } = await begin(["run", "--", "sh", "-c", "echo $KAFKA_BROKERS $$; exec sleep 600"])
    const [brokers = "", beside = ""] = line.split(" ")
    const port = portOf(brokers)
    expect(await answers({ port })).toBe(true)
    child.kill("SIGKILL")
    process.kill(Number(beside))
    await expect.poll(() => isAlive(child.pid!)).toBe(false)
    expect(await answers({ port })).toBe(true)
    const next = await startKafka()
    await next.stop()
    await expect.poll(() => answers({ port })).toBe(false)
    expect(existsSync(next.dir)).toBe(false)
  })

  test("an interrupted run leaves nothing behind", async () => {
    const { child, line } = await begin(["run", "--", "sh", "-c", "echo $KAFKA_BROKERS; exec sleep 600"])
    const ended = new Promise((resolve) => child.once("close", resolve))
    child.kill("SIGTERM")
    expect(await ended).toBe(143)
    expect(await answers({ port: portOf(line) })).toBe(false)
  })

  test("three brokers, each killed and taken back in turn", async () => {
    const three = await startKafka({ brokers: 3, secure: true, dir: join(folder, "three") })
    const ports = three.brokers.map(portOf)
    await three.makeTopics({ kept: 3 })
    for (const node of [1, 2, 3]) {
      await three.kill9(node)
      await three.restart(node)
      expect((await brokersSeenBy({ port: ports[node - 1]! })).toSorted()).toEqual(ports.toSorted())
    }
    await three.stop()
    expect(three.pids).toEqual([0, 0, 0])
    const again = await startKafka({ dir: three.dir })
    expect(again.brokers).toEqual(three.brokers)
    expect(again.secure?.user).toEqual(three.secure?.user)
    await again.stop()
  })
})

import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { makeTopic } from "../../log/test/kafka-topics.ts"
import type { Finding } from "../src/commands/doctor-finding.ts"
import { newFolder, plimsoll } from "./project.ts"

describeKafka("doctor, of a cluster of three brokers", () => {
  let kafka: Kafka
  const folder = newFolder()
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 })
  }, 240_000)
  afterAll(async () => {
    await kafka.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(["platformatic", "kafkajs"])(
    "names topics with too few replicas, by %s",
    { timeout: 240_000 },
    async (client) => {
      rmSync(join(folder, "plimsoll.config.ts"), { force: true })
      rmSync(join(folder, "data"), { recursive: true, force: true })
      rmSync(join(folder, ".plimsoll"), { recursive: true, force: true })
      rmSync(join(folder, "package.json"), { force: true })
      rmSync(join(folder, ".gitignore"), { force: true })
      expect((await plimsoll(folder, "init", ".", "--kafka", kafka.brokers.join(","))).err).toBe("")
      const config = join(folder, "plimsoll.config.ts")
      const place = JSON.stringify({ brokers: kafka.brokers, client, prefix: `${client}.` })
      writeFileSync(config, readFileSync(config, "utf8").replace(/kafka: \{.*\}/, `kafka: ${place}`))
      await makeTopic(kafka.brokers, `${client}.my-hospital.inpatient.falls.v1`, {
        partitions: 4,
        settings: { "retention.ms": "-1", "retention.bytes": "-1" }
      })
      const ran = await plimsoll(folder, "run")
      expect(ran).toMatchObject({ code: 0, err: "" })
      const { out } = await plimsoll(folder, "doctor", "--json")
      const { findings } = JSON.parse(out) as { readonly findings: ReadonlyArray<Finding> }
      const bad = findings.filter((one) => one.state === "warn" || one.state === "bad")
      expect(bad).toMatchObject([
        {
          check: "replicas",
          configPath: "kafka.replication",
          message: expect.stringContaining("falls.v1 (1);")
        }
      ])
    }
  )
})

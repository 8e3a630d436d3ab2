import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { KafkaLogOptions } from "@plimsoll/log"
import { openKafkaLog } from "@plimsoll/log"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Kafka, startKafka } from "../../../scripts/kafka/cluster.ts"
import { describeKafka } from "../../../test/kafka-broker.ts"
import { allow, makeTopic } from "../../log/test/kafka-topics.ts"
import type { Finding } from "../src/commands/doctor-finding.ts"
import { newFolder, outcome, plimsoll, start, withoutModules } from "./project.ts"

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new project with its log at this place; the components only where a test is about their topics. */
const projectAt = async (kafka: KafkaLogOptions, components = false): Promise<string> => {
  const folder = newFolder()
  folders.push(folder)
  const made = await plimsoll(folder, "init", ".", "--kafka", kafka.brokers.join(","))
  expect(made.err).toBe("")
  const config = join(folder, "plimsoll.config.ts")
  const written = readFileSync(config, "utf8")
  expect(written).toContain(`kafka: { brokers: ["${kafka.brokers[0]}"] }`)
  writeFileSync(config, written.replace(/kafka: \{.*\}/, `kafka: ${JSON.stringify(kafka)}`))
  if (!components) withoutModules(folder)
  return folder
}

interface Told {
  readonly code: number | null
  readonly findings: ReadonlyArray<Finding>
  readonly of: (check: string) => ReadonlyArray<Finding>
}

const doctor = async (folder: string): Promise<Told> => {
  const { code, out, err } = await plimsoll(folder, "doctor", "--json")
  expect(err).toBe("")
  const { findings } = JSON.parse(out) as { readonly findings: ReadonlyArray<Finding> }
  expect(findings.filter((one) => one.state !== "ok" && one.suggestion === undefined)).toEqual([])
  return { code, findings, of: (check) => findings.filter((one) => one.check === check) }
}

const facts = "my-hospital.inpatient.falls.v1"

describeKafka("doctor, of a log on Kafka", () => {
  let kafka: Kafka
  beforeAll(async () => {
    kafka = await startKafka({ secure: true })
  }, 120_000)
  afterAll(() => kafka.stop())

  it("finds nothing wrong before and after the first run", { timeout: 120_000 }, async () => {
    const folder = await projectAt({ brokers: kafka.brokers, prefix: "fit." }, true)
    const before = await doctor(folder)
    expect(before.code).toBe(0)
    expect(before.of("log")).toMatchObject([{ state: "ok", message: expect.stringContaining("no log") }])
    const looked = await plimsoll(folder, "log", "topics")
    expect(looked.code).toBe(6)
    expect(looked.err).toContain('there is no log with the prefix "fit." on the cluster yet')

    expect((await plimsoll(folder, "run")).code).toBe(0)
    const after = await doctor(folder)
    expect(after.findings.filter((one) => one.state === "warn" || one.state === "bad")).toEqual([])
    expect(after.findings.map((one) => one.check)).toEqual(
      expect.arrayContaining(["kafka", "rights", "topics", "log", "clock", "lag"])
    )
    expect(after.of("lag")[0]!.message).toContain("everything")

    writeFileSync(join(folder, "data/falls.csv"), "ward,month,falls,bed_days\nelm,2026-07-01,3,640\n")
    expect((await plimsoll(folder, "run", "--only", "connectors")).code).toBe(0)
    expect((await doctor(folder)).of("lag")).toMatchObject([{ state: "warn" }])
  })

  it("names topics that are missing, otherwise made, or lose facts", { timeout: 120_000 }, async () => {
    const options = { brokers: kafka.brokers, prefix: "ill." }
    await (await openKafkaLog(options)).close()
    await makeTopic(kafka.brokers, `ill.${facts}`, { partitions: 2 })
    await makeTopic(kafka.brokers, `ill.${facts}.dlq`, {
      partitions: 4,
      settings: { "cleanup.policy": "compact" }
    })
    await makeTopic(kafka.brokers, "ill.my-hospital.plimsoll.tick.v1", {
      partitions: 4,
      settings: { "retention.ms": "-1", "retention.bytes": "1000000" }
    })
    await makeTopic(kafka.brokers, "ill.plimsoll._state", {
      settings: { "cleanup.policy": "compact,delete" }
    })
    const told = await doctor(await projectAt(options))
    expect(told.code).toBe(6)
    const retention = (topic: string) =>
      told.of("retention").find((one) => one.message.startsWith(`${topic} `))
    expect(retention(`ill.${facts}`)).toMatchObject({
      state: "bad",
      message: expect.stringContaining("loses them after 7 days"),
      suggestion: `kafka-configs.sh --bootstrap-server ${kafka.brokers[0]} --alter --entity-type topics --entity-name ill.${facts} --add-config retention.ms=-1,retention.bytes=-1`
    })
    expect(retention(`ill.${facts}.dlq`)?.message).toContain("is compacted")
    expect(retention("ill.my-hospital.plimsoll.tick.v1")?.message).toContain("1,000,000 bytes")
    expect(retention("ill.plimsoll._state")?.message).toContain("must be compacted only")
    expect(told.of("topics")).toContainEqual(
      expect.objectContaining({
        state: "bad",
        configPath: "partitions",
        message: expect.stringContaining(`ill.${facts} has 2`)
      })
    )
    expect(told.of("topics")).toContainEqual(
      expect.objectContaining({
        state: "warn",
        message: "ill.my-hospital.plimsoll.signal.v1 is not on the log"
      })
    )
  })

  it("names rights that are missing, with the command that gives them", { timeout: 120_000 }, async () => {
    const { listeners, user, stranger } = kafka.secure!
    const options = { brokers: listeners.sasl, prefix: "rights." }
    const of = (who: typeof user): KafkaLogOptions => ({ ...options, sasl: { mechanism: "PLAIN", ...who } })
    expect((await plimsoll(await projectAt(of(user)), "run")).code).toBe(0)
    const folder = await projectAt(of(stranger))
    const told = await doctor(folder)
    expect(told.code).toBe(6)
    expect(told.of("rights").map((one) => one.suggestion)).toEqual(
      [
        "--topic rights.plimsoll.",
        "--topic rights.my-hospital.",
        "--transactional-id rights.plimsoll.",
        "--group rights.plimsoll.my-falls."
      ].map((target): unknown =>
        expect.stringMatching(
          new RegExp(
            `^kafka-acls.sh --bootstrap-server .* --add --allow-principal User:stranger .*${target}$`
          )
        )
      )
    )
    expect(JSON.stringify(told.findings)).not.toContain(stranger.password)
    const run = await plimsoll(folder, "run")
    expect(run.code).toBe(2)
    expect(run.err).toContain("plimsoll doctor")
    expect(run.err).not.toContain(stranger.password)
  })

  it.each(["platformatic", "kafkajs"] as const)(
    "has the rights of docs/kafka.md for enough, by %s",
    { timeout: 120_000 },
    async (client) => {
      const { listeners, stranger } = kafka.secure!
      const prefix = `least-${client}.`
      await allow(kafka.brokers, stranger.username, [
        {
          resource: "TOPIC",
          prefix: `${prefix}my-hospital.`,
          operations: ["CREATE", "READ", "WRITE", "DESCRIBE_CONFIGS"]
        },
        {
          resource: "TOPIC",
          prefix: `${prefix}plimsoll.`,
          operations: ["CREATE", "READ", "WRITE", "DESCRIBE_CONFIGS"]
        },
        { resource: "TRANSACTIONAL_ID", prefix: `${prefix}plimsoll.`, operations: ["WRITE"] },
        { resource: "GROUP", prefix: `${prefix}plimsoll.my-falls.`, operations: ["READ"] }
      ])
      const folder = await projectAt({
        brokers: listeners.sasl,
        client,
        prefix,
        sasl: { mechanism: "SCRAM-SHA-256", ...stranger }
      })
      expect(await plimsoll(folder, "run")).toMatchObject({ code: 0, err: "" })
      const told = await doctor(folder)
      expect(told.of("rights")).toMatchObject([{ state: "ok" }])
      expect(told.code).toBe(0)
    }
  )

  it("names brokers that do not answer, and credentials that are wrong", { timeout: 120_000 }, async () => {
    const { listeners, user, ca } = kafka.secure!
    const wrong: ReadonlyArray<readonly [KafkaLogOptions, string, string, number]> = [
      [{ brokers: ["127.0.0.1:1"] }, "kafka.brokers", "nothing listens", 6],
      [{ brokers: ["kafka.invalid:9092"] }, "kafka.brokers", "no address", 6],
      [{ brokers: listeners.tls }, "kafka.tls", "TLS only", 2],
      [{ brokers: listeners.tls, tls: true }, "kafka.tls", "not trusted", 2],
      [{ brokers: kafka.brokers, tls: { ca } }, "kafka.tls", "do not speak TLS", 2],
      [
        {
          brokers: listeners.sasl,
          sasl: { mechanism: "PLAIN", username: user.username, password: "canary-secret" }
        },
        "kafka.sasl",
        "do not take this user",
        2
      ]
    ]
    // A run tells the same: two of them, one for each of its exit codes.
    for (const [at, [options, configPath, words, code]] of wrong.entries()) {
      const folder = await projectAt(options)
      const told = await doctor(folder)
      expect(told.code).toBe(6)
      expect(told.of("kafka")).toMatchObject([
        { state: "bad", configPath, message: expect.stringContaining(words) }
      ])
      expect(told.of("log")).toEqual([])
      expect(JSON.stringify(told.findings)).not.toContain("canary-secret")
      if (at !== 0 && at !== wrong.length - 1) continue
      expect(await plimsoll(folder, "run")).toMatchObject({ code, err: expect.stringContaining(words) })
    }
  })

  it("names the client's package where it is not installed", { timeout: 60_000 }, async () => {
    const folder = await projectAt({ brokers: kafka.brokers })
    const hook = join(folder, "no-client.mjs")
    writeFileSync(
      hook,
      `import { registerHooks } from "node:module"
registerHooks({
  resolve(name, context, next) {
    if (name === "@platformatic/kafka") throw Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" })
    return next(name, context)
  }
})`
    )
    const before = process.env["NODE_OPTIONS"]
    process.env["NODE_OPTIONS"] = `--import ${hook}`
    const child = start(folder, "doctor", "--json")
    if (before === undefined) delete process.env["NODE_OPTIONS"]
    else process.env["NODE_OPTIONS"] = before
    const { out } = await outcome(child)
    const { findings } = JSON.parse(out) as { readonly findings: ReadonlyArray<Finding> }
    expect(findings.find((one) => one.check === "kafka")).toMatchObject({
      state: "bad",
      configPath: "kafka.client",
      suggestion: "npm install @platformatic/kafka"
    })
  })
})

import { randomUUID } from "node:crypto"
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type KafkaLogOptions, type Log, type LogRecord, openEmbeddedLog, openKafkaLog } from "@plimsoll/log"
import { describe } from "vitest"
import { describeKafka, sharedKafka } from "./kafka-broker.ts"

/** A log of its own, on which one project may stand. */
export interface OwnLog {
  /** What a config says of it; undefined of the embedded log. */
  readonly kafka: KafkaLogOptions | undefined
  /** Opens it, as the log of the project in this folder. */
  readonly open: (folder: string) => Promise<Log>
}

/** What may be asked of a log of its own, where it is on Kafka. */
export type OwnLogOptions = Partial<Omit<KafkaLogOptions, "client" | "prefix">>

/** One of the logs that everything must do on. */
export interface LogUnderTest {
  readonly name: string
  readonly client: KafkaLogOptions["client"] | undefined
  /** `describe` for the tests on it: they are skipped where it cannot be had, with the reason in the name. */
  readonly describe: (name: string, tests: () => void) => void
  /** A new one; on Kafka by a prefix of its own, on the broker that all tests share unless others are named. */
  readonly make: (options?: OwnLogOptions) => Promise<OwnLog>
}

const onKafka = (client: "platformatic" | "kafkajs"): LogUnderTest => ({
  name: `Kafka by ${client}`,
  client,
  describe: describeKafka,
  make: async (options = {}) => {
    const brokers = options.brokers ?? (await sharedKafka()).brokers
    // A process that was killed keeps its lease for as long as this, and the next one waits for it.
    const kafka = {
      sessionTimeout: 3_000,
      ...options,
      brokers,
      client,
      prefix: `t-${randomUUID().slice(0, 8)}.`
    }
    return { kafka, open: () => openKafkaLog(kafka) }
  }
})

/** The embedded log, and Kafka by each client. */
export const logs: ReadonlyArray<LogUnderTest> = [
  {
    name: "the embedded log",
    client: undefined,
    describe: (name, tests) => void describe(name, tests),
    make: async () => ({
      kafka: undefined,
      open: (folder) => openEmbeddedLog(join(folder, ".plimsoll/log.sqlite"))
    })
  },
  onKafka("platformatic"),
  onKafka("kafkajs")
]

/** Whether a folder of the shared broker holds a partition of another log: those of this one, and the broker's own, may hold what it wrote. */
export const isOfAnother =
  ({ kafka }: OwnLog) =>
  (name: string): boolean =>
    /\.[\w.-]+-\d+$/.test(name) && !name.startsWith(kafka!.prefix!) && !name.startsWith("__")

/** Puts the project in a folder on a log, by its config; what the config said before is left as it is. */
export const putOnLog = (folder: string, { kafka }: OwnLog): void => {
  if (kafka === undefined) return
  renameSync(join(folder, "plimsoll.config.ts"), join(folder, "project.ts"))
  writeFileSync(
    join(folder, "plimsoll.config.ts"),
    `import project from "./project.ts"\nexport default { ...project, kafka: ${JSON.stringify(kafka)} }\n`
  )
}

/** Everything on a topic, partition after partition; nothing of one that is not there. */
export const recordsOf = async (log: Log, topic: string): Promise<ReadonlyArray<LogRecord>> => {
  const [info] = await log.topics([topic])
  const records: LogRecord[] = []
  for (const { partition, first, end } of info?.offsets ?? []) {
    for (let from = first; from < end;) {
      const batch = await log.read(topic, partition, from, { until: end })
      records.push(...batch.records)
      if (batch.next <= from)
        throw new Error(`${topic}/${partition}: nothing at ${from}, and the end is ${end}`)
      from = batch.next
    }
  }
  return records
}

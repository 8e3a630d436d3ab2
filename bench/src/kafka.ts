import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openCore } from "@plimsoll/core"
import { type KafkaLogOptions, type Log, openKafkaLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { Consumer, MessagesStreamModes } from "@platformatic/kafka"
import { Kafka, logLevel } from "kafkajs"
import { startKafka } from "../../scripts/kafka/cluster.ts"
import { compare, type Rate, timed } from "./comparison.ts"
import { dltRate } from "./dlt.ts"
import { visits, writeVisits } from "./visits.ts"

type Client = NonNullable<KafkaLogOptions["client"]>

const topic = "bench.bench.visits.v1"

/** Kafka → typed rows in DuckDB, exactly once, guards included, by each client, beside what only counts. */
export const kafkaToCore = async (rows: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  const kafka = await startKafka({ brokers: 1, heap: "1g", speed: "run" })
  const brokers = [...kafka.brokers]
  let run = 0
  const landing = (client: Client) => async (): Promise<Rate> => {
    const log = await openKafkaLog({ brokers, client, prefix: "b." })
    const directory = join(folder, `store-${run++}`)
    const core = await openCore({
      log,
      organisation: "bench",
      project: "bench",
      zone: "Europe/London",
      directory
    })
    try {
      return await timed(rows, () => core.update())
    } finally {
      await core.close()
      await log.close()
      rmSync(directory, { recursive: true })
    }
  }
  try {
    const path = join(folder, "visits.csv")
    await writeVisits(path, rows)
    for (const client of ["platformatic", "kafkajs"] as const) {
      const log = await openKafkaLog({ brokers, client, prefix: client === "platformatic" ? "b." : "c." })
      const { units, seconds } = await timed(rows, () => fill(log, path))
      await log.close()
      console.log(
        `CSV file → Kafka by ${client} (${rows.toLocaleString("en")} rows): ${Math.round(units / seconds).toLocaleString("en")} rows/s, once`
      )
    }
    const counting = (client: Client) => () => timed(rows, () => countAlone(brokers, client, rows))
    for (const client of ["platformatic", "kafkajs"] as const) {
      await compare({
        what: `Kafka → typed rows in DuckDB by ${client} (${rows.toLocaleString("en")} rows)`,
        unit: "rows",
        beside: `a bare consumer of ${client} that only counts`,
        goal: "≥ 200,000 rows/s and ratio ≥ 0.4",
        ours: landing(client),
        peer: counting(client)
      })
    }
    await compare({
      what: "the same by platformatic",
      unit: "rows",
      beside: "the log's own reader that only counts",
      goal: "none: a harder ceiling",
      ours: landing("platformatic"),
      peer: async () => {
        const log = await openKafkaLog({ brokers, prefix: "b." })
        try {
          return await timed(rows, () => countByLog(log, rows))
        } finally {
          await log.close()
        }
      }
    })
    await compare({
      what: "the same by platformatic",
      unit: "rows",
      beside: "the same by kafkajs",
      goal: "none: the clients side by side",
      ours: landing("platformatic"),
      peer: landing("kafkajs")
    })
    await compare({
      what: "control: the same by platformatic",
      unit: "rows",
      beside: "itself",
      goal: "1",
      ours: landing("platformatic"),
      peer: landing("platformatic")
    })
    const peerRows = Math.min(rows, 50_000)
    const dlt = await dltRate(folder, peerRows)
    if (dlt === undefined) console.log("dlt: not installed (python3 and pip are needed); not compared")
    else {
      await compare({
        what: "the same by platformatic",
        unit: "rows",
        beside: `dlt, ${peerRows.toLocaleString("en")} of the rows from a file of JSON lines`,
        goal: "ratio ≥ 30",
        runs: 2,
        ours: landing("platformatic"),
        peer: dlt
      })
    }
  } finally {
    await kafka.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const fill = async (log: Log, path: string): Promise<void> => {
  await runConnector(files({ instance: "visits", stream: visits, path }), {
    log,
    organisation: "bench",
    project: "bench",
    configPath: "connectors[0]"
  })
}

const countByLog = async (log: Log, rows: number): Promise<void> => {
  let count = 0
  for (const { partition, first, end } of (await log.topics([topic]))[0]!.offsets) {
    for (let from = first; from < end;) {
      const batch = await log.read(topic, partition, from, { limit: 20_000, until: end })
      count += batch.records.length
      from = batch.next
    }
  }
  if (count < rows) throw new Error("the log lost a row")
}

/** What the client's makers give for reading: a consumer, in a group of its own, from the start; committed records only. */
const countAlone = async (brokers: ReadonlyArray<string>, client: Client, rows: number): Promise<void> => {
  const group = `bench-${Math.random()}`
  let count = 0
  if (client === "platformatic") {
    const consumer = new Consumer({ clientId: "bench", bootstrapBrokers: [...brokers], groupId: group })
    const stream = await consumer.consume({
      topics: [`b.${topic}`],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
      highWaterMark: 20_000,
      maxWaitTime: 100
    })
    for await (const _ of stream) if (++count >= rows) break
    await consumer.close(true)
    return
  }
  const consumer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).consumer({
    groupId: group,
    maxWaitTimeInMs: 100
  })
  await consumer.connect()
  await consumer.subscribe({ topic: `b.${topic}`, fromBeginning: true })
  const all = Promise.withResolvers<void>()
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      count += batch.messages.length
      if (count >= rows) all.resolve()
    }
  })
  await all.promise
  await consumer.disconnect()
}

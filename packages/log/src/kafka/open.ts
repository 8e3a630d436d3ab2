import { PlimsollError } from "@plimsoll/schema"

import type { Log } from "../log.ts"
import type { KafkaClient } from "./client.ts"
import { failure } from "./failure.ts"
import { KafkaLog } from "./kafka-log.ts"
import type { KafkaLogOptions } from "./options.ts"

const refuse = (configPath: string, message: string, suggestion: string): never => {
  throw new PlimsollError({ code: "log-unsupported", message, configPath, suggestion })
}

/** What `kafkajs` cannot do is refused before anything is written. */
const checkClient = ({ client, compression = "none", groupProtocol }: KafkaLogOptions): void => {
  if (client !== "kafkajs") return
  const instead = 'take client: "platformatic"'
  if (compression !== "none" && compression !== "gzip")
    refuse("kafka.compression", `kafkajs cannot write ${compression}`, `${instead}, or compression: "gzip"`)
  if (groupProtocol === "consumer")
    refuse(
      "kafka.groupProtocol",
      "kafkajs does not know the group protocol of KIP-848",
      `${instead}, or leave groupProtocol out`
    )
}

const packages = { platformatic: "@platformatic/kafka", kafkajs: "kafkajs" } as const

/** Opens the client that the options name. */
export const openClient = async (options: KafkaLogOptions): Promise<KafkaClient> => {
  checkClient(options)
  const client = options.client ?? "platformatic"
  try {
    const room =
      client === "kafkajs" ? await import("./kafkajs/open.ts") : await import("./platformatic/open.ts")
    const made = room.openClient(options)
    try {
      await room.knockAt(options)
      return made
    } catch (error) {
      await made.close().catch(() => undefined)
      throw error
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")
      throw new PlimsollError(
        {
          code: "log-unsupported",
          message: `the log is on Kafka by ${packages[client]}, which is not installed`,
          configPath: "kafka.client",
          suggestion: `npm install ${packages[client]}`
        },
        { cause }
      )
    throw failure(cause)
  }
}

/**
 * Opens the event log on a Kafka cluster, and makes what it needs to know itself there: one small topic.
 *
 * What is appended goes in transactions, whose id is that of the writer: a second writer of the same id shuts the
 * first out. Readers get committed records only, so offsets have gaps. `recordedAt` is Kafka's timestamp of the
 * record, in whole milliseconds; between two writers at the same moment it is as exact as their clocks.
 *
 * The client's package, `@platformatic/kafka` or `kafkajs`, must be installed beside this one.
 *
 * Errors: `log-unreachable`, `log-refused` (user, rights, certificates), `log-unsupported`, `log-failed`; with
 * `make: false`, `log-topic-missing` where there is no log yet.
 *
 * ```ts
 * const log = await openKafkaLog({ brokers: ["localhost:9092"] })
 * ```
 */
export const openKafkaLog = async (
  options: KafkaLogOptions,
  how: { readonly make?: boolean } = {}
): Promise<Log> => {
  const { prefix = "", replication, transactionTimeout = 10_000, requestTimeout = 30_000 } = options
  return KafkaLog.open(
    await openClient(options),
    { prefix, replication, transactionTimeout, requestTimeout },
    how.make
  )
}

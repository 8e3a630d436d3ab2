import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { describe, inject } from "vitest"
import { provideKafka, startKafka, type Kafka } from "../scripts/kafka/cluster.ts"
import { KafkaFault } from "../scripts/kafka/fault.ts"

/** The folder of the broker that all test files of one run share. */
const folder = inject("kafkaFolder")

/** Why there can be no broker on this machine; found once in a run, since a fetch that fails may take long. */
const findReason = async (): Promise<string | undefined> => {
  const noted = `${folder}.reason`
  if (existsSync(noted)) return readFileSync(noted, "utf8")
  try {
    await provideKafka()
    return undefined
  } catch (cause) {
    if (!(cause instanceof KafkaFault)) throw cause
    const reason = `${cause.message}; ${cause.suggestion}`
    writeFileSync(noted, reason)
    return reason
  }
}

const reason = await findReason()
const isSkipped = reason !== undefined && process.env["CI"] !== "true"

/** Whether a broker can be had here. It is not started by asking. */
export const kafkaAvailable = (): boolean => reason === undefined

/**
 * `describe` for tests that use a broker. Where there can be none they are skipped, with the reason in the name;
 * with CI=true they run, and fail.
 */
export const describeKafka = (name: string, tests: () => void): void => {
  describe.skipIf(isSkipped)(isSkipped ? `${name} (skipped: ${reason})` : name, tests)
}

let shared: Promise<Kafka> | undefined

/**
 * The broker that all tests of one run share: one node, no encryption, no credentials. The first test that asks
 * starts it, and it ends with the run; so choose names for topics that nobody else chooses, and neither stop nor kill
 * it: what does so starts one of its own by `startKafka`.
 */
export const sharedKafka = async (): Promise<{ readonly brokers: Array<string> }> => {
  if (reason !== undefined) throw new Error(`there is no Kafka for this test: ${reason}`)
  shared ??= startKafka({ dir: folder, brokers: 1, heap: "512m" })
  return { brokers: [...(await shared).brokers] }
}

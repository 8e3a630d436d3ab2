import {
  Base,
  type describeProducersV0,
  type describeTransactionsV0,
  FindCoordinatorKeyTypes,
  protocolErrorsCodesById,
  ResponseError
} from "@platformatic/kafka"

import { type Decision, faultOf, type Places } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { decisionOf, unmarkedIn } from "../transaction-state.ts"
import { apiOf, connectionOptions, connectionTo, tidy } from "./connection.ts"
import { Coordinator } from "./coordinator.ts"
import { toFault } from "./fault.ts"
import { leadersOf } from "./leaders.ts"
import { persist } from "./persist.ts"

type Request = Parameters<typeof describeProducersV0.createRequest>
type Response = ReturnType<typeof describeProducersV0.parseResponse>

/** Milliseconds to try again what failed and may pass. */
const mostTries = 10_000

/** Asks how transactions stand: at the coordinator of an id, and in the partitions. */
export class Transactions {
  readonly #options: KafkaLogOptions
  readonly #base: Base

  constructor(options: KafkaLogOptions) {
    this.#options = options
    this.#base = tidy(new Base({ ...connectionOptions(options), retries: 0 }))
  }

  async decision(transactionalId: string): Promise<Decision> {
    const { requestTimeout = 30_000 } = this.#options
    const kind = FindCoordinatorKeyTypes.TRANSACTION
    const coordinator = new Coordinator(this.#options, transactionalId, requestTimeout, kind)
    try {
      return await persist(mostTries, async () => {
        const name = "DescribeTransactions"
        const { transactionStates } = await coordinator
          .call<typeof describeTransactionsV0>(name, [transactionalId])
          .catch((error: unknown) => {
            if (toFault(error).reason === "TRANSACTIONAL_ID_NOT_FOUND") return { transactionStates: [] }
            throw error
          })
        return decisionOf(transactionStates[0]?.transactionState)
      })
    } finally {
      await coordinator.close()
    }
  }

  unmarked(producer: bigint, partitions: Places): Promise<Places> {
    return persist(mostTries, async (anew) => {
      const names = [...partitions.keys()]
      if (names.length === 0) return new Map()
      const metadata = await this.#base.metadata({ topics: names, forceUpdate: anew })
      const found = await Promise.all(
        leadersOf(metadata, partitions).map(async ([broker, asked]) => {
          const [api, connection] = await Promise.all([
            apiOf<Request, Response>(this.#base, "DescribeProducers"),
            connectionTo(this.#base, broker)
          ])
          const request = [...asked].map(([name, led]) => ({ name, partitionIndexes: [...led] }))
          // The client throws the whole answer where one partition has an error.
          const answer = await api.async(connection, request).catch((error: unknown) => {
            if (error instanceof ResponseError) return error["response"] as Response
            throw error
          })
          return answer.topics.flatMap(({ name, partitions: described }) =>
            described.map(({ partitionIndex, errorCode, activeProducers }) => ({
              topic: name,
              partition: partitionIndex,
              error:
                errorCode === 0
                  ? undefined
                  : faultOf(protocolErrorsCodesById[errorCode] ?? String(errorCode)),
              open: activeProducers.some(
                ({ producerId, currentTxnStartOffset }) =>
                  producerId === producer && currentTxnStartOffset >= 0n
              )
            }))
          )
        })
      )
      return unmarkedIn(found.flat())
    })
  }

  async close(): Promise<void> {
    await this.#base.close()
  }
}

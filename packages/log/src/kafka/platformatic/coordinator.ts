import {
  type API,
  Base,
  type Broker,
  FindCoordinatorKeyTypes,
  type FindCoordinatorKeyTypeValue,
  type findCoordinatorV6
} from "@platformatic/kafka"

import { saidOfGroup } from "../group-member.ts"
import type { KafkaLogOptions } from "../options.ts"
import { anyConnection, apiOf, connectionOptions, connectionTo, tidy } from "./connection.ts"
import { toFault } from "./fault.ts"

/** A request of Kafka's protocol as the client's module knows it. */
interface Request {
  createRequest(...values: ReadonlyArray<never>): unknown
  parseResponse(...values: ReadonlyArray<never>): unknown
}

/** The broker that keeps a group or a transactional id, on a connection of its own: a request to join is answered late, and holds up what follows. */
export class Coordinator {
  readonly #base: Base
  readonly #id: string
  readonly #kind: FindCoordinatorKeyTypeValue
  #broker: Promise<Broker> | undefined

  /** @param patience milliseconds that the longest request takes at the most */
  constructor(
    options: KafkaLogOptions,
    id: string,
    patience: number,
    kind: FindCoordinatorKeyTypeValue = FindCoordinatorKeyTypes.GROUP
  ) {
    // What fails is tried again by who asks.
    this.#base = tidy(new Base({ ...connectionOptions(options), retries: 0, requestTimeout: patience }))
    this.#id = id
    this.#kind = kind
  }

  async call<Module extends Request>(
    name: string,
    ...values: Parameters<Module["createRequest"]>
  ): Promise<ReturnType<Module["parseResponse"]>> {
    try {
      const broker = await (this.#broker ??= this.#find())
      const connection = await connectionTo(this.#base, broker)
      return await (await this.#api<Module>(name)).async(connection, ...values)
    } catch (error) {
      const fault = toFault(error)
      // Any other answer may be that of a broker that is not the coordinator, or there was none.
      if (!saidOfGroup.has(fault.reason)) this.#broker = undefined
      throw fault
    }
  }

  async close(): Promise<void> {
    await this.#base.close()
  }

  async #find(): Promise<Broker> {
    const connection = await anyConnection(this.#base)
    const api = await this.#api<typeof findCoordinatorV6>("FindCoordinator")
    const { coordinators } = await api.async(connection, this.#kind, [this.#id])
    const { host, port } = coordinators[0]!
    return { host, port }
  }

  #api<Module extends Request>(
    name: string
  ): Promise<API<Parameters<Module["createRequest"]>, ReturnType<Module["parseResponse"]>>> {
    return apiOf(this.#base, name)
  }
}

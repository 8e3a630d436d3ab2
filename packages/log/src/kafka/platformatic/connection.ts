import {
  type API,
  type Base,
  type BaseOptions,
  type Broker,
  type Connection,
  kGetApi,
  kGetBootstrapConnection,
  kGetConnection
} from "@platformatic/kafka"
import { isIP } from "node:net"

import type { KafkaLogOptions } from "../options.ts"
import { said } from "./fault.ts"

/** How often a call is tried again, with a pause that grows to a second: about ten seconds in all. */
const retries = 15

const isAddress = (broker: string): boolean =>
  isIP(broker.slice(0, broker.lastIndexOf(":")).replaceAll(/[[\]]/g, "")) !== 0

/** The options that every object of the client takes. */
export const connectionOptions = (options: KafkaLogOptions): BaseOptions => {
  const { brokers, tls, sasl, requestTimeout = 30_000 } = options
  return {
    clientId: "plimsoll",
    bootstrapBrokers: [...brokers],
    autocreateTopics: false,
    connectTimeout: Math.min(5_000, requestTimeout),
    requestTimeout,
    retries,
    retryDelay: (_client, _operation, attempt, _retries, error) =>
      // The last transaction of this producer is still being ended: a matter of milliseconds.
      said(error, "CONCURRENT_TRANSACTIONS") ? 5 : Math.min(1_000, 25 * 2 ** attempt),
    ...(tls === undefined || tls === false
      ? {}
      : // An address is no name that a certificate could be chosen by.
        { tls: tls === true ? {} : { ...tls }, tlsServerName: !brokers.every(isAddress) }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } })
  }
}

type Connecting = Pick<Base, typeof kGetBootstrapConnection | typeof kGetConnection>

/** The connection of a client to a broker, opened where it is not open. */
export const connectionTo = (client: Connecting, broker: Broker): Promise<Connection> =>
  new Promise((resolve, reject) =>
    client[kGetConnection](broker, (error, made) => (error === null ? resolve(made!) : reject(error)))
  )

/** The connection of a client to one of the brokers that it was told of. */
export const anyConnection = (client: Connecting): Promise<Connection> =>
  new Promise((resolve, reject) =>
    client[kGetBootstrapConnection]((error, made) => (error === null ? resolve(made!) : reject(error)))
  )

/** A request of the protocol by its name, in the highest version that the brokers know. */
export const apiOf = <Request extends unknown[], Response>(
  client: Pick<Base, typeof kGetApi>,
  name: string
): Promise<API<Request, Response>> =>
  new Promise((resolve, reject) =>
    client[kGetApi]<Request, Response>(name, (error, api) => (error === null ? resolve(api!) : reject(error)))
  )

/**
 * The client, which then closes what its pool has lost. A connection that fails takes from the pool whatever stands under
 * the broker's address by then, such as the next try, where the brokers are known twice: by the config and by the cluster.
 * Nobody would close that one, and a process that has done its work would wait for it until the broker ends it, ten
 * minutes later.
 */
export const tidy = <Client extends Base>(client: Client): Client => {
  client.on("client:broker:connect", ({ broker, connection }) => {
    if (client.connections.getEstablishedConnection(broker) !== connection) void connection.close()
  })
  return client
}

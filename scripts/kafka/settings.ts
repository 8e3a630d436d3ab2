import { join } from "node:path"
import { secureListeners, securitySettings, type SecureListener, type Users } from "./security.ts"

/** The ports of one node. The listeners that only a secure cluster has are absent from others. */
export interface NodePorts extends Readonly<Partial<Record<SecureListener, number>>> {
  readonly plaintext: number
  readonly controller: number
}

export interface Node {
  readonly id: number
  readonly ports: NodePorts
}

/** Where a node keeps its settings, its output and its data. */
export const nodeFolder = (dir: string, id: number): string => join(dir, `node-${id}`)
export const propertiesFile = (dir: string, id: number): string =>
  join(nodeFolder(dir, id), "server.properties")
export const outputFile = (dir: string, id: number): string => join(nodeFolder(dir, id), "broker.log")
export const dataFolder = (dir: string, id: number): string => join(nodeFolder(dir, id), "data")

const replication = (nodes: number): Readonly<Record<string, string | number>> => {
  const minimum = nodes === 1 ? 1 : 2
  return {
    "default.replication.factor": nodes,
    "min.insync.replicas": minimum,
    "offsets.topic.replication.factor": nodes,
    "transaction.state.log.replication.factor": nodes,
    "transaction.state.log.min.isr": minimum,
    "share.coordinator.state.topic.replication.factor": nodes,
    "share.coordinator.state.topic.min.isr": minimum,
    // Few partitions: the first transaction and the first group do not wait for fifty folders.
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.num.partitions": 2
  }
}

interface Listener {
  readonly name: string
  readonly protocol: string
  readonly port: number
}

const listenersOf = ({ plaintext, controller, ...secure }: NodePorts): ReadonlyArray<Listener> => [
  { name: "PLAINTEXT", protocol: "PLAINTEXT", port: plaintext },
  { name: "CONTROLLER", protocol: "PLAINTEXT", port: controller },
  ...Object.entries(secure).map(([listener, port]) => ({
    ...secureListeners[listener as SecureListener],
    port
  }))
]

const addresses = (listeners: ReadonlyArray<Listener>): string =>
  listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`).join()

/** The settings of one node of a cluster, in the form of a properties file. `extra` wins over ours. */
export const serverProperties = (
  dir: string,
  node: Node,
  nodes: ReadonlyArray<Node>,
  users: Users | undefined,
  extra: Readonly<Record<string, string>>
): string => {
  const listeners = listenersOf(node.ports)
  const settings = {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "controller.quorum.voters": nodes.map(({ id, ports }) => `${id}@127.0.0.1:${ports.controller}`).join(),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    listeners: addresses(listeners),
    "advertised.listeners": addresses(listeners.filter(({ name }) => name !== "CONTROLLER")),
    "listener.security.protocol.map": listeners.map(({ name, protocol }) => `${name}:${protocol}`).join(),
    ...(users === undefined ? {} : securitySettings(dir, users)),
    "log.dirs": dataFolder(dir, node.id),
    ...replication(nodes.length),
    // A mistyped topic has to fail, not to appear.
    "auto.create.topics.enable": false,
    "group.initial.rebalance.delay.ms": 0,
    // Tests of a takeover want sessions of a second or two, in both protocols of groups.
    "group.min.session.timeout.ms": 500,
    "group.consumer.min.session.timeout.ms": 500,
    "group.consumer.min.heartbeat.interval.ms": 100,
    // A broker that was killed is let in again only when its former session is over.
    "broker.heartbeat.interval.ms": 400,
    "broker.session.timeout.ms": 2000,
    // An idle broker should be small: the default sets 128 MB aside for compaction.
    "log.cleaner.dedupe.buffer.size": 8_388_608,
    ...extra
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value).replaceAll("\\", "\\\\")}\n`)
    .join("")
}

import { join } from "node:path"

/** The ports of one node. Listeners that only a secure cluster has are absent from others. */
export interface NodePorts {
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

/** The settings of one node of a cluster, in the form of a properties file. `extra` wins over ours. */
export const serverProperties = (
  dir: string,
  node: Node,
  nodes: ReadonlyArray<Node>,
  extra: Readonly<Record<string, string>>
): string => {
  const { plaintext, controller } = node.ports
  const settings = {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "controller.quorum.voters": nodes.map(({ id, ports }) => `${id}@127.0.0.1:${ports.controller}`).join(),
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    listeners: `PLAINTEXT://127.0.0.1:${plaintext},CONTROLLER://127.0.0.1:${controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${plaintext}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
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
    "broker.heartbeat.interval.ms": 500,
    "broker.session.timeout.ms": 3000,
    // An idle broker should be small: the default sets 128 MB aside for compaction.
    "log.cleaner.dedupe.buffer.size": 8_388_608,
    ...extra
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value).replaceAll("\\", "\\\\")}\n`)
    .join("")
}

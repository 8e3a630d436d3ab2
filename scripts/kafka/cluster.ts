import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { makeCertificates } from "./certificates.ts"
import { KafkaFault } from "./fault.ts"
import {
  alone,
  forgetCluster,
  readState,
  removeCluster,
  removeOrphans,
  runningPid,
  temporaryFolder,
  writeState,
  type ClusterState,
  type NodeState
} from "./folder.ts"
import { fetchJars, kafkaVersion } from "./jars.ts"
import { findJava } from "./java.ts"
import { freePorts, isFree } from "./ports.ts"
import {
  archiveIsThere,
  ended,
  format,
  isNode,
  keepArchive,
  launch,
  newArchive,
  outputSince,
  sizeOf
} from "./process.ts"
import {
  makeUsers,
  scramUsers,
  secureListeners,
  securityOf,
  type KafkaSecurity,
  type SecureListener
} from "./security.ts"
import {
  dataFolder,
  nodeFolder,
  outputFile,
  propertiesFile,
  serverProperties,
  type NodePorts
} from "./settings.ts"
import { answers, brokersSeenBy, makeTopics } from "./wire.ts"

export interface KafkaOptions {
  /** The cluster's folder, kept by `stop`. Default: a temporary one, removed by `stop`. */
  readonly dir?: string
  /** Default: as many as the folder has, else 1. */
  readonly brokers?: 1 | 3
  /** TLS, SASL and access control as well, on ports of their own. Default: as the folder has it, else `false`. */
  readonly secure?: boolean
  /** Settings of the brokers, over ours, from their next start on. Default: those of the folder. */
  readonly settings?: Readonly<Record<string, string>>
  /** Of each broker's Java. Default: `256m`. */
  readonly heap?: string
  /** What Java is tuned for: starts that cost little, as tests want, or a long run, as benches want. Default: `start`. */
  readonly speed?: "start" | "run"
  /** Of the first broker of a new cluster, without encryption; the others take the next ones. Default: free ones. */
  readonly port?: number
}

/** A cluster that runs. Nodes are numbered from 1. */
export interface Kafka {
  /** `127.0.0.1:port` of each node, without encryption or credentials. */
  readonly brokers: ReadonlyArray<string>
  /** How to come in by TLS and SASL; only of a secure cluster. */
  readonly secure?: KafkaSecurity
  readonly dir: string
  /** The process of each node; 0 where it does not run. */
  readonly pids: ReadonlyArray<number>
  /** Makes topics, `{ name: partitions }`; one that exists is left as it is. */
  readonly makeTopics: (topics: Readonly<Record<string, number>>) => Promise<void>
  /** Ends a node as the end of its machine's power would for its process. Returns when it is gone. */
  readonly kill9: (node?: number) => Promise<void>
  /** Starts a node again on its ports and its data; one that runs is stopped first. Returns when it answers. */
  readonly restart: (node?: number) => Promise<void>
  /** Stops a node in its tracks, connections open: what clients see of a broker that hangs. */
  readonly pause: (node?: number) => void
  readonly resume: (node?: number) => void
  /** Ends all nodes, and removes the folder if it is a temporary one. */
  readonly stop: () => Promise<void>
}

const patience = 120_000

const doors = Object.keys(secureListeners) as ReadonlyArray<SecureListener>

const freshState = async (options: KafkaOptions): Promise<ClusterState> => {
  const { brokers = 1, secure = false, heap = "256m", speed = "start", settings = {} } = options
  const wanted = secure ? doors : []
  const ports = [...(await freePorts(brokers * (2 + wanted.length)))]
  const next = (): number => ports.pop()!
  const nodes = Array.from({ length: brokers }, (_, index): NodeState => ({
    id: index + 1,
    ports: {
      plaintext: options.port === undefined ? next() : options.port + index,
      controller: next(),
      ...Object.fromEntries(wanted.map((listener) => [listener, next()]))
    },
    outputAt: 0
  }))
  // An id that begins with a dash is read as an option by the tool that formats.
  const clusterId = `p${randomBytes(16).toString("base64url").slice(1)}`
  const state = { version: kafkaVersion, clusterId, host: hostname(), heap, speed, settings, nodes }
  return secure ? { ...state, users: makeUsers() } : state
}

const stateFor = async (dir: string, options: KafkaOptions): Promise<ClusterState> => {
  const found = readState(dir)
  if (found === undefined) return freshState(options)
  const { brokers = found.nodes.length, secure = found.users !== undefined } = options
  if (brokers !== found.nodes.length || secure !== (found.users !== undefined)) {
    const kind = found.users === undefined ? "a plain" : "a secure"
    throw new KafkaFault(
      "another-cluster",
      `${dir} holds ${kind} cluster of ${found.nodes.length}, not the one that is asked for`,
      "choose another folder, or stop that cluster and remove its folder"
    )
  }
  const { heap = found.heap, speed = found.speed, settings = found.settings } = options
  return { ...found, heap, speed, settings }
}

const portOf = (node: NodeState): number => node.ports.plaintext

const isUp = async (dir: string, node: NodeState): Promise<boolean> =>
  // Its own words as well as an answer: another broker may have been given the port.
  outputSince(dir, node.id, node.outputAt).includes("Kafka Server started") &&
  (await answers({ port: portOf(node) }))

const endOf = (text: string): string => text.trimEnd().split("\n").slice(-12).join("\n")

const portTaken = (dir: string, ports: ReadonlyArray<number>): KafkaFault =>
  new KafkaFault(
    "port-taken",
    `another program listens on port ${ports.join(" or ")}`,
    `stop that program, or start a cluster in a new folder (${dir} keeps its ports)`
  )

const failure = (dir: string, node: NodeState): KafkaFault => {
  const said = outputSince(dir, node.id, node.outputAt)
  if (/Address already in use|BindException/.test(said)) return portTaken(dir, Object.values(node.ports))
  const setting = /(?:ConfigException|IllegalArgumentException): (.*)/.exec(said)?.[1]
  if (setting !== undefined) {
    return new KafkaFault("bad-setting", `Kafka refuses its settings: ${setting}`, "correct the setting")
  }
  return new KafkaFault(
    "ended",
    `node ${node.id} ended while it started:\n${endOf(said)}`,
    "is there enough memory and disk? What it wrote is above"
  )
}

const untilUp = async (dir: string, node: NodeState & { readonly pid: number }): Promise<void> => {
  for (const end = performance.now() + patience; !(await isUp(dir, node)); await sleep(30)) {
    if (!isNode(dir, node.id, node.pid)) throw failure(dir, node)
    if (performance.now() > end) {
      const said = endOf(outputSince(dir, node.id, node.outputAt))
      throw new KafkaFault(
        "not-ready",
        `node ${node.id} did not answer in ${patience / 1000} s${said === "" ? "" : `:\n${said}`}`,
        "is the machine very busy? Try again"
      )
    }
  }
}

/** A broker that is up may not have heard yet of the others. */
const untilAllKnowAll = async (nodes: ReadonlyArray<NodeState>): Promise<void> => {
  const know = (node: NodeState) =>
    brokersSeenBy({ port: portOf(node) }).then(
      (seen) => nodes.every((one) => seen.includes(portOf(one))),
      () => false
    )
  for (const end = performance.now() + patience; ; await sleep(30)) {
    if ((await Promise.all(nodes.map(know))).every(Boolean)) return
    if (performance.now() > end) {
      throw new KafkaFault("not-ready", "the brokers did not find each other", "is the machine very busy?")
    }
  }
}

const remember = (dir: string, node: NodeState): void => {
  const state = readState(dir)!
  writeState(dir, { ...state, nodes: state.nodes.map((one) => (one.id === node.id ? node : one)) })
}

const launchNode = async (dir: string, node: NodeState, archiveTo?: string) => {
  for (const port of Object.values(node.ports)) if (!(await isFree(port))) throw portTaken(dir, [port])
  const { heap, speed } = readState(dir)!
  const outputAt = sizeOf(outputFile(dir, node.id))
  const pid = await launch(dir, node.id, { heap, speed, ...(archiveTo === undefined ? {} : { archiveTo }) })
  const started = { ...node, pid, outputAt }
  remember(dir, started)
  return started
}

const prepare = async (dir: string, { nodes, users, settings, clusterId }: ClusterState): Promise<void> => {
  if (users !== undefined) await makeCertificates(dir, users.user.username)
  for (const node of nodes) {
    mkdirSync(nodeFolder(dir, node.id), { recursive: true })
    writeFileSync(propertiesFile(dir, node.id), serverProperties(dir, node, nodes, users, settings), {
      mode: 0o600
    })
  }
  const scram = users === undefined ? [] : scramUsers(users)
  const unformatted = nodes.filter(({ id }) => !existsSync(join(dataFolder(dir, id), "meta.properties")))
  await Promise.all(unformatted.map(({ id }) => format(dir, id, clusterId, scram)))
}

/** Starts what does not run yet; where ports of a new cluster were taken just now, on others. */
const bringUp = async (dir: string, options: KafkaOptions, archiveTo?: string): Promise<void> => {
  const before = readState(dir)
  const mayMove = before === undefined && options.port === undefined
  for (let tries = 3; ; tries--) {
    const state = await stateFor(dir, options)
    const running = state.nodes.filter((node) => runningPid(dir, node) !== undefined)
    writeState(dir, state)
    if (running.length === state.nodes.length) return untilAllKnowAll(state.nodes)
    try {
      await prepare(dir, state)
      const launched = []
      for (const node of state.nodes) {
        if (!running.includes(node)) launched.push(await launchNode(dir, node, archiveTo))
      }
      await Promise.all(launched.map((node) => untilUp(dir, node)))
      return await untilAllKnowAll(state.nodes)
    } catch (cause) {
      const { nodes, ...now } = readState(dir)!
      await halt(
        dir,
        nodes.filter(({ id }) => !running.some((one) => one.id === id)),
        "SIGKILL"
      )
      if (before === undefined) forgetCluster(dir)
      // Settings that Kafka refused are not kept for the next start.
      else writeState(dir, { ...now, nodes, settings: before.settings })
      const again = mayMove && tries > 1 && cause instanceof KafkaFault && cause.code === "port-taken"
      if (!again) throw cause
    }
  }
}

const halt = async (
  dir: string,
  nodes: ReadonlyArray<NodeState>,
  signal: "SIGTERM" | "SIGKILL",
  // The last of three cannot say goodbye to a quorum that is gone, and would wait for it for minutes.
  milliseconds = nodes.length > 1 ? 5000 : 15_000
) => {
  const end = async (node: NodeState): Promise<void> => {
    const pid = runningPid(dir, node)
    if (pid === undefined) return
    process.kill(pid, signal)
    // A process that was paused hears nothing else.
    process.kill(pid, "SIGCONT")
    if (await ended(dir, node.id, pid, milliseconds)) return
    process.kill(pid, "SIGKILL")
    await ended(dir, node.id, pid, 5000)
  }
  await Promise.all(nodes.map(end))
}

/** Fetches what a broker needs, once for this machine: the jars, and an archive of its classes for quick starts. */
export const provideKafka = async (): Promise<void> => {
  findJava()
  await fetchJars()
  if (archiveIsThere()) return
  const dir = temporaryFolder()
  const archive = newArchive()
  try {
    await alone(dir, () => bringUp(dir, { brokers: 1 }, archive))
    await halt(dir, readState(dir)!.nodes, "SIGTERM", patience)
    keepArchive(archive)
  } finally {
    rmSync(archive, { force: true })
    removeCluster(dir)
  }
}

/** Ends one node of the cluster of a folder as kill -9 does; its process, or `undefined` where it did not run. */
export const killNode = async (dir: string, id: number): Promise<number | undefined> => {
  const node = readState(resolve(dir))?.nodes.find((one) => one.id === id)
  const pid = node && runningPid(resolve(dir), node)
  if (node !== undefined) await halt(resolve(dir), [node], "SIGKILL")
  return pid
}

/** Ends the cluster of a folder, whoever started it. Says whether there was one that ran. */
export const stopKafka = async (dir: string): Promise<boolean> => {
  const folder = resolve(dir)
  const nodes = readState(folder)?.nodes ?? []
  const running = nodes.filter((node) => runningPid(folder, node) !== undefined)
  await halt(folder, running, "SIGTERM")
  return running.length > 0
}

/**
 * Starts a real Kafka, brokers that are their own controllers, on the loopback address, and returns when it answers.
 * One that runs in `dir` already is returned as it is. A cluster without `dir` ends with this process, if that is
 * not killed; the next one that is started on this machine then clears it away. Throws a `KafkaFault`.
 *
 *     const kafka = await startKafka()
 *     await kafka.makeTopics({ orders: 3 })
 *     await kafka.kill9()
 *     await kafka.restart()
 *     await kafka.stop()
 */
export const startKafka = async (options: KafkaOptions = {}): Promise<Kafka> => {
  await provideKafka()
  const isTemporary = options.dir === undefined
  if (isTemporary) removeOrphans()
  const dir = isTemporary ? temporaryFolder() : resolve(options.dir)
  const clear = (): void => removeCluster(dir)
  if (isTemporary) process.once("exit", clear)
  try {
    await alone(dir, () => bringUp(dir, options))
  } catch (cause) {
    if (isTemporary) clear()
    throw cause
  }

  const nodes = (): ReadonlyArray<NodeState> => readState(dir)?.nodes ?? []
  const nodeOf = (id: number): NodeState => {
    const node = nodes().find((one) => one.id === id)
    if (node !== undefined) return node
    throw new KafkaFault(
      "not-running",
      `there is no node ${id}`,
      `this cluster has nodes 1 to ${nodes().length}`
    )
  }
  const signal = (id: number, name: NodeJS.Signals): void => {
    const pid = runningPid(dir, nodeOf(id))
    if (pid === undefined) throw new KafkaFault("not-running", `node ${id} does not run`, "restart it first")
    process.kill(pid, name)
  }
  const { users } = readState(dir)!
  const addressesOf = (listener: keyof NodePorts): ReadonlyArray<string> =>
    nodes().map(({ ports }) => `127.0.0.1:${ports[listener]}`)
  const listeners = () => ({
    tls: addressesOf("tls"),
    mutualTls: addressesOf("mutualTls"),
    sasl: addressesOf("sasl"),
    saslTls: addressesOf("saslTls")
  })
  return {
    brokers: addressesOf("plaintext"),
    ...(users === undefined ? {} : { secure: securityOf(dir, users, listeners()) }),
    dir,
    get pids() {
      return nodes().map((node) => runningPid(dir, node) ?? 0)
    },
    makeTopics: (topics) => makeTopics({ port: portOf(nodeOf(1)) }, topics),
    kill9: (id = 1) => halt(dir, [nodeOf(id)], "SIGKILL"),
    restart: (id = 1) =>
      alone(dir, async () => {
        await halt(dir, [nodeOf(id)], "SIGTERM")
        await untilUp(dir, await launchNode(dir, nodeOf(id)))
        await untilAllKnowAll(nodes().filter((node) => runningPid(dir, node) !== undefined))
      }),
    pause: (id = 1) => signal(id, "SIGSTOP"),
    resume: (id = 1) => signal(id, "SIGCONT"),
    stop: async () => {
      if (!isTemporary) return void (await stopKafka(dir))
      // Nobody will read its data again, so it need not take its leave.
      await halt(dir, nodes(), "SIGKILL")
      clear()
      process.off("exit", clear)
    }
  }
}

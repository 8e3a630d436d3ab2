import { spawn } from "node:child_process"
import { constants } from "node:os"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { certificateFiles } from "./certificates.ts"
import { killNode, provideKafka, startKafka, stopKafka, type Kafka, type KafkaOptions } from "./cluster.ts"
import { KafkaFault } from "./fault.ts"
import { readState, runningPid } from "./folder.ts"
import { kafkaFolder, kafkaVersion } from "./jars.ts"
import { answers, makeTopics } from "./wire.ts"

const help = `Usage: npm run -s kafka -- <command> [options]

A real Apache Kafka ${kafkaVersion} on this machine, for tests and local work, without Docker. It listens on 127.0.0.1
only and needs Java 17 or newer; Maven fetches it, once (43 MB).

Commands
  start             start it, or what of it does not run, and return when it answers
  status            what runs, and where
  stop              stop it; its data, ports and passwords stay in the folder
  kill <node>       end one node as kill -9 does, to see what clients make of it; start brings it back
  topics <a:3> …    make topics of so many partitions
  run -- <command>  start one that lives as long as the command, which finds its brokers in KAFKA_BROKERS
  fetch             only fetch what it takes

Options
  --dir <folder>    the cluster's folder (default: .plimsoll-kafka here; of run: a temporary one)
  --brokers <1|3>   three brokers keep three copies of everything, and can lose one (default: 1)
  --secure          TLS, SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER) and access control, on more ports
  --port <number>   of the first broker of a new cluster; the others take the next ones (default: free ones)
  --set <k=v>       a setting of the brokers; may be given again
  --heap <size>     memory of each broker's Java (default: 256m)
  --speed <start|run>  what Java is tuned for: quick starts, or long runs (default: start)
  --topic <a:3>     with start and run: a topic to make; may be given again
  --json            answer in JSON; errors too, on the error output

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 status: not all of it runs · run: that of the command

Examples
  npm run -s kafka -- start --topic orders:3
  npm run -s kafka -- start --brokers 3 --dir /tmp/three
  npm run -s kafka -- run -- node app.js
`

/** Where the command speaks: answers, and what went wrong. */
export interface Voice {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

const options = {
  dir: { type: "string" },
  brokers: { type: "string" },
  secure: { type: "boolean" },
  port: { type: "string" },
  set: { type: "string", multiple: true },
  heap: { type: "string" },
  speed: { type: "string" },
  topic: { type: "string", multiple: true },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" }
} as const

const usage = (message: string): KafkaFault =>
  new KafkaFault("usage", message, "npm run -s kafka -- --help names the commands and options")

const parse = (words: ReadonlyArray<string>) => {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (cause) {
    throw usage((cause as Error).message.split(". ")[0]!)
  }
}
type Values = ReturnType<typeof parse>["values"]

const topicsOf = (given: ReadonlyArray<string>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    given.map((text) => {
      const [, name, partitions = "1"] = /^([\w.-]+)(?::([1-9]\d*))?$/.exec(text) ?? []
      if (name === undefined) throw usage(`"${text}" is no topic; write name or name:partitions`)
      return [name, Number(partitions)]
    })
  )

const kafkaOptions = ({ brokers, secure, port, set = [], heap, speed }: Values): KafkaOptions => {
  if (brokers !== undefined && brokers !== "1" && brokers !== "3") throw usage("--brokers is 1 or 3")
  if (speed !== undefined && speed !== "start" && speed !== "run") throw usage("--speed is start or run")
  if (heap !== undefined && !/^[1-9]\d*[mg]$/i.test(heap)) throw usage("--heap is a size such as 512m or 1g")
  if (port !== undefined && !(Number(port) > 0 && Number(port) < 65_533)) throw usage("--port is a number")
  const settings = set.map((text) => {
    const at = text.indexOf("=")
    if (at < 1) throw usage(`"${text}" is no setting; write --set name=value`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return {
    ...(brokers === undefined ? {} : { brokers: brokers === "3" ? 3 : 1 }),
    ...(secure === undefined ? {} : { secure }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(heap === undefined ? {} : { heap }),
    ...(speed === undefined ? {} : { speed }),
    ...(settings.length === 0 ? {} : { settings: Object.fromEntries(settings) })
  }
}

/** What one has to know to connect. Of certificates the files are named; a token is good for an hour. */
const shown = ({ brokers, dir, pids, secure }: Kafka) => ({
  version: kafkaVersion,
  brokers,
  pids,
  dir,
  ...(secure === undefined
    ? {}
    : {
        secure: {
          listeners: secure.listeners,
          ca: certificateFiles(dir).ca,
          cert: certificateFiles(dir).clientCertificate,
          key: certificateFiles(dir).clientKey,
          user: secure.user,
          stranger: secure.stranger,
          token: secure.token()
        }
      })
})

const told = (kafka: Kafka, dir: string | undefined): string => {
  const { brokers, secure } = shown(kafka)
  const doors =
    secure === undefined
      ? []
      : [
          ...Object.entries(secure.listeners).map(([name, at]) => `  ${name.padEnd(9)} ${at.join(",")}`),
          `  ca        ${secure.ca}`,
          `  user      ${secure.user.username}, password ${secure.user.password} (may do everything)`,
          `  stranger  ${secure.stranger.username}, password ${secure.stranger.password} (may do nothing)`
        ]
  const where = dir === undefined ? "" : ` --dir ${dir}`
  return [
    `Kafka ${kafkaVersion} is up.`,
    `  brokers   ${brokers.join(",")}`,
    ...doors,
    `  folder    ${kafka.dir}`,
    `Stop it with: npm run -s kafka -- stop${where}`
  ].join("\n")
}

const status = async (dir: string) => {
  const state = readState(dir)
  const nodes = await Promise.all(
    (state?.nodes ?? []).map(async (node) => ({
      node: node.id,
      broker: `127.0.0.1:${node.ports.plaintext}`,
      pid: runningPid(dir, node) ?? null,
      answers: await answers({ port: node.ports.plaintext })
    }))
  )
  return { running: nodes.length > 0 && nodes.every(({ pid }) => pid !== null), dir, nodes }
}

/** Runs a command beside a cluster of its own. A terminal sends Ctrl-C to both; the command decides. */
const runBeside = async (words: ReadonlyArray<string>, values: Values): Promise<number> => {
  const [program, ...rest] = words
  if (program === undefined) throw usage("run needs a command: run -- node app.js")
  let child: ReturnType<typeof spawn> | undefined
  const interrupted = (): void => {
    if (child === undefined) process.exit(130)
  }
  const terminated = (): void => {
    if (child === undefined) process.exit(143)
    child.kill("SIGTERM")
  }
  process.on("SIGINT", interrupted).on("SIGTERM", terminated)
  const dir = values.dir === undefined ? {} : { dir: values.dir }
  const kafka = await startKafka({ ...kafkaOptions(values), ...dir })
  try {
    await kafka.makeTopics(topicsOf(values.topic ?? []))
    return await new Promise<number>((done, failed) => {
      const env = { ...process.env, KAFKA_BROKERS: kafka.brokers.join() }
      child = spawn(program, rest, { stdio: "inherit", env })
      child.once("error", (cause) => failed(usage(`${program} cannot be started: ${cause.message}`)))
      child.once("exit", (code, signal) =>
        done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      )
    })
  } finally {
    await kafka.stop()
    process.off("SIGINT", interrupted).off("SIGTERM", terminated)
  }
}

const perform = async (
  words: ReadonlyArray<string>,
  rest: ReadonlyArray<string>,
  { out }: Voice
): Promise<number> => {
  const { values, positionals } = parse(words)
  const [name, ...given] = positionals
  if (values.help === true || name === undefined || name === "help") {
    out(help)
    return name === undefined && values.help !== true ? 2 : 0
  }
  const print = (value: object, text: string): void => {
    out(`${values.json === true ? JSON.stringify(value) : text}\n`)
  }
  const dir = resolve(values.dir ?? ".plimsoll-kafka")
  if (given.length > 0 && name !== "topics" && name !== "kill") throw usage(`${name} takes no "${given[0]}"`)

  switch (name) {
    case "fetch":
      await provideKafka()
      print({ version: kafkaVersion, folder: kafkaFolder() }, `Kafka ${kafkaVersion} is in ${kafkaFolder()}`)
      return 0
    case "start": {
      const topics = topicsOf(values.topic ?? [])
      const kafka = await startKafka({ ...kafkaOptions(values), dir })
      await kafka.makeTopics(topics)
      print(shown(kafka), told(kafka, values.dir))
      return 0
    }
    case "status": {
      const found = await status(dir)
      const lines = found.nodes.map(
        (one) =>
          `node ${one.node}  ${one.broker}  ${one.pid === null ? "not running" : `process ${one.pid}${one.answers ? "" : ", does not answer"}`}`
      )
      print(found, lines.length === 0 ? `There is no Kafka in ${dir}` : lines.join("\n"))
      return found.running ? 0 : 3
    }
    case "stop": {
      const stopped = await stopKafka(dir)
      print({ stopped, dir }, stopped ? `Stopped. Its data stays in ${dir}` : `No Kafka ran in ${dir}`)
      return 0
    }
    case "kill": {
      const node = Number(given[0] ?? 1)
      const pid = await killNode(dir, node)
      if (pid === undefined) {
        throw new KafkaFault(
          "not-running",
          `no such node runs in ${dir}`,
          "start it, or name its folder in --dir"
        )
      }
      print({ killed: node, pid }, `Node ${node} is gone (process ${pid})`)
      return 0
    }
    case "topics": {
      const topics = topicsOf(given)
      const node = readState(dir)?.nodes.find((one) => runningPid(dir, one) !== undefined)
      if (node === undefined) {
        throw new KafkaFault(
          "not-running",
          `no Kafka runs in ${dir}`,
          "start it, or name its folder in --dir"
        )
      }
      await makeTopics({ port: node.ports.plaintext }, topics)
      print({ topics }, `There are now: ${Object.keys(topics).join(", ")}`)
      return 0
    }
    case "run":
      return runBeside(rest, values)
    default:
      throw usage(`there is no command "${name}"`)
  }
}

const terminal: Voice = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text)
}

/** Does what the words of a command line say, and returns the exit code. */
export const command = async (words: ReadonlyArray<string>, voice: Voice = terminal): Promise<number> => {
  const cut = words.indexOf("--")
  const [ours, rest] = cut < 0 ? [words, []] : [words.slice(0, cut), words.slice(cut + 1)]
  try {
    return await perform(ours, rest, voice)
  } catch (cause) {
    if (!(cause instanceof KafkaFault)) throw cause
    const { code, message, suggestion } = cause
    const text = ours.includes("--json")
      ? JSON.stringify({ error: { code, message, suggestion } })
      : `kafka: ${message}\n  cure: ${suggestion}`
    voice.err(`${text}\n`)
    return code === "usage" ? 2 : 1
  }
}

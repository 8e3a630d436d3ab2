import { execFile, execFileSync, spawn } from "node:child_process"
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync
} from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { KafkaFault } from "./fault.ts"
import { classPath, kafkaFolder } from "./jars.ts"
import { findJava } from "./java.ts"
import { nodeFolder, outputFile, propertiesFile } from "./settings.ts"

/** Classes as they were once loaded: a start with this archive takes a third of the time. One for each Java. */
const classArchive = (): string => join(kafkaFolder(), `classes-${findJava().version}.jsa`)

export const archiveIsThere = (): boolean => existsSync(classArchive())

/** A start then takes three fifths of the processor's time (1.7 s, not 2.9: measured), and 20 MB less. */
const quickly = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]

const virtualMachine = (): ReadonlyArray<string> => [
  "-Xshare:auto",
  "-Xlog:cds=off",
  "-Xlog:cds+dynamic=off",
  ...(archiveIsThere() ? [`-XX:SharedArchiveFile=${classArchive()}`] : []),
  "-Djava.awt.headless=true",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  // The one that says when the broker is up.
  "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
  "-cp",
  classPath()
]

/** Runs a tool of Kafka to its end; what it says on its way out when it fails is the error's message. */
const tool = async (name: string, words: ReadonlyArray<string>): Promise<void> => {
  try {
    await promisify(execFile)(findJava().program, [...quickly, ...virtualMachine(), name, ...words])
  } catch (cause) {
    const { stderr = "" } = cause as { stderr?: string }
    const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line))
    const why = lines.find((line) => line.includes("Exception: ")) ?? lines.at(-1) ?? "it does not say why"
    throw new KafkaFault(
      "bad-setting",
      `Kafka refuses its settings: ${why.replace(/^.*Exception: /, "").trim()}`,
      "correct the setting that it names"
    )
  }
}

/** Prepares the empty data folder of a node. */
export const format = (dir: string, node: number, clusterId: string, words: ReadonlyArray<string> = []) =>
  tool("kafka.tools.StorageTool", [
    "format",
    "--cluster-id",
    clusterId,
    "--config",
    propertiesFile(dir, node),
    ...words
  ])

export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** What a node wrote since it was that long. */
export const outputSince = (dir: string, node: number, length: number): string => {
  const file = outputFile(dir, node)
  return existsSync(file) ? readFileSync(file).subarray(length).toString() : ""
}

export interface Launch {
  readonly heap: string
  readonly speed: "start" | "run"
  /** Write the archive of classes to this file when it ends. */
  readonly archiveTo?: string
}

/** Starts the process of a node and lets go of it: it outlives ours. */
export const launch = async (
  dir: string,
  node: number,
  { heap, speed, archiveTo }: Launch
): Promise<number> => {
  const output = openSync(outputFile(dir, node), "a")
  const child = spawn(
    findJava().program,
    [
      ...(archiveTo === undefined ? [] : [`-XX:ArchiveClassesAtExit=${archiveTo}`]),
      ...(speed === "start" ? quickly : ["-XX:+UseG1GC"]),
      "-Xms64m",
      `-Xmx${heap}`,
      ...(process.env["PLIMSOLL_KAFKA_JAVA_OPTIONS"] ?? "").split(/\s+/).filter(Boolean),
      ...virtualMachine(),
      "kafka.Kafka",
      propertiesFile(dir, node)
    ],
    { cwd: nodeFolder(dir, node), detached: true, stdio: ["ignore", output, output] }
  )
  closeSync(output)
  child.unref()
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("spawn", () => resolve(child.pid!))
  })
}

/** Where a process may leave its archive: beside the one that is kept, so that it can be renamed to it. */
export const newArchive = (): string => `${classArchive()}.${process.pid}`

/** Keeps the archive that a process left when it ended; the first one stays. */
export const keepArchive = (file: string): void => {
  if (!existsSync(file)) return
  if (archiveIsThere()) rmSync(file)
  else renameSync(file, classArchive())
}

const commandLine = (pid: number): string => {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8")
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" })
  } catch {
    return ""
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Whether this process is that node: a number of a process that ended is given to others. */
export const isNode = (dir: string, node: number, pid: number): boolean =>
  isAlive(pid) && commandLine(pid).includes(propertiesFile(dir, node))

/** A process that was killed keeps its ports and files until its last thread is gone; its words go first. */
const isGone = (dir: string, node: number, pid: number): boolean => {
  if (!isAlive(pid)) return true
  const words = commandLine(pid)
  if (words !== "") return !words.includes(propertiesFile(dir, node))
  try {
    // Nobody may have waited for it yet, and then it stays as a name, a "Z".
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "")
    return state.startsWith("Z") && readdirSync(`/proc/${pid}/task`).length === 1
  } catch {
    return !isAlive(pid)
  }
}

/** Waits for the end of a process; `false` where it takes longer. */
export const ended = async (dir: string, node: number, pid: number, milliseconds: number) => {
  const end = performance.now() + milliseconds
  while (!isGone(dir, node, pid)) {
    if (performance.now() > end) return false
    await sleep(10)
  }
  return true
}

import { existsSync, statSync } from "node:fs"
import { statfs } from "node:fs/promises"
import { dirname } from "node:path"
import type { Core } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import { dayIn } from "../clock.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { holderOf } from "../lock.ts"
import { type Lag, lagOf } from "../metrics-lag.ts"
import { networkDrive } from "../network-drive.ts"
import { logKindOf, openLogThatIsThere } from "../project-log.ts"
import type { Project } from "../project.ts"
import { ageText, newestPublished } from "../published-file.ts"
import type { Terminal } from "../terminal.ts"
import type { Finding } from "./doctor-finding.ts"
import { kafkaFindings, topicsOf } from "./doctor-kafka.ts"

const sizeText = (bytes: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"]
  let at = 0
  let size = bytes
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000
    at++
  }
  return `${at === 0 ? size : size.toPrecision(3)} ${units[at]}`
}

const sizeOf = (...paths: ReadonlyArray<string>): number =>
  paths.reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0)

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 22)
    ? { check: "node", state: "ok", message: `Node ${process.versions.node}` }
    : {
        check: "node",
        state: "bad",
        message: `Node ${process.versions.node} is too old`,
        suggestion: "install Node 22.22 or newer"
      }
}

const zone = (project: Project): Finding => {
  const { config } = project
  const now = dayIn(config.zone, new Date())
  return config.clock === undefined
    ? { check: "zone", state: "ok", message: `it is ${now} in ${config.zone}` }
    : {
        check: "zone",
        state: "ok",
        message: `it is taken to be ${config.clock} (clock), and is ${now} in ${config.zone}`
      }
}

const drive = (project: Project): Finding => {
  const type = networkDrive(project.directory)
  if (type !== undefined) {
    return {
      check: "drive",
      state: "bad",
      message: `${project.directory} is on a network drive (${type}): \`plimsoll run\` refuses it`,
      suggestion: "set directory to a folder on a local disk"
    }
  }
  return process.platform === "linux"
    ? { check: "drive", state: "ok", message: `${project.directory} is on a local disk` }
    : {
        check: "drive",
        state: "unknown",
        message: `${project.directory} is on no network drive that can be recognised on this system`
      }
}

const lock = async (project: Project): Promise<Finding> => {
  if (!existsSync(project.directory)) return { check: "lock", state: "ok", message: "free" }
  const holder = await holderOf(project.directory)
  return {
    check: "lock",
    state: "ok",
    message:
      holder === undefined
        ? "free"
        : holder === "unknown"
          ? "held by another process"
          : `held by pid ${holder.pid}, \`plimsoll ${holder.command}\`, since ${holder.startedAt}`
  }
}

interface Span {
  /** Microseconds since 1970. */
  readonly first: number
  readonly last: number
}

const spanOf = async (log: Log, topics?: ReadonlyArray<string>): Promise<Span | undefined> => {
  let [first, last] = [Infinity, -Infinity]
  for (const { topic, offsets } of await log.topics(topics)) {
    for (const { partition, first: from, end } of offsets) {
      if (end <= from) continue
      const [oldest] = (await log.read(topic, partition, from, { limit: 1 })).records
      // A compacted topic may have holes before its end; its newest record is then among the last few.
      const newest = (await log.read(topic, partition, Math.max(from, end - 100), { limit: 100 })).records.at(
        -1
      )
      if (oldest !== undefined) first = Math.min(first, oldest.recordedAt)
      if (newest !== undefined) last = Math.max(last, newest.recordedAt)
    }
  }
  return last === -Infinity ? undefined : { first, last }
}

const dayMicros = 86_400_000_000

/** What the log tells of its growth and of the machine's clock. `now`: microseconds since 1970. */
export const logFindings = (
  span: Span,
  bytes: { readonly log: number; readonly free: number },
  now: number
): ReadonlyArray<Finding> => {
  const days = (span.last - span.first) / dayMicros
  const daily = days >= 1 ? bytes.log / days : undefined
  const left = daily === undefined || daily <= 0 ? undefined : bytes.free / daily
  const behind = span.last - now
  return [
    daily === undefined
      ? {
          check: "growth",
          state: "ok",
          message: "the log is younger than a day: too young to tell its growth"
        }
      : {
          check: "growth",
          state: left !== undefined && left < 30 ? "warn" : "ok",
          message: `the log has grown by ${sizeText(daily)} a day over ${Math.round(days)} days; the free space lasts about ${Math.floor(left!).toLocaleString("en")} days`,
          ...(left !== undefined && left < 30
            ? { suggestion: "free space on that disk, or move directory to a larger one" }
            : {})
        },
    behind > 5_000_000
      ? {
          check: "clock",
          state: "bad",
          message: `the newest record on the log is ${ageText(behind / 1000)} ahead of this machine's clock: the clock has gone back`,
          suggestion:
            "set the clock (NTP); times on the log never decrease, so nothing is lost, but new rows carry the old time"
        }
      : {
          check: "clock",
          state: "ok",
          message: `the newest record on the log is ${ageText(-behind / 1000)} old`
        }
  ]
}

const files = async (
  project: Project
): Promise<{
  readonly findings: ReadonlyArray<Finding>
  readonly bytes: { readonly log: number; readonly free: number }
}> => {
  const log = sizeOf(project.log, `${project.log}-wal`)
  const store = sizeOf(project.store, `${project.store}.wal`)
  const published = sizeOf(newestPublished(project.published))
  let folder = project.directory
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  // Publishing writes the file anew beside the old one, and a rebuild the store beside the old one.
  const need = store + published + 100_000_000
  return {
    bytes: { log, free },
    findings: [
      {
        check: "sizes",
        state: "ok",
        message: `${logKindOf(project) === "kafka" ? "" : `log ${sizeText(log)}, `}store ${sizeText(store)}, published file ${sizeText(published)}`
      },
      {
        check: "space",
        state: free < need / 10 ? "bad" : free < need ? "warn" : "ok",
        message: `${sizeText(free)} free beside them`,
        ...(free < need
          ? {
              suggestion: `free space on that disk: at least ${sizeText(need)} lets a rebuild and a publication through`
            }
          : {})
      }
    ]
  }
}

const publishedFile = async (project: Project): Promise<Finding> => {
  const path = newestPublished(project.published)
  if (!existsSync(path)) {
    return {
      check: "published",
      state: "warn",
      message: "nothing is published yet",
      suggestion: "run `plimsoll run`"
    }
  }
  return {
    check: "published",
    state: "ok",
    message: `${path}, written ${ageText(Date.now() - statSync(path).mtimeMs)} ago`
  }
}

const store = async (project: Project, isFree: boolean): Promise<Finding> => {
  if (!existsSync(project.store)) {
    return { check: "store", state: "ok", message: "there is no store yet; a run makes it from the log" }
  }
  if (!isFree) return { check: "store", state: "ok", message: "in use by the run" }
  const { Published, storeVersion } = await import("@plimsoll/core")
  // The store is a DuckDB file like the published one; opened for reading it is not upgraded by the look at it.
  const file = await Published.open(project.store)
  const version = await file
    .query("SELECT value FROM store.meta WHERE name = 'version'")
    .then(({ rows }) => Number(rows[0]?.[0] ?? 0))
    .finally(() => file.close())
  return version > storeVersion
    ? {
        check: "store",
        state: "bad",
        message: `the store has version ${version}, and this plimsoll knows ${storeVersion}`,
        suggestion: "update plimsoll, or run `plimsoll rebuild`"
      }
    : {
        check: "store",
        state: "ok",
        message: `store version ${version} (this plimsoll writes ${storeVersion})`
      }
}

const logFindingsOf = async (
  project: Project,
  bytes: Parameters<typeof logFindings>[1],
  isFree: boolean
): Promise<ReadonlyArray<Finding>> => {
  if (logKindOf(project) === "embedded" && !existsSync(project.log))
    return [{ check: "log", state: "ok", message: "there is no log yet; a run makes it" }]
  const log = await openLogThatIsThere(project)
  try {
    const isKafka = logKindOf(project) === "kafka"
    // A cluster may hold topics of others, and its disks are not this machine's.
    const span = await spanOf(log, isKafka ? topicsOf(project).map(({ topic }) => topic) : undefined)
    const found = span === undefined ? [] : logFindings(span, bytes, Date.now() * 1000)
    return [
      { check: "log", state: "ok", message: `log ${log.id}` },
      ...found.filter(({ check }) => !isKafka || check !== "growth"),
      ...(isFree ? [lagFinding(await lagOf(log, await landedIn(project)))] : [])
    ]
  } finally {
    await log.close()
  }
}

/** What the store has landed of each partition; read only, so that the look makes and upgrades nothing. */
const landedIn = async (project: Project): Promise<Awaited<ReturnType<Core["landed"]>>> => {
  const landed = new Map<string, Map<number, number>>()
  if (!existsSync(project.store)) return landed
  const { Published } = await import("@plimsoll/core")
  const file = await Published.open(project.store)
  try {
    const { rows } = await file.query("SELECT topic, part, next FROM store.landed_offset")
    for (const [topic, part, next] of rows) {
      const of = landed.get(String(topic)) ?? new Map<number, number>()
      landed.set(String(topic), of.set(Number(part), Number(next)))
    }
    return landed
  } finally {
    file.close()
  }
}

const lagFinding = (lags: ReadonlyArray<Lag>): Finding => {
  const lag = lags.reduce((sum, one) => sum + one.lag, 0)
  return lag === 0
    ? { check: "lag", state: "ok", message: "the store has landed everything that is on the log" }
    : {
        check: "lag",
        state: "warn",
        message: `the store is ${counted(lag, "offset")} behind the log`,
        suggestion: "run `plimsoll run`, or keep `plimsoll run --watch` going"
      }
}

const marks = { ok: "✓", warn: "!", bad: "✗", unknown: "?" } as const

/** `plimsoll doctor`: whether the machine and the project's files are fit. */
export const doctor = async (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const { findings: sizes, bytes } = await files(project)
  const held = await lock(project)
  const guarded = async (
    check: string,
    look: () => Promise<ReadonlyArray<Finding>>
  ): Promise<ReadonlyArray<Finding>> => {
    try {
      return await look()
    } catch (cause) {
      const { message, suggestion } = cause as { readonly message: string; readonly suggestion?: string }
      return [{ check, state: "bad", message, ...(suggestion === undefined ? {} : { suggestion }) }]
    }
  }
  const kafka = logKindOf(project) === "kafka" ? await kafkaFindings(project) : []
  // Without them, or without a log, there is nothing more to be seen there.
  const isFirst = ({ check, state }: Finding) => (check === "kafka" && state === "bad") || check === "log"
  const findings = [
    node(),
    zone(project),
    drive(project),
    ...sizes,
    ...kafka,
    // Where the brokers do not answer, they need not be asked again.
    ...(kafka.some(isFirst)
      ? []
      : await guarded("log", () => logFindingsOf(project, bytes, held.message === "free"))),
    held,
    ...(await guarded("store", async () => [await store(project, held.message === "free")])),
    await publishedFile(project)
  ]
  const isBad = findings.some((finding) => finding.state === "bad")
  if (flags.json === true) terminal.out(JSON.stringify({ format: 1, ok: !isBad, findings }))
  else {
    for (const { state, check, message, configPath, suggestion } of findings) {
      terminal.out(`${marks[state]} ${check.padEnd(9)} ${message}`)
      if (configPath !== undefined) terminal.out(`            at: ${configPath}`)
      if (suggestion !== undefined) terminal.out(`            do: ${suggestion}`)
    }
  }
  return isBad ? exitCodes.store : exitCodes.fine
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Log, LogRecord } from "@plimsoll/log"
import { PlimsollError, signals, topicOf } from "@plimsoll/schema"

/** How far the signals have been delivered, on one log. */
interface Delivered {
  readonly log: string
  /** By partition of the signal topic: the offset of the next signal to deliver. */
  readonly next: { readonly [partition: string]: number }
}

/** What came of {@link SignalDelivery.deliver}. */
export interface Delivery {
  readonly delivered: number
  /** Set where the command failed: its signal, and all behind it, are delivered again next time. */
  readonly failure: PlimsollError | undefined
}

const fileOf = (directory: string): string => join(directory, "on-signal.json")

const save = (path: string, state: Delivered): void => {
  const fresh = `${path}.new`
  const file = openSync(fresh, "w")
  try {
    writeSync(file, `${JSON.stringify(state)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(fresh, path)
}

const load = (path: string): Delivered | undefined => {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Delivered
  } catch (cause) {
    throw new PlimsollError(
      {
        code: "store-on-signal-unreadable",
        message: `${path} cannot be read, so it is not known which signals have been delivered`,
        suggestion: "delete it: delivery then begins with the signals of the next run"
      },
      { cause }
    )
  }
}

/** What the command gets on its standard input: the signal event, with the id of its record on the log. */
export const signalMessage = (record: LogRecord): string =>
  `${JSON.stringify({
    id: record.headers["ce_id"] ?? `${record.topic}/${record.partition}/${record.offset}`,
    recordedAt: new Date(Math.floor(record.recordedAt / 1000)).toISOString(),
    ...(JSON.parse(record.value ?? "{}") as object)
  })}\n`

// The shell's own children hold its output open, so all of them have to end with it.
const killAll = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"])
    return
  }
  try {
    process.kill(-child.pid, "SIGKILL")
  } catch {
    // It has ended by itself in this very moment.
  }
}

const run = (command: string, input: string, milliseconds: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    // What the command prints goes to our stderr, so that it cannot get into the answer of --json.
    const child = spawn(command, {
      shell: true,
      // A process group of its own: Ctrl-C is for the run, which lets the command in hand finish.
      detached: process.platform !== "win32",
      stdio: ["pipe", process.stderr, process.stderr]
    })
    const timer = setTimeout(() => {
      killAll(child)
      resolve(`did not end within ${milliseconds / 1000} s`)
    }, milliseconds)
    const end = (failure: string | undefined) => {
      clearTimeout(timer)
      resolve(failure)
    }
    child.on("error", (error) => end(`could not be started (${error.message})`))
    child.on("close", (code, signal) =>
      end(code === 0 ? undefined : code === null ? `was ended by ${signal}` : `ended with exit code ${code}`)
    )
    // A command may end without reading: that is its own affair, its exit code tells.
    child.stdin.on("error", () => undefined)
    child.stdin.end(input)
  })

/**
 * Hands every event of the signal topic to a command, in the order of its partition, at least once: the
 * position moves on only after the command has ended with 0, so a crash in between delivers again.
 */
export class SignalDelivery {
  readonly #log: Log
  readonly #topic: string
  readonly #path: string
  readonly #command: string
  readonly #timeout: number

  private constructor(log: Log, topic: string, path: string, command: string, timeout: number) {
    this.#log = log
    this.#topic = topic
    this.#path = path
    this.#command = command
    this.#timeout = timeout
  }

  /**
   * To be opened before a run says anything: the first use on a log begins with what is said from then on, and
   * that is written down before it is said.
   */
  static async open(options: {
    readonly log: Log
    readonly organisation: string
    readonly directory: string
    readonly command: string
    /** Milliseconds that one call of the command may take. Default: 60,000. */
    readonly timeout?: number
  }): Promise<SignalDelivery> {
    const { log, organisation, directory, command } = options
    const topic = topicOf(organisation, signals)
    const path = fileOf(directory)
    const state = load(path)
    if (state?.log !== log.id) {
      const found = (await log.topics()).find((one) => one.topic === topic)
      save(path, {
        log: log.id,
        next: Object.fromEntries((found?.offsets ?? []).map(({ partition, end }) => [partition, end]))
      })
    }
    return new SignalDelivery(log, topic, path, command, options.timeout ?? 60_000)
  }

  /** Delivers what has not been delivered yet, until the command fails or `stop` says so. */
  async deliver(stop: () => boolean = () => false): Promise<Delivery> {
    const found = (await this.#log.topics()).find((one) => one.topic === this.#topic)
    let delivered = 0
    for (const { partition, end } of found?.offsets ?? []) {
      let from = load(this.#path)?.next[partition] ?? 0
      while (from < end && !stop()) {
        const { records, next } = await this.#log.read(this.#topic, partition, from, {
          limit: 100,
          until: end
        })
        if (records.length === 0 && next <= from) break
        for (const record of records) {
          if (stop()) return { delivered, failure: undefined }
          if (record.value !== null) {
            const failure = await run(this.#command, signalMessage(record), this.#timeout)
            if (failure !== undefined) return { delivered, failure: failed(failure) }
            delivered++
          }
          this.#advance(partition, record.offset + 1)
        }
        from = next
        this.#advance(partition, from)
      }
    }
    return { delivered, failure: undefined }
  }

  #advance(partition: number, next: number): void {
    const state = load(this.#path)
    if (state?.next[partition] === next) return
    save(this.#path, { log: this.#log.id, next: { ...state?.next, [partition]: next } })
  }
}

const failed = (words: string): PlimsollError =>
  new PlimsollError({
    code: "on-signal-failed",
    message: `the command of --on-signal ${words}`,
    suggestion:
      "mend the command: the signal it failed on, and those behind it, are delivered by the next run"
  })

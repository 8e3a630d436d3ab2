import {
  ConnectorError,
  type Connector,
  type ConnectorStream,
  type Emit,
  type Partition,
  type Position,
  type RawRow
} from "@plimsoll/connector"
import {
  type LogRecord,
  type NewRecord,
  type RecordGroup,
  type Sealer,
  streamLabel,
  timeOfMicros
} from "@plimsoll/log"
import { PlimsollError, type StreamContract } from "@plimsoll/schema"
import { Stream } from "effect"
import { randomUUID } from "node:crypto"
import { isAhead, limitAfter } from "./ahead.ts"
import type { AppendQueue } from "./append-queue.ts"
import { Batch } from "./batch.ts"
import { Checkpoints, type Progressed } from "./checkpoint.ts"
import type { DeadLetterCode } from "./dead-letter.ts"
import { Decoder, type Issue, Undecoded } from "./decoder.ts"
import { connectorFailure, delayBefore } from "./failure.ts"
import { isAway } from "./log-patience.ts"
import { pause } from "./pause.ts"
import type { Protection } from "./policy.ts"
import { Pull } from "./pull.ts"
import { RecordMaker } from "./record-maker.ts"
import type { Counts, Notice, Progress, RunReport } from "./report.ts"
import { type RunState, RunStates } from "./run-state.ts"

/** What the run of one stream needs. */
export interface StreamRunOptions {
  readonly connector: Connector
  readonly stream: ConnectorStream
  readonly contract: StreamContract
  readonly protection: Protection
  readonly organisation: string
  readonly sealer: Sealer | undefined
  readonly watch: boolean
  readonly signal: AbortSignal
  readonly configPath: string
  readonly clock: () => number
  readonly onProgress: (progress: Progress) => void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const mostNotices = 100
const none: Counts = { in: 0, out: 0, rejected: 0, unchanged: 0, deleted: 0 }

/**
 * One stream of a connector, from its checkpoints to the end of its source. It outlives a log that goes away: it is
 * then loaded and started again, with the queue of another writer, and goes on from what is on the log.
 */
export class StreamRun {
  readonly run = randomUUID()
  readonly #options: StreamRunOptions
  readonly #label: string
  readonly #decoder: Decoder
  readonly #checkpoints: Checkpoints
  readonly #records: RecordMaker
  readonly #states: RunStates
  readonly #notices: Notice[] = []
  readonly #dirty = new Set<Partition>()
  readonly #startedAt: number
  #counts: Mutable<Counts> = { ...none }
  #partitions = new Map<Partition, Progressed>()
  #batch = new Batch()
  #timer: NodeJS.Timeout | undefined
  #pending: Promise<void> = Promise.resolve()
  #commits = 0
  #retries = 0
  #limit = ""
  #queue: AppendQueue | undefined
  /** The counts of all that was handed to the writer. */
  #handed: Counts = none
  /** What the log says of this run. */
  #stands: RunState["state"] = "running"
  /** What ended it, other than the log. */
  #failure: { readonly error: unknown } | undefined

  constructor(options: StreamRunOptions) {
    const { connector, contract, organisation, protection, sealer, stream } = options
    this.#options = options
    this.#label = streamLabel(contract)
    this.#decoder = new Decoder(stream, contract, protection)
    this.#checkpoints = new Checkpoints(connector.instance, this.#label, stream.cursor)
    this.#states = new RunStates(connector.instance, this.#label)
    this.#records = new RecordMaker({ connector, contract, protection, organisation, sealer, run: this.run })
    this.#startedAt = options.clock()
  }

  /** Throws `log-fenced` where another run has taken over from this one, once it was under way. */
  checkOwn(latest: ReadonlyMap<string, LogRecord>): void {
    if (this.#queue === undefined || this.#states.find(latest)?.run === this.run) return
    throw new PlimsollError({
      code: "log-fenced",
      message: `another run of "${this.#options.connector.instance}" took over while the log could not be reached`,
      suggestion:
        "let the other run end, or end it, and run again: nothing is lost, and nothing is there twice"
    })
  }

  /**
   * Goes back to what the log holds: the checkpoints, and the counts of this run where it has begun already. Gives
   * what is to be said before it starts. To be called by the holder of the writer's epoch, with the latest records
   * of the state topic.
   */
  load(latest: ReadonlyMap<string, LogRecord>): ReadonlyArray<RecordGroup> {
    this.checkOwn(latest)
    this.#partitions = this.#checkpoints.find(latest)
    this.#batch = new Batch()
    this.#dirty.clear()
    this.#pending = Promise.resolve()
    const last = this.#states.find(latest)
    if (last?.run === this.run) {
      this.#counts = { ...last.counts }
      this.#handed = last.counts
      this.#stands = last.state
      return []
    }
    const interrupted = last?.state === "running" ? [this.#interrupted(last)] : []
    return [...interrupted, ...this.#said("started")]
  }

  /** The record of a run that ended without a word: killed, or without power. */
  #interrupted({ run, startedAt, counts }: RunState): RecordGroup {
    const at = this.#options.clock()
    return this.#records.run({ run, state: "failed", counts, startedAt, at, error: "interrupted" })
  }

  /** What says where this run stands: to people and the core on the topic of runs, to the next run in the state. */
  #said(
    state: "started" | "finished" | "failed",
    error: string | null = null,
    checkpoints: ReadonlyArray<NewRecord> = []
  ): ReadonlyArray<RecordGroup> {
    const at = this.#options.clock()
    const standing = { run: this.run, counts: this.#handed, startedAt: this.#startedAt }
    const inState = { ...standing, state: state === "started" ? ("running" as const) : state }
    return [
      this.#records.run({ ...standing, state, at, error }),
      this.#records.state([...checkpoints, this.#states.record(inState, timeOfMicros(at))])
    ]
  }

  /**
   * Reads to the end, or until the signal. What was read is durable when it resolves, and when it rejects for the
   * source's sake. Where it rejects with the failure of the queue, it can be loaded and started again.
   */
  async start(queue: AppendQueue): Promise<RunReport> {
    this.#queue = queue
    if (this.#stands === "running" && this.#failure === undefined) await this.#toTheEnd(queue)
    if (this.#failure !== undefined) {
      const { error } = this.#failure
      const { code } = connectorFailure(error, this.#options.connector.name, this.#label)
      if (this.#stands === "running") {
        await queue.append(this.#said("failed", code)).catch((cause: unknown) => {
          if (isAway(cause)) throw cause
        })
      }
      throw error
    }
    return {
      run: this.run,
      stream: this.#options.contract.name,
      topic: this.#options.contract.topic,
      ...this.#counts,
      aborted: this.#options.signal.aborted,
      retries: this.#retries,
      notices: this.#notices
    }
  }

  async #toTheEnd(queue: AppendQueue): Promise<void> {
    try {
      await this.#readWithRetries(queue)
      await this.#flush("finished")
      await this.#pending
    } catch (error) {
      if (queue.failure !== undefined) throw queue.failure.error
      this.#failure = { error }
    } finally {
      clearTimeout(this.#timer)
      this.#timer = undefined
      // Where the log took none of it, it is read again.
      this.#batch = new Batch()
    }
  }

  async #readWithRetries(queue: AppendQueue): Promise<void> {
    const signal = AbortSignal.any([this.#options.signal, queue.broken])
    let tries = 0
    for (;;) {
      const before = this.#commits
      try {
        return await this.#read(queue, signal)
      } catch (error) {
        await this.#flush()
        await this.#pending
        const failure = connectorFailure(error, this.#options.connector.name, this.#label)
        if (this.#commits > before) tries = 0
        const delay = delayBefore(failure, tries)
        if (delay === undefined) throw failure
        tries++
        this.#retries++
        const { code } = failure
        this.#options.onProgress({ _tag: "Retry", stream: this.#label, code, milliseconds: delay })
        await pause(delay, signal)
        if (signal.aborted) return
      }
    }
  }

  async #read(queue: AppendQueue, signal: AbortSignal): Promise<void> {
    const { stream, watch, configPath } = this.#options
    const from = new Map([...this.#partitions].map(([partition, { cursor }]) => [partition, cursor]))
    const source = stream.read(from, { watch, signal, configPath })
    const emits: AsyncIterable<Emit> =
      Symbol.asyncIterator in source ? source : Stream.toAsyncIterable(source)
    const pull = new Pull(emits, signal)
    try {
      for (;;) {
        if (queue.failure !== undefined) throw queue.failure.error
        const emit = await pull.next()
        if (emit === undefined) return
        this.#accept(emit)
        if (this.#batch.full) await this.#flush()
        else if (this.#batch.rows > 0) {
          // In watch mode a row must not wait for others; else a full batch is worth a little patience.
          this.#timer ??= setTimeout(() => this.#flushSoon(), watch ? 50 : 1_000)
        }
      }
    } finally {
      pull.close()
    }
  }

  #flushSoon(): void {
    this.#timer = undefined
    if (this.#batch.rows === 0) return
    // A log that is behind gets fuller batches, not more of them.
    if (this.#queue!.full) this.#timer = setTimeout(() => this.#flushSoon(), 50)
    else void this.#flush().catch(() => undefined)
  }

  /**
   * Hands the batch to the writer, with the checkpoints and counts that hold after it. Resolves when there is room
   * for another; `#pending` resolves when it is durable.
   */
  async #flush(end?: "finished"): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#batch
    this.#batch = new Batch()
    if (end === undefined && batch.rows === 0 && this.#dirty.size === 0) return
    const time = timeOfMicros(this.#options.clock())
    const checkpoints = [...this.#dirty].map((partition) =>
      this.#checkpoints.record(partition, this.#partitions.get(partition)!, time)
    )
    this.#dirty.clear()
    const counts = { ...this.#counts }
    this.#handed = counts
    const standing = { run: this.run, state: "running", startedAt: this.#startedAt, counts } as const
    const groups = [
      ...this.#records.groups(batch),
      ...(end === undefined
        ? [this.#records.state([...checkpoints, this.#states.record(standing, time)])]
        : this.#said(end, null, checkpoints))
    ]
    const before = this.#pending
    const append = this.#queue!.append(groups).then(() => {
      this.#commits++
      this.#options.onProgress({ _tag: "Committed", stream: this.#label, counts })
    })
    append.catch(() => undefined)
    this.#pending = Promise.all([before, append]).then(() => undefined)
    this.#pending.catch(() => undefined)
    // With the batch before durable, this one is at work and one more may be made.
    await before
  }

  #accept(emit: Emit): void {
    if (emit._tag === "Notice") {
      const { code, message } = emit
      if (this.#notices.length < mostNotices) this.#notices.push({ code, message })
      this.#options.onProgress({ _tag: "Notice", stream: this.#label, code, message })
      return
    }
    const { partition } = emit
    const now = this.#options.clock()
    this.#records.time = timeOfMicros(now)
    this.#limit = limitAfter(now)
    const state = this.#partitions.get(partition) ?? {
      cursor: emit.cursor,
      generation: 1,
      row: 0,
      accepted: 0
    }
    this.#partitions.set(partition, state)
    switch (emit._tag) {
      case "Rows": {
        this.#checkOrder(partition, state, emit.rows)
        for (const row of emit.rows) {
          this.#move(state, row.at)
          this.#row(partition, state, row)
        }
        break
      }
      case "Reject": {
        const { at, raw, reason } = emit
        this.#checkOrder(partition, state, [emit])
        this.#move(state, at)
        this.#counts.in++
        this.#records.rejectedText(this.#batch, partition, raw, at, reason)
        this.#counts.rejected++
        break
      }
      case "Delete": {
        this.#checkOrder(partition, state, [emit])
        this.#delete(partition, state, emit.key, emit.at)
        break
      }
      case "GenerationEnd": {
        this.#generationEnd(partition, state, emit.generation)
        break
      }
    }
    state.cursor = emit.cursor
    this.#dirty.add(partition)
  }

  /** All of an emit or nothing: a batch that ended within one would hold rows that no cursor covers. */
  #checkOrder(partition: Partition, state: Progressed, rows: ReadonlyArray<{ readonly at: Position }>): void {
    let { generation, row } = state
    for (const { at } of rows) {
      const whole = Number.isSafeInteger(at.generation) && Number.isSafeInteger(at.row) && at.row > 0
      if (!whole || at.generation < generation || (at.generation === generation && at.row <= row)) {
        throw new ConnectorError("bug", {
          code: "source-order",
          message: `connector "${this.#options.connector.name}" gave row ${at.row} of generation ${at.generation} after row ${row} of generation ${generation}, in partition "${partition}"`,
          suggestion: "row numbers must rise within a generation: this is a mistake in the connector"
        })
      }
      generation = at.generation
      row = at.row
    }
  }

  #move(state: Progressed, at: Position): void {
    if (at.generation !== state.generation) {
      state.generation = at.generation
      state.accepted = 0
    }
    state.row = at.row
  }

  #row(partition: Partition, state: Progressed, { fields, at }: RawRow): void {
    this.#counts.in++
    const row = this.#decoder.row(fields)
    if (row instanceof Undecoded) {
      this.#reject(partition, fields, at, "decode-failed", row.issues)
      return
    }
    if (isAhead(row.occurredAt, this.#limit)) {
      const { occurredAt } = this.#options.contract
      const message = "Expected no more than a day after the time of the run"
      this.#reject(partition, fields, at, "in-the-future", [{ path: [occurredAt], message }])
      return
    }
    this.#counts.out++
    state.accepted++
    this.#records.row(this.#batch, partition, row, at)
  }

  #reject(
    partition: Partition,
    fields: RawRow["fields"],
    at: Position,
    code: DeadLetterCode,
    issues: ReadonlyArray<Issue>,
    deleted = false
  ): void {
    this.#records.rejectedRow(this.#batch, partition, at, { fields, code, issues, deleted })
    this.#counts.rejected++
  }

  #delete(partition: Partition, state: Progressed, fields: RawRow["fields"], at: Position): void {
    const gone = this.#decoder.deletion(fields)
    if (gone === undefined) {
      throw new ConnectorError("bug", {
        code: "delete-without-key",
        message: `connector "${this.#options.connector.name}" deleted a row of stream "${this.#label}", which has no key`,
        suggestion: "give the stream a key, or have the connector end a generation"
      })
    }
    this.#move(state, at)
    this.#counts.in++
    if (gone instanceof Undecoded) {
      this.#reject(partition, fields, at, "decode-failed", gone.issues, true)
      return
    }
    this.#counts.out++
    this.#counts.deleted++
    state.accepted++
    this.#records.deletion(this.#batch, partition, gone, at)
  }

  #generationEnd(partition: Partition, state: Progressed, generation: number): void {
    this.#checkOrder(partition, state, [{ at: { generation, row: Number.MAX_SAFE_INTEGER } }])
    if (generation !== state.generation) this.#move(state, { generation, row: 0 })
    this.#records.generationEnd(this.#batch, partition, generation, state.accepted)
  }
}

import type { Connector, ConnectorStream, Position, RawRow } from "@plimsoll/connector"
import {
  contractRecords,
  type Log,
  type LogRecord,
  type LogWriter,
  type RecordGroup,
  type TopicInfo
} from "@plimsoll/log"
import { contractOf, deadLetterTopic, type StreamContract } from "@plimsoll/schema"
import { isAhead, limitAfter } from "./ahead.ts"
import { Batch } from "./batch.ts"
import type { DeadLetter, DeadLetterCode } from "./dead-letter.ts"
import { type DecodedRow, Decoder, type Deletion, type Issue, Undecoded } from "./decoder.ts"
import { type Policies, protectedContract, protectionOf } from "./policy.ts"
import { RecordMaker } from "./record-maker.ts"
import { letterRecord, replayedHeaders, replayedRecord } from "./replay-letter.ts"
import { latestFirst, type Standing, standingOf, StreamOrder } from "./replay-order.ts"

/** What {@link replayDeadLetters} takes. */
export interface ReplayOptions {
  readonly log: Log
  readonly organisation: string
  readonly project: string
  /** By the name of a stream and of its field, as for a run. */
  readonly policies?: { readonly [stream: string]: Policies }
  /** Only letters of the stream of this name. */
  readonly stream?: string
  /** Only the letter of this id (its `ce_id`). */
  readonly id?: string
  /** Tell what would be done, and append nothing. Default: false. */
  readonly dryRun?: boolean
  /** Ends the replay after the transaction under way; another one goes on from there. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly stream: string; readonly letters: number }) => void
  /** Microseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => number
}

/**
 * Why a letter stays. `withheld`: a policy of the stream kept part of the row from the log. `unreadable`: the row could
 * not be taken apart. `unknown-source`: no connector of these has written it, or none with that stream any more.
 */
export type LetterStays = DeadLetterCode | "withheld" | "unknown-source"

/** What became of the dead letters of one stream. */
export interface ReplayReport {
  readonly stream: string
  readonly topic: string
  /** How many were looked at: replayed + superseded + left. */
  readonly letters: number
  /** How many were replayed before, and were passed over. */
  readonly before: number
  /** How many rows went to the stream's topic; with `dryRun`, how many would. */
  readonly replayed: number
  /** Rows that fit, but of whose key a later row is on the log, or whose file has been replaced: nothing is appended. */
  readonly superseded: number
  /** What stays, by reason. */
  readonly left: ReadonlyArray<{
    readonly code: LetterStays
    readonly reason: string
    readonly count: number
  }>
}

interface Target {
  readonly connector: Connector
  readonly stream: ConnectorStream
  readonly contract: StreamContract
  readonly decoder: Decoder
  readonly protection: ReturnType<typeof protectionOf>
}

/** A letter whose row fits now. */
interface Candidate {
  readonly target: Target
  readonly record: LogRecord
  readonly standing: Standing
  readonly at: Position
  readonly made: { readonly row: DecodedRow } | { readonly gone: Deletion }
}

/** So many rows, or characters of them, are held at once while the stream's topic is looked through. */
const mostCandidates = 50_000
const mostCharacters = 64 * 1024 * 1024

/** Reasons are made of paths and expectations, of which there are few; this holds if a schema makes many. */
const mostReasons = 100

const reasonOf = (issues: ReadonlyArray<Issue>): string =>
  issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("; ")

const decoded = (
  decoder: Decoder,
  fields: RawRow["fields"],
  deleted: boolean
): Candidate["made"] | Undecoded => {
  if (!deleted) {
    const row = decoder.row(fields)
    return row instanceof Undecoded ? row : { row }
  }
  const gone =
    decoder.deletion(fields) ?? new Undecoded([{ path: [], message: "Expected a stream with a key" }])
  return gone instanceof Undecoded ? gone : { gone }
}

const keyOf = ({ made }: Candidate): string | null => ("row" in made ? made.row.key : made.gone.key)

class StreamReplay {
  readonly #options: ReplayOptions
  readonly #contract: StreamContract
  readonly #targets: ReadonlyMap<string, Target>
  readonly #now: number
  readonly #replayed = new Set<string>()
  /** Of rows that were replayed, by id: when their letters were recorded. */
  readonly #times = new Map<string, number>()
  /** By key: rows that this call replays, for the parts that come later. */
  readonly #taken = new Map<string, Standing[]>()
  readonly #makers = new Map<string, RecordMaker>()
  readonly #headers: { readonly [name: string]: string }
  readonly #left = new Map<string, { readonly code: LetterStays; readonly reason: string; count: number }>()
  #counts = { letters: 0, before: 0, replayed: 0, superseded: 0 }
  /** The contract, where the log does not know it as it is now: it goes before the first row. */
  #told: ReadonlyArray<RecordGroup> = []
  #candidates: Candidate[] = []
  #characters = 0

  constructor(options: ReplayOptions, targets: ReadonlyMap<string, Target>, now: number) {
    this.#options = options
    this.#targets = targets
    this.#contract = [...targets.values()][0]!.contract
    this.#headers = replayedHeaders(this.#contract, options.project)
    this.#now = now
  }

  async run(letters: TopicInfo, writer: LogWriter | undefined): Promise<ReplayReport> {
    const { log, project } = this.#options
    this.#told = await contractRecords(log, [this.#contract], `/plimsoll/dead-letters/${project}`)
    for await (const record of recordsOf(log, letters)) {
      const found = letterRecord(record)
      if (found.kind !== "replayed") continue
      this.#replayed.add(found.replayed.letter)
      this.#times.set(found.replayed.record, found.replayed.recordedAt)
    }
    for await (const record of recordsOf(log, letters)) {
      if (this.#stopped) break
      const found = letterRecord(record)
      if (found.kind !== "letter") continue
      if (this.#options.id !== undefined && found.id !== this.#options.id) continue
      if (this.#replayed.has(found.id)) this.#counts.before++
      else this.#take(record, found.letter)
      if (this.#candidates.length >= mostCandidates || this.#characters >= mostCharacters)
        await this.#append(writer)
    }
    if (!this.#stopped) await this.#append(writer)
    const left = [...this.#left.values()].sort((a, b) => b.count - a.count)
    return { stream: this.#contract.name, topic: this.#contract.topic, ...this.#counts, left }
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted === true
  }

  #take(record: LogRecord, letter: DeadLetter): void {
    this.#counts.letters++
    const target = this.#targets.get(record.headers["ce_source"] ?? "")
    if (target === undefined)
      return this.#stays("unknown-source", "no connector of the config has this source and stream")
    if (letter.withheld !== undefined)
      return this.#stays("withheld", "the stream's policies kept part of the row from the log")
    const { raw } = letter
    if (letter.code === "unreadable" || typeof raw !== "object" || raw === null)
      return this.#stays("unreadable", reasonOf(letter.issues))
    const fields = raw as { readonly [field: string]: unknown }
    const made = decoded(target.decoder, fields, letter.deleted === true)
    if (made instanceof Undecoded) return this.#stays("decode-failed", reasonOf(made.issues))
    if ("row" in made && isAhead(made.row.occurredAt, limitAfter(this.#now)))
      return this.#stays("in-the-future", reasonOf(letter.issues))
    const standing = standingOf(record)
    const { generation, row } = standing
    const at = { generation, row, ...(letter.place === undefined ? {} : { place: letter.place }) }
    const candidate: Candidate = { target, record, standing, at, made }
    this.#candidates.push(candidate)
    this.#characters += ("row" in made ? made.row : made.gone).value.length
  }

  #stays(code: LetterStays, reason: string): void {
    const key = `${code} ${this.#left.size < mostReasons ? reason : ""}`
    const found = this.#left.get(key)
    if (found !== undefined) found.count++
    else
      this.#left.set(key, {
        code,
        reason: this.#left.size < mostReasons ? reason : "other reasons",
        count: 1
      })
  }

  /** Appends the candidates that no later row has overtaken. */
  async #append(writer: LogWriter | undefined): Promise<void> {
    const candidates = this.#candidates.sort((a, b) => latestFirst(a.standing, b.standing))
    this.#candidates = []
    this.#characters = 0
    if (candidates.length === 0) return
    const order = await this.#order(candidates)
    const chosen: Candidate[] = []
    for (const candidate of candidates) {
      const key = keyOf(candidate)
      if (order.supersedes(key, candidate.standing)) {
        this.#counts.superseded++
        continue
      }
      if (key !== null) {
        order.add(key, candidate.standing)
        this.#taken.set(key, [...(this.#taken.get(key) ?? []), candidate.standing])
      }
      chosen.push(candidate)
    }
    let batch = new Batch()
    let letters = 0
    const flush = async (): Promise<void> => {
      await writer?.append([...this.#told, ...batch.groups])
      this.#told = []
      this.#counts.replayed += letters
      this.#options.onProgress?.({ stream: this.#contract.name, letters: this.#counts.replayed })
      batch = new Batch()
      letters = 0
    }
    // Earlier rows first, as they would have come.
    for (const candidate of chosen.reverse()) {
      if (this.#stopped) break
      this.#add(batch, candidate)
      letters++
      if (batch.full) await flush()
    }
    if (letters > 0) await flush()
  }

  async #order(candidates: ReadonlyArray<Candidate>): Promise<StreamOrder> {
    const { log } = this.#options
    const keys = new Set(candidates.map(keyOf).filter((key) => key !== null))
    const order = new StreamOrder(this.#contract, keys, this.#times)
    for (const key of keys) {
      for (const standing of this.#taken.get(key) ?? []) order.add(key, standing)
    }
    const [rows] = await log.topics([this.#contract.topic])
    if (rows !== undefined) for await (const record of recordsOf(log, rows)) order.see(record)
    return order
  }

  /** The row as it would have been, and that its letter was replayed. */
  #add(batch: Batch, { target, record, standing, at, made }: Candidate): void {
    const run = record.headers["plimsoll_run"] ?? ""
    const source = `${standing.source} ${run}`
    let maker = this.#makers.get(source)
    if (maker === undefined) {
      const { connector, contract, protection } = target
      const { organisation } = this.#options
      maker = new RecordMaker({ connector, contract, protection, organisation, run })
      this.#makers.set(source, maker)
    }
    maker.time = record.headers["ce_time"] ?? ""
    // Only letters of open streams come here, and their rows have an id.
    const id = (
      "row" in made
        ? maker.row(batch, standing.partition, made.row, at)
        : maker.deletion(batch, standing.partition, made.gone, at)
    )!
    batch.add(deadLetterTopic(this.#contract.topic), this.#headers, replayedRecord(record, id, this.#now))
    this.#times.set(id, record.recordedAt)
  }
}

const recordsOf = async function* (log: Log, { topic, offsets }: TopicInfo): AsyncGenerator<LogRecord> {
  for (const { partition, first, end } of offsets) {
    for (let from = first; from < end;) {
      const { records, next } = await log.read(topic, partition, from, { until: end })
      yield* records
      if (next <= from) break
      from = next
    }
  }
}

/** By topic and source: who reads it, as the config has it now. */
const targetsOf = (
  connectors: ReadonlyArray<Connector>,
  { organisation, policies = {}, stream: wanted }: ReplayOptions
): ReadonlyMap<string, ReadonlyMap<string, Target>> => {
  const found = new Map<string, Map<string, Target>>()
  for (const connector of connectors) {
    for (const stream of connector.streams) {
      const { definition } = stream
      if (definition.access === "sealed" || (wanted !== undefined && definition.name !== wanted)) continue
      const plain = contractOf(organisation, definition)
      const protection = protectionOf(definition, plain, policies[definition.name] ?? {})
      const contract = protectedContract(plain, protection)
      const decoder = new Decoder(stream, contract, protection)
      const sources = found.get(contract.topic) ?? new Map<string, Target>()
      found.set(contract.topic, sources)
      const target = { connector, stream, contract, decoder, protection }
      sources.set(`/plimsoll/${connector.name}/${connector.instance}`, target)
    }
  }
  return found
}

/**
 * Decodes the dead letters of the runtime again, by the streams and policies as the connectors have them now, and
 * appends the rows that fit by now to their stream's topic: with the id, headers and place in the source that they
 * would have had. In the same transaction a record on the dead-letter topic (`….replayed`) says that the letter was
 * replayed. So a replay that is repeated, or killed and repeated, does nothing twice.
 *
 * A row never overrides a later one of its key: where one is on the log already, or the file that it came from has been
 * replaced as a whole, nothing is appended, and it is counted as superseded. Letters of which a policy withheld
 * something, and what could not be taken apart, cannot be replayed: read the source again.
 *
 * Gives a report for each stream of the connectors that has dead letters on the log. Rejects with a `PlimsollError`:
 * `policy-missing`, `policy-unfit`, `policy-unknown`, `schema-incompatible`, and the log's errors.
 *
 * ```ts
 * const [report] = await replayDeadLetters([files({ … })], { log, organisation: "trust", project: "falls" })
 * report.letters === report.replayed + report.superseded + left
 * ```
 */
export const replayDeadLetters = async (
  connectors: ReadonlyArray<Connector>,
  options: ReplayOptions
): Promise<ReadonlyArray<ReplayReport>> => {
  const { log } = options
  const targets = targetsOf(connectors, options)
  const writer =
    options.dryRun === true ? undefined : await log.writer(`plimsoll.${options.project}.dead-letters`)
  try {
    const reports: ReplayReport[] = []
    // What connectors have under way would hide what has been replayed.
    await log.settled([...targets.keys()].flatMap((topic) => [topic, deadLetterTopic(topic)]))
    const infos = new Map(
      (await log.topics([...targets.keys()].map(deadLetterTopic))).map((info) => [info.topic, info])
    )
    for (const [topic, sources] of targets) {
      const info = infos.get(deadLetterTopic(topic))
      if (info === undefined || options.signal?.aborted === true) continue
      const now = (options.clock ?? (() => Date.now() * 1000))()
      reports.push(await new StreamReplay(options, sources, now).run(info, writer))
    }
    return reports
  } finally {
    await writer?.close()
  }
}

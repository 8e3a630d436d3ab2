import type { Connector } from "@plimsoll/connector"
import { contractRecords, type Log, type LogWriter, type Sealer, streamTopics, unsealed } from "@plimsoll/log"
import { contractOf, runs, stateTopic } from "@plimsoll/schema"
import { AppendQueue } from "./append-queue.ts"
import { defaultPatience, isAway, LogPatience } from "./log-patience.ts"
import { type Policies, protectedContract, protectionOf } from "./policy.ts"
import type { Progress, RunReport } from "./report.ts"
import { StreamRun } from "./stream-run.ts"

/** What {@link runConnector} takes. */
export interface RunOptions {
  readonly log: Log
  readonly organisation: string
  readonly project: string
  /** Of the streams' topics on the log. Default: 4. */
  readonly partitions?: number
  /** By the name of a stream and of its field. Every identifiable field needs one. */
  readonly policies?: { readonly [stream: string]: Policies }
  /** Seals the rows of sealed streams before the log; needed where the connector has one. */
  readonly sealer?: Sealer | undefined
  /** Go on at the end of the source, and wait for more. Default: false. */
  readonly watch?: boolean
  /** Ends the run: what was read is made durable first. */
  readonly signal?: AbortSignal
  /** For the error texts: where this connector stands in the config, `connectors[0]`. */
  readonly configPath: string
  /**
   * Milliseconds to wait for a log that does not answer (`log-unreachable`) since something was last committed; it
   * is tried again after 1 s, then 2 s, and so on to every 30 s. Default: 600,000 (ten minutes); in watch mode for ever.
   */
  readonly patience?: number
  readonly onProgress?: (progress: Progress) => void
  /** Microseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => number
}

/**
 * Reads all streams of a connector from where the last run ended, and appends their rows to the log, each exactly
 * once: rows, dead letters, checkpoints and the run's own counts are one transaction. Gives one report for each
 * stream, at the end of the source, or when the signal is aborted. A log that goes away is waited for, and the source
 * is read on from what is on the log by then, under the same run. A run that the last process left unfinished is said
 * to have failed (`interrupted`), with its counts.
 *
 * Rejects with a `PlimsollError`: `policy-missing`, `policy-unfit`, `policy-unknown`, `sealed-without-vault`, `sealed-erased` and
 * `schema-incompatible` before anything is read, `cursor-invalid`, `run-state-invalid`, `source-order`,
 * `connector-failed`, the connector's own `ConnectorError` once its retries are spent, and the log's errors
 * (`log-fenced`: another run of this instance has taken over; `log-unreachable`: the patience is spent, or the signal
 * was aborted while the log was away). The other streams are ended as by the signal.
 *
 * ```ts
 * const [report] = await runConnector(files({ … }), { log, organisation: "trust", project: "falls", configPath: "connectors[0]" })
 * report.in === report.out + report.rejected + report.unchanged
 * ```
 */
export const runConnector = async (
  connector: Connector,
  options: RunOptions
): Promise<ReadonlyArray<RunReport>> => {
  const { log, organisation, policies = {} } = options
  const streams = connector.streams.map((stream) => {
    const { definition } = stream
    if (definition.access === "sealed" && options.sealer === undefined) throw unsealed(definition.name)
    const contract = contractOf(organisation, definition)
    const protection = protectionOf(definition, contract, policies[definition.name] ?? {})
    return { stream, protection, contract: protectedContract(contract, protection) }
  })
  const contracts = [...streams.map(({ contract }) => contract), contractOf(organisation, runs)]
  const topics = new Map(
    contracts
      .flatMap((contract) => streamTopics(contract, options.partitions))
      .map((spec) => [spec.topic, spec])
  )
  const failed = new AbortController()
  const signal =
    options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
  const watch = options.watch ?? false
  const onProgress = options.onProgress ?? (() => undefined)
  const patience = new LogPatience(
    options.patience ?? (watch ? Infinity : defaultPatience),
    options.signal,
    onProgress
  )
  const all = streams.map(
    (one) =>
      new StreamRun({
        ...one,
        connector,
        organisation,
        sealer: options.sealer,
        signal,
        watch,
        configPath: options.configPath,
        clock: options.clock ?? (() => Date.now() * 1000),
        onProgress: (progress) => {
          if (progress._tag === "Committed") patience.committed()
          onProgress(progress)
        }
      })
  )
  let opened = false

  /** A writer, with every stream where the log has it. */
  const open = async (): Promise<LogWriter> => {
    await log.ensureTopics([...topics.values()])
    const source = `/plimsoll/${connector.name}/${connector.instance}`
    const records = await contractRecords(log, contracts, source)
    if (opened) {
      // Before the epoch is taken: who took over while the log was away is not to be fenced out in turn.
      const latest = await log.latest(stateTopic)
      for (const run of all) run.checkOwn(latest)
    }
    const writer = await log.writer(`plimsoll.${options.project}.${connector.instance}`)
    try {
      // After it: a run that is being fenced out can move the checkpoints no more. The topic is that of all connectors.
      await log.settled([stateTopic])
      const latest = await log.latest(stateTopic)
      const groups = [...records, ...all.flatMap((run) => run.load(latest))]
      if (groups.length > 0) await writer.append(groups)
      return writer
    } catch (error) {
      await close(writer)
      throw error
    }
  }

  for (;;) {
    const writer = await patience.during(open)
    opened = true
    const queue = new AppendQueue(writer)
    const failures: unknown[] = []
    const reports = await Promise.all(
      all.map((run) =>
        run.start(queue).catch((error: unknown) => {
          if (isAway(queue.failure?.error) && error === queue.failure.error) return undefined
          failures.push(error)
          failed.abort()
          return undefined
        })
      )
    )
    await close(writer)
    const failure = queue.failure?.error
    if (!isAway(failure)) {
      if (failures.length > 0) throw failures[0]
      return reports.filter((report) => report !== undefined)
    }
    await patience.wait(failure)
  }
}

/** Whatever comes of it: what was appended is durable, and the next writer of this id fences this one out. */
const close = (writer: LogWriter): Promise<void> => writer.close().catch(() => undefined)

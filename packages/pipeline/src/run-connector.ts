import type { Connector } from "@plimsoll/connector"
import { contractRecords, type Log, sealed, streamTopics } from "@plimsoll/log"
import { contractOf, runs } from "@plimsoll/schema"
import { AppendQueue } from "./append-queue.ts"
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
  /** Go on at the end of the source, and wait for more. Default: false. */
  readonly watch?: boolean
  /** Ends the run: what was read is made durable first. */
  readonly signal?: AbortSignal
  /** For the error texts: where this connector stands in the config, `connectors[0]`. */
  readonly configPath: string
  readonly onProgress?: (progress: Progress) => void
  /** Microseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => number
}

/**
 * Reads all streams of a connector from where the last run ended, and appends their rows to the log, each exactly
 * once: rows, dead letters, checkpoints and the run's own record are one transaction. Gives one report for each
 * stream, at the end of the source, or when the signal is aborted.
 *
 * Rejects with a `PlimsollError`: `policy-missing`, `policy-unfit`, `policy-unknown`, `sealed-unsupported` and
 * `schema-incompatible` before anything is read, `cursor-invalid`, `source-order`, `connector-failed`, the
 * connector's own `ConnectorError` once its retries are spent, and the log's errors (`log-fenced`: another run of
 * this instance has taken over). The other streams are ended as by the signal.
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
    if (definition.access === "sealed") throw sealed(definition.name)
    const contract = contractOf(organisation, definition)
    const protection = protectionOf(definition, contract, policies[definition.name] ?? {})
    return { stream, protection, contract: protectedContract(contract, protection) }
  })
  const contracts = [...streams.map(({ contract }) => contract), contractOf(organisation, runs)]
  await log.ensureTopics([
    ...new Map(
      contracts
        .flatMap((contract) => streamTopics(contract, options.partitions))
        .map((spec) => [spec.topic, spec])
    ).values()
  ])
  const records = await contractRecords(log, contracts, `/plimsoll/${connector.name}/${connector.instance}`)

  const failed = new AbortController()
  const signal =
    options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
  const writer = await log.writer(`plimsoll.${options.project}.${connector.instance}`)
  try {
    const queue = new AppendQueue(writer)
    const all = streams.map(
      (one) =>
        new StreamRun({
          ...one,
          connector,
          organisation,
          queue,
          signal,
          watch: options.watch ?? false,
          configPath: options.configPath,
          clock: options.clock ?? (() => Date.now() * 1000),
          onProgress: options.onProgress ?? (() => undefined)
        })
    )
    // The checkpoints are read after the epoch is taken: a run that is being fenced out can move them no more.
    await queue.append([...records, ...all.map((run) => run.record("started"))])
    for (const run of all) await run.load(log)
    const failures: unknown[] = []
    const reports = await Promise.all(
      all.map((run) =>
        run.start().catch((error: unknown) => {
          failures.push(error)
          failed.abort()
          return undefined
        })
      )
    )
    if (failures.length > 0) throw failures[0]
    return reports.filter((report) => report !== undefined)
  } finally {
    await writer.close()
  }
}

import {
  type Author,
  contractRecords,
  encodeRecord,
  type Log,
  type LogWriter,
  streamTopics,
  type WireRow
} from "@plimsoll/log"
import { contractOf, type StreamDefinition } from "@plimsoll/schema"

/** What {@link appendRows} takes beside the rows. */
export interface AppendRowsOptions extends Author {
  readonly log: Log
  /** The writer to append with: one transaction is one writer's. */
  readonly writer: LogWriter
  /** Of the stream's topic. Default: 4. */
  readonly partitions?: number
  /** What tells two states of one key apart, in the record's id. Default: the row's content. */
  readonly version?: (row: WireRow) => string
}

/**
 * Appends rows of one of the system's own small streams (definitions from the config, ticks, signals) in one
 * transaction, with the stream's topics and contract where the log does not have them yet. Throws `row-invalid`,
 * `sealed-unsupported`, `schema-incompatible`, and the log's errors; then nothing is written.
 */
export const appendRows = async <S extends StreamDefinition["schema"]>(
  stream: StreamDefinition<S>,
  rows: ReadonlyArray<S["Type"]>,
  options: AppendRowsOptions
): Promise<void> => {
  const { log, writer, organisation, name, instance } = options
  const group = encodeRecord({ organisation, name, instance }, stream, rows, options.version)
  const contract = contractOf(organisation, stream as unknown as StreamDefinition)
  await log.ensureTopics(streamTopics(contract, options.partitions))
  const contracts = await contractRecords(log, [contract], `/plimsoll/${name}/${instance}`)
  if (contracts.length > 0 || rows.length > 0)
    await writer.append(rows.length === 0 ? contracts : [...contracts, group])
}

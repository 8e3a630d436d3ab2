import {
  canonicalKey,
  commonHeaders,
  contractRecords,
  encodeRecord,
  type Log,
  recordId,
  type RecordGroup,
  streamTopics,
  type WireRow
} from "@plimsoll/log"
import { contractOf, type StreamDefinition } from "@plimsoll/schema"

/** Who the core appends as. */
export interface Appender {
  readonly log: Log
  readonly organisation: string
  readonly project: string
  readonly partitions?: number | undefined
}

/**
 * Appends rows of one of the system's own streams, and deletions by key, in one transaction of the log; makes the
 * topic and tells of the contract where they are not there yet. Nothing happens where there is nothing to append.
 */
export const appendRows = async <S extends StreamDefinition["schema"]>(
  appender: Appender,
  stream: StreamDefinition<S>,
  rows: ReadonlyArray<S["Type"]>,
  deleted: ReadonlyArray<WireRow> = []
): Promise<void> => {
  if (rows.length + deleted.length === 0) return
  const { log, organisation, project } = appender
  const contract = contractOf(organisation, stream as unknown as StreamDefinition)
  const author = { organisation, name: "core", instance: project }
  const source = `/plimsoll/${author.name}/${project}`
  const deletions: RecordGroup = {
    topic: contract.topic,
    headers: commonHeaders(contract, source, "deleted"),
    records: deleted.map((key) => ({
      key: canonicalKey(contract.key, key),
      value: JSON.stringify(key),
      partitionKey: canonicalKey(contract.key, key) ?? project,
      headers: { ce_id: recordId(source, canonicalKey(contract.key, key), "deleted") }
    }))
  }
  await log.ensureTopics(streamTopics(contract, appender.partitions))
  const writer = await log.writer(`plimsoll.${project}.core`)
  try {
    await writer.append([
      ...(await contractRecords(log, [contract], source)),
      ...(rows.length === 0 ? [] : [encodeRecord(author, stream, rows)]),
      ...(deleted.length === 0 ? [] : [deletions])
    ])
  } finally {
    await writer.close()
  }
}

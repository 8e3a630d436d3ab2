/** The event log: one interface, with an embedded implementation in a SQLite file. */
export { tryFileLock, type FileLock } from "./embedded/file-lock.ts"
export { openEmbeddedLog, type EmbeddedLogOptions } from "./embedded/open.ts"
export {
  type Appended,
  type Cleanup,
  type Log,
  type LogBatch,
  type LogErrorCode,
  type LogRecord,
  type LogWriter,
  type NewRecord,
  type RecordGroup,
  type TopicInfo,
  type TopicSpec
} from "./log.ts"
export { partitionOf } from "./partition.ts"
export {
  canonicalJson,
  canonicalKey,
  checkCompatible,
  commonHeaders,
  contractId,
  contractRecords,
  encodeRecord,
  recordId,
  sealed,
  streamLabel,
  streamTopics,
  timeOf,
  timeOfMicros,
  type Author,
  type WireRow
} from "./record.ts"

/** The event log: one interface, with an embedded implementation in a SQLite file. */
export { copyLog, type CopyOptions, type CopyProgress, type CopyReport } from "./copy.ts"
export { asyncApi, type AsyncApiDocument, type AsyncApiOptions } from "./asyncapi.ts"
export { retentionOf } from "./asyncapi-channel.ts"
export { isOwnStream, type StoredContract } from "./asyncapi-message.ts"
export { serverOf, type AsyncApiServer } from "./asyncapi-server.ts"
export { tryFileLock, type FileLock } from "./embedded/file-lock.ts"
export { openEmbeddedLog, type EmbeddedLogOptions } from "./embedded/open.ts"
export {
  type Appended,
  type Cleanup,
  type Lease,
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
export { openKafkaLog } from "./kafka/open.ts"
export { surveyKafka, type KafkaSurvey, type LackingRight, type SurveyedTopic } from "./kafka/survey.ts"
export {
  type KafkaCompression,
  type KafkaLogOptions,
  type KafkaSasl,
  type KafkaTls
} from "./kafka/options.ts"
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
  sealRecords,
  streamLabel,
  streamTopics,
  timeOf,
  timeOfMicros,
  unsealed,
  type Author,
  type WireRow
} from "./record.ts"
export {
  readSealed,
  readSealedLetters,
  type OpenedRecord,
  type ReadSealedOptions
} from "./sealed/read-sealed.ts"
export type { PackedRow, PackedRows, RowShape } from "./sealed/packed-rows.ts"
export { Sealer, type SealedRow } from "./sealed/sealer.ts"
export { openVaultKeys, VaultKeys, type VaultKey, type VaultScope } from "./sealed/vault-keys.ts"

/** The event log: one interface, with an embedded implementation in a SQLite file. */
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

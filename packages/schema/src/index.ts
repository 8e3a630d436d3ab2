/** The words of Plimsoll: streams, events, measures, signals, errors. Imports only effect; runs in a browser. */
export { PlimsollError, type Complaint } from "./plimsoll-error.ts"
export { Int64 } from "./int64.ts"
export { Decimal } from "./decimal.ts"
export { isPlainDate, PlainDate } from "./plain-date.ts"
export { formatInstant, Instant, parseInstant } from "./instant.ts"
export { camelCase, snakeCase } from "./name.ts"
export { columnsOf, duckColumns, duckType, type Column, type ColumnType, type JsonSchema } from "./column.ts"
export {
  defineStream,
  jsonSchemaOf,
  type Covers,
  type Sensitivity,
  type StreamDefinition,
  type StreamOptions
} from "./stream.ts"
export {
  contractOf,
  deadLetterTopic,
  schemasTopic,
  sqlName,
  stateTopic,
  topicOf,
  type StreamContract
} from "./contract.ts"
export { referencePage } from "./reference-page.ts"
export { Envelope, type EventKind } from "./envelope.ts"
export { checkExpression, sql, type SqlExpression } from "./sql.ts"
export { Microsystem, MicrosystemKind, microsystems } from "./microsystem.ts"
export { Observation, observations } from "./observation.ts"
export { Note, notes, openNotes } from "./note.ts"
export { Tick, ticks } from "./tick.ts"
export {
  measure,
  type MeasureChart,
  measureCharts,
  MeasureDefinition,
  measureDefinitions,
  type Measure,
  type MeasureOptions
} from "./measure.ts"
export { SignalEvent, SignalState, signals } from "./signal.ts"
export { RunRecord, runs } from "./run.ts"

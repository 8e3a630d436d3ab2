/** Runs connectors: decode, protect, dead-letter, batch, checkpoint. */
export { runConnector, type RunOptions } from "./run-connector.ts"
export { type Generalisation, type Policies, type Policy } from "./policy.ts"
export { type LogPatienceOptions, withLogPatience } from "./log-patience.ts"
export { type Counts, type LogProgress, type Notice, type Progress, type RunReport } from "./report.ts"
export { type DeadLetter, type DeadLetterCode } from "./dead-letter.ts"
export { type Issue } from "./decoder.ts"
export { type LetterStays, replayDeadLetters, type ReplayOptions, type ReplayReport } from "./replay.ts"
export { type LetterRecord, letterRecord, type Replayed } from "./replay-letter.ts"

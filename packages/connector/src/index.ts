/** What the author of a connector writes against, and nothing else. */
export { ConnectorError, type ConnectorErrorKind } from "./connector-error.ts"
export {
  type CheckReport,
  type Connector,
  type ConnectorStream,
  type Cursor,
  type Emit,
  type Partition,
  type Position,
  type RawRow,
  type ReadContext
} from "./connector.ts"

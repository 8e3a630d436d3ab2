import { PlimsollError, type Complaint } from "@plimsoll/schema"

/** What kind of trouble a source is in, which decides what the runtime does. */
export type ConnectorErrorKind =
  /** The options do not fit: stop. */
  | "config"
  /** Credentials are refused: stop. */
  | "auth"
  /** Asked too often: wait `retryAfter`, then go on. */
  | "rate-limited"
  /** A passing fault: try again, more slowly each time. */
  | "transient"
  /** The source no longer has what the cursor points at: stop, since going on would lose rows in silence. */
  | "source-gap"
  /** Anything else: stop. */
  | "bug"

/**
 * The error a connector throws (or fails its Stream with).
 *
 * ```ts test
 * import { ConnectorError } from "@plimsoll/connector"
 *
 * const error = new ConnectorError("config", { code: "file-missing", message: "no file matches data/*.csv" })
 * error.kind // => "config"
 * error.transient // => false
 * ```
 */
export class ConnectorError extends PlimsollError {
  readonly kind: ConnectorErrorKind
  /** Milliseconds to wait before the next try; for `rate-limited`. */
  readonly retryAfter: number | undefined

  constructor(
    kind: ConnectorErrorKind,
    complaint: Complaint,
    options?: { readonly cause?: unknown; readonly retryAfter?: number }
  ) {
    super({ ...complaint, transient: kind === "transient" || kind === "rate-limited" }, options)
    this.kind = kind
    this.retryAfter = options?.retryAfter
  }
}

/** What is wrong, in a form that both a person and a program can act on. */
export interface Complaint {
  /** One word of a closed list of each package, kebab-case: `config-invalid`, `store-newer`, `log-fenced` … */
  readonly code: string
  /** One sentence. Never a patient's or a respondent's value. */
  readonly message: string
  /** Where in `plimsoll.config.ts` the cause stands: `connectors[0].path`. */
  readonly configPath?: string | undefined
  /** What to do about it. */
  readonly suggestion?: string | undefined
  /** Whether the same call may go through later without a change. Default: false. */
  readonly transient?: boolean | undefined
}

/**
 * The error that every Plimsoll package throws. Compare `code`, never the message.
 *
 * ```ts test
 * import { PlimsollError } from "@plimsoll/schema"
 *
 * const error = new PlimsollError({ code: "file-missing", message: "no file matches data/*.csv", suggestion: "check the path" })
 * error.code // => "file-missing"
 * String(error) // => "PlimsollError: no file matches data/*.csv"
 * ```
 */
export class PlimsollError extends Error implements Complaint {
  override readonly name = "PlimsollError"
  readonly code: string
  readonly configPath: string | undefined
  readonly suggestion: string | undefined
  readonly transient: boolean

  constructor(complaint: Complaint, options?: { readonly cause?: unknown }) {
    super(complaint.message, options)
    this.code = complaint.code
    this.configPath = complaint.configPath
    this.suggestion = complaint.suggestion
    this.transient = complaint.transient ?? false
  }
}

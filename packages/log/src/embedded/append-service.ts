import type { Appended } from "../log.ts"
import { Appender, type WriterEpoch } from "./appender.ts"
import { connect } from "./connection.ts"
import { complaintOf, type LogComplaint } from "./fault.ts"
import type { PackedGroup } from "./packed.ts"

/** Whose appends, and where. */
export interface Assignment extends WriterEpoch {
  readonly path: string
  readonly busyTimeout: number
}

/** One append on its way. */
export interface AppendRequest {
  /** 1, 2, 3 … */
  readonly sequence: number
  /** The last append that the caller knew to have failed when it asked for this one; 0 for none. */
  readonly knownFailure: number
  readonly groups: ReadonlyArray<PackedGroup>
}

/** What became of it. */
export interface AppendReply {
  readonly sequence: number
  readonly appended?: Appended
  readonly complaint?: LogComplaint
}

/** Does the appends of one writer, in order, on a connection of its own. */
export class AppendService {
  readonly #owner: WriterEpoch
  readonly #database: ReturnType<typeof connect>
  readonly #appender: Appender
  #failed: (AppendReply & { readonly complaint: LogComplaint }) | undefined

  constructor({ path, busyTimeout, writer, epoch }: Assignment) {
    this.#owner = { writer, epoch }
    this.#database = connect(path, busyTimeout)
    this.#appender = new Appender(this.#database)
  }

  do({ sequence, knownFailure, groups }: AppendRequest): AppendReply {
    // What was asked for before the failure was known may build on the append that failed.
    if (this.#failed !== undefined && knownFailure < this.#failed.sequence)
      return { sequence, complaint: this.#failed.complaint }
    try {
      return { sequence, appended: this.#appender.append(this.#owner, groups) }
    } catch (error) {
      this.#failed = { sequence, complaint: complaintOf(error) }
      return this.#failed
    }
  }

  close(): void {
    this.#database.close()
  }
}

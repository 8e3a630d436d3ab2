import type { Complaint } from "@plimsoll/schema"

import type { LogErrorCode } from "../log.ts"

/** A complaint that may cross from the append thread, which imports no other package. */
export interface LogComplaint extends Complaint {
  readonly code: LogErrorCode
}

/** Thrown inside the embedded log; turned into a `PlimsollError` where it leaves. */
export class Fault extends Error {
  readonly complaint: LogComplaint

  constructor(complaint: LogComplaint, options?: { readonly cause?: unknown }) {
    super(complaint.message, options)
    this.complaint = complaint
  }
}

// SQLite's primary result codes (https://sqlite.org/rescode.html).
const busy = 5
const locked = 6
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** The primary result code of an error of `node:sqlite`, undefined for any other error. */
const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined

/** Whether another connection held the lock for longer than the busy timeout. */
export const isBusy = (error: unknown): boolean => {
  const code = resultCode(error)
  return code === busy || code === locked
}

/** What is wrong, in the words of the log. */
export const complaintOf = (error: unknown): LogComplaint => {
  if (error instanceof Fault) return error.complaint
  switch (resultCode(error)) {
    case busy:
    case locked:
      return {
        code: "log-busy",
        message: "another process kept the log locked for longer than the busy timeout",
        suggestion: "try again, or look for a process that holds the log open in a long transaction",
        transient: true
      }
    case full:
      return {
        code: "log-disk-full",
        message: "the disk that holds the log is full; nothing of this append was written",
        suggestion: "free space on that disk, then append again: the log needs no repair",
        transient: true
      }
    case ioError:
      return {
        code: "log-disk-full",
        message: "the disk refused to read or write the log; nothing of this append was acknowledged",
        suggestion:
          "free space, lift the quota or check the disk, then append again: the log needs no repair",
        transient: true
      }
    case notADatabase:
      return {
        code: "log-not-a-log",
        message: "the file is not a Plimsoll log",
        suggestion: "give the path of a log, or of a file that is not there yet"
      }
    case corrupt:
      return {
        code: "log-failed",
        message: "the file of the log is damaged",
        suggestion: "restore it from a backup, or recover what can be read with the sqlite3 tool's .recover"
      }
    case readOnly:
    case cannotOpen:
      return {
        code: "log-failed",
        message: "the file of the log cannot be opened for writing",
        suggestion: "check that the path is a file, and that this user may write it and its folder"
      }
    default:
      return { code: "log-failed", message: error instanceof Error ? error.message : "the log failed" }
  }
}

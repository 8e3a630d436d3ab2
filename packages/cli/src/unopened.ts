import type { Complaint } from "@plimsoll/schema"
import { isComplaint } from "./complaints.ts"
import type { Terminal } from "./terminal.ts"

/** Whether an error says that a sealed record does not open. */
export const isUnopened = (error: unknown): error is Complaint & Error =>
  isComplaint(error) && (error.code === "sealed-damaged" || error.code === "sealed-foreign")

/** Passes over sealed records that do not open, each with a note. */
export const passOverWithNote =
  (terminal: Terminal) =>
  (_: string, why: Error): boolean => {
    terminal.note(`passed over: ${why.message}`)
    return true
  }

import { PlimsollError } from "@plimsoll/schema"

import { complaintOf } from "./fault.ts"

/** The error as a caller sees it. */
export const failure = (error: unknown): PlimsollError =>
  error instanceof PlimsollError ? error : new PlimsollError(complaintOf(error), { cause: error })

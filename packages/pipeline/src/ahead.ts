import { timeOfMicros } from "@plimsoll/log"

const day = 86_400_000_000

/** A day after a time, in microseconds since 1970: what happens later than that has not happened. */
export const limitAfter = (now: number): string => timeOfMicros(now + day)

/** Whether a day or instant of the wire is past the limit. Both are canonical texts in UTC, in the order of time. */
export const isAhead = (wire: string, limit: string): boolean =>
  wire.length === 10 ? wire > limit.slice(0, 10) : wire.slice(0, 26) > limit.slice(0, 26)

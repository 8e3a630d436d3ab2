import { defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"
import { checkInstrument } from "./check.ts"
import { Instrument } from "./instrument.ts"

const fits = (instrument: Instrument): true | string => {
  try {
    checkInstrument(instrument)
    return true
  } catch (cause) {
    return `Expected an instrument whose parts fit together: ${(cause as Error).message}`
  }
}

/** A key as it stands on the log, so that every score can be traced to the key that made it. */
export const InstrumentKey = Schema.Struct({
  ...Instrument.fields,
  since: PlainDate.annotateKey({ description: "The day from which this holds." })
}).check(Schema.makeFilter(fits))
export type InstrumentKey = typeof InstrumentKey.Type

/** The stream of instruments: a changed key needs a new version. */
export const instruments = defineStream({
  name: "instrument",
  domain: "culture",
  version: 1,
  title: "Instruments: the keys by which answers are scored",
  schema: InstrumentKey,
  key: ["id", "version"],
  microsystem: null,
  occurredAt: "since",
  covers: "day",
  sensitivity: {
    id: "open",
    version: "open",
    title: "open",
    source: "open",
    licence: "open",
    wording: "open",
    items: "open",
    scales: "open",
    since: "open"
  }
})

/**
 * The row of an instrument for a module's `declares`. Wording that a licence leaves to the user does not go on the log.
 *
 * ```ts test
 * import { edmondson, instrumentRow } from "@plimsoll/quality"
 *
 * instrumentRow(edmondson()).since // => "0001-01-01"
 * ```
 */
export const instrumentRow = (instrument: Instrument, since = "0001-01-01"): InstrumentKey => ({
  ...instrument,
  items:
    instrument.wording === "bundled"
      ? instrument.items
      : instrument.items.map((item) => ({ ...item, wording: null })),
  since
})

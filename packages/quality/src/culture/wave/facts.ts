import { PlimsollError } from "@plimsoll/schema"
import { quoted } from "../../report/sql-text.ts"
import type { Instrument } from "../instrument/instrument.ts"
import type { Release, ReleasedFigure } from "../waves.ts"
import { type CloseOptions, digestOf } from "./close.ts"

/** Asks the published file. */
export type Ask = <Row>(sql: string) => Promise<ReadonlyArray<Row>>

interface WaveRow {
  readonly wave: string
  readonly state: string
  readonly instrument: string
  readonly instrument_version: string
  readonly k: number
}

/** What is known of a wave in the open: all of {@link CloseOptions} but the day and the answers. */
export type WaveFacts = Omit<CloseOptions, "day" | "answers"> & {
  /** to-come, open, to-close, released or withdrawn. */
  readonly state: string
}

/** Reads from the published file what closing a wave needs. Errors: `wave-unknown`, `instrument-unknown`. */
export const waveFacts = async (ask: Ask, id: string): Promise<WaveFacts> => {
  const [wave] = await ask<WaveRow>(
    `SELECT wave, state, instrument, instrument_version, k::INTEGER AS k FROM culture.wave WHERE wave = ${quoted(id)}`
  )
  if (wave === undefined) {
    throw new PlimsollError({
      code: "wave-unknown",
      message: `there is no wave "${id}"`,
      suggestion: "say it on the log, or declare it in culture({ waves: [ … ] }), and run again"
    })
  }
  const [key] = await ask<{
    readonly title: string
    readonly source: string
    readonly licence: string
    readonly wording: Instrument["wording"]
    readonly items: string
    readonly scales: string
  }>(
    `SELECT title, source, licence, wording, items, scales FROM culture.instrument
     WHERE instrument = ${quoted(wave.instrument)} AND version = ${quoted(wave.instrument_version)}`
  )
  if (key === undefined) {
    throw new PlimsollError({
      code: "instrument-unknown",
      message: `wave "${id}" asks by version ${wave.instrument_version} of instrument "${wave.instrument}", and there is no such key`,
      suggestion: "declare it in culture({ instruments: [ … ] }), and run again"
    })
  }
  const instrument: Instrument = {
    ...key,
    id: wave.instrument,
    version: wave.instrument_version,
    items: JSON.parse(key.items) as Instrument["items"],
    scales: JSON.parse(key.scales) as Instrument["scales"]
  }
  const invited = await ask<{ readonly microsystem: string; readonly invited: number }>(
    `SELECT microsystem, sum(invited)::INTEGER AS invited FROM culture.invited WHERE wave = ${quoted(id)} GROUP BY microsystem`
  )
  return {
    state: wave.state,
    wave: { id: wave.wave, instrumentVersion: wave.instrument_version, k: wave.k },
    instrument,
    units: await ask<{ readonly id: string; readonly parent: string | null }>(
      "SELECT id, parent FROM plimsoll.microsystem ORDER BY id"
    ),
    invited: Object.fromEntries(invited.map((one) => [one.microsystem, one.invited]))
  }
}

/** The release of a wave as it stands in the published file; undefined where there is none. */
export const knownRelease = async (ask: Ask, wave: string): Promise<Release | undefined> => {
  const [found] = await ask<Release>(
    `SELECT wave, state, day::VARCHAR AS day, reason, method, k::INTEGER AS k, tree, through, left_out AS "leftOut", "read", digest, figures::INTEGER AS figures
     FROM culture.release WHERE wave = ${quoted(wave)}`
  )
  return found
}

/** The digest of the figures of a wave as they stand in the published file. */
export const digestOfReleased = async (ask: Ask, wave: string): Promise<string> =>
  digestOf(
    await ask<ReleasedFigure>(
      `SELECT wave, cell, breakdown, figure, subject, microsystem, rest, released::VARCHAR AS day, n::INTEGER AS n, "value", low, high, bound, reason
       FROM culture.survey_figure WHERE wave = ${quoted(wave)}`
    )
  )

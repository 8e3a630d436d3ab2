import { readFileSync } from "node:fs"
import { declaredRows } from "../declared-rows.ts"
import { type Declaration, defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { annotations, signalResponses } from "../control/events.ts"
import { publishedActionKinds } from "./action-kind.ts"
import { type ChangeSource, changeViews } from "./change-source.ts"
import {
  type CultureActionKind,
  cultureActionKinds,
  type CulturePair,
  culturePairs,
  type Flow,
  flows as flowStream,
  incidentReviews,
  leaderPromises,
  reviewActions
} from "./events.ts"
import { instrumentRow, instruments as instrumentStream } from "./instrument/events.ts"
import type { Instrument } from "./instrument/instrument.ts"
import { cultureSettings } from "./settings.ts"
import { invitations, releasedFigures, releases, type Wave, waves as waveStream } from "./waves.ts"

type Dated<Row> = Omit<Row, "since"> & { readonly since?: string }

/** A wave in the config. `k` is 10 where it is left out. */
export type WaveOptions = Omit<Wave, "k"> & { readonly k?: number }
/** A pair of measures in the config. `since` is 0001-01-01 where it is left out, here and below. */
export type CulturePairOptions = Dated<CulturePair>
/** A kind of action in the config. */
export type CultureActionKindOptions = Dated<CultureActionKind>
/** A flow in the config. */
export type FlowOptions = Dated<Flow>

/** What {@link culture} takes. */
export interface CultureOptions {
  /** The keys of the surveys. Default: left to connectors. */
  readonly instruments?: ReadonlyArray<Instrument>
  /** The waves. Default: left to connectors. */
  readonly waves?: ReadonlyArray<WaveOptions>
  /** Measures of reporting, each beside a measure of harm. Default: left to connectors. */
  readonly pairs?: ReadonlyArray<CulturePairOptions>
  /** The hierarchy of actions. Default: that of RCA², `publishedActionKinds`. */
  readonly actionKinds?: ReadonlyArray<CultureActionKindOptions>
  /** Which unit's work flows into which. Default: left to connectors. */
  readonly flows?: ReadonlyArray<FlowOptions>
  /** Where changes come from, beside marks on charts and improvement shifts: `[pdsaChanges]` where `improvement()` is used. Default: none. */
  readonly changes?: ReadonlyArray<ChangeSource>
  /** The ids of scales of which neither way is better: they have changed, and are not ranked. Default: none. */
  readonly neutralScales?: ReadonlyArray<string>
  /**
   * The period in which actions, reviews and promises are counted. Default: `quarter`. Choose it once: who has kept the
   * quarters of a file can take them off its years.
   */
  readonly tallyPeriod?: "quarter" | "year"
}

const since = "0001-01-01"

const read = (name: string): string => readFileSync(new URL(`./${name}.sql`, import.meta.url), "utf8")

const wrong = (message: string, suggestion: string, configPath = "modules"): PlimsollError =>
  new PlimsollError({ code: "config-invalid", message: `culture: ${message}`, configPath, suggestion })

/** As {@link declaredRows}; a key that stands twice is refused. */
const declared = (
  option: string,
  stream: StreamDefinition,
  rows: ReadonlyArray<{ readonly [field: string]: unknown }> | undefined
): ReadonlyArray<Declaration> => {
  const found = declaredRows(option, stream, rows, wrong)
  const keys = new Set<string>()
  rows?.forEach((row, index) => {
    const key = JSON.stringify((stream.key ?? []).map((field) => row[field]))
    if (keys.has(key)) throw wrong(`${option}[${index}] stands twice`, "leave one out", `${option}[${index}]`)
    keys.add(key)
  })
  return found
}

const settingsOf = ({ neutralScales = [], tallyPeriod = "quarter" }: CultureOptions) =>
  [
    ["neutral-scales", JSON.stringify(neutralScales), "The scales of which neither way is better"] as const,
    ["tally-period", tallyPeriod, "The period in which actions, reviews and promises are counted"] as const
  ].map(([id, value, title]) => ({ id, value, title, since }))

/**
 * Leadership and culture: what surveys show as they are released, and what has moved; how far teams agree; reporting beside
 * independent harm, and the fear pattern; actions by strength and by whether they are aimed at the process or at persons;
 * what leaders promised; and what a change here did next door. Relations, rules and sources are in the README beside this
 * file. Needs the module `statistics`. Errors: `config-invalid`, `instrument-invalid`.
 *
 * ```ts test
 * import { culture, edmondson } from "@plimsoll/quality"
 *
 * const own = culture({
 *   instruments: [edmondson()],
 *   pairs: [
 *     {
 *       id: "incidents",
 *       title: "Incidents",
 *       reporting: "incident-reports",
 *       harm: "infections",
 *       independent: true,
 *       survey: ["psychological-safety"]
 *     }
 *   ]
 * })
 * own.schema // => "culture"
 * culture({ flows: [{ from: "oak", to: "oak", kind: "patients" }] }) // throws two units
 * ```
 */
export const culture = (options: CultureOptions = {}): QualityModule =>
  defineModule({
    name: "culture",
    version: 1,
    title: "Leadership and culture",
    streams: [
      waveStream,
      invitations,
      releases,
      releasedFigures,
      instrumentStream,
      culturePairs,
      cultureActionKinds,
      incidentReviews,
      reviewActions,
      leaderPromises,
      flowStream,
      cultureSettings,
      annotations,
      signalResponses
    ],
    declares: [
      ...declared(
        "instruments",
        instrumentStream,
        options.instruments?.map((one) => instrumentRow(one))
      ),
      ...declared(
        "waves",
        waveStream,
        options.waves?.map((row) => ({ k: 10, ...row }))
      ),
      ...declared(
        "pairs",
        culturePairs,
        options.pairs?.map((row) => ({ since, ...row }))
      ),
      ...declared(
        "actionKinds",
        cultureActionKinds,
        (options.actionKinds ?? publishedActionKinds).map((row) => ({ since, ...row }))
      ),
      ...declared(
        "flows",
        flowStream,
        options.flows?.map((row) => ({ since, ...row }))
      ),
      { stream: cultureSettings, rows: settingsOf(options) }
    ],
    views: [
      ...["waves", "change", "pulse", "strength", "response", "reporting", "tally", "blame", "promise"].map(
        read
      ),
      changeViews(options.changes ?? []),
      ...["flow", "signal", "unfit"].map(read)
    ].join("\n"),
    signals: ["signal"]
  })

import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { notes, openNotes, PlimsollError, signals } from "@plimsoll/schema"
import {
  annotations,
  codings,
  controlSettings,
  headcounts,
  huddles,
  signalResponses,
  themes as themeStream
} from "./events.ts"
import { themeMeasure, type ThemeMeasureOptions, type ThemeOptions } from "./theme-measure.ts"

/** What {@link control} takes. */
export interface ControlOptions {
  /** The themes that notes are coded to. Default: none. */
  readonly themes?: ReadonlyArray<ThemeOptions>
  /**
   * Whether the words of notes are for everyone who has the published file. Default: `sealed`: then no word of a note
   * is landed, and how many notes are not coded is not known.
   */
  readonly notes?: "open" | "sealed"
  /** The period of the charts of themes. Default: `month`. */
  readonly period?: ThemeMeasureOptions["period"]
  /** The chart of themes. Default: `p`; `p_auto` widens the limits where large denominators vary more than chance explains. */
  readonly chart?: ThemeMeasureOptions["chart"]
  readonly thresholds?: {
    /** The share of the last 13 weeks that must have data, a note, a huddle, for control to be embedded. Default: 0.75 each. */
    readonly data?: number
    readonly note?: number
    readonly huddle?: number
    /** Role groups of fewer people are not told of. Default: 10, at least 5. */
    readonly roleLeast?: number
    /** How many days the board shows what is over. Default: 92. */
    readonly boardDays?: number
  }
}

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({
    code: "config-invalid",
    message: `control: ${message}`,
    configPath: "modules",
    suggestion
  })

const settingsOf = (options: ControlOptions) => {
  const { data = 0.75, note = 0.75, huddle = 0.75, roleLeast = 10, boardDays = 92 } = options.thresholds ?? {}
  for (const [name, share] of Object.entries({ data, note, huddle })) {
    if (!(share > 0 && share <= 1)) throw wrong(`thresholds.${name} is no share`, "give one above 0, up to 1")
  }
  if (!Number.isInteger(roleLeast) || roleLeast < 5) {
    throw wrong(
      "thresholds.roleLeast is below 5",
      "people in smaller groups could be told apart: give 5 or more"
    )
  }
  if (!Number.isInteger(boardDays) || boardDays < 0) {
    throw wrong("thresholds.boardDays is no number of days", "give a whole number from 0 on")
  }
  const said: ReadonlyArray<readonly [string, string | number, string]> = [
    ["notes", options.notes ?? "sealed", "Whether the words of notes are open"],
    ["period", options.period ?? "month", "The period in which notes are counted"],
    ["embedded-data", data, "The share of weeks with data that embedded control asks for"],
    ["embedded-note", note, "The share of weeks with a note that embedded control asks for"],
    ["embedded-huddle", huddle, "The share of weeks with a huddle that embedded control asks for"],
    ["role-least", roleLeast, "The fewest people of a role group that is told of"],
    ["board-days", boardDays, "How many days the board shows a signal that is over"]
  ]
  return said.map(([id, value, title]) => ({ id, value: String(value), title, since: "0001-01-01" }))
}

/**
 * Quality control by teams themselves: coded notes and a chart for each theme, words beside numbers, the life of a signal,
 * the huddle board, whose eyes see first, and whether control is part of the work. Relations, rules and sources are in the
 * README beside this file. Needs the module `statistics`. Errors: `config-invalid`, `measure-invalid`.
 *
 * ```ts test
 * import { control } from "@plimsoll/quality"
 *
 * const own = control({ themes: [{ id: "waiting", title: "Waiting", measures: ["four-hour"] }], notes: "sealed" })
 * own.measures.map((one) => one.definition.id) // => ["theme-waiting"]
 * ```
 */
export const control = (options: ControlOptions = {}): QualityModule => {
  const { themes = [], period = "month", chart = "p" } = options
  const isOpen = options.notes === "open"
  return defineModule({
    name: "control",
    version: 1,
    title: "Quality control by teams themselves",
    streams: [
      isOpen ? openNotes : notes,
      codings,
      signalResponses,
      annotations,
      huddles,
      headcounts,
      themeStream,
      controlSettings
    ],
    declares: [
      {
        stream: themeStream,
        rows: themes.map(({ id, title, measures = [], kind = "topic" }) => ({
          id,
          title,
          measures,
          kind,
          since: "0001-01-01"
        }))
      },
      { stream: controlSettings, rows: settingsOf(options) }
    ],
    measures: themes.map((theme) => themeMeasure(theme, { period, chart })),
    views: ["words.sql", "views.sql", "embedded.sql", ...(isOpen ? ["said.sql"] : [])].map(read).join("\n"),
    byMicrosystem: ["coded_note", "words_only", "step"],
    signals: ["words_only"],
    unjudged: "unjudged",
    emits: [{ stream: signals, from: "step" }]
  })
}

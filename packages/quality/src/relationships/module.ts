import { readFileSync } from "node:fs"
import { type Declaration, defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { headcounts } from "../control/events.ts"
import { releasedFigures, releases } from "../culture/waves.ts"
import {
  contributions,
  contributionSteps,
  contributorCounts,
  processSteps,
  relationshipsSettings,
  roleStatements,
  skillLevels,
  skills as skillStream
} from "./events.ts"

/** A skill that shifts need, as a config declares it. */
export interface SkillOptions {
  readonly id: string
  readonly title: string
  /** The level, 0 to 4, from which on somebody is able. Default: 3. */
  readonly able?: number
  /** How many able people cover a shift. Default: 1. */
  readonly needed?: number
}

/** A process as a config declares it: its steps in order, each with the role groups that take it, as headcounts name them. */
export interface ProcessOptions {
  readonly id: string
  readonly steps: ReadonlyArray<{
    readonly id: string
    readonly title: string
    readonly roles: ReadonlyArray<string>
  }>
}

/** What {@link relationships} takes. */
export interface RelationshipsOptions {
  /** The skills that shifts need. Default: left to connectors. */
  readonly skills?: ReadonlyArray<SkillOptions>
  /** The processes. Default: left to connectors. */
  readonly processes?: ReadonlyArray<ProcessOptions>
  /**
   * The id of the survey item that asks whether people understand their role: its released figures are set beside what was
   * confirmed, in `relationships.understanding`. Default: none, and no such relation.
   */
  readonly understandingItem?: string
  readonly thresholds?: {
    /** The fewest people that are told of. Default: 10, at least 5. */
    readonly least?: number
    /** After how many days without an answer a contribution is overdue. Default: 60. */
    readonly answerDays?: number
    /** Within how many days a loop is to be closed. Default: 90. */
    readonly closeDays?: number
    /** For how many months a role statement is confirmed. Default: 12. */
    readonly confirmMonths?: number
  }
}

const since = "0001-01-01"

const read = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

const wrong = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({
    code: "config-invalid",
    message: `relationships: ${message}`,
    configPath: "modules",
    suggestion
  })

const settingsOf = (options: RelationshipsOptions) => {
  const { least = 10, answerDays = 60, closeDays = 90, confirmMonths = 12 } = options.thresholds ?? {}
  if (!Number.isInteger(least) || least < 5) {
    throw wrong(
      "thresholds.least is below 5",
      "people in smaller numbers could be told apart: give 5 or more"
    )
  }
  for (const [name, length] of Object.entries({ answerDays, closeDays, confirmMonths })) {
    if (!Number.isInteger(length) || length < 1) {
      throw wrong(`thresholds.${name} is no length of time`, "give a whole number from 1 on")
    }
  }
  if (options.understandingItem === "")
    throw wrong("understandingItem is empty", "name an item, or leave it out")
  const said: ReadonlyArray<readonly [string, string | number, string]> = [
    ["least", least, "The fewest people that are told of"],
    ["answer-days", answerDays, "After how many days without an answer a contribution is overdue"],
    ["close-days", closeDays, "Within how many days a loop is to be closed"],
    ["confirm-months", confirmMonths, "For how many months a role statement is confirmed"],
    ...(options.understandingItem === undefined
      ? []
      : [
          [
            "understanding-item",
            options.understandingItem,
            "The survey item that asks for one's role"
          ] as const
        ])
  ]
  return said.map(([id, value, title]) => ({ id, value: String(value), title, since }))
}

const twice = (ids: ReadonlyArray<string>): string | undefined =>
  ids.find((id, index) => ids.indexOf(id) !== index)

const skillRows = (skills: ReadonlyArray<SkillOptions>): Declaration => {
  const again = twice(skills.map((one) => one.id))
  if (again !== undefined) throw wrong(`the skill "${again}" is declared twice`, "leave one out")
  return {
    stream: skillStream,
    rows: skills.map(({ id, title, able = 3, needed = 1 }) => {
      if (!Number.isInteger(able) || able < 0 || able > 4) {
        throw wrong(`the skill "${id}" asks for no level`, "give able as a whole number from 0 to 4")
      }
      if (!Number.isInteger(needed) || needed < 1) {
        throw wrong(`the skill "${id}" needs nobody`, "give needed as a whole number from 1 on")
      }
      return { id, title, able, needed, since }
    })
  }
}

const processRows = (processes: ReadonlyArray<ProcessOptions>): Declaration => {
  const again = twice(processes.map((one) => one.id))
  if (again !== undefined) throw wrong(`the process "${again}" is declared twice`, "leave one out")
  return {
    stream: processSteps,
    rows: processes.flatMap(({ id: process, steps }) => {
      const step = twice(steps.map((one) => one.id))
      if (step !== undefined)
        throw wrong(`the process "${process}" has the step "${step}" twice`, "rename one")
      return steps.map(({ id, title, roles }, index) => {
        if (roles.length === 0 || twice(roles) !== undefined) {
          throw wrong(
            `the step "${id}" of the process "${process}" has no role groups, or one twice`,
            "name each role group that takes it once"
          )
        }
        return { process, step: id, position: index + 1, title, roles, since }
      })
    })
  }
}

/**
 * Relationships: what people bring and what becomes of it, who takes part and who is not heard, whether shifts have the
 * skills they need, what quality means in each role, and which steps of a process are taken by groups that nobody hears.
 * Never of one person. Relations, rules and sources are in the README beside this file. Needs the module `statistics`.
 * Errors: `config-invalid`.
 *
 * ```ts test
 * import { relationships } from "@plimsoll/quality"
 *
 * const own = relationships({
 *   skills: [{ id: "resuscitation", title: "Resuscitation" }],
 *   processes: [{ id: "discharge", steps: [{ id: "plan", title: "Plan it", roles: ["nursing", "medical"] }] }]
 * })
 * own.declares.map((one) => one.rows.length) // => [4, 1, 1]
 * ```
 */
export const relationships = (options: RelationshipsOptions = {}): QualityModule =>
  defineModule({
    name: "relationships",
    version: 1,
    title: "Relationships: the people who contribute",
    streams: [
      contributions,
      contributionSteps,
      contributorCounts,
      headcounts,
      skillStream,
      skillLevels,
      roleStatements,
      processSteps,
      relationshipsSettings,
      ...(options.understandingItem === undefined ? [] : [releases, releasedFigures])
    ],
    declares: [
      { stream: relationshipsSettings, rows: settingsOf(options) },
      ...(options.skills === undefined ? [] : [skillRows(options.skills)]),
      ...(options.processes === undefined ? [] : [processRows(options.processes)])
    ],
    views: [
      "contribution.sql",
      "participation.sql",
      "concentration.sql",
      "skills.sql",
      "statements.sql",
      "processes.sql",
      "unfit.sql",
      ...(options.understandingItem === undefined ? [] : ["understanding.sql"])
    ]
      .map(read)
      .join("\n"),
    byMicrosystem: ["contribution_state"],
    signals: ["signal"]
  })

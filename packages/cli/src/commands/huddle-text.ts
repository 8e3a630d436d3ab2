import { counted, periodText } from "../figure-text.ts"

/** A row of `control.board`. */
export interface BoardSignal {
  readonly section: string
  readonly signal: string
  readonly measure: string
  readonly title: string
  readonly stratum: string | null
  readonly rule: string
  readonly state: string
  readonly active: boolean
  readonly words: string
  readonly since: string
  readonly over_on: string | null
  readonly days_open: number
  readonly unanswered_days: number | null
  readonly reason: string | null
  readonly period: string | null
  readonly said: ReadonlyArray<{
    readonly title: string
    readonly notes: number
    readonly hidden: boolean
    readonly mapped: boolean
  }>
  readonly done: ReadonlyArray<{
    readonly day: string
    readonly team: string
    readonly own_team: boolean
    readonly kind: string
    readonly cause: string | null
    readonly action_class: string | null
    readonly action_aim: string | null
    readonly outcome: string | null
  }>
}

const sections: ReadonlyArray<readonly [string, string]> = [
  ["slipping", "Slipping"],
  ["changed", "Changed"],
  ["silent", "Silent"],
  ["improving", "Improving"],
  ["closed", "Closed"],
  ["ended", "Ended"],
  ["withdrawn", "Withdrawn"]
]

const verbs: { readonly [kind: string]: string } = {
  acknowledge: "acknowledged",
  explain: "explained",
  act: "acted",
  check: "checked",
  close: "closed"
}

const doneText = (one: BoardSignal["done"][number]): string => {
  const what =
    one.cause ??
    one.outcome ??
    (one.action_class === null ? "" : `${one.action_class}, aimed at the ${one.action_aim}`)
  return `${one.day}  ${verbs[one.kind] ?? one.kind} by ${one.team}${one.own_team ? "" : " (not the own team)"}${what === "" ? "" : `: ${what}`}`
}

const saidText = ({ title, notes, hidden }: BoardSignal["said"][number]): string =>
  `${title} (${notes === 0 ? "too few notes to tell" : `${counted(notes, "note")}${hidden ? " or more" : ""}`})`

const signalText = (one: BoardSignal): string => {
  const isOver = one.over_on !== null
  const topics = one.said.filter((theme) => theme.mapped)
  const rest = one.said.filter((theme) => !theme.mapped)
  return [
    `  ${one.title}${one.stratum === null ? "" : `, ${one.stratum}`} · since ${periodText(one.since, one.period ?? "day")} · ${one.signal.slice(0, 8)}`,
    `    ${one.words} (${one.rule})`,
    ...(isOver
      ? [
          `    ${one.state} on ${one.over_on}${one.reason === null ? "" : `: ${one.reason}`}${one.active ? "; the rule still holds" : ""}`
        ]
      : []),
    ...(topics.length === 0 ? [] : [`    said of it since: ${topics.map(saidText).join(", ")}`]),
    ...(rest.length === 0 ? [] : [`    also said: ${rest.map(saidText).join(", ")}`]),
    ...one.done.map((response) => `    ${doneText(response)}`),
    ...(one.unanswered_days === null
      ? []
      : [`    nobody has answered for ${counted(one.unanswered_days, "day")}`])
  ].join("\n")
}

/** The huddle board in words: what is slipping first, what is over last. */
export const huddleText = (name: string, day: string, rows: ReadonlyArray<BoardSignal>): string => {
  const found = sections.flatMap(([section, title]) => {
    const own = rows.filter((row) => row.section === section)
    return own.length === 0 ? [] : [`${title} (${own.length})\n${own.map(signalText).join("\n\n")}`]
  })
  const body = found.length === 0 ? ["Nothing is slipping, and nothing is open."] : found
  return [`${name}, ${day}`, ...body].join("\n\n")
}

import { PlimsollError } from "@plimsoll/schema"
import type { Instrument, InstrumentItem, InstrumentScale } from "./instrument.ts"

/** What an answer is: `outside` is neither one of its item nor "does not apply". */
export type AnswerState = "answered" | "blank" | "not-applicable" | "outside" | "unknown-item"

/** An answer as it counts. */
export interface ItemScore {
  readonly state: AnswerState
  /** Turned round where the item is reversed; null unless answered. */
  readonly value: number | null
  /** Whether it is positive; null unless answered, and where the item is in no scale of percent positive. */
  readonly positive: boolean | null
}

const thresholdOf = (instrument: Instrument, item: string): number | null => {
  for (const { items, scoring } of instrument.scales)
    if (scoring.kind === "percent-positive" && items.includes(item)) return scoring.threshold
  return null
}

const none = (state: AnswerState): ItemScore => ({ state, value: null, positive: null })

/**
 * How one answer counts: reversed items by min + max − x; positive from the threshold of its scale on. "Does not apply" and
 * blanks are no answers.
 *
 * ```ts test
 * import { scoreItem, sopsHospital } from "@plimsoll/quality"
 *
 * scoreItem(sopsHospital(), "A9", 2) // => { state: "answered", value: 4, positive: true }
 * scoreItem(sopsHospital(), "A9", null) // => { state: "blank", value: null, positive: null }
 * ```
 */
export const scoreItem = (instrument: Instrument, item: string, answer: number | null): ItemScore => {
  const found = instrument.items.find((one) => one.id === item)
  if (found === undefined) return none("unknown-item")
  if (answer === null) return none("blank")
  if (answer === found.notApplicable) return none("not-applicable")
  if (!Number.isInteger(answer) || answer < found.min || answer > found.max) return none("outside")
  const value = found.reversed ? found.min + found.max - answer : answer
  const threshold = thresholdOf(instrument, item)
  return { state: "answered", value, positive: threshold === null ? null : value >= threshold }
}

const scaleOf = (instrument: Instrument, scale: string): InstrumentScale => {
  const found = instrument.scales.find((one) => one.id === scale)
  if (found !== undefined) return found
  throw new PlimsollError({
    code: "scale-unknown",
    message: `instrument "${instrument.id}" has no scale "${scale}"`,
    suggestion: `its scales are ${instrument.scales.map((one) => one.id).join(", ")}`
  })
}

const itemOf = (instrument: Instrument, id: string): InstrumentItem =>
  instrument.items.find((item) => item.id === id)!

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

// A plain fraction would be a DECIMAL, which is not the number that TypeScript has.
const double = (x: number): string => (String(x).includes("e") ? String(x) : `${x}e0`)

const byItem = (
  items: ReadonlyArray<InstrumentItem>,
  column: string,
  then: (item: InstrumentItem) => string | null
): string => {
  const arms = new Map<string, Array<string>>()
  for (const item of items) {
    const expression = then(item)
    if (expression !== null) arms.set(expression, [...(arms.get(expression) ?? []), text(item.id)])
  }
  return arms.size === 0
    ? "NULL"
    : `CASE ${[...arms].map(([sql, ids]) => `WHEN ${column} IN (${ids.join(", ")}) THEN ${sql}`).join(" ")} END`
}

/** The names of the columns that hold the item's id and the answer, a whole number; as they are to stand in the SQL. */
export interface AnswerColumns {
  /** Default: `item`. */
  readonly item?: string
  /** Default: `answer`. */
  readonly answer?: string
}

const within = ({ min, max }: InstrumentItem, answer: string): string => `${answer} BETWEEN ${min} AND ${max}`

const valueSql = (item: InstrumentItem, answer: string): string =>
  `CASE WHEN ${within(item, answer)} THEN ${item.reversed ? `${item.min + item.max} - ${answer}` : answer} END`

const positiveSql = (item: InstrumentItem, answer: string, threshold: number): string =>
  `CASE WHEN ${within(item, answer)} THEN ${
    item.reversed ? `${answer} <= ${item.min + item.max - threshold}` : `${answer} >= ${threshold}`
  } END`

const stateSql = (item: InstrumentItem, answer: string): string =>
  `CASE WHEN ${answer} IS NULL THEN 'blank'${
    item.notApplicable === null ? "" : ` WHEN ${answer} = ${item.notApplicable} THEN 'not-applicable'`
  } WHEN ${within(item, answer)} THEN 'answered' ELSE 'outside' END`

/** SQL expressions over rows of one answer each; null where {@link scoreItem} has null. */
export interface InstrumentSql {
  readonly state: string
  readonly value: string
  readonly positive: string
}

/**
 * What {@link scoreItem} says, as SQL over rows of one answer each.
 *
 * ```ts test
 * import { instrumentSql, sopsHospital } from "@plimsoll/quality"
 *
 * instrumentSql(sopsHospital(), { answer: "a.answer" }).value.startsWith("CASE WHEN item IN ('A1'") // => true
 * ```
 */
export const instrumentSql = (instrument: Instrument, columns: AnswerColumns = {}): InstrumentSql => {
  const { item = "item", answer = "answer" } = columns
  return {
    state: `coalesce(${byItem(instrument.items, item, (one) => stateSql(one, answer))}, 'unknown-item')`,
    value: byItem(instrument.items, item, (one) => valueSql(one, answer)),
    positive: byItem(instrument.items, item, (one) => {
      const threshold = thresholdOf(instrument, one.id)
      return threshold === null ? null : positiveSql(one, answer, threshold)
    })
  }
}

/** What a person's answers to one scale come to. */
export interface ScaleScore {
  /** How many items of the scale were answered. */
  readonly answered: number
  /** Null where none was. Of percent positive: the percentage of the items answered that are positive. */
  readonly score: number | null
  /** Whether the score is from `positiveFrom` on; null where the scale has none, or there is no score. */
  readonly positive: boolean | null
}

/**
 * A person's score on a scale from the items answered. The composite of a team is another thing where it is of percent
 * positive: the plain mean of the percentages of its items (`stats.percent_positive`). Errors: `scale-unknown`.
 *
 * ```ts test
 * import { saqShortForm, scoreScale } from "@plimsoll/quality"
 *
 * scoreScale(saqShortForm(), "job-satisfaction", { "15": 4, "16": 5, "17": 4, "18": 3, "19": null }) // => { answered: 4, score: 75, positive: true }
 * ```
 */
export const scoreScale = (
  instrument: Instrument,
  scale: string,
  answers: Readonly<Record<string, number | null>>
): ScaleScore => {
  const { items, scoring } = scaleOf(instrument, scale)
  const points = items.flatMap((id) => {
    const { value, positive } = scoreItem(instrument, id, answers[id] ?? null)
    if (value === null) return []
    const { min, max } = itemOf(instrument, id)
    switch (scoring.kind) {
      case "percent-positive":
        return [positive === true ? 100 : 0]
      case "stretch":
        return [((value - min) / (max - min)) * scoring.to]
      default:
        return [value]
    }
  })
  if (points.length === 0) return { answered: 0, score: null, positive: null }
  const mean = points.reduce((sum, one) => sum + one, 0) / points.length
  const score = scoring.kind === "transform" ? (mean - scoring.subtract) * scoring.multiply : mean
  const from = "positiveFrom" in scoring ? scoring.positiveFrom : null
  return { answered: points.length, score, positive: from === null ? null : score >= from }
}

/** SQL expressions of one scale. */
export interface ScaleSql {
  /** What one answer gives, over rows of one answer each; null for answers that are none, and for items of other scales. */
  readonly points: string
  /** The score, over the mean of a person's points. */
  readonly score: string
  /** Whether it is from `positiveFrom` on; `NULL` where the scale has none. */
  readonly positive: string
}

/**
 * What {@link scoreScale} says, as SQL: `points` over rows of one answer each, `score` and `positive` over the expression
 * `mean` of their mean. Take the mean of whole points as a sum over a count: it is the same for every order of rows.
 * Errors: `scale-unknown`.
 */
export const scaleSql = (
  instrument: Instrument,
  scale: string,
  mean: string,
  columns: AnswerColumns = {}
): ScaleSql => {
  const { items, scoring } = scaleOf(instrument, scale)
  const { item = "item", answer = "answer" } = columns
  const own = items.map((id) => itemOf(instrument, id))
  const score =
    scoring.kind === "transform"
      ? `((${mean}) - ${double(scoring.subtract)}) * ${double(scoring.multiply)}`
      : `(${mean})`
  const from = "positiveFrom" in scoring ? scoring.positiveFrom : null
  return {
    points: byItem(own, item, (one) => {
      switch (scoring.kind) {
        case "percent-positive":
          return `100 * (${positiveSql(one, answer, scoring.threshold)})::INTEGER`
        case "stretch":
          return `(${valueSql(one, answer)} - ${one.min}) / ${double(one.max - one.min)} * ${double(scoring.to)}`
        default:
          return valueSql(one, answer)
      }
    }),
    score,
    positive: from === null ? "NULL" : `${score} >= ${double(from)}`
  }
}

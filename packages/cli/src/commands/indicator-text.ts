import { counted, figureText, periodText } from "../figure-text.ts"
import type { IndicatorRow, Row } from "./indicator-read.ts"
import { strip } from "./indicator-strip.ts"

/** Without the unit, which has been said already; a share keeps its sign. */
const bare = (value: number, unit: string): string => figureText(value, unit === "%" ? "%" : "")

const between = (row: IndicatorRow, low: number | null, high: number | null): string =>
  low === null || high === null
    ? " (no interval: one unit alone shows a figure)"
    : ` (${bare(low, row.unit)} to ${bare(high, row.unit)})`

const gapText = (row: IndicatorRow): string => {
  const gap = row.largest_gap
  if (gap === null) return `Equity: ${row.equity}.`
  const sizes = `${figureText(gap.difference, row.unit)} (${bare(gap.low, row.unit)} to ${bare(gap.high, row.unit)})`
  return gap.kind === "slope"
    ? `Equity: from the most to the least disadvantaged by ${gap.dimension} the figure changes by ${sizes}.`
    : `Equity: by ${gap.dimension}, ${gap.group} differs from ${gap.reference} by ${sizes}, the largest gap that can be told apart.`
}

const luckText = (row: IndicatorRow): string => {
  if ((row.judged ?? 0) === 0) return "Charts: none has enough points to be judged."
  const luck =
    row.by_luck === null
      ? "what luck alone gives is not known"
      : `${row.by_luck < 0.1 ? "fewer than 0.1" : `about ${row.by_luck.toFixed(1)}`} would be by luck alone`
  return row.direction === "neutral"
    ? `Charts: ${row.changed} of ${row.judged} judged have changed; ${luck}.`
    : `Charts: ${row.slipping} of ${row.judged} judged are slipping; ${luck}. Improving: ${row.improving}.`
}

const spreadText = (row: IndicatorRow): ReadonlyArray<string> => {
  const notChance =
    row.i2 === null
      ? "How much of the differences between units is chance is not known."
      : `Of the differences between units ${Math.round(row.i2 * 100)} % are more than chance.`
  const outside =
    row.funnel_units === 0
      ? ""
      : ` ${row.outside} of ${counted(row.funnel_units, "unit")} lie further out than chance would put one in 500.`
  const end = (words: string, one: IndicatorRow["worst"]) =>
    one === null
      ? []
      : [
          `  ${words} ${one.unit}: ${figureText(one.value, row.unit)} (${bare(one.low, row.unit)} to ${bare(one.high, row.unit)}), drawn towards the others`
        ]
  return [
    `Spread: ${notChance}${outside}`,
    ...(row.comparison === "told apart"
      ? [...end("at the worse end", row.worst), ...end("at the better end", row.best)]
      : [`  Worst and best: ${row.comparison}.`])
  ]
}

const missingText = (missing: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const byReason = Map.groupBy(missing, (one) => String(one["reason"]))
  return [...byReason].map(([reason, units]) => {
    const named = units
      .slice(0, 8)
      .map((one) =>
        one["last_period"] === null ? String(one["unit"]) : `${one["unit"]} (${one["last_period"]})`
      )
    return `  ${reason}: ${named.join(", ")}${units.length > 8 ? ` and ${units.length - 8} more` : ""}`
  })
}

/** The chance of a unit of middle size, from the funnel. */
const middleChance = (funnel: ReadonlyArray<Row>) => {
  const sorted = funnel
    .filter((one) => typeof one["lcl998"] === "number")
    .sort((a, b) => Number(a["denominator"]) - Number(b["denominator"]))
  const one = sorted[Math.floor(sorted.length / 2)]
  return one === undefined ? undefined : { low: Number(one["lcl998"]), high: Number(one["ucl998"]) }
}

/** One indicator in plain words, with its spread drawn. */
export const indicatorText = (
  row: IndicatorRow,
  behind: {
    readonly units: ReadonlyArray<Row>
    readonly missing: ReadonlyArray<Row>
    readonly funnel: ReadonlyArray<Row>
  },
  others: ReadonlyArray<string>,
  columns: number
): string => {
  const values = behind.units.flatMap((one) => (typeof one["value"] === "number" ? [one["value"]] : []))
  const chance = middleChance(behind.funnel)
  const drawn =
    row.pooled_value === null
      ? []
      : strip(values, {
          whole: row.pooled_value,
          chance,
          columns: Math.min(72, columns - 2),
          figure: (value) => bare(value, row.unit)
        })
  const when = row.period === null ? "no complete period yet" : periodText(row.period, row.period_kind)
  const total = row.total === null ? "" : `; in all ${figureText(row.total, row.unit)}`
  return [
    `${row.title}: ${row.parent_name}`,
    row.value === null
      ? `${when}: no unit shows a figure`
      : `${when}: ${figureText(row.value, row.unit)}${between(row, row.low, row.high)} from ${counted(row.units, "unit")}${total}`,
    "",
    `${counted(values.length, "unit")} over ${row.pooled_periods === 1 ? "one period" : `${row.pooled_periods} periods from ${row.pooled_from}`}, each with its own figure:`,
    ...drawn.map((line) => `  ${line}`),
    chance === undefined
      ? "  ┼ the whole; the higher a column, the more units"
      : "  ┼ the whole; ━ where chance alone puts a unit of middle size; the higher a column, the more units",
    "",
    ...spreadText(row),
    luckText(row),
    gapText(row),
    `Balancing measures: ${row.balancing.length === 0 ? "none declared" : row.balancing.map((one) => `${one.measure} (${one.verdict})`).join(", ")}.`,
    ...row.reversed.map(
      (comparison) =>
        `Beware: in ${comparison}, the whole goes one way and most of its parts the other. The mix has changed, not the parts.`
    ),
    ...(row.missing_units === 0
      ? ["Missing: no unit."]
      : [
          `Missing: ${counted(row.missing_units, "unit")}, in no figure of the latest period`,
          ...missingText(behind.missing)
        ]),
    ...(others.length === 0 ? [] : ["", `Also for: ${others.join(", ")} (--unit)`])
  ].join("\n")
}

/** All indicators, a line each. */
export const indicatorLines = (
  rows: ReadonlyArray<IndicatorRow>
): { readonly columns: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<unknown>> } => ({
  columns: [
    "indicator",
    "for",
    "figure",
    "from",
    "to",
    "units",
    "missing",
    "slipping",
    "by luck",
    "more than chance",
    "worst and best"
  ],
  rows: rows.map((row) => [
    row.indicator,
    row.parent ?? "everything",
    figureText(row.value, row.unit),
    row.low === null ? "" : bare(row.low, row.unit),
    row.high === null ? "" : bare(row.high, row.unit),
    row.units,
    row.missing_units,
    (row.judged ?? 0) === 0
      ? "not judged"
      : `${row.direction === "neutral" ? row.changed : row.slipping} of ${row.judged}`,
    row.by_luck === null ? "" : row.by_luck.toFixed(1),
    row.i2 === null ? "" : `${Math.round(row.i2 * 100)}%`,
    row.comparison.split(":")[0]
  ])
})

import { periodText } from "./day.ts"
import { spreadStrip } from "./drawing.ts"
import { shownIn, shownNumber, shownShare } from "./figure.ts"
import { list, markup, type Markup, type MarkupPart, paragraph } from "./markup.ts"
import { absent, type PartWriter } from "./part.ts"
import { labelled, type SourceRow } from "./source.ts"
import { quoted } from "./sql-text.ts"

/** An expected number: two digits are more than anybody needs. */
const shownLuck = (value: unknown): string => shownNumber(Number(Number(value).toPrecision(2)))

/** Indicators that the page draws; the pack has all. */
const drawn = 12

/** Those of the highest units: the whole, or the roots of the tree. */
const highest = `(i.parent IS NULL OR i.parent IN (SELECT id FROM plimsoll.microsystem WHERE parent IS NULL))`

const varying = (i2: number): string =>
  i2 < 0.25
    ? "Units differ by little more than chance"
    : i2 < 0.5
      ? "Some of the difference between units is more than chance"
      : i2 < 0.75
        ? "Much of the difference between units is more than chance"
        : "Most of the difference between units is more than chance"

const balances: { readonly [verdict: string]: string } = {
  worse: "A balancing measure has got worse: what was gained here may have been lost elsewhere.",
  changed: "A balancing measure has changed; whether for the worse cannot be told.",
  "no harm seen": "No harm is seen in what could have suffered for it.",
  "none declared": "Nobody has said what might suffer for it, so that is not watched.",
  "not known": "Whether something else has suffered for it is not known."
}

/** A struct comes as an object. */
const struct = (value: unknown): SourceRow | undefined =>
  typeof value === "object" && value !== null ? (value as SourceRow) : undefined

const points = (
  row: SourceRow,
  figures: PartWriter["figures"],
  source: PartWriter["source"]
): ReadonlyArray<MarkupPart> => {
  const key = [row["indicator"], row["parent"]]
  const { unit } = row
  const cell = (column: string, shown?: string) =>
    figures.cell("whole_system.indicator", column, key, row[column], shown)
  const value = (column: string) => cell(column, shownIn(unit, row[column]))
  const [worst, best, gap] = [struct(row["worst"]), struct(row["best"]), struct(row["largest_gap"])]
  const end = (name: string, one: SourceRow) =>
    markup`${source.unit(one["unit"])}: ${figures.cell(`whole_system.indicator`, `${name}.value`, key, one["value"], shownIn(unit, one["value"]))} (between ${figures.cell("whole_system.indicator", `${name}.low`, key, one["low"], shownIn(unit, one["low"]))} and ${figures.cell("whole_system.indicator", `${name}.high`, key, one["high"], shownIn(unit, one["high"]))})`
  const judged =
    row["judged"] === null
      ? "No unit’s chart is judged."
      : markup`Of ${cell("judged")} units whose chart can be judged, slipping: ${cell("slipping")}; improving: ${cell("improving")}; changed otherwise: ${cell("changed")}${row["by_luck"] === null ? "" : markup`; by luck alone about ${cell("by_luck", shownLuck(row["by_luck"]))} would look so`}.`
  return [
    ...(row["i2"] === null
      ? ["How far units differ beyond chance is not known."]
      : [
          markup`${varying(row["i2"] as number)} (I² ${cell("i2", shownShare(row["i2"]))}, τ² ${cell("tau2")}).`
        ]),
    judged,
    ...(worst !== undefined && best !== undefined
      ? [markup`Best ${end("best", best)}; worst ${end("worst", worst)}.`]
      : [markup`Best and worst: ${String(row["comparison"])}.`]),
    gap === undefined
      ? markup`Between groups of people: ${String(row["equity"])}.`
      : markup`The largest gap between groups that can be told apart (${String(gap["dimension"])}): ${gap["group"] === null ? "from the most to the least disadvantaged" : `${String(gap["group"])} against ${String(gap["reference"])}`} ${figures.cell("whole_system.indicator", "largest_gap.difference", key, gap["difference"], shownIn(unit, gap["difference"]))} (between ${figures.cell("whole_system.indicator", "largest_gap.low", key, gap["low"], shownIn(unit, gap["low"]))} and ${figures.cell("whole_system.indicator", "largest_gap.high", key, gap["high"], shownIn(unit, gap["high"]))}).`,
    balances[String(row["balance"])] ?? String(row["balance"]),
    ...(Number(row["missing_units"]) === 0
      ? []
      : [
          markup`${cell("missing_units")} units are not in this figure: ${[...new Set(row["missing_reasons"] as ReadonlyArray<string>)].sort().join("; ")}.`
        ]),
    ...((row["reversed"] as ReadonlyArray<string>).length === 0
      ? []
      : [
          `Take care: the whole goes one way and most of its parts the other (${(row["reversed"] as ReadonlyArray<string>).join("; ")}). The mix has changed, not the parts.`
        ]),
    markup`Over the ${cell("pooled_periods")} latest periods together: ${value("pooled_value")}.`
  ]
}

const card = async ({ source, figures }: PartWriter, row: SourceRow): Promise<Markup> => {
  const key = [row["indicator"], row["parent"]]
  const { unit } = row
  const value = (column: string) =>
    figures.cell("whole_system.indicator", column, key, row[column], shownIn(unit, row[column]))
  const bare = (column: string) =>
    figures.cell(
      "whole_system.indicator",
      column,
      key,
      row[column],
      shownIn(unit === "%" ? "%" : "", row[column])
    )
  const units = await source.rows(
    `SELECT unit, value FROM whole_system.unit WHERE value IS NOT NULL AND indicator = ${quoted(String(row["indicator"]))}
       AND parent IS NOT DISTINCT FROM ${row["parent"] === null ? "NULL" : quoted(String(row["parent"]))} ORDER BY unit`
  )
  const known =
    row["value"] === null
      ? paragraph("There is no figure for the latest period.")
      : paragraph(
          markup`<span class="big">${value("value")}</span> in ${periodText(row["period"], row["every"])}${row["low"] === null ? ", and how sure that is cannot be told" : markup` (95 % interval ${bare("low")} to ${bare("high")})`}, from ${figures.cell("whole_system.indicator", "units", key, row["units"])} units${row["target"] === null ? "; there is no target" : markup`; the target is ${value("target")}`}.`
        )
  const simulated = units.filter((one) => source.isSimulated(one["unit"])).length
  const partly =
    simulated === 0 ? "" : markup` (${simulated} of ${units.length} units ${labelled("are simulated")})`
  return markup`<h4>${source.measure(row["measure"], String(row["title"]))}: ${labelled(String(row["parent_name"]))}${partly}</h4>
${known}${spreadStrip(
    `${String(row["title"])}: each ring a unit, over the latest ${shownNumber(row["pooled_periods"])} periods; the bar is the whole with its interval`,
    {
      value: row["pooled_value"] as number | null,
      low: row["pooled_low"] as number | null,
      high: row["pooled_high"] as number | null,
      target: row["target"] as number | null,
      units: units.map((one) => Number(one["value"])),
      shown: (figure) => shownIn(unit, figure)
    }
  )}${list(points(row, figures, source))}`
}

/** The indicators of the whole system, each with what it hides. */
export const indicatorsOf = async (writer: PartWriter): Promise<Markup> => {
  const { source } = writer
  if (!source.has("whole_system.indicator"))
    return paragraph(absent("system", "there is no figure of the whole"))
  const rows = await source.rows(
    `SELECT i.*, m.period AS every FROM whole_system.indicator i JOIN plimsoll.measure m ON m.id = i.measure
     WHERE ${highest} ORDER BY i.indicator, i.parent`
  )
  if (rows.length === 0)
    return paragraph("No measure is taken by two units or more, so there is no figure of the whole yet.")
  const cards: Markup[] = []
  // One after another: a figure that is shown twice is numbered in the order of the page.
  for (const row of rows.slice(0, drawn)) cards.push(await card(writer, row))
  return markup`${cards}${rows.length > drawn ? paragraph(`Shown are ${drawn} of ${rows.length} indicators; the regulator's pack has all of them.`) : ""}`
}

import { shownIn } from "./figure.ts"
import { markup, type Markup, paragraph, table } from "./markup.ts"
import { absent, most, notKnown, type PartWriter, rest } from "./part.ts"
import { controlGaps, controlOf } from "./control.ts"
import { dayOf, periodText } from "./day.ts"
import { criteriaOf } from "./score.ts"
import { labelled } from "./source.ts"

const open = "state IN ('opened', 'acknowledged', 'explained')"

/** What is slipping now: the series of the board, and how many would be by luck. */
const slipping = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const [counts] = await source.rows(
    `SELECT count(*)::INTEGER AS series, count(*) FILTER (status = 'slipping')::INTEGER AS slipping,
       count(*) FILTER (status = 'improving')::INTEGER AS improving, count(*) FILTER (status = 'steady')::INTEGER AS steady,
       (SELECT round(list_sum(list(by_luck ORDER BY by_luck)), 1) FROM plimsoll.expectation) AS by_luck,
       (SELECT sum(slipping)::INTEGER FROM plimsoll.expectation) AS compared
     FROM plimsoll.series`
  )
  const rows = await source.rows(
    `SELECT s.series, s.measure, s.microsystem, s.stratum, s.value, s.since, s.period, m.period AS every,
       list_sort(list(g.words)) AS words, list_sort(list(DISTINCT g.state)) AS states
     FROM plimsoll.series s JOIN plimsoll.measure m ON m.id = s.measure LEFT JOIN plimsoll.signal g ON g.measure = s.measure AND g.microsystem = s.microsystem
       AND g.stratum IS NOT DISTINCT FROM s.stratum AND g.${open} AND g.variation = 'concern'
     WHERE s.status = 'slipping' GROUP BY ALL ORDER BY s.since, s.measure, s.microsystem, s.stratum`
  )
  if (counts === undefined || counts["series"] === 0) return paragraph("No figures are charted yet.")
  const luck =
    counts["by_luck"] === null
      ? ""
      : markup` If every chart were steady, about ${figures.of("execution:by-luck", counts["by_luck"])} would look slipping by luck alone; among those for which that is known, ${figures.of("execution:slipping-compared", counts["compared"])} now.`
  return markup`${paragraph(
    markup`Of ${figures.of("execution:series", counts["series"])} charts, slipping now: ${figures.of("execution:slipping", counts["slipping"])}; improving: ${figures.of("execution:improving", counts["improving"])}; steady: ${figures.of("execution:steady", counts["steady"])}.${luck}`
  )}${
    rows.length === 0
      ? ""
      : markup`${table(
          "What is slipping now",
          ["Measure", "Where", "Latest figure", "Since", "What was seen", "What was done about it"],
          rows.slice(0, most).map((row) => {
            const key = [row["series"]]
            const states = (row["states"] as ReadonlyArray<string | null>).filter((one) => one !== null)
            return [
              source.measure(row["measure"]),
              markup`${source.unit(row["microsystem"])}${row["stratum"] === null ? "" : ` (${String(row["stratum"])})`}`,
              markup`${figures.cell("plimsoll.series", "value", key, row["value"], shownIn(source.unitOf(row["measure"]), row["value"]))} in ${periodText(row["period"], row["every"])}`,
              figures.cell(
                "plimsoll.series",
                "since",
                key,
                row["since"],
                periodText(row["since"], row["every"])
              ),
              (row["words"] as ReadonlyArray<string | null>).filter((one) => one !== null).join(" "),
              states.includes("explained")
                ? "A cause was named."
                : states.includes("acknowledged")
                  ? "It was seen; no cause is named yet."
                  : "Nobody has answered."
            ]
          })
        )}${rest(most, rows.length)}`
  }`
}

/** The signals that were ever opened, by their state. */
const answered = async ({ source, figures }: PartWriter): Promise<Markup> => {
  const rows = await source.rows(
    `SELECT state, count(*)::INTEGER AS signals FROM plimsoll.signal GROUP BY state
     ORDER BY list_position(['opened', 'acknowledged', 'explained', 'ended', 'closed', 'withdrawn'], state)`
  )
  const words: { readonly [state: string]: string } = {
    opened: "open, and nobody has answered",
    acknowledged: "seen by somebody, not explained yet",
    explained: "explained: a cause is named",
    ended: "ended: the rule no longer holds",
    closed: "closed by people",
    withdrawn: "withdrawn: a correction took away their cause"
  }
  return rows.length === 0
    ? paragraph("No signal was ever opened.")
    : table(
        "Signals, by what became of them",
        ["What became of them", "Signals"],
        rows.map((row) => [
          words[String(row["state"])] ?? String(row["state"]),
          figures.of(`execution:signals:${String(row["state"])}`, row["signals"])
        ])
      )
}

const findings = async (writer: PartWriter): Promise<Markup> => {
  const { source, figures } = writer
  const rows = await source.rows(
    `SELECT finding, microsystem, kind, title, due, state, overdue, days_overdue::INTEGER AS days_overdue, actions::INTEGER AS actions,
       done::INTEGER AS done, strongest, aimed_at_person
     FROM assurance.finding ORDER BY overdue DESC, state = 'answered', due, finding`
  )
  if (rows.length === 0) return paragraph("No finding has been recorded.")
  const count = (name: string, rule: (row: (typeof rows)[number]) => boolean) =>
    figures.of(`execution:findings:${name}`, rows.filter(rule).length)
  return markup`${paragraph(
    markup`${figures.of("execution:findings", rows.length)} findings: ${count("answered", (row) => row["state"] === "answered")} answered, ${count("in-hand", (row) => row["state"] === "in-hand")} in hand, ${count("unanswered", (row) => row["state"] === "unanswered")} without any action; overdue: ${count("overdue", (row) => row["overdue"] === true)}. The strength of an action says how well actions of its kind hold: training again is weak, which blames nobody.`
  )}${table(
    "Findings, and what was done about them",
    ["Finding", "Kind", "Where", "State", "Due", "Actions done", "Strongest action"],
    rows
      .slice(0, most)
      .map((row) => [
        labelled(String(row["title"])),
        String(row["kind"]),
        source.unit(row["microsystem"]),
        row["overdue"] === true
          ? markup`<span class="concern">${String(row["state"])}, overdue by ${figures.cell("assurance.finding", "days_overdue", [row["finding"]], row["days_overdue"])} days</span>`
          : String(row["state"]),
        row["due"] === null ? "no day was set" : dayOf(row["due"]),
        markup`${figures.cell("assurance.finding", "done", [row["finding"]], row["done"])} of ${figures.cell("assurance.finding", "actions", [row["finding"]], row["actions"])}`,
        markup`${row["strongest"] === null ? "none" : String(row["strongest"])}${row["aimed_at_person"] === true ? "; one is aimed at a person" : ""}`
      ])
  )}${rest(most, rows.length)}`
}

/** What the log could not take in, or place, and what is not judged. */
const gaps = async ({ source, figures }: PartWriter): Promise<ReadonlyArray<Markup>> => {
  const [row] = await source.rows(
    `SELECT (SELECT count(*)::INTEGER FROM plimsoll.dead_letter WHERE replayed_at IS NULL) AS letters,
       (SELECT coalesce(sum(observations), 0)::INTEGER FROM plimsoll.unplaced) AS unplaced,
       (SELECT count(*)::INTEGER FROM plimsoll.series WHERE silent) AS silent,
       (SELECT count(*)::INTEGER FROM plimsoll.series WHERE status = 'not-judged') AS young,
       (SELECT count(*)::INTEGER FROM plimsoll.series WHERE status = 'unjudged') AS unjudged`
  )
  const told: ReadonlyArray<readonly [string, string]> = [
    ["letters", "rows could not be read; they are kept, with the reason, and count nowhere."],
    ["unplaced", "rows are about a unit that nobody has told of; they count when it is told of."],
    ["silent", "charts have fallen silent: no figure for longer than twice the usual gap."],
    ["young", "charts have too few points to be judged."],
    [
      "unjudged",
      "charts are drawn but not judged, since the usual limits would mislead or the measure says so."
    ]
  ]
  return told.flatMap(([name, words]) =>
    Number(row?.[name] ?? 0) === 0 ? [] : [markup`${figures.of(`execution:${name}`, row![name])} ${words}`]
  )
}

/** Part two: what is done, every day. */
export const execution = async (writer: PartWriter): Promise<Markup> => {
  const { source } = writer
  const has = source.has("assurance.criterion")
  return markup`<section aria-labelledby="execution">
<h2 id="execution">Execution</h2>
${paragraph(markup`<span class="lead">What is done, every day, to get there.</span>`)}
<h3>What is slipping, and who looks</h3>
${await slipping(writer)}${await answered(writer)}${await controlOf(writer)}
<h3>What standards ask of Execution</h3>
${has ? await criteriaOf(writer, "execution") : paragraph(absent("assurance", "no standard, finding or assessment is held here"))}
${has ? markup`<h3>Findings and actions</h3>\n${await findings(writer)}` : ""}
${await notKnown(writer, "execution", [...(await controlGaps(writer)), ...(await gaps(writer))])}</section>
`
}

import { counted, figureText } from "../figure-text.ts"
import { tableText } from "../table-text.ts"
import type { ProjectFacts } from "./project-read.ts"
import type { Row } from "./vision-file.ts"

// Titles are free text: what would move the cursor is shown as a space.
const text = (value: unknown): string => String(value ?? "").replaceAll(/\p{Cc}+/gu, " ")
const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value)
const percent = (share: unknown): string => `${Math.round(Number(share) * 100)} %`

const section = (heading: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", heading, ...lines]

const table = (
  columns: ReadonlyArray<readonly [heading: string, cell: (row: Row) => unknown]>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<string> =>
  rows.length === 0
    ? []
    : [
        tableText(
          columns.map(([heading]) => heading),
          rows.map((row) => columns.map(([, cell]) => cell(row)))
        )
      ]

const standing = (row: Row): string => {
  if (row["measure"] === null) return ""
  if (row["measure_unknown"] === true) return ` [${text(row["measure"])}: nobody has defined it]`
  if (row["status"] === null) return ` [${text(row["measure"])}: no figures]`
  return ` [${text(row["measure"])} ${figureText(number(row["value"]), text(row["unit"]))}, ${text(row["status"])}]`
}

const branch = (row: Row): string => {
  switch (row["kind"]) {
    case "aim":
      return `Aim: ${text(row["measure"])} to ${figureText(number(row["target"]), text(row["unit"]))} by ${text(row["due"])}, for: ${text(row["title"])}${standing(row)}`
    case "primary":
      return `├─ ${text(row["title"])}${standing(row)}`
    case "secondary":
      return `│  ├─ ${text(row["title"])}${standing(row)}`
    default:
      return `· ${text(row["title"])} (${counted(Number(row["cycles"]), "cycle")}${row["decision"] === null ? "" : `, ${text(row["decision"])}`})`
  }
}

/** The driver diagram as lines, an idea below the driver that it works on. */
export const diagramText = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const kinds = new Map(rows.map((row) => [row["id"], row["kind"]]))
  return rows.map((row) =>
    row["kind"] === "idea"
      ? `${kinds.get(row["drives"]) === "secondary" ? "│  │  " : "│  "}${branch(row)}`
      : branch(row)
  )
}

const checks = [
  "all_stages",
  "study_after",
  "learning",
  "prediction",
  "iterative",
  "growing",
  "data_over_time"
] as const

const ramp = (cycles: ReadonlyArray<Row>): ReadonlyArray<string> =>
  table(
    [
      ["idea", (row) => row["idea"]],
      ["", (row) => row["number"]],
      ["scale", (row) => row["scale"]],
      ["plan", (row) => row["planned"]],
      ["do", (row) => row["did"]],
      ["study", (row) => row["studied"]],
      ["act", (row) => row["acted"]],
      ["predicted", (row) => row["predicted"]],
      ["found", (row) => row["found"]],
      ["decision", (row) => row["decision"]],
      ["checks", (row) => `${text(row["met"])} of 7`]
    ],
    cycles
  )

const fidelity = (row: Row): ReadonlyArray<string> => {
  const lacking = checks.filter((check) => row[check] !== true && Number(row[check]) !== 1)
  return [
    `${text(row["met"])} of 7 checks are met${lacking.length === 0 ? "." : `; not, or not by all cycles: ${lacking.join(", ").replaceAll("_", " ")}.`}`
  ]
}

/** The project as text. */
export const projectText = (facts: ProjectFacts): string => {
  const { project, progress, shift, fidelity: fidelityRow, spread } = facts
  return [
    `${text(project["project"])} · ${text(project["title"])} (${text(project["microsystem"])}, ${text(project["standing"])})`,
    `since ${text(project["started"])}${project["ended"] === null ? "" : ` until ${text(project["ended"])}`}, ${project["goal"] === null ? "for no goal" : `for the goal ${text(project["goal"])}`}`,
    ...(facts.orphan === null ? [] : [`Orphan: ${text(facts.orphan["reason"])}.`]),
    ...section("Driver diagram", diagramText(facts.diagram)),
    ...section("Measures", [
      ...table(
        [
          ["role", (row) => row["role"]],
          ["measure", (row) => row["measure"]],
          ["unit", (row) => row["microsystem"]],
          ["now", (row) => row["status"]],
          ["before", (row) => figureText(number(row["mean_before"]), "")],
          ["since", (row) => figureText(number(row["mean_since"]), "")],
          ["the change", (row) => row["result"]]
        ],
        facts.measures
      )
    ]),
    ...section("PDSA cycles", ramp(facts.cycles)),
    ...section("Fidelity", fidelityRow === null ? [] : fidelity(fidelityRow)),
    ...section("The shift", [
      `${text(project["result"])}: ${text(project["reason"])}`,
      ...(shift === null || shift["dated"] === null || shift["shift_from"] === null
        ? []
        : [
            `The level moved in ${text(shift["dated"])} (95 %: ${text(shift["dated_low"])} to ${text(shift["dated_high"])}); the first change was on ${text(shift["changed"])}.`
          ]),
      ...(facts.beside.length === 0
        ? []
        : [
            `Of ${counted(facts.beside.length, "like unit")} without the change, ${facts.beside.filter((row) => row["shift_from"] !== null).length} got better, too.`
          ])
    ]),
    ...section("Progress", [
      `claimed ${progress["claimed"] === null ? "nothing" : text(progress["claimed"])}, evidence ${text(progress["evidence"])}, reached ${text(progress["reached"])}${progress["capped"] === true ? " (capped)" : ""}`,
      text(progress["reason"])
    ]),
    ...section("Spread", [
      ...(spread === null
        ? []
        : [
            `${text(spread["adopted"])} of ${text(spread["sites"])} sites adopted it; the effect came again in ${text(spread["came_again"])} of ${text(spread["assessable"])} where it can be told.`
          ]),
      ...table(
        [
          ["site", (row) => row["microsystem"]],
          ["offered", (row) => row["offered"]],
          ["adopted", (row) => row["adopted"]],
          ["class", (row) => row["class"]],
          ["effect", (row) => row["effect"]]
        ],
        facts.sites
      )
    ]),
    ...section(
      "Resources",
      table(
        [
          ["", (row) => row["kind"]],
          ["asked", (row) => row["asked"]],
          ["granted", (row) => row["granted"]],
          ["used", (row) => row["used"]],
          ["until", (row) => row["until"]],
          ["hidden", (row) => (row["hidden"] as ReadonlyArray<string>).join(", ")]
        ],
        facts.resources
      )
    ),
    ...section(
      "Counts for nothing",
      facts.refused.map((row) => `${text(row["stream"])} ${text(row["id"])} ${text(row["reason"])}.`)
    )
  ].join("\n")
}

/** The portfolio as text. */
export const portfolioText = (rows: ReadonlyArray<Row>): string =>
  rows.length === 0
    ? "There are no projects yet."
    : [
        tableText(
          ["standing", "project", "unit", "title", "cycles", "claimed", "reached", "of the aim", "result"],
          rows.map((row) => [
            row["standing"],
            row["project"],
            row["microsystem"],
            row["title"],
            row["cycles"],
            row["claimed"],
            `${text(row["reached"])}${row["capped"] === true ? " (capped)" : ""}`,
            row["share_of_aim"] === null ? "" : percent(row["share_of_aim"]),
            row["result"]
          ])
        ),
        ...rows
          .filter((row) => row["orphan"] !== null)
          .map((row) => `${text(row["project"])}: ${text(row["orphan"])}.`)
      ].join("\n")

/** The components that judge against a standard, or all that come with Plimsoll. */
const modules = {
  few: "[statistics(), assurance(held)]",
  all: `components({
    assurance: { sources: [], ...held },
    vision: {
      nodes: [
        { id: "why", kind: "purpose", title: "People get well here, and come to no harm" },
        { id: "safe", kind: "vision", title: "Nobody is hurt by a fall that could have been foreseen" },
        { id: "falls", kind: "aim", title: "Fewer falls on every ward" },
        { id: "lighting", kind: "aim", title: "Light at night" },
        { id: "fewer", kind: "goal", title: "Four falls per 1,000 bed-days by the end of the year" },
        { id: "rate", kind: "measure", title: "Falls per 1,000 bed-days", measure: "falls-rate" },
        { id: "rounds", kind: "work", title: "Hourly rounds", owner: "oak", hours: 120, started: "2026-02-01" },
        { id: "posters", kind: "work", title: "Posters (simulated)", owner: "larch", hours: 40 }
      ],
      links: [
        { node: "safe", serves: "why" },
        { node: "falls", serves: "safe" },
        { node: "lighting", serves: "safe" },
        { node: "fewer", serves: "falls" },
        { node: "rate", serves: "fewer" },
        { node: "rounds", serves: "fewer" }
      ],
      versions: [{ number: 1, day: "2026-01-01" }]
    }
  })`
}

/** The config of a hospital that is held to a standard: three wards, one of them simulated, a measure, and what assurance takes in. */
export const reportConfig = (
  components: keyof typeof modules
): string => `import files from "@plimsoll/connector-files"
import { assurance, components, ownStandard, statistics } from "@plimsoll/quality"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { defineConfig } from "plimsoll"

const falls = defineStream({
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls on a ward, one row a month",
  schema: Schema.Struct({ ward: Schema.String, month: PlainDate, falls: Schema.Int, bedDays: Schema.Int }),
  key: ["ward", "month"],
  microsystem: "ward",
  occurredAt: "month",
  covers: "month",
  sensitivity: { ward: "open", month: "open", falls: "open", bedDays: "open" }
})

const own = ownStandard({ draws: { "own-outcomes": ["measure:falls-rate"] } })
const wards = ["oak", "elm", "larch"]
const places = (criterion) => (criterion.askedOf === "units" ? wards : ["hospital"])
const day = "2026-06-01"

const held = {
  ...own,
  evidence: own.criteria
    .filter(({ id }) => id !== "own-codesign" && id !== "own-outcomes")
    .flatMap((criterion) =>
      places(criterion).map((microsystem) => ({
        id: criterion.id + "-" + microsystem,
        criterion: criterion.id,
        microsystem,
        kind: "document",
        title: "What was found at the last visit",
        validFrom: "2026-01-01",
        validUntil: criterion.id === "own-staff" ? "2026-07-14" : "2026-12-31"
      }))
    ),
  assessments: own.criteria.flatMap((criterion, at) =>
    places(criterion).flatMap((microsystem, unit) => [
      { id: "s-" + criterion.id + "-" + microsystem, criterion: criterion.id, microsystem, kind: "self", score: 40 + ((at * 13 + unit * 7) % 50), level: 2 + (at % 3), assessor: "the unit itself", day },
      ...(at % 2 === 0
        ? [{ id: "x-" + criterion.id + "-" + microsystem, criterion: criterion.id, microsystem, kind: "external", score: 30 + ((at * 11) % 40), level: 1 + (at % 4), assessor: "the regulator", day }]
        : [])
    ])
  ),
  findings: [
    { id: "f1", standard: "plimsoll", criterion: "own-control", microsystem: "oak", kind: "requirement", title: "Charts hang on the wall, and nobody looks at them", day: "2026-03-01", due: "2026-06-30" },
    { id: "f2", standard: "plimsoll", criterion: "own-codesign", microsystem: "hospital", kind: "recommendation", title: "Ask people who use the service before the plans are drawn", day: "2026-03-01", due: "2026-12-31" }
  ],
  actions: [
    { id: "a1", finding: "f1", title: "Ten minutes at the chart every Monday, the ward manager first", kind: "leaders-take-part", aim: "process", agreed: "2026-03-15", due: "2026-06-30", done: null },
    { id: "a2", finding: "f1", title: "Show everybody how to read a chart", kind: "retrain", aim: "person", agreed: "2026-03-15", due: "2026-05-31", done: "2026-05-20" }
  ],
  claims: [
    { id: "c1", statement: "In June 2026 Oak ward had 8.8 falls per 1,000 bed-days", standard: null, criterion: null, measure: "falls-rate", microsystem: "oak", stratum: null, period: "2026-06-01", stated: 8.8, decimals: 1, day: "2026-07-10" },
    { id: "c2", statement: "In June 2026 Elm ward had no falls", standard: null, criterion: null, measure: "falls-rate", microsystem: "elm", stratum: null, period: "2026-06-01", stated: 0, decimals: 1, day: "2026-07-10" }
  ]
}

export default defineConfig({
  project: "my-falls",
  organisation: "my-hospital",
  zone: "Europe/London",
  clock: "2026-07-15",
  microsystems: [
    { id: "hospital", name: "Hospital <of> Saint Anne & Co", kind: "organisation" },
    { id: "oak", name: "Oak ward", kind: "ward", parent: "hospital" },
    { id: "elm", name: "Elm ward", kind: "ward", parent: "hospital" },
    { id: "larch", name: "Larch ward (simulated)", kind: "ward", parent: "hospital" }
  ],
  connectors: [files({ instance: "falls", stream: falls, path: "data/falls.csv" })],
  measures: [
    measure({
      id: "falls-rate",
      version: 1,
      title: "Falls per 1,000 bed-days",
      from: falls,
      at: "month",
      period: "month",
      microsystem: sql\`ward\`,
      numerator: sql\`falls\`,
      denominator: sql\`bed_days\`,
      multiplier: 1000,
      unit: "per 1,000 bed-days",
      empty: "missing",
      chart: "xmr",
      direction: "down",
      target: 4,
      kind: "outcome",
      class: "open"
    })
  ],
  modules: ${modules[components]}
})
`

/** One month's falls and bed-days of a ward. */
type Month = readonly [falls: number, bedDays: number]

const oak: ReadonlyArray<Month> = [
  [4, 812],
  [5, 790],
  [3, 801],
  [6, 795],
  [4, 820],
  [5, 808],
  [4, 777],
  [3, 815],
  [5, 802],
  [4, 798],
  [6, 810],
  [4, 785],
  [5, 806],
  [3, 799],
  [4, 811],
  [5, 793],
  [4, 804],
  [6, 817],
  [4, 788],
  [5, 800],
  [3, 809],
  [4, 796],
  [5, 803],
  [7, 791],
  [7, 807],
  [7, 799],
  [8, 812],
  [7, 786],
  [8, 801],
  [7, 795]
]
const elm: ReadonlyArray<Month> = [
  [6, 640],
  [5, 655],
  [7, 648],
  [6, 662],
  [5, 639],
  [6, 651],
  [7, 645],
  [5, 658],
  [6, 649],
  [7, 661],
  [5, 643],
  [6, 652],
  [6, 647],
  [7, 660],
  [5, 641],
  [6, 654],
  [5, 650],
  [7, 663],
  [6, 646],
  [5, 653],
  [6, 644],
  [7, 659],
  [5, 642],
  [6, 656],
  [6, 648],
  [5, 651],
  [7, 645],
  [6, 657],
  [5, 640],
  [6, 650]
]

const monthOf = (at: number): string =>
  `${2024 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`

const rowsOf = (ward: string, months: ReadonlyArray<Month>): ReadonlyArray<string> =>
  months.map(([falls, bedDays], at) => `${ward},${monthOf(at)},${falls},${bedDays}`)

const csv = ["ward,month,falls,bed_days", ...rowsOf("oak", oak), ...rowsOf("elm", elm), ""].join("\n")

/** What the starter needs of a log on Kafka. */
export interface StarterKafka {
  readonly brokers: ReadonlyArray<string>
}

const kafkaLines = ({
  brokers
}: StarterKafka): string => `  // The event log is on Kafka. With TLS, SASL or a prefix: see docs/kafka.md of plimsoll.
  kafka: { brokers: [${brokers.map((broker) => JSON.stringify(broker)).join(", ")}] },
`

const config = (kafka: StarterKafka | undefined): string => `import files from "@plimsoll/connector-files"
import { defineStream, measure, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { defineConfig } from "plimsoll"

// One row of data/falls.csv: a ward's falls in a month.
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

export default defineConfig({
  project: "my-falls",
  organisation: "my-hospital",
  zone: "Europe/London",
${kafka === undefined ? "" : kafkaLines(kafka)}  // The sample ends in June 2026. Take this line out when your own figures come in.
  clock: "2026-07-15",
  microsystems: [
    { id: "oak", name: "Oak ward", kind: "ward" },
    { id: "elm", name: "Elm ward", kind: "ward" }
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
      kind: "outcome",
      class: "open"
    })
  ]
})
`

/** The files of a new project: one stream, one measure, and made-up figures in which one ward is slipping. */
export const starterFiles = (
  name: string,
  version: string,
  kafka?: StarterKafka
): ReadonlyMap<string, string> =>
  new Map([
    ["plimsoll.config.ts", config(kafka)],
    ["data/falls.csv", csv],
    [
      "package.json",
      `${JSON.stringify(
        {
          name,
          private: true,
          type: "module",
          engines: { node: ">=22.22" },
          scripts: { start: "plimsoll run", status: "plimsoll status" },
          dependencies: {
            "@plimsoll/connector-files": `^${version}`,
            "@plimsoll/schema": `^${version}`,
            ...(kafka === undefined ? {} : { "@platformatic/kafka": "^2.12.1" }),
            effect: "^4.1.0",
            plimsoll: `^${version}`
          }
        },
        null,
        2
      )}\n`
    ],
    [".gitignore", "node_modules\n.plimsoll\nplimsoll.duckdb*\n"]
  ])

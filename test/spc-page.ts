import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import type { DuckDBConnection } from "@duckdb/node-api"
import { chartSvg, describe, describeFunnel, funnelSvg } from "@plimsoll/charts"
import type { ChartPoint, FunnelUnit } from "@plimsoll/charts"
import { falseAlarms, install, lastPointRate, profiles } from "@plimsoll/spc"
import type { BaselineScheme, RuleName } from "@plimsoll/spc"
import { pictures } from "./spc-pictures.ts"
import type { PictureOptions } from "./spc-pictures.ts"
import { root } from "./workspace.ts"

/** An example in SQL; one that starts with `-- draws spc/NAME.svg` ends in the query whose rows are drawn. */
interface Example {
  readonly line: number
  readonly code: string
  readonly draws: string | undefined
}

/** The examples in SQL of a page, in order. */
export const examplesOf = (page: string): ReadonlyArray<Example> =>
  [...page.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map((match) => ({
    line: page.slice(0, match.index).split("\n").length,
    code: match[1]!,
    draws: /^-- draws spc\/([a-z0-9-]+)\.svg$/m.exec(match[1]!)?.[1]
  }))

/** A DuckDB in memory with the pack, given to `use` and closed after. */
export const withPack = async <A>(use: (connection: DuckDBConnection) => Promise<A>): Promise<A> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  try {
    await install(connection)
    return await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

type Row = Readonly<Record<string, unknown>>

const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<ReadonlyArray<Row>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS()

const day = (date: unknown): string => (date as Date).toISOString().slice(0, 10)

const number = (value: unknown): number | null => (typeof value === "number" ? value : null)

const pointOf = (row: Row, options: PictureOptions): ChartPoint => ({
  period: day(row["period"]),
  value: number(row["value"]),
  phase: row["phase"] as number | null,
  excluded: row["excluded"] === true,
  // Where every point sets the limits there is nothing to set apart.
  inBaseline: options.baseline === true && row["in_baseline"] === true,
  centre: number(row["centre"]),
  lcl3: number(row["lcl3"]),
  ucl3: number(row["ucl3"]),
  ...(options.zones === true
    ? {
        lcl2: number(row["lcl2"]),
        lcl1: number(row["lcl1"]),
        ucl1: number(row["ucl1"]),
        ucl2: number(row["ucl2"])
      }
    : {}),
  ewma: number(row["ewma"]),
  cusumPos: number(row["cusum_pos"]),
  cusumNeg: number(row["cusum_neg"]),
  target: number(row["target"]),
  variation: row["variation"] as ChartPoint["variation"],
  directionOfSignal: row["direction_of_signal"] as ChartPoint["directionOfSignal"],
  rules: (row["rules"] as ReadonlyArray<Row>).map((run) => ({
    rule: run["rule"] as string,
    side: run["side"] as "high" | "low" | null,
    first: day(run["first"]),
    completed: day(run["completed"]),
    last: day(run["last"]),
    points: Number(run["points"])
  }))
})

const unitOf = (row: Row): FunnelUnit => ({
  unit: String(row["unit"]),
  denominator: number(row["denominator"]),
  value: number(row["value"]),
  target: number(row["target"]),
  lcl95: number(row["lcl95"]),
  ucl95: number(row["ucl95"]),
  lcl998: number(row["lcl998"]),
  ucl998: number(row["ucl998"]),
  odLcl95: number(row["od_lcl95"]),
  odUcl95: number(row["od_ucl95"]),
  odLcl998: number(row["od_lcl998"]),
  odUcl998: number(row["od_ucl998"]),
  outlier: row["outlier"] as "high" | "low" | null
})

/** What a page's example draws: the SVG, and the words for who cannot see it. */
export interface Drawn {
  readonly name: string
  readonly svg: string
  readonly alt: string
  /** What `spc.explain` says of it first. */
  readonly sentence: string | undefined
}

const drawn = async (
  name: string,
  rows: ReadonlyArray<Row>,
  sentence: string | undefined
): Promise<Drawn> => {
  const options = pictures[name]
  if (options === undefined) throw new Error(`test/spc-pictures.ts has no picture called ${name}`)
  const size = { width: 760, height: 360, source: "Simulated data", ...options }
  if (name.startsWith("funnel")) {
    const units = rows.map(unitOf)
    const alt = `${options.title}: a funnel. ${describeFunnel(units)}.`
    return { name, svg: await funnelSvg(units, size), alt, sentence }
  }
  const points = rows.map((row) => pointOf(row, options))
  const about = { ...size, chart: name.startsWith("rule-") ? String(rows[0]!["chart"]) : name }
  return {
    name,
    svg: await chartSvg(points, about),
    alt: `${options.title}: a chart. ${describe(points, about)}.`,
    sentence
  }
}

const statementsOf = (code: string): ReadonlyArray<string> =>
  code
    .replace(/^--.*$/gm, "")
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ""))
    .filter((statement) => statement !== "")

/** What `spc.explain` says first of each chart: asked once of all, since its planning takes longer than its work. */
const sentences = async (
  connection: DuckDBConnection,
  names: ReadonlyArray<string>
): Promise<ReadonlyMap<string, string>> => {
  const all = names.map((name) => `SELECT * REPLACE ('${name}' AS series) FROM "_${name}"`)
  await connection.run(`CREATE TEMP TABLE _all AS ${all.join(" UNION ALL BY NAME ")}`)
  const rows = await rowsOf(
    connection,
    `SELECT series, sentence FROM spc.explain('_all') WHERE kind = 'signal'
     QUALIFY row_number() OVER (PARTITION BY series ORDER BY active DESC, points DESC, code, "first") = 1`
  )
  return new Map(rows.map((row) => [String(row["series"]), String(row["sentence"])]))
}

/** Runs every example of the page in order, in one database, and draws what there is to draw. */
export const draw = (page: string): Promise<ReadonlyArray<Drawn>> =>
  withPack(async (connection) => {
    const shown = new Map<string, ReadonlyArray<Row>>()
    for (const { code, draws, line } of examplesOf(page)) {
      const statements = statementsOf(code)
      const last = statements.at(-1)!
      try {
        for (const statement of statements.slice(0, -1)) await connection.run(statement)
        if (draws === undefined) await connection.run(last)
        else {
          await connection.run(`CREATE TEMP TABLE "_${draws}" AS ${last}`)
          const order = draws.startsWith("funnel") ? "unit" : "period"
          shown.set(draws, await rowsOf(connection, `FROM "_${draws}" ORDER BY ${order}`))
        }
      } catch (cause) {
        throw new Error(`docs/spc.md, line ${line}: ${(cause as Error).message}`, { cause })
      }
    }
    const charts = [...shown.keys()].filter((name) => !name.startsWith("funnel"))
    const said = await sentences(connection, charts)
    return Promise.all([...shown].map(([name, rows]) => drawn(name, rows, said.get(name))))
  })

const percent = (share: number | undefined): string =>
  share === undefined
    ? "–"
    : share === 0
      ? "0"
      : share < 0.0095
        ? (100 * share).toFixed(2)
        : (100 * share).toFixed(1)

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const schemes: ReadonlyArray<BaselineScheme> = ["all", "frozen"]

/** How often a steady chart ever shows one rule, by profile. */
const price = (rule: RuleName): string =>
  table(
    ["profile", "points in a row", "all, 24 points", "all, 60", "frozen, 24 points", "frozen, 60"],
    profiles.flatMap(({ name, ...profile }) => {
      const rows = falseAlarms.ever.filter((row) => row.profile === name && row.rule === rule)
      const asked = rule === "shift" ? profile.shift : rule === "trend" ? profile.trend : null
      const length = asked ?? rows[0]?.length ?? null
      if (rows.length === 0) return []
      const at = (baseline: BaselineScheme, n: number): string =>
        percent(rows.find((row) => row.baseline === baseline && row.n === n && row.length === length)?.rate)
      return [
        [
          `\`${name}\``,
          length === null ? "" : String(length),
          ...schemes.flatMap((baseline) => [at(baseline, 24), at(baseline, 60)])
        ]
      ]
    })
  )

const compared = (): string =>
  table(
    [
      "profile",
      "limits from",
      "ever, 24 points",
      "ever, 60",
      "latest, 24",
      "latest, 60",
      "step of 1 sigma: half found after",
      "found within 12",
      "step of 2 sigma: half found after",
      "found within 12"
    ],
    profiles.flatMap(({ name }) =>
      schemes.map((baseline) => {
        const delay = (step: number) =>
          falseAlarms.delays.find(
            (row) => row.profile === name && row.baseline === baseline && row.shiftSigma === step
          )
        return [
          `\`${name}\``,
          baseline,
          ...[24, 60].map((n) => percent(lastPointRate(n, 0, name, baseline)?.ever)),
          ...[24, 60].map((n) => percent(lastPointRate(n, 0, name, baseline)?.any)),
          ...[1, 2].flatMap((step) => [
            `${delay(step)?.median ?? "over 120"}`,
            percent(delay(step)?.detected12)
          ])
        ]
      })
    )
  )

const leaning = (): string =>
  table(
    ["profile", "0", "0.2", "0.4", "0.6"],
    ["mdc-2023", "western-electric", "anhoej"].map((name) => [
      `\`${name}\``,
      ...[0, 0.2, 0.4, 0.6].map((phi) => percent(lastPointRate(36, phi, name, "frozen")?.any))
    ])
  )

/**
 * The page with everything between `<!-- made: … -->` and `<!-- end -->` made anew: `picture NAME`, `price RULE`,
 * `profiles`, `autocorrelation`. What a person writes by hand is left alone.
 */
export const made = (page: string, pieces: ReadonlyArray<Drawn>): string =>
  page.replace(
    /(<!-- made: ([a-z]+) ?([a-z0-9-]*) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, what: string, name: string, close: string) => {
      const body = (): string => {
        if (what === "profiles") return compared()
        if (what === "autocorrelation") return leaning()
        if (what === "price") return price(name as RuleName)
        const piece = pieces.find((one) => one.name === name)
        if (piece === undefined) throw new Error(`no example of docs/spc.md draws spc/${name}.svg`)
        const said = piece.sentence === undefined ? "" : `\n\n> ${piece.sentence}`
        return `![${piece.alt.replaceAll(/[[\]]/g, "")}](spc/${name}.svg)${said}`
      }
      return `${open}\n${body()}\n\n${close}`
    }
  )

/** The text of docs/spc.md. */
export const page = (): string => readFileSync(join(root, "docs/spc.md"), "utf8")

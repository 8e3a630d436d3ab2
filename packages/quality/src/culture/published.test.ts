import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cultureWorld, type Released, releaseAll, unit, waveOf } from "../../test/culture-world.ts"
import type { World } from "../../test/world.ts"
import { defineInstrument } from "./instrument/load.ts"
import { attack, type Finding, type Knowledge } from "./release/attack.ts"
import { releaseUnder } from "./release/release.ts"
import type { ReleaseRow } from "./release/result.ts"
import { allRules, type Rules } from "./release/rules.ts"
import { answersOf, breakdownsOf, inputOf, peopleOf, type Team, type Trial } from "./release/trial-wave.ts"

const items = ["a", "b", "c"].map((id) => ({ id, min: 1, max: 5, positiveFrom: 4 }))
const scales: Trial["scales"] = [
  { id: "s", items: ["a", "b", "c"], min: 1, max: 5, mean: "people", percentPositive: "people" },
  { id: "t", items: ["a", "b"], min: 1, max: 5, mean: "none", percentPositive: "items" }
]
/** The same as a key, so that waves are compared. */
const instrument = defineInstrument({
  id: "climate",
  version: "1",
  title: "Climate",
  source: "made for this test",
  licence: "Apache-2.0",
  wording: "by-user",
  items: items.map(({ id, min, max }) => ({ id, min, max })),
  scales: [
    {
      id: "s",
      title: "Scale s",
      items: ["a", "b", "c"],
      scoring: { kind: "transform", subtract: 0, multiply: 1, positiveFrom: 4 }
    },
    { id: "t", title: "Scale t", items: ["a", "b"], scoring: { kind: "percent-positive", threshold: 4 } }
  ]
})
const usual: Team["manners"] = ["mixed", "mixed", "mixed"]
const flat = (teams: ReadonlyArray<Omit<Team, "groups" | "missing">>, by?: string): Trial => ({
  k: 10,
  units: [{ id: "trust", parent: null }, ...teams.map(({ unit: id }) => ({ id, parent: "trust" }))],
  invited: Object.fromEntries(teams.map(({ unit: id, size }) => [id, size + 5])),
  items,
  scales,
  people: peopleOf(
    teams.map((team) => ({ groups: ["early", "late"], missing: 0, ...team })),
    3,
    7
  ),
  ...(by === undefined ? {} : { by })
})
const b = { unit: "b", size: 15, manners: usual }
const cases: ReadonlyArray<{ rule: string; off: keyof Rules; found: Finding["kind"]; trial: Trial }> = [
  {
    rule: "2, a partition",
    off: "partition",
    found: "small-set",
    trial: flat([{ ...b, unit: "a", size: 12 }, b, { ...b, unit: "c", size: 4 }])
  },
  {
    rule: "3, enough answers to each item",
    off: "answered",
    found: "small-set",
    trial: flat([{ ...b, unit: "a", manners: ["mixed", "silent", "mixed"] }, b])
  },
  {
    rule: "4, unanimity",
    off: "unanimity",
    found: "unanimous",
    trial: flat([{ ...b, unit: "a", manners: ["all-high", "mixed", "mixed"] }, b])
  },
  {
    rule: "5, disagreement",
    off: "disagreement",
    found: "hidden-mean",
    trial: flat([{ ...b, unit: "a", size: 16, manners: ["divided", "divided", "divided"] }, b])
  },
  {
    rule: "7, hidden is hidden",
    off: "hiddenCounts",
    found: "hidden-count",
    trial: flat([{ ...b, unit: "a", manners: ["mixed", "silent", "mixed"] }, b])
  },
  {
    rule: "of one's own team",
    off: "ownTeam",
    found: "hidden-count",
    trial: flat([...["a", "c", "d"].map((id) => ({ ...b, unit: id, size: 6 })), { ...b, size: 12 }])
  }
]
const groups = flat(
  [
    { ...b, unit: "a", size: 40 },
    { ...b, size: 44 },
    { ...b, unit: "c", size: 6 }
  ],
  "half"
)

const wave = (id: string, survey: string, day: string) => waveOf(id, day, { survey })
const figuresOf = (rows: ReadonlyArray<ReleaseRow>): Released["figures"] =>
  rows.map(({ cell, unit: microsystem, breakdown, of, ...row }) => ({
    ...row,
    cell: breakdown === null ? cell : `${cell}?${breakdown}`,
    microsystem,
    breakdown: breakdown ?? "all",
    subject: of ?? "people"
  }))
const releasedOf = (id: string, survey: string, day: string, trial: Trial, rules: Rules): Released => ({
  wave: wave(id, survey, day),
  units: trial.units.map((one) => ({ ...one })),
  figures: figuresOf(releaseUnder(inputOf(trial), rules).rows)
})

let world: World
beforeAll(async () => {
  world = await cultureWorld({ instruments: [instrument] })
  await world.define(
    { microsystems: [unit("trust"), ...["a", "b", "c", "d"].map((id) => unit(id, "trust"))] },
    "2026-06-01"
  )
  await releaseAll(world, [
    ...[...cases, { off: "none", trial: groups }].flatMap(({ off, trial }) => [
      releasedOf(`${off.toLowerCase()}-1`, off.toLowerCase(), "2025-03-01", trial, allRules),
      releasedOf(`${off.toLowerCase()}-2`, off.toLowerCase(), "2026-03-01", trial, allRules)
    ]),
    ...cases.map(({ off, trial }) =>
      releasedOf(`without-${off.toLowerCase()}`, `without-${off.toLowerCase()}`, "2026-03-01", trial, {
        ...allRules,
        [off]: false
      })
    )
  ])
  await world.compute()
})
afterAll(() => world.close())

/** A figure as a relation of the file tells it. */
interface Told extends Pick<
  ReleaseRow,
  "cell" | "rest" | "figure" | "n" | "value" | "low" | "high" | "bound" | "reason"
> {
  readonly microsystem: string
  readonly breakdown: string
  readonly subject: string
}
/** Of one wave all figures that any relation of the file tells, put together; and those that stand elsewhere than in `survey_figure`. */
const everything = async (
  id: string
): Promise<{ rows: ReadonlyArray<ReleaseRow>; added: ReadonlyArray<string> }> => {
  const ask = (sql: string) => world.rows<Told>(sql.replaceAll("$wave", `'${id}'`))
  const rows = (
    await ask(
      "SELECT cell, microsystem, rest, breakdown, figure, subject, n::INTEGER AS n, value, low, high, bound, reason FROM culture.survey_figure WHERE wave = $wave"
    )
  ).map((row): { -readonly [field in keyof ReleaseRow]: ReleaseRow[field] } => ({
    cell: row.cell.split("?")[0]!,
    unit: row.microsystem,
    rest: row.rest,
    breakdown: row.breakdown === "all" ? null : row.breakdown,
    figure: row.figure,
    of: row.subject === "people" ? null : row.subject,
    n: row.n,
    value: row.value,
    low: row.low,
    high: row.high,
    bound: row.bound,
    reason: row.reason
  }))
  const elsewhere = await ask(
    `SELECT cell, breakdown, figure, subject, n::INTEGER AS n, value, NULL::DOUBLE AS low FROM culture.survey_change WHERE wave = $wave
     UNION ALL SELECT cell, breakdown, figure, subject, NULL, earlier_value, NULL FROM culture.survey_change WHERE earlier_wave = $wave
     UNION ALL SELECT microsystem || '?half=late', 'half=late', figure, subject, NULL, late_value, NULL FROM culture.early_late WHERE wave = $wave
     UNION ALL SELECT microsystem || '?half=early', 'half=early', figure, subject, NULL, early_value, NULL FROM culture.early_late WHERE wave = $wave
     UNION ALL SELECT cell, 'all', 'agreement', subject, NULL, NULL, low FROM culture.climate_strength WHERE wave = $wave
     UNION ALL SELECT cell, breakdown, 'response', 'people', respondents::INTEGER, rate, NULL FROM culture.response_rate WHERE wave = $wave
     UNION ALL SELECT microsystem, 'all', figure, subject, NULL, value, NULL FROM culture.pulse WHERE wave = $wave`
  )
  const added: Array<string> = []
  for (const one of elsewhere) {
    const own = rows.find(
      (row) =>
        (row.breakdown === null ? row.cell : `${row.cell}?${row.breakdown}`) === one.cell &&
        row.figure === one.figure &&
        (row.of ?? "people") === one.subject
    )!
    for (const column of ["n", "value", "low"] as const) {
      if (one[column] === null || own[column] === one[column]) continue
      added.push(`${column} of ${one.figure} of ${one.cell}`)
      own[column] = one[column]
    }
  }
  return { rows, added }
}
const attackers = (trial: Trial, everybody: boolean): ReadonlyArray<Knowledge> => {
  const { invited } = trial
  const all = { invited, items, scales, everybody }
  return [
    { ...all, own: null, ownGroups: [] },
    ...answersOf(trial, trial.people).map((own) => ({ ...all, own, ownGroups: breakdownsOf(trial) }))
  ]
}
const findings = async (id: string, trial: Trial, rules: Rules): Promise<ReadonlyArray<Finding>> => {
  const release = { ...releaseUnder(inputOf(trial), rules), rows: (await everything(id)).rows }
  return attackers(trial, !rules.partition).flatMap((knowledge) => attack([{ release, knowledge }]))
}

describe("somebody who holds all that is published of surveys, and knows one team's answers", () => {
  test.each([...cases, { rule: "and of groups of people", off: "none", trial: groups }])(
    "finds nothing where every rule is kept: $rule",
    async ({ off, trial }) => {
      const id = `${off.toLowerCase()}-2`
      // Changes, halves, rates and strengths are made of released figures, and hold no other.
      expect((await everything(id)).added).toEqual([])
      expect(await findings(id, trial, allRules)).toEqual([])
    }
  )

  test.each(cases)("finds something without rule $rule", async ({ off, found, trial }) => {
    const rules = { ...allRules, [off]: false }
    expect((await findings(`without-${off.toLowerCase()}`, trial, rules)).map(({ kind }) => kind)).toContain(
      found
    )
  })
})

test("and there is no other relation that could tell of answers", async () => {
  const rows = await world.rows<{ name: string }>(
    "SELECT DISTINCT table_name AS name FROM duckdb_columns() WHERE schema_name = 'culture' ORDER BY 1"
  )
  const ofActs = ["action_strength", "blame_index", "promise_kept", "promise_open", "review_factor"]
  const ofMeasures = ["balancing_after_change", "fear", "reporting"]
  const ofDeclarations = ["instrument", "invited", "release", "setting", "unfit", "unplaced", "wave"]
  const attacked = [
    "climate_strength",
    "early_late",
    "pulse",
    "response_rate",
    "survey_change",
    "survey_figure"
  ]
  // One figure of the organisation each, and ranks that are made of the figures above.
  const ofTheWhole = ["scale_reliability", "team_rank"]
  expect(rows.map((one) => one.name)).toEqual(
    [...ofActs, ...ofMeasures, ...ofDeclarations, ...attacked, ...ofTheWhole].sort()
  )
})

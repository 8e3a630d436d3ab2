import { existsSync, readFileSync } from "node:fs"
import { type Measure, measure, sql } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { monthOf, type Outcome, outcomeMeasure, outcomes, unit } from "../../test/wards.ts"
import { World } from "../../test/world.ts"
import { statistics } from "../statistics/module.ts"
import { type IndicatorOptions, system } from "./module.ts"

const shared = new URL("../../../../../shared/", import.meta.url)
const isThere = existsSync(shared) || process.env["CI"] === "true"
const reference = <A>(name: string): A =>
  JSON.parse(readFileSync(new URL(`reference/culture/${name}.json`, shared), "utf8")) as A
const table = (path: string): ReadonlyArray<ReadonlyArray<string>> =>
  readFileSync(new URL(`data/${path}`, shared), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.replaceAll('"', "").split(","))

const last = 23
const row = (
  ward: string,
  kind: string,
  cases: number,
  seen: number,
  more: Partial<Outcome> = {}
): Outcome => ({
  ward,
  day: monthOf(last),
  kind,
  people: "all",
  cases,
  seen,
  ...more
})
const numbered = (word: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${word}${String(i + 1).padStart(2, "0")}`)

interface Shrinkage {
  readonly cases: ReadonlyArray<{
    readonly x: ReadonlyArray<number>
    readonly n: ReadonlyArray<number>
    readonly expected: {
      readonly blupProportion: ReadonlyArray<number>
      readonly tau2REML: number
      readonly I2: number
    }
  }>
}
interface Composite {
  readonly cases: ReadonlyArray<{
    readonly measures: ReadonlyArray<string>
    readonly measureGroup: ReadonlyArray<string>
    readonly groupWeight: { readonly [part: string]: number }
    readonly direction: ReadonlyArray<number>
    readonly values: ReadonlyArray<ReadonlyArray<number | null>>
    readonly expected: { readonly summary: ReadonlyArray<number | null> }
  }>
}
interface Slope {
  readonly cases: ReadonlyArray<{
    readonly id: string
    readonly expected: { readonly sii: number; readonly rii: number }
  }>
}
const composite = isThere ? reference<Composite>("composite").cases[0] : undefined
const shrinkage = isThere ? reference<Shrinkage>("shrinkage").cases[0] : undefined

const wards = numbered("w", 40)
const forty: ReadonlyArray<Outcome> = wards.flatMap((ward, i) => [
  row(ward, "same", 80, 400),
  row(ward, "split", i < 20 ? 40 : 120, 400),
  ...(shrinkage === undefined ? [] : [row(ward, "shrunk", shrinkage.x[i]!, shrinkage.n[i]!)])
])

// Charig 1986: open operations (a) do better on small and on large stones, and worse on both together.
const stones: ReadonlyArray<Outcome> = (
  [
    ["small", 81, 87, 234, 270],
    ["large", 192, 263, 55, 80]
  ] as const
).flatMap(([ward, a, ofA, b, ofB]) => [
  row(ward, "stones", a, ofA, { people: "a" }),
  row(ward, "stones", b, ofB, { people: "b" }),
  row(ward, "stones-later", b, ofB, { day: monthOf(5) }),
  row(ward, "stones-later", a, ofA)
])

const reasons: ReadonlyArray<Outcome> = [
  row("known-1", "falls", 10, 100, { people: "f" }),
  row("known-2", "falls", 12, 100, { people: "m" }),
  row("known-1", "falls", 10, 100, { people: "m" }),
  row("known-2", "falls", 11, 100, { people: "f" }),
  row("silent", "falls", 50, 100, { day: monthOf(14) }),
  row("idle", "falls", 0, 0),
  row("ghost", "falls", 9, 100),
  row("small-1", "rare", 50, 400),
  row("small-2", "rare", 60, 400),
  row("small-3", "rare", 3, 400),
  row("small-1", "secret", 50, 400),
  row("small-2", "secret", 60, 400)
]

// Two years of months; the last eight of "wait" are worse in one unit, those of "harm" in all three.
const charted: ReadonlyArray<Outcome> = numbered("c", 3).flatMap((ward, at) =>
  Array.from({ length: 24 }, (_, n) => n).flatMap((n) => {
    const wave = [0, 3, -2, 1, -3, 2][(n + at) % 6]!
    return [
      row(ward, "wait", 50 + wave + (at === 0 && n > 15 ? 30 : 0), 1, { day: monthOf(n) }),
      row(ward, "harm", 20 + wave + (n > 15 ? 30 : 0), 1, { day: monthOf(n) })
    ]
  })
)

const composed: ReadonlyArray<Outcome> = (composite?.values ?? []).flatMap((values, i) =>
  values.flatMap((value, m) => (value === null ? [] : [row(`u${i + 1}`, composite!.measures[m]!, value, 1)]))
)

const deciles: ReadonlyArray<Outcome> = isThere
  ? table("culture/ncmp_by_deprivation_decile.csv")
      .filter(([period, year]) => period === "607" && year === "6")
      .map(([, , , decile, measured, count]) =>
        row(`d${decile}`, "weight", Number(count), Number(measured), { people: decile! })
      )
  : []

const stays = new Map<string, { deaths: number; expected: number }>()
if (isThere) {
  for (const [, trust, , , death, expected] of table("los_model.csv")) {
    const sum = stays.get(trust!) ?? { deaths: 0, expected: 0 }
    stays.set(trust!, { deaths: sum.deaths + Number(death), expected: sum.expected + Number(expected) })
  }
}
const infections = isThere
  ? table("hospital_infections.csv").filter(([, infection]) => infection === "BAC")
  : []
const emergencies = isThere
  ? table("ae_attendances.csv").filter(([day, , type]) => type === "1" && day! >= "2018-04-01")
  : []
const monthsOf = (days: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  new Map([...new Set(days)].sort().map((day, i, all) => [day, last + 1 - all.length + i]))
const infectionMonth = monthsOf(infections.map(([, , day]) => day!))
const emergencyMonth = monthsOf(emergencies.map(([day]) => day!))
const real: ReadonlyArray<Outcome> = [
  ...[...stays].map(([trust, sum]) => row(trust, "deaths", sum.deaths, sum.expected)),
  ...infections.map(([ward, , day, n, days]) =>
    row(ward!, "bacteraemia", Number(n), Number(days), { day: monthOf(infectionMonth.get(day!)!) })
  ),
  ...emergencies.map(([day, ward, , attendances, breaches]) =>
    row(ward!, "waits", Number(breaches), Number(attendances), { day: monthOf(emergencyMonth.get(day!)!) })
  )
]

const below = (parent: string, ids: Iterable<string>) => [
  unit(parent, "everywhere", "service"),
  ...[...ids].map((id) => unit(id, parent))
]
const figure = (id: string, direction: "up" | "down"): Measure =>
  measure({
    id,
    version: 1,
    title: id,
    from: outcomes,
    where: sql`kind = ${id}`,
    at: "day",
    period: "month",
    microsystem: sql`ward`,
    numerator: sql`cases`,
    empty: "missing",
    chart: "xmr",
    direction,
    kind: "outcome",
    class: "open"
  })

const measures: ReadonlyArray<Measure> = [
  ...["same", "split", "shrunk", "waits"].map((id) => outcomeMeasure(id)),
  outcomeMeasure("stones", { direction: "up", strata: { treatment: sql`people` } }),
  outcomeMeasure("stones-later", { direction: "up" }),
  outcomeMeasure("falls", { strata: { sex: sql`people` } }),
  outcomeMeasure("rare", { class: "small-count" }),
  outcomeMeasure("secret", { class: "team-only" }),
  outcomeMeasure("weight", { strata: { deprivation: sql`people` } }),
  outcomeMeasure("deaths", { chart: "u" }),
  outcomeMeasure("bacteraemia", { chart: "u", multiplier: 10_000, unit: "per 10,000 risk days" }),
  figure("wait", "down"),
  figure("harm", "down"),
  ...(composite?.measures ?? []).map((id, m) => figure(id, composite!.direction[m] === 1 ? "up" : "down"))
]

const indicators: ReadonlyArray<IndicatorOptions> = [
  ...["same", "split", "shrunk", "waits", "stones-later", "rare", "secret", "bacteraemia"].map((id) => ({
    id
  })),
  ...(composite?.measures ?? []).map((id) => ({ id })),
  { id: "stones", equity: [{ dimension: "treatment", groups: ["a", "b"] }] },
  {
    id: "falls",
    title: "People who fell",
    standard: "safe",
    equity: [{ dimension: "sex", groups: ["f", "m"] }]
  },
  {
    id: "weight",
    equity: [
      { dimension: "deprivation", groups: numbered("", 10).map((n) => String(Number(n))), ordered: true }
    ]
  },
  { id: "deaths", scale: "observed-expected" },
  { id: "wait", balancing: ["harm", "nothing"] },
  { id: "unheard-of" }
]

let world: World
beforeAll(async () => {
  world = await World.make([
    statistics(),
    system({
      indicators,
      composites: [
        {
          id: "both",
          title: "Both",
          parts: [
            { part: "split", weight: 0.5, indicators: ["split"] },
            { part: "shrunk", weight: 0.5, indicators: [shrinkage === undefined ? "same" : "shrunk"] }
          ]
        },
        { id: "short", title: "Short", parts: [{ part: "one", weight: 0.9, indicators: ["split"] }] },
        ...(composite === undefined
          ? []
          : [
              {
                id: "stars",
                title: "Stars",
                leastParts: 3,
                parts: Object.entries(composite.groupWeight).map(([part, weight]) => ({
                  part,
                  weight,
                  indicators: composite.measures.filter((_, m) => composite.measureGroup[m] === part)
                }))
              }
            ])
      ]
    })
  ])
  await world.define(
    {
      microsystems: [
        unit("everywhere", null, "organisation"),
        ...below("forty", wards),
        ...below("stones", ["small", "large"]),
        ...below("reasons", ["known-1", "known-2", "silent", "idle", "never"]),
        { ...unit("new", "reasons"), since: "2021-12-20" },
        ...below("little", ["small-1", "small-2", "small-3"]),
        ...below("charts", numbered("c", 3)),
        ...below(
          "twelve",
          (composite?.values ?? []).map((_, i) => `u${i + 1}`)
        ),
        ...below("england", new Set(deciles.map((one) => one.ward))),
        ...below("trusts", stays.keys()),
        ...below("denmark", new Set(infections.map(([ward]) => ward!))),
        ...below("nhs", new Set(emergencies.map(([, ward]) => ward!)))
      ],
      measures
    },
    "2022-01-02"
  )
  await world.feed(outcomes, [...forty, ...stones, ...reasons, ...charted, ...composed, ...deciles, ...real])
  await world.compute()
}, 900_000)
afterAll(async () => {
  await world.close()
})

type Row = { readonly [column: string]: unknown }
const of = async (relation: string, where: string): Promise<ReadonlyArray<Row>> =>
  world.rows<Row>(`FROM whole_system.${relation} WHERE ${where} ORDER BY ALL`)
const indicator = async (id: string, parent: string): Promise<Row> =>
  (await of("indicator", `indicator = '${id}' AND parent = '${parent}'`))[0]!

describe("an indicator", () => {
  test("tells two systems with the same mean apart by their spread (RULES 2.5)", async () => {
    const same = await indicator("same", "forty")
    const split = await indicator("split", "forty")
    expect([same["value"], split["value"]]).toEqual([0.2, 0.2])
    expect(same["i2"]).toBeLessThan(0.2)
    expect(same["outside"]).toBeLessThanOrEqual(1)
    expect(same["comparison"]).toBe("cannot be told apart: the reliability of the figures is below .70")
    expect([same["worst"], same["best"], same["ranked_units"]]).toEqual([null, null, null])
    expect(split["i2"]).toBeGreaterThan(0.9)
    expect(split["outside"]).toBeGreaterThanOrEqual(30)
    expect(split["comparison"]).toBe("told apart")
    const ranks = await of("unit", "indicator = 'split' AND parent = 'forty'")
    expect(new Set(ranks.map((one) => `${one["rank_low"]}-${one["rank_high"]}`))).toEqual(
      new Set(["1-20", "21-40"])
    )
    const flat = await of("unit", "indicator = 'same' AND rank_low IS NOT NULL")
    expect(flat).toEqual([])
  })

  test("has an interval by units, as stats.cluster_proportion has, and of the pool where units do not differ", async () => {
    const [wanted] = await world.rows<Row>(
      `WITH cell AS (SELECT parent AS grp, unit AS cluster, numerator, denominator FROM whole_system.unit WHERE indicator = 'split' AND parent = 'forty')
       SELECT low, high FROM stats.cluster_proportion('cell')`
    )
    const split = await indicator("split", "forty")
    expect(split["low"]).toBeCloseTo(wanted!["low"] as number, 12)
    expect(split["high"]).toBeCloseTo(wanted!["high"] as number, 12)
    const same = await indicator("same", "forty")
    const [pool] = await world.rows<Row>("SELECT unnest(stats.wilson(3200, 16000))")
    expect([same["low"], same["high"]]).toEqual([pool!["low"], pool!["high"]])
  })

  test("names every unit that is missing, with its reason", async () => {
    const missing = await of("missing", "indicator = 'falls' AND parent = 'reasons'")
    expect(missing.map((one) => [one["unit"], one["reason"], one["last_period"]])).toEqual([
      ["idle", "denominator 0", null],
      ["never", "no data ever", null],
      ["new", "not complete yet", null],
      ["silent", "silent since", monthOf(14)]
    ])
    expect(await of("missing", "reason = 'unplaced'")).toMatchObject([
      { indicator: "falls", parent: "everywhere", unit: "ghost" }
    ])
    const falls = await indicator("falls", "reasons")
    expect(falls).toMatchObject({ title: "People who fell", standard: "safe", units: 2, missing_units: 4 })
    // The silent unit's last figures are among the pooled periods, not in the latest.
    expect(falls["value"]).toBeCloseTo(43 / 400, 12)
    expect(falls["pooled_value"]).toBeCloseTo(93 / 500, 12)
  })

  test("has no hidden point in any total, and says how many are hidden", async () => {
    const rare = await indicator("rare", "little")
    expect(rare).toMatchObject({
      units: 2,
      hidden_units: 1,
      hidden_points: 1,
      missing_units: 1,
      missing_reasons: ["hidden"]
    })
    expect(rare["value"]).toBeCloseTo(110 / 800, 12)
    const [hidden] = await of("unit", "indicator = 'rare' AND parent = 'little' AND unit = 'small-3'")
    expect(hidden).toMatchObject({
      hidden: true,
      value: null,
      numerator: null,
      low: null,
      shrunken: null,
      funnel_z: null
    })
    expect(await of("funnel", "indicator = 'rare' AND unit = 'small-3'")).toEqual([])
  })

  test("is nowhere where its measure is for its own teams alone", async () => {
    for (const relation of [
      "indicator",
      "unit",
      "missing",
      "funnel",
      "matrix",
      "multiplicity",
      "equity",
      "simpson"
    ]) {
      expect(await of(relation, "indicator = 'secret'")).toEqual([])
    }
    expect(await of("refused", "kind = 'indicator'")).toMatchObject([
      { id: "secret", reason: "its measure is for its own teams alone" },
      { id: "unheard-of", reason: 'there is no measure "unheard-of"' }
    ])
  })

  test("says what slips beside what luck gives, and what that costs", async () => {
    const wait = await indicator("wait", "charts")
    expect(wait).toMatchObject({
      judged: 3,
      slipping: 1,
      improving: 0,
      by_luck_charts: 3,
      unit: "",
      balance: "worse"
    })
    expect(wait["by_luck"]).toBeGreaterThan(0)
    expect(wait["by_luck"]).toBeLessThan(0.1)
    expect(wait["balancing"]).toMatchObject([
      { measure: "harm", verdict: "worse", judged: 3, slipping: 3 },
      { measure: "nothing", verdict: "unknown measure" }
    ])
    const total = charted
      .filter((one) => one.kind === "wait" && one.day === monthOf(last))
      .reduce((sum, one) => sum + one.cases, 0)
    expect(wait["total"]).toBe(total)
    expect(wait["value"]).toBeCloseTo(total / 3, 12)
    expect(await of("multiplicity", "indicator = 'wait' AND parent = 'charts'")).toMatchObject([
      { charts: 3, judged: 3, active: 1, measured: 3, stands_out: 1 }
    ])
    const matrix = await of("matrix", "indicator = 'wait' AND parent = 'charts'")
    expect(matrix.map((one) => [one["variation"], one["assurance"], one["ids"]])).toEqual([
      ["common", "no-target", ["c02", "c03"]],
      ["concern", "no-target", ["c01"]]
    ])
  })

  test("leads back to the event that declares it", async () => {
    const [events] = (await indicator("falls", "reasons"))["events"] as ReadonlyArray<string>
    expect(events).toMatch(/^indicator\/\d+\/\d+$/)
  })
})

describe("equity", () => {
  test("tells a gap apart or says that none can be", async () => {
    expect((await indicator("falls", "reasons"))["equity"]).toBe("no gap can be told apart")
    expect((await indicator("same", "forty"))["equity"]).toBe("not known: no breakdown is declared")
    expect((await indicator("wait", "charts"))["equity"]).toBe("not known: the measure has no denominator")
  })

  test.skipIf(!isThere)(
    "gives the slope index of child measurements by deprivation (../shared)",
    async () => {
      const { expected } = reference<Slope>("equity_sii").cases.find((one) => one.id === "607.6.E92000001")!
      const [slope] = await of("equity", "indicator = 'weight' AND parent = 'england'")
      expect(slope).toMatchObject({ kind: "slope", dimension: "deprivation", largest: true })
      expect(slope!["difference"]).toBeCloseTo(expected.sii, 8)
      expect(slope!["ratio"]).toBeCloseTo(expected.rii, 8)
      expect((await indicator("weight", "england"))["largest_gap"]).toMatchObject({ kind: "slope" })
    }
  )
})

test("warns of Simpson's paradox, between groups and over time", async () => {
  const [groups] = await of(
    "simpson",
    "indicator = 'stones' AND parent = 'stones' AND comparison <> 'over time'"
  )
  expect(groups).toMatchObject({
    comparison: "treatment: a against b",
    parts: "units",
    cells: 2,
    up: 2,
    down: 0,
    reversed: true
  })
  expect(groups!["whole"]).toBeCloseTo(273 / 350 - 289 / 350, 12)
  expect(groups!["within"]).toBeGreaterThan(0)
  expect((await indicator("stones", "stones"))["reversed"]).toEqual(["treatment: a against b, by units"])
  expect((await indicator("stones-later", "stones"))["reversed"]).toEqual(["over time, by units"])
  expect((await indicator("split", "forty"))["reversed"]).toEqual([])
})

describe("funnels", () => {
  const held = async (id: string, parent: string, macro: string) => {
    const wanted = await world.rows<Row>(
      `WITH u AS (SELECT unit, numerator, denominator FROM whole_system.unit WHERE indicator = '${id}' AND parent = '${parent}' AND numerator IS NOT NULL)
       SELECT unit, value, z, phi, tau2, lcl95, ucl95, lcl998, ucl998, od_lcl95, od_ucl95, od_lcl998, od_ucl998, outlier FROM ${macro} ORDER BY unit`
    )
    const got = await world.rows<Row>(
      `SELECT unit, value, z, phi, tau2, lcl95, ucl95, lcl998, ucl998, od_lcl95, od_ucl95, od_lcl998, od_ucl998, outlier
       FROM whole_system.funnel WHERE indicator = '${id}' AND parent = '${parent}' ORDER BY unit`
    )
    expect(got.length).toBe(wanted.length)
    got.forEach((one, i) => {
      for (const [column, value] of Object.entries(one)) {
        if (typeof value === "number") expect(value).toBeCloseTo(wanted[i]![column] as number, 9)
        else expect(value).toEqual(wanted[i]![column])
      }
    })
  }
  test("are those of spc.funnel_pr", () => held("split", "forty", "spc.funnel_pr('u')"))
  test.skipIf(!isThere)("are those of spc.funnel_sr for expected deaths (../shared)", () =>
    held("deaths", "trusts", "spc.funnel_sr('u', limits := 'byar')")
  )
  test.skipIf(!isThere)(
    "are those of spc.funnel_sr about the pooled rate for infections (../shared)",
    async () => {
      const [pool] = await world.rows<Row>(
        "SELECT list_sum(list_sort(list(numerator))) / list_sum(list_sort(list(denominator))) AS t FROM whole_system.unit WHERE indicator = 'bacteraemia' AND parent = 'denmark'"
      )
      await held(
        "bacteraemia",
        "denmark",
        `spc.funnel_sr('u', target := ${pool!["t"] as number}, multiply := 10000, limits := 'byar')`
      )
    }
  )
})

test.skipIf(!isThere)("shrinks as the reference does (../shared)", async () => {
  const { expected } = shrinkage!
  const shrunk = await indicator("shrunk", "forty")
  expect(shrunk["i2"]).toBeCloseTo(expected.I2 / 100, 9)
  expect(Math.abs((shrunk["tau2"] as number) - expected.tau2REML)).toBeLessThan(1e-4)
  const units = await of("unit", "indicator = 'shrunk' AND parent = 'forty'")
  for (const one of units) {
    // The reference's are by DerSimonian and Laird: REML, with a greater variance between units, draws a little less.
    const wanted = expected.blupProportion[wards.indexOf(one["unit"] as string)]!
    expect(Math.abs((one["shrunken"] as number) - wanted)).toBeLessThan(0.01)
  }
})

test.skipIf(!isThere)(
  "shows the spread of emergency departments, beyond what a pool would (../shared)",
  async () => {
    const waits = await indicator("waits", "nhs")
    expect(waits["pooled_units"]).toBeGreaterThan(100)
    expect(waits["i2"]).toBeGreaterThan(0.99)
    expect(waits["comparison"]).toBe("told apart")
    const [pool] = await world.rows<Row>(
      `SELECT unnest(stats.wilson(sum(numerator), sum(denominator))) FROM whole_system.unit WHERE indicator = 'waits' AND parent = 'nhs'`
    )
    const width = (waits["pooled_high"] as number) - (waits["pooled_low"] as number)
    expect(width).toBeGreaterThan(10 * ((pool!["high"] as number) - (pool!["low"] as number)))
    expect(waits["outside"]).toBeGreaterThan(100)
    expect(waits["outliers"]).toBeLessThan(20)
  }
)

describe("a composite", () => {
  test("is withheld where its weights do not add up to 1", async () => {
    expect(await of("composite", "composite = 'short'")).toMatchObject([
      { unit: null, score: null, reason: "withheld: its weights add up to 0.9, not to 1" }
    ])
    expect(await of("refused", "kind = 'composite'")).toMatchObject([{ id: "short" }])
  })

  test("gives rank intervals, and what its weights are worth", async () => {
    const units = await of("composite", "composite = 'both' AND parent = 'forty'")
    expect(units.length).toBe(40)
    for (const one of units) expect(one["rank_low"]).toBeLessThanOrEqual(one["rank_high"] as number)
    const draws = await of("composite_sensitivity", "composite = 'both' AND parent = 'forty'")
    expect(draws.length).toBe(40)
    expect(draws.some((one) => (one["rank_low"] as number) < (one["rank_high"] as number))).toBe(true)
  })

  test.skipIf(!isThere)(
    "is that of the reference, where nothing is known of chance without ranks (../shared)",
    async () => {
      const units = await of("composite", "composite = 'stars' AND parent = 'twelve'")
      const wanted = composite!.expected.summary
      expect(units.length).toBe(wanted.length)
      for (const one of units) {
        const score = wanted[Number((one["unit"] as string).slice(1)) - 1]
        if (score === null)
          expect(one).toMatchObject({ score: null, reason: "figures in fewer than 3 parts" })
        else expect(one["score"]).toBeCloseTo(score!, 9)
        expect(one["rank_low"]).toBeNull()
      }
    }
  )
})

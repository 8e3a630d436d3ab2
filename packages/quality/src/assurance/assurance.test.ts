import { canonicalKey, commonHeaders, streamTopics } from "@plimsoll/log"
import { contractOf, defineStream, measure, type Microsystem, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import { afterEach, describe, expect, test } from "vitest"
import { World } from "../../test/world.ts"
import { statistics } from "../statistics/module.ts"
import {
  type Assessment,
  assessments,
  claims,
  type Criterion,
  criteria,
  type Evidence,
  evidence,
  findingActions,
  findings,
  scoreWeights,
  standards
} from "./events.ts"
import { assurance } from "./module.ts"

const since = "0001-01-01"
const unit = (id: string, kind: Microsystem["kind"], parent: string | null): Microsystem => ({
  id,
  name: `The ${id}`,
  kind,
  parent,
  since
})
const house = unit("house", "organisation", null)
const wards = [unit("elm", "ward", "house"), unit("oak", "ward", "house")]

const criterion = (
  id: string,
  part: Criterion["part"],
  weight: number,
  more: Partial<Criterion> = {}
): Criterion => ({
  id,
  standard: "s",
  title: `What ${id} asks`,
  part,
  attribute: "reasoned",
  weight,
  askedOf: "organisation",
  draws: [],
  since,
  ...more
})
const shown = (id: string, of: string, validUntil: string, more: Partial<Evidence> = {}): Evidence => ({
  id,
  criterion: of,
  microsystem: "house",
  kind: "document",
  title: `Paper ${id}`,
  validFrom: "2025-01-01",
  validUntil,
  ...more
})
const judged = (
  id: string,
  of: string,
  kind: Assessment["kind"],
  score: number,
  more: Partial<Assessment> = {}
): Assessment => ({
  id,
  criterion: of,
  microsystem: "house",
  kind,
  score,
  level: Math.min(4, 1 + Math.floor(score / 25)),
  assessor: "somebody",
  day: "2026-01-10",
  ...more
})
const standard = {
  id: "s",
  title: "A standard",
  edition: "1",
  source: "us",
  sourceLicence: "Apache-2.0",
  since
}
const weights = (direction: number, execution: number, impact: number) => [
  { standard: "s", part: "direction" as const, points: direction, since },
  { standard: "s", part: "execution" as const, points: execution, since },
  { standard: "s", part: "impact" as const, points: impact, since }
]

let worlds: World[] = []
afterEach(async () => {
  for (const world of worlds) await world.close()
  worlds = []
})
const begin = async (day: string, units: ReadonlyArray<Microsystem> = [house]): Promise<World> => {
  const world = await World.make([statistics(), assurance()])
  worlds.push(world)
  await world.define({ microsystems: units }, day)
  await world.feed(standards, [standard])
  return world
}

/** Appends a record whose value the stream's schema has not seen, as a stranger on the log may. */
const append = async (world: World, stream: typeof evidence, row: { readonly [field: string]: string }) => {
  const contract = contractOf("test", stream)
  await world.log.ensureTopics(streamTopics(contract, 3))
  const writer = await world.log.writer("plimsoll.test.stranger")
  const key = canonicalKey(contract.key, row)
  await writer.append([
    {
      topic: contract.topic,
      headers: commonHeaders(contract, "/plimsoll/test/stranger", "upserted"),
      records: [{ key, value: JSON.stringify(row), partitionKey: row["microsystem"]!, headers: {} }]
    }
  ])
  await writer.close()
}

describe("the score", () => {
  const seven = [
    criterion("1", "direction", 100),
    criterion("2", "direction", 100),
    criterion("3", "execution", 100),
    criterion("4", "execution", 200),
    criterion("5", "execution", 100),
    criterion("6", "impact", 200),
    criterion("7", "impact", 200)
  ]
  const score = { direction: 50, execution: 40, impact: 30 }
  const feed = async (world: World) => {
    await world.feed(criteria, seven)
    await world.feed(
      evidence,
      seven.map((one) => shown(`e${one.id}`, one.id, one.id === "4" ? "2026-03-31" : "2026-12-31"))
    )
    await world.feed(
      assessments,
      seven.map((one) => judged(`a${one.id}`, one.id, "self", score[one.part]))
    )
  }
  const points = (world: World) =>
    world.rows(`SELECT part, of, points, claimed_points, without_evidence, withheld FROM assurance.score
      WHERE kind = 'self' AND microsystem IS NULL ORDER BY part NULLS LAST`)

  test("50 % of Direction, 40 % of Execution and 30 % of Impact are 100 + 160 + 120 = 380 of 1000 points", async () => {
    const world = await begin("2026-02-01")
    await feed(world)
    await world.feed(scoreWeights, weights(200, 400, 400))
    await world.compute()
    const row = { withheld: null, without_evidence: "0" }
    expect(await points(world)).toEqual([
      { part: "direction", of: 200, points: 100, claimed_points: 100, ...row },
      { part: "execution", of: 400, points: 160, claimed_points: 160, ...row },
      { part: "impact", of: 400, points: 120, claimed_points: 120, ...row },
      { part: null, of: 1000, points: 380, claimed_points: 380, ...row }
    ])
    await world.core.tick("2026-04-01")
    await world.compute()
    expect(
      (await points(world)).at(-1),
      "half of Execution's weight rests on evidence that has run out"
    ).toEqual({
      part: null,
      of: 1000,
      points: 300,
      claimed_points: 380,
      without_evidence: "1",
      withheld: null
    })
  })

  test("weights that are shares and add up to 1 give the same", async () => {
    const world = await begin("2026-02-01")
    await feed(world)
    await world.feed(scoreWeights, weights(0.2, 0.4, 0.4))
    await world.compute()
    expect((await points(world)).map((row) => row["points"])).toEqual([100, 160, 120, 380])
  })

  test("weights that do not add up: no score, the reason, and the sum in a relation, until they are put right", async () => {
    const world = await begin("2026-02-01")
    await feed(world)
    await world.feed(scoreWeights, weights(200, 400, 300))
    await world.compute()
    const reason = "the weights add up to 900, not to 1000 (points) or 1 (shares)"
    expect((await points(world)).map((row) => [row["points"], row["withheld"]])).toEqual(
      Array.from({ length: 4 }, () => [null, reason])
    )
    expect(await world.rows("SELECT DISTINCT total, adds_up, problem FROM assurance.score_weight")).toEqual([
      { total: 900, adds_up: false, problem: reason }
    ])
    expect(await world.rows("SELECT words FROM assurance.not_known WHERE kind = 'weights-withheld'")).toEqual(
      [{ words: `No score is given: ${reason}` }]
    )
    await world.feed(scoreWeights, [weights(200, 400, 400)[2]!])
    await world.compute()
    expect((await points(world)).at(-1)).toMatchObject({ points: 380, withheld: null })
  })

  test("is withheld while a criterion has not been assessed, and never mixes what we and others say", async () => {
    const world = await begin("2026-02-01")
    await feed(world)
    await world.feed(scoreWeights, weights(200, 400, 400))
    await world.feed(assessments, [judged("x1", "1", "external", 90), judged("x2", "2", "external", 70)])
    await world.compute()
    expect(
      await world.rows(`SELECT part, points, withheld FROM assurance.score
        WHERE kind = 'external' AND microsystem IS NULL AND coalesce(part, 'whole') IN ('direction', 'whole') ORDER BY part NULLS LAST`)
    ).toEqual([
      { part: "direction", points: 160, withheld: null },
      { part: null, points: null, withheld: "5 of 7 criteria have not been assessed" }
    ])
    expect((await points(world)).at(-1)).toMatchObject({ points: 380 })
  })

  test("of many units is the mean of those assessed, with the lowest and the highest beside it", async () => {
    const world = await begin("2026-02-01", [house, ...wards])
    await world.feed(criteria, [criterion("u", "direction", 1, { askedOf: "units" })])
    await world.feed(scoreWeights, weights(1, 0, 0))
    await world.feed(
      evidence,
      wards.map(({ id }) => shown(`e-${id}`, "u", "2026-12-31", { microsystem: id }))
    )
    await world.feed(assessments, [
      judged("a1", "u", "self", 30, { microsystem: "elm" }),
      judged("a2", "u", "self", 80, { microsystem: "oak", day: "2026-01-11" }),
      judged("a0", "u", "self", 10, { microsystem: "oak", day: "2026-01-05" }),
      judged("a9", "u", "self", 99, { microsystem: "oak", day: "2026-02-02" })
    ])
    await world.compute()
    expect(
      await world.rows(`SELECT microsystem, score, units, assessed, lowest, highest FROM assurance.criterion_score
        WHERE kind = 'self' ORDER BY microsystem NULLS FIRST`)
    ).toEqual([
      { microsystem: null, score: 55, units: "2", assessed: "2", lowest: "30", highest: "80" },
      { microsystem: "elm", score: 30, units: "1", assessed: "1", lowest: "30", highest: "30" },
      { microsystem: "oak", score: 80, units: "1", assessed: "1", lowest: "80", highest: "80" }
    ])
    expect((await points(world)).at(-1)).toMatchObject({ points: 550 })
  })
})

describe("evidence", () => {
  const twelve = Array.from({ length: 12 }, (_, index) => criterion(`c${index + 10}`, "execution", 1))
  const ten = twelve.slice(0, 10).map(({ id }) => shown(`paper-${id}`, id, "2026-12-31"))
  const coverage = (world: World) =>
    world.rows(`SELECT answered, asked, missing, expired_evidence FROM assurance.coverage
      WHERE standard = 's' AND part IS NULL AND microsystem IS NULL`)

  test("that expired yesterday lowers coverage from 10 of 12 to 9 of 12 and is named: by a tick, not by an edit", async () => {
    const world = await begin("2026-03-31")
    await world.feed(criteria, twelve)
    await world.feed(evidence, [{ ...ten[0]!, validUntil: "2026-03-31" }, ...ten.slice(1)])
    await world.compute()
    expect(await coverage(world)).toEqual([
      { answered: "10", asked: "12", missing: ["c20", "c21"], expired_evidence: [] }
    ])
    expect(await world.rows("SELECT signal FROM plimsoll.signal")).toEqual([])

    await world.core.tick("2026-04-01")
    await world.compute()
    expect(await coverage(world)).toEqual([
      { answered: "9", asked: "12", missing: ["c10", "c20", "c21"], expired_evidence: ["paper-c10"] }
    ])
    expect(
      await world.rows(
        "SELECT evidence, days_left, state, leaves_gap FROM assurance.freshness WHERE state <> 'valid'"
      )
    ).toEqual([{ evidence: "paper-c10", days_left: "-1", state: "expired", leaves_gap: true }])
    const signal = `SELECT state, measure, microsystem, rule, first_period, words FROM plimsoll.signal`
    expect(await world.rows(signal)).toEqual([
      {
        state: "opened",
        measure: "c10",
        microsystem: "house",
        rule: "assurance/evidence-expired",
        first_period: "2026-04-01",
        words: "Since 2026-04-01 nothing shows any more that this holds in The house: What c10 asks"
      }
    ])

    await world.feed(evidence, [shown("paper-new", "c10", "2027-03-31", { validFrom: "2026-04-01" })])
    await world.compute()
    expect(await coverage(world)).toMatchObject([{ answered: "10", expired_evidence: [] }])
    expect(await world.rows(signal)).toMatchObject([{ state: "ended", measure: "c10" }])
  })

  test("without an expiry date is a dead letter, and covers nothing", async () => {
    const world = await begin("2026-03-31")
    await world.feed(criteria, twelve)
    await world.feed(evidence, ten.slice(1))
    const { validUntil: _, ...endless } = ten[0]!
    await append(world, evidence, endless)
    await world.compute()
    expect(await coverage(world)).toMatchObject([{ answered: "9" }])
    const letters = await world.rows<{ readonly topic: string; readonly reason: string }>(
      "SELECT topic, reason FROM plimsoll.dead_letter"
    )
    expect(letters.map((one) => one.topic)).toEqual(["test.assurance.evidence.v1"])
    expect(letters[0]!.reason).toContain("validUntil")
    expect(
      Schema.decodeUnknownResult(evidence.schema)(endless)._tag,
      "a connector's runtime refuses it before the log"
    ).toBe("Failure")
    expect(
      Schema.decodeUnknownResult(evidence.schema)({ ...ten[0]!, validUntil: "2024-12-31" })._tag,
      "and what ends before it begins"
    ).toBe("Failure")
  })

  test("about a unit or a criterion nobody has told of counts nowhere and is named, until it is told of", async () => {
    const world = await begin("2026-03-31")
    await world.feed(criteria, [criterion("u", "execution", 1, { askedOf: "units" })])
    await world.feed(evidence, [
      shown("lost-unit", "u", "2026-12-31", { microsystem: "elm" }),
      shown("lost-criterion", "v", "2026-12-31")
    ])
    await world.compute()
    const lost = "SELECT kind, subject FROM assurance.not_known WHERE kind LIKE 'unknown-%' ORDER BY kind"
    expect(await world.rows(lost)).toEqual([
      { kind: "unknown-criterion", subject: "lost-criterion" },
      { kind: "unknown-unit", subject: "lost-unit" }
    ])
    await world.define({ microsystems: [house, ...wards] })
    await world.feed(criteria, [criterion("v", "execution", 1)])
    await world.compute()
    expect(await world.rows(lost)).toEqual([])
    expect(
      await world.rows(
        "SELECT criterion, microsystem, state FROM assurance.asked ORDER BY criterion, microsystem"
      )
    ).toEqual([
      { criterion: "u", microsystem: "elm", state: "valid" },
      { criterion: "u", microsystem: "oak", state: "none" },
      { criterion: "v", microsystem: "house", state: "valid" }
    ])
  })
})

describe("self against external", () => {
  /** Cohen 1968, straight from the definition: 1 − Σ w·observed / Σ w·expected, w = (i − j)². */
  const quadratic = (pairs: ReadonlyArray<readonly [number, number]>): number => {
    const share = (side: 0 | 1, level: number) =>
      pairs.filter((one) => one[side] === level).length / pairs.length
    const levels = [1, 2, 3, 4]
    const expected = levels.flatMap((a) => levels.map((b) => (a - b) ** 2 * share(0, a) * share(1, b)))
    return (
      1 -
      pairs.reduce((sum, [a, b]) => sum + (a - b) ** 2, 0) /
        pairs.length /
        expected.reduce((sum, one) => sum + one, 0)
    )
  }

  test("pairs each external assessment with the latest one of our own before it, by year and by part", async () => {
    const world = await begin("2026-06-01")
    const six = [..."abcdef"].map((id, index) => criterion(id, index < 3 ? "direction" : "execution", 1))
    await world.feed(criteria, six)
    const ours = [80, 70, 60, 55, 90, 30]
    const theirs = [60, 50, 65, 30, 70, 30]
    await world.feed(assessments, [
      ...six.map(({ id }, index) => judged(`s-${id}`, id, "self", ours[index]!, { day: "2026-01-10" })),
      ...six.map(({ id }, index) => judged(`x-${id}`, id, "external", theirs[index]!, { day: "2026-03-01" })),
      judged("s-a-late", "a", "self", 61, { day: "2026-03-02" }),
      judged("x-a-early", "a", "external", 20, { day: "2025-03-01" })
    ])
    await world.compute()
    const rows = await world.rows<{ readonly [column: string]: unknown }>(
      `SELECT part, year, pairs, unpaired, mean_gap, self_higher, self_lower, kappa, kappa_reason
       FROM assurance.self_against_external ORDER BY year NULLS LAST, part NULLS LAST`
    )
    const levels = (from: number, to: number) =>
      ours.slice(from, to).map((self, index) => {
        const level = (score: number) => Math.min(4, 1 + Math.floor(score / 25))
        return [level(self), level(theirs[from + index]!)] as const
      })
    const now = [
      { part: "direction", pairs: "3", mean_gap: 35 / 3, self_higher: "2", self_lower: "1" },
      { part: "execution", pairs: "3", mean_gap: 15, self_higher: "2", self_lower: "0" },
      { part: null, pairs: "6", mean_gap: 80 / 6, self_higher: "4", self_lower: "1" }
    ]
    expect(
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith("kappa")))
      )
    ).toEqual([
      {
        part: "direction",
        year: "2025",
        pairs: "0",
        unpaired: "1",
        mean_gap: null,
        self_higher: "0",
        self_lower: "0"
      },
      {
        part: null,
        year: "2025",
        pairs: "0",
        unpaired: "1",
        mean_gap: null,
        self_higher: "0",
        self_lower: "0"
      },
      ...now.map((row) => ({ year: "2026", unpaired: "0", ...row })),
      ...now.map((row) => ({ year: null, unpaired: "0", ...row }))
    ])
    expect(rows[0]).toMatchObject({ kappa: null, kappa_reason: "no criterion has been judged both ways" })
    expect(rows[4]!["kappa"]).toBeCloseTo(quadratic(levels(0, 6)), 12)
    expect(rows[3]!["kappa"]).toBeCloseTo(quadratic(levels(3, 6)), 12)
    expect(
      await world.rows("SELECT subject FROM assurance.not_known WHERE kind = 'not-assessed-externally'")
    ).toEqual([])
  })

  test("says why there is no agreement where all levels are alike", async () => {
    const world = await begin("2026-06-01")
    await world.feed(criteria, [criterion("a", "direction", 1)])
    await world.feed(assessments, [
      judged("s", "a", "self", 30),
      judged("x", "a", "external", 30, { day: "2026-03-01" })
    ])
    await world.compute()
    expect(
      await world.rows(
        "SELECT DISTINCT pairs, mean_gap, kappa, kappa_reason FROM assurance.self_against_external"
      )
    ).toEqual([
      {
        pairs: "1",
        mean_gap: 0,
        kappa: null,
        kappa_reason: "all levels are alike, so agreement beyond chance cannot be told"
      }
    ])
  })
})

describe("findings", () => {
  test("are unanswered, in hand, answered; overdue by the clock, with the strength of what was done", async () => {
    const world = await begin("2026-03-01", [house, ...wards])
    const finding = {
      id: "f1",
      standard: "s",
      criterion: null,
      microsystem: "elm",
      kind: "requirement" as const,
      title: "Doors",
      day: "2026-01-15",
      due: "2026-03-31"
    }
    const action = {
      id: "act-1",
      finding: "f1",
      title: "Teach it again",
      kind: "retrain" as const,
      aim: "person" as const,
      agreed: "2026-02-01",
      due: "2026-03-15",
      done: null
    }
    await world.feed(findings, [
      finding,
      { ...finding, id: "f2", kind: "recommendation", due: null },
      { ...finding, id: "f3", microsystem: "yew" }
    ])
    await world.feed(findingActions, [action])
    await world.compute()
    const state = `SELECT finding, state, overdue, days_overdue, age, actions, done, actions_overdue, strongest, aimed_at_person
      FROM assurance.finding WHERE finding <> 'f3' ORDER BY finding`
    const f2 = {
      finding: "f2",
      state: "unanswered",
      overdue: false,
      days_overdue: null,
      actions: "0",
      done: "0",
      actions_overdue: "0",
      strongest: null,
      aimed_at_person: "0"
    }
    const f1 = {
      ...f2,
      finding: "f1",
      state: "in-hand",
      actions: "1",
      strongest: "weak",
      aimed_at_person: "1"
    }
    expect(await world.rows(state)).toEqual([
      { ...f1, age: "45" },
      { ...f2, age: "45" }
    ])
    expect(
      await world.rows("SELECT kind, subject FROM assurance.not_known WHERE kind = 'unknown-unit'")
    ).toEqual([{ kind: "unknown-unit", subject: "f3" }])

    await world.core.tick("2026-04-02")
    await world.compute()
    expect(await world.rows(state)).toEqual([
      { ...f1, age: "77", overdue: true, days_overdue: "2", actions_overdue: "1" },
      { ...f2, age: "77" }
    ])
    const signal = "SELECT state, measure, microsystem, rule, first_period FROM plimsoll.signal"
    const overdue = {
      measure: "act-1",
      microsystem: "elm",
      rule: "assurance/action-overdue",
      first_period: "2026-03-16"
    }
    expect(await world.rows(signal)).toEqual([{ state: "opened", ...overdue }])

    await world.feed(findingActions, [
      { ...action, done: "2026-04-01" },
      {
        ...action,
        id: "act-2",
        title: "Doors that close by themselves",
        kind: "forcing-function",
        aim: "process",
        due: "2026-06-01",
        done: "2026-04-02"
      }
    ])
    await world.compute()
    expect((await world.rows(state))[0]).toEqual({
      ...f1,
      age: "77",
      state: "answered",
      actions: "2",
      done: "2",
      strongest: "strong"
    })
    expect(await world.rows(signal)).toEqual([{ state: "ended", ...overdue }])
    expect(
      await world.rows("SELECT events FROM assurance.finding WHERE finding = 'f1'"),
      "its lineage: the finding and both actions, in their latest version"
    ).toEqual([{ events: expect.arrayContaining([expect.stringMatching(/^finding\//)]) }])
  })
})

describe("evidence drawn from measures", () => {
  const falls = defineStream({
    name: "falls",
    domain: "inpatient",
    version: 1,
    title: "Falls",
    schema: Schema.Struct({ ward: Schema.String, month: PlainDate, falls: Schema.Int, days: Schema.Int }),
    key: ["ward", "month"],
    microsystem: "ward",
    occurredAt: "month",
    covers: "month",
    sensitivity: { ward: "open", month: "open", falls: "open", days: "open" }
  })
  const rate = (id: string, cls: "open" | "team-only" | "small-count") =>
    measure({
      id,
      version: 1,
      title: `Falls (${cls})`,
      from: falls,
      at: "month",
      period: "month",
      microsystem: sql`ward`,
      numerator: sql`falls`,
      denominator: sql`days`,
      multiplier: 1000,
      empty: "missing",
      chart: "xmr",
      direction: "down",
      target: 20,
      kind: "outcome",
      class: cls
    })
  const month = (index: number) =>
    `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}-01`
  const asked = criterion("u", "impact", 1, {
    askedOf: "units",
    draws: [
      "measure:open-falls",
      "measure:few-falls",
      "measure:own-falls",
      "measure:no-such",
      "control.nothing"
    ]
  })

  test("hold until two periods after the latest figure, show variation and capability, and say what is not known", async () => {
    const world = await begin("2026-01-05", [house, ...wards])
    await world.define({
      microsystems: [house, ...wards],
      measures: [rate("open-falls", "open"), rate("few-falls", "small-count"), rate("own-falls", "team-only")]
    })
    await world.feed(criteria, [asked])
    await world.feed(
      falls,
      Array.from({ length: 24 }, (_, index) => ({
        ward: "elm",
        month: month(index),
        falls: index % 2 === 0 ? 2 : 3,
        days: 1000
      }))
    )
    await world.compute()
    const drawn = `SELECT evidence, microsystem, counts_for, kind, drawn, valid_from, valid_until, state, variation, capability, shows
      FROM assurance.evidence ORDER BY evidence`
    const row = {
      evidence: "u/measure:open-falls/elm",
      microsystem: "elm",
      counts_for: "elm",
      kind: "live-measure",
      drawn: true,
      valid_from: "2025-12-01",
      valid_until: "2026-02-28",
      state: "valid",
      variation: "steady",
      capability: "pass",
      shows: "steady; meets its target by itself"
    }
    expect(await world.rows(drawn)).toEqual([row])
    expect(
      await world.rows(
        "SELECT variation, capability, series, len(names) AS names FROM assurance.variation_and_capability WHERE series > 0"
      )
    ).toEqual([{ variation: "steady", capability: "pass", series: "1", names: "1" }])
    expect((await world.rows("SELECT count(*) AS cells FROM assurance.variation_and_capability"))[0]).toEqual(
      { cells: "25" }
    )
    expect(
      await world.rows(
        "SELECT kind, microsystem, subject, amount FROM assurance.not_known WHERE kind NOT LIKE 'no%' AND kind <> 'weights-withheld' ORDER BY ALL"
      )
    ).toEqual([
      { kind: "figures-hidden", microsystem: null, subject: "few-falls", amount: "24" },
      { kind: "kept-by-team", microsystem: null, subject: "own-falls", amount: "1" },
      { kind: "unit-without-data", microsystem: "elm", subject: "few-falls", amount: "1" },
      { kind: "unit-without-data", microsystem: "oak", subject: "few-falls", amount: "1" },
      { kind: "unit-without-data", microsystem: "oak", subject: "open-falls", amount: "1" },
      { kind: "unknown-measure", microsystem: null, subject: "no-such", amount: "1" },
      { kind: "unknown-source", microsystem: null, subject: "control.nothing", amount: "1" }
    ])
    await world.core.tick("2026-03-01")
    await world.compute()
    expect(await world.rows(drawn)).toEqual([{ ...row, state: "expired" }])
    await world.feed(falls, [{ ward: "elm", month: "2026-01-01", falls: 30, days: 1000 }])
    await world.compute()
    expect(await world.rows(drawn)).toMatchObject([
      { evidence: "u/measure:few-falls/elm", valid_from: "2026-01-01", variation: "not-judged" },
      {
        evidence: "u/measure:open-falls/elm",
        valid_from: "2026-01-01",
        valid_until: "2026-03-31",
        state: "valid",
        variation: "concern",
        shows: "getting worse; meets its target by itself, but not stable"
      }
    ])
  })

  test("a claim is held against the figure as it is now", async () => {
    const world = await begin("2026-01-05", [house, ...wards])
    await world.define({
      microsystems: [house, ...wards],
      measures: [rate("open-falls", "open"), rate("few-falls", "small-count")]
    })
    const rows = Array.from({ length: 3 }, (_, index) => ({
      ward: "elm",
      month: month(21 + index),
      falls: 2,
      days: 900
    }))
    await world.feed(falls, rows)
    const claim = {
      id: "c1",
      statement: "2.2 falls in 1,000 days",
      standard: null,
      criterion: null,
      measure: "open-falls",
      microsystem: "elm",
      stratum: null,
      period: "2025-12-01",
      stated: 2.2,
      decimals: 1,
      day: "2026-01-02"
    }
    await world.feed(claims, [
      claim,
      { ...claim, id: "c2", decimals: 2 },
      { ...claim, id: "c3", measure: "few-falls" },
      { ...claim, id: "c4", period: "2023-12-01" }
    ])
    await world.compute()
    const states = "SELECT claim, state FROM assurance.claim ORDER BY claim"
    expect(await world.rows(states)).toEqual([
      { claim: "c1", state: "holds" },
      { claim: "c2", state: "differs" },
      { claim: "c3", state: "hidden" },
      { claim: "c4", state: "no-figure" }
    ])
    await world.feed(falls, [{ ...rows[2]!, falls: 3 }])
    await world.compute()
    expect((await world.rows(states))[0]).toEqual({ claim: "c1", state: "differs" })
    expect(
      await world.rows(
        "SELECT subject FROM assurance.not_known WHERE kind = 'claim-not-confirmed' ORDER BY subject"
      )
    ).toEqual(["c1", "c2", "c3", "c4"].map((subject) => ({ subject })))
  })
})

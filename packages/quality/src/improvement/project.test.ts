import { defineModule } from "@plimsoll/core"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { costOf, curve, feedPortfolio, shown, sites, spent, told } from "../../test/improvement-portfolio.ts"
import { aim, counted, improvementWorld, month, pdsa, unit } from "../../test/improvement-world.ts"
import { haveReference, whySkipped } from "../../test/statistics.ts"
import type { World } from "../../test/world.ts"
import { goals } from "../planning/goal-events.ts"
import { Adoption, Aim, Driver, Pdsa, pdsas, ProjectResource, projects } from "./index.ts"

/** Another module that takes in the same streams. */
const neighbour = defineModule({
  name: "neighbour",
  version: 1,
  title: "Projects by goal",
  streams: [projects, goals],
  views: `CREATE VIEW neighbour.worked AS SELECT g.id AS goal, count(p.id) AS projects FROM current.goal g LEFT JOIN current.project p ON p.goal = g.id GROUP BY g.id;
    COMMENT ON VIEW neighbour.worked IS 'Projects by goal.';
    COMMENT ON COLUMN neighbour.worked.goal IS 'The goal.';
    COMMENT ON COLUMN neighbour.worked.projects IS 'How many projects.';`
})

let world: World
beforeAll(async () => {
  world = await improvementWorld(neighbour)
  await feedPortfolio(world)
  await world.compute()
})
afterAll(() => world.close())

describe("cycles", () => {
  test("the seven checks of fidelity, for each cycle and project", async () => {
    expect(
      await world.rows(
        `SELECT cycle, number::INTEGER AS number, met, held, [all_stages, study_after, learning, prediction, iterative, growing, data_over_time] AS checks
         FROM improvement.cycle WHERE project IN ('ramp', 'loose', 'of-vision') ORDER BY cycle`
      )
    ).toEqual([
      { cycle: "c1", number: 1, met: 6, held: true, checks: [true, true, true, true, true, false, true] },
      { cycle: "c2", number: 2, met: 7, held: false, checks: [true, true, true, true, true, true, true] },
      {
        cycle: "c3",
        number: 1,
        met: 0,
        held: null,
        checks: [false, false, false, false, false, false, false]
      },
      { cycle: "c4", number: 1, met: 1, held: null, checks: [false, false, false, true, false, false, false] }
    ])
    expect(
      await world.rows(
        "SELECT project, cycles::INTEGER AS cycles, prediction, iterative, growing, met, core_four FROM improvement.fidelity WHERE project IN ('ramp', 'loose') ORDER BY project"
      )
    ).toEqual([
      {
        project: "loose",
        cycles: 1,
        prediction: 0,
        iterative: false,
        growing: false,
        met: 0,
        core_four: false
      },
      { project: "ramp", cycles: 2, prediction: 1, iterative: true, growing: true, met: 7, core_four: true }
    ])
  })

  test("the share of ideas that were tested small first, of all and by unit", async () => {
    expect(
      await world.rows(
        "SELECT microsystem, ideas::INTEGER AS ideas, small::INTEGER AS small, share, round(low, 4) AS low FROM improvement.first_scale ORDER BY scope, microsystem"
      )
    ).toEqual([
      { microsystem: null, ideas: 4, small: 3, share: 0.75, low: 0.3006 },
      { microsystem: "elm", ideas: 2, small: 1, share: 0.5, low: 0.0945 },
      { microsystem: "home", ideas: 1, small: 1, share: 1, low: 0.2065 },
      { microsystem: "oak", ideas: 1, small: 1, share: 1, low: 0.2065 }
    ])
  })

  test("whether predictions held, by unit over time; one written after the test is none", async () => {
    expect(
      await world.rows(
        `SELECT microsystem, quarter, studied::INTEGER AS studied, predicted::INTEGER AS predicted, told::INTEGER AS told, held::INTEGER AS held, share, share_so_far
         FROM improvement.prediction ORDER BY ALL`
      )
    ).toEqual([
      {
        microsystem: "elm",
        quarter: "2024-01-01",
        studied: 1,
        predicted: 0,
        told: 0,
        held: 0,
        share: null,
        share_so_far: null
      },
      {
        microsystem: "oak",
        quarter: "2024-01-01",
        studied: 1,
        predicted: 1,
        told: 1,
        held: 1,
        share: 1,
        share_so_far: 1
      },
      {
        microsystem: "oak",
        quarter: "2024-04-01",
        studied: 1,
        predicted: 1,
        told: 1,
        held: 0,
        share: 0,
        share_so_far: 0.5
      }
    ])
  })

  test("the driver diagram in the order in which it is read, with its measures as they stand", async () => {
    expect(
      await world.rows(
        "SELECT kind, id, drives, measure, status, cycles::INTEGER AS cycles, decision FROM improvement.driver_diagram WHERE project = 'ramp' ORDER BY place"
      )
    ).toEqual([
      {
        kind: "aim",
        id: "aim-ramp",
        drives: null,
        measure: "falls",
        status: null,
        cycles: null,
        decision: null
      },
      {
        kind: "primary",
        id: "driver-ramp",
        drives: "aim-ramp",
        measure: null,
        status: null,
        cycles: null,
        decision: null
      },
      {
        kind: "secondary",
        id: "second",
        drives: "driver-ramp",
        measure: "harm",
        status: "steady",
        cycles: null,
        decision: null
      },
      { kind: "idea", id: "quiet", drives: "second", measure: null, status: null, cycles: 0, decision: null },
      {
        kind: "idea",
        id: "idea-ramp",
        drives: "driver-ramp",
        measure: null,
        status: null,
        cycles: 2,
        decision: "abandon"
      }
    ])
    expect(
      await world.rows(
        "SELECT role, measure, measure_kind, result FROM improvement.measure_family WHERE project = 'ramp' ORDER BY role"
      )
    ).toEqual([
      { role: "balancing", measure: "harm", measure_kind: "balancing", result: "no shift" },
      { role: "outcome", measure: "falls", measure_kind: "outcome", result: "not assessable" }
    ])
  })
})

describe("what does not fit", () => {
  test("is refused with its reason; a cycle before the aim of its project counts nowhere", async () => {
    expect(await world.rows("SELECT stream, id, reason FROM improvement.refused ORDER BY ALL")).toEqual([
      { stream: "adoption", id: "elm", reason: "is of a project that nobody knows" },
      { stream: "aim", id: "odd", reason: "is of a measure that nobody has defined" },
      { stream: "aim", id: "of-ghost", reason: "is of a project that nobody knows" },
      { stream: "change-idea", id: "stray", reason: "works on no driver of its project" },
      { stream: "driver", id: "third", reason: "drives no primary driver of its project" },
      { stream: "pdsa", id: "early", reason: "began before the aim of its project, which is of 2023-11-10" },
      { stream: "pdsa", id: "no-aim", reason: "its project has no aim" },
      { stream: "pdsa", id: "no-aim", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "no-idea", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "no-project", reason: "is of a project that nobody knows" },
      { stream: "pdsa", id: "no-project", reason: "tries no change idea of its project" },
      { stream: "pdsa", id: "to-come", reason: "is of a day to come" },
      { stream: "progress-claim", id: "ghost", reason: "is of a project that nobody knows" },
      { stream: "project", id: "future", reason: "is of a day to come" },
      { stream: "project-measure", id: "ghost", reason: "is of a measure that nobody has defined" }
    ])
    expect(await world.rows("SELECT first_do FROM improvement.project WHERE project = 'ramp'")).toEqual([
      { first_do: month(25, 3) }
    ])
    expect(
      await world.rows(
        "SELECT stream, microsystem, len(events)::INTEGER AS events FROM improvement.unplaced ORDER BY ALL"
      )
    ).toEqual([
      { stream: "pdsa", microsystem: "nowhere", events: 1 },
      { stream: "project", microsystem: "nowhere", events: 1 }
    ])
  })

  test("projects that work for a retired, dropped or unknown goal are named", async () => {
    expect(
      await world.rows(
        "SELECT project, goal, reason, since, len(events)::INTEGER AS events FROM improvement.orphan ORDER BY project"
      )
    ).toEqual([
      {
        project: "dropped",
        goal: "g-dropped",
        reason: "the goal is dropped from the vision",
        since: "2026-01-01",
        events: 2
      },
      { project: "loose", goal: "g-retired", reason: "the goal is retired", since: month(30), events: 2 },
      { project: "lost", goal: "g-nowhere", reason: "nobody has told of the goal", since: null, events: 1 },
      { project: "over", goal: "g-over", reason: "the goal is retired", since: "2024-06-01", events: 2 }
    ])
  })

  test("rows that cannot be by themselves do not fit their schema", () => {
    const fits = (schema: Schema.Codec<unknown, unknown>, row: unknown): boolean =>
      Schema.decodeUnknownResult(schema)(row)._tag === "Success"
    const cycle = pdsa({ id: "x", project: "p", microsystem: "oak", day: month(1), did: month(1) })
    expect(fits(Pdsa, cycle)).toBe(true)
    for (const wrong of [
      { studied: month(2) },
      { found: "better" },
      { acted: month(2) },
      { decision: "adopt" },
      { measure: "falls" },
      { doneUntil: month(0) },
      { planned: month(0) },
      { points: -1 },
      { scale: "huge" }
    ]) {
      expect([wrong, fits(Pdsa, { ...cycle, ...wrong })]).toEqual([wrong, false])
    }
    const own = aim({ project: "p", microsystem: "oak" })
    expect([
      fits(Aim, own),
      fits(Aim, { ...own, due: month(1) }),
      fits(Aim, { ...own, forWhom: "x".repeat(121) })
    ]).toEqual([true, false, false])
    const driver = {
      id: "d",
      project: "p",
      kind: "primary",
      drives: null,
      title: "x",
      measure: null,
      day: month(1)
    }
    expect([
      fits(Driver, driver),
      fits(Driver, { ...driver, drives: "e" }),
      fits(Driver, { ...driver, kind: "secondary" })
    ]).toEqual([true, false, false])
    const site = { project: "p", microsystem: "oak", offered: month(2), adopted: month(3), ended: null }
    expect([
      fits(Adoption, site),
      fits(Adoption, { ...site, adopted: month(1) }),
      fits(Adoption, { ...site, ended: month(2) })
    ]).toEqual([true, false, false])
    const cost = {
      id: "r",
      project: "p",
      kind: "hours",
      stage: "used",
      amount: "10.00",
      contributors: 4,
      largest: "5.00",
      second: "5.00",
      day: month(1)
    }
    expect(
      [
        cost,
        { ...cost, second: "5.01" },
        { ...cost, largest: "6.00" },
        { ...cost, largest: "4.00" },
        { ...cost, amount: "-1.00", largest: "0.00", second: "0.00" }
      ].map((row) => fits(ProjectResource, row))
    ).toEqual([true, false, false, false, false])
  })
})

describe(`spread${whySkipped}`, () => {
  test.runIf(haveReference)(
    "the adoption curve is that of the reference, with its limits and its median",
    async () => {
      const rows = await world.rows<{
        readonly days: number
        readonly share: number
        readonly low: number | null
        readonly high: number | null
      }>(
        "SELECT days, share, low, high FROM improvement.adoption_curve WHERE project = 'spread' ORDER BY days"
      )
      const { t, adoptedShare, lower, upper, medianWeeks } = curve!.expected
      expect(rows.map((one) => one.days / 7)).toEqual(t)
      for (const [at, row] of rows.entries()) {
        expect(row.share).toBeCloseTo(adoptedShare[at]!, 8)
        if (lower[at] !== null) expect(row.low).toBeCloseTo(lower[at]!, 8)
        if (upper[at] !== null) expect(row.high).toBeCloseTo(upper[at]!, 8)
      }
      expect(
        await world.rows(
          "SELECT sites::INTEGER AS sites, adopted::INTEGER AS adopted, days_to_half FROM improvement.spread WHERE project = 'spread'"
        )
      ).toEqual([
        {
          sites: 28,
          adopted: curve!.adopted.filter((one) => one === 1).length,
          days_to_half: medianWeeks * 7
        }
      ])
    }
  )

  test.runIf(haveReference)("sites are classed by the share that had adopted before them", async () => {
    const expected = sites.map(({ id, weeks, adopted }) => {
      const before = curve!.expected.t.filter((one) => one < weeks).length
      const share = before === 0 ? 0 : curve!.expected.adoptedShare[before - 1]!
      const named = (["innovator", "early adopter", "early majority", "late majority", "laggard"] as const)[
        [0.025, 0.16, 0.5, 0.84].filter((limit) => share >= limit).length
      ]
      return { microsystem: id, class: adopted ? named : "not yet" }
    })
    expect(
      await world.rows(
        "SELECT microsystem, class FROM improvement.adoption WHERE project = 'spread' ORDER BY microsystem"
      )
    ).toEqual(expected.sort((a, b) => (a.microsystem < b.microsystem ? -1 : 1)))
    expect(
      await world.rows("SELECT class, effect, days FROM improvement.adoption WHERE project = 'ramp'")
    ).toEqual([{ class: "declined", effect: null, days: 31 }])
  })

  test.runIf(haveReference)(
    "whether the effect came again is told for each site that adopted it",
    async () => {
      expect(
        await world.rows(
          "SELECT microsystem, effect, shift_from FROM improvement.adoption WHERE effect IN ('came again', 'did not come again') ORDER BY microsystem"
        )
      ).toEqual([
        { microsystem: "site-4", effect: "did not come again", shift_from: null },
        { microsystem: "site-9", effect: "came again", shift_from: month(29) }
      ])
      expect(
        await world.rows(
          "SELECT assessable::INTEGER AS assessable, came_again::INTEGER AS again, round(low, 4) AS low, round(high, 4) AS high FROM improvement.spread WHERE project = 'spread'"
        )
      ).toEqual([{ assessable: 2, again: 1, low: 0.0945, high: 0.9055 }])
      expect(await world.rows("SELECT standing FROM improvement.project WHERE project = 'spread'")).toEqual([
        { standing: "spreading" }
      ])
    }
  )
})

describe("resources and skills", () => {
  test("amounts are told where they may be, quarter by quarter, as a plain reading of the rule has it", async () => {
    const rows = await world.rows<{
      readonly project: string
      readonly used: string | null
      readonly hidden: ReadonlyArray<string>
    }>("SELECT project, used, hidden FROM improvement.resource WHERE kind = 'hours' ORDER BY project")
    const expected = spent.map((one, n) => ({ project: costOf(n), ...told(one) }))
    expect(new Map(rows.map((one) => [one.project, one.used === null ? null : Number(one.used)]))).toEqual(
      new Map(expected.map((one) => [one.project, one.amount]))
    )
    expect(rows.every((one) => (one.used === null) === one.hidden.includes("used"))).toBe(true)
    // Some are told, some are not, and what was added between two quarters is never that of a few.
    expect(new Set(expected.map((one) => one.amount === null)).size).toBe(2)
    for (const step of expected.flatMap((one) => one.steps)) {
      expect(step.contributors).toBeGreaterThanOrEqual(10)
      expect(10 * step.rest).toBeGreaterThanOrEqual(step.largest)
    }
  })

  test("what was used is set beside what came of it", async () => {
    const amount = told(spent[shown]!).amount!
    const [row] = await world.rows<{
      readonly change: number
      readonly per: number | null
      readonly each: number | null
    }>(
      "SELECT change, used_per_unit_of_change AS per, used_per_improved_unit AS each FROM improvement.resource WHERE project = 'spread' AND kind = 'hours'"
    )
    expect(row!.change).toBeLessThan(-5)
    expect(row!.per).toEqual(expect.closeTo(amount / -row!.change, 6))
    expect(row!.each).toEqual(amount / (haveReference ? 2 : 1))
  })

  test("what was asked for, granted and used stand side by side, each hidden by itself", async () => {
    expect(
      await world.rows(
        "SELECT kind, asked, granted, list_filter(hidden, lambda x: x <> 'used') AS hidden FROM improvement.resource WHERE project = 'spread' ORDER BY kind"
      )
    ).toEqual([
      { kind: "hours", asked: "300.00", granted: null, hidden: ["granted"] },
      // The quarter of the money is over on 1 January.
      { kind: "money", asked: null, granted: null, hidden: [] }
    ])
    expect(await world.rows("SELECT used, until FROM improvement.resource WHERE kind = 'money'")).toEqual([
      { used: "5000.00", until: month(35, 31) }
    ])
  })

  test("skills are told in whole steps, and not where few have them or few have them not", async () => {
    expect(
      await world.rows(
        "SELECT skill, role, at_least::INTEGER AS at_least, hidden FROM improvement.capacity ORDER BY ALL"
      )
    ).toEqual([
      { skill: "coaching", role: "nursing", at_least: null, hidden: true },
      { skill: "coaching", role: "therapy", at_least: 10, hidden: false },
      { skill: "measurement", role: "medical", at_least: null, hidden: true },
      { skill: "measurement", role: "nursing", at_least: 20, hidden: false }
    ])
    expect(
      await world.rows(
        "SELECT project, skill FROM improvement.skill_gap WHERE project IN ('ramp', 'loose', 'spread') ORDER BY ALL"
      )
    ).toEqual([
      { project: "loose", skill: "coaching" },
      { project: "spread", skill: "coaching" },
      { project: "spread", skill: "measurement" }
    ])
  })
})

test("two modules may take in the same streams", async () => {
  expect(
    await world.rows("SELECT goal, projects::INTEGER > 0 AS some FROM neighbour.worked ORDER BY goal")
  ).toEqual([
    { goal: "g-live", some: true },
    { goal: "g-retired", some: true }
  ])
})

test("no note, no count of people and no part of an amount is in any published relation", async () => {
  expect(
    await world.rows(
      `SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'improvement'
       AND (column_name IN ('note', 'people', 'contributors', 'largest', 'second') OR table_name IN ('skilled', 'amount', 'offer', 'fit_cycle'))`
    )
  ).toEqual([])
})

test("links run from goals, lessons and ways over projects to cycles and sites", async () => {
  expect(
    await world.rows(
      `SELECT cause_kind, cause, relation, effect_kind, effect, day FROM improvement.link
       WHERE 'ramp' IN (cause, effect) ORDER BY ALL`
    )
  ).toEqual([
    {
      cause_kind: "goal",
      cause: "g-live",
      relation: "worked for by",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "intervention",
      cause: "rounds",
      relation: "done in",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "lesson",
      cause: "l-1",
      relation: "began",
      effect_kind: "project",
      effect: "ramp",
      day: month(22)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "offered to",
      effect_kind: "adoption",
      effect: "ramp/elm",
      day: month(30)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "tested by",
      effect_kind: "pdsa",
      effect: "c1",
      day: month(25)
    },
    {
      cause_kind: "project",
      cause: "ramp",
      relation: "tested by",
      effect_kind: "pdsa",
      effect: "c2",
      day: month(26)
    }
  ])
})

test("what is corrected, arrives or goes changes what rests on it", async () => {
  const [before] = await world.rows<{ readonly day: string }>(
    "SELECT day FROM improvement.mark WHERE cycle = 'c2' LIMIT 1"
  )
  expect(before!.day).toBe(month(26, 3))
  await world.feed(pdsas, [
    pdsa({
      id: "c2",
      project: "ramp",
      microsystem: "oak",
      scale: "one-unit",
      day: month(26),
      did: month(26, 9)
    })
  ])
  await world.remove(projects, [{ id: "lost" }])
  await world.define({
    microsystems: ["oak", "elm", "home", "nowhere", ...sites.map((one) => one.id)].map((id) => unit(id)),
    measures: [counted("falls"), counted("harm", "balancing")]
  })
  await world.compute()
  expect(await world.rows("SELECT DISTINCT day FROM improvement.mark WHERE cycle = 'c2'")).toEqual([
    { day: month(26, 9) }
  ])
  expect(
    await world.rows("SELECT project FROM improvement.project WHERE project IN ('lost', 'unplaced')")
  ).toEqual([{ project: "unplaced" }])
  expect(await world.rows("FROM improvement.unplaced")).toEqual([])
})

import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { unit } from "../../test/culture-world.ts"
import { World } from "../../test/world.ts"
import { statistics } from "../statistics/module.ts"
import {
  type IncidentReview,
  incidentReviews,
  leaderPromises,
  type ReviewAction,
  reviewActions
} from "./events.ts"
import { culture } from "./module.ts"
import { derivable, type KnownSet } from "./release/elimination.ts"
import { wilson } from "./release/intervals.ts"

/** How many actions of a unit are of a kind and an aim. */
type Acts = { readonly [kind: string]: readonly [person: number, process: number] }
const quarter = "2026-01-01"
const units = ["trust", "oak", "elm", "ash", "fir", "yew", "bay", "gum"]
const done: { readonly [unit: string]: Acts } = {
  // Told of: five or more of each, or none.
  oak: { retrain: [10, 0], checklist: [0, 5] },
  elm: { checklist: [5, 20], "forcing-function": [0, 6] },
  // Too few, or too few of one kind.
  ash: { retrain: [3, 4] },
  fir: { retrain: [2, 10] },
  yew: { retrain: [1, 12] },
  bay: { retrain: [6, 4] }
}

interface Made {
  readonly reviews: ReadonlyArray<IncidentReview>
  readonly actions: ReadonlyArray<ReviewAction>
}
const madeOf = (all: { readonly [unit: string]: Acts }, day = "2026-02-02"): Made => {
  const actions: ReviewAction[] = []
  const reviews = Object.entries(all).map(([microsystem, acts]): IncidentReview => {
    const review = `review-${microsystem}-${day}`
    for (const [kind, [person, process]] of Object.entries(acts)) {
      for (let n = 0; n < person + process; n++) {
        actions.push({
          id: `${review}-${kind}-${n}`,
          review,
          kind,
          aim: n < person ? "person" : "process",
          agreed: day
        })
      }
    }
    return { id: review, microsystem, day, systemFactors: ["staffing"], individualFactors: [] }
  })
  return { reviews, actions }
}
const promise = (id: string, leadershipTeam: string, due: string, kept: string | null) => ({
  id,
  leadershipTeam,
  microsystem: "oak",
  made: "2025-12-01",
  due,
  kept
})

/** How actions are told, with some of its SQL changed and under another name, to see that what was changed is needed. */
const without = (name: string, from: string, to: string): QualityModule => {
  const text = ["tally.sql", "blame.sql"]
    .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
    .join("\n")
  if (text.split(from).length !== 2) throw new Error(`the rule does not stand there once: ${from}`)
  return defineModule({
    name,
    version: 1,
    title: name,
    views: text.replace(from, to).replaceAll("culture.", `${name}.`)
  })
}

interface Told {
  readonly family: string
  readonly scope: string
  readonly owner: string | null
  readonly mark: string
  readonly amount: number | null
  readonly total: number | null
  readonly verdict: string | null
  readonly hidden: boolean
}
/** All that is published of the actions of a quarter. */
const published = (schema: string, period: string) =>
  world.rows<Told>(
    `SELECT 'aim' AS family, scope, microsystem AS owner, 'person' AS mark, at_persons::INTEGER AS amount, actions::INTEGER AS total, verdict, hidden FROM ${schema}.blame_index WHERE period = '${period}'
     UNION ALL SELECT 'strength', scope, microsystem, strength, with_strength::INTEGER, actions::INTEGER, verdict, hidden FROM ${schema}.action_strength WHERE period = '${period}'`
  )

/** The verdict on x of n beside y of m, by Newcombe. */
const verdictOf = (x: number, n: number, y: number, m: number): string => {
  const [a, b] = [wilson(x / n, n), wilson(y / m, m)]
  const [p, q] = [(100 * x) / n, (100 * y) / m]
  if (p - q - Math.hypot(p - a.low, b.high - q) > 0) return "more than elsewhere"
  return p - q + Math.hypot(a.high - p, q - b.low) < 0 ? "less than elsewhere" : "no difference can be told"
}

const strength: { readonly [kind: string]: string } = {
  retrain: "weak",
  checklist: "intermediate",
  "forcing-function": "strong"
}
const countOf = (all: Case["all"], owner: string, mark: string): number =>
  Object.entries(all[owner] ?? {}).reduce(
    (sum, [kind, [person, process]]) =>
      sum + (mark === "person" ? person : mark === "all" || strength[kind] === mark ? person + process : 0),
    0
  )

/**
 * Somebody who holds every row of the file and may know all acts of one unit: by exact elimination, and by what verdicts leave
 * open, each count of the others that he knows to be from 1 to 4, and each total from 1 to 9.
 */
const attack = (rows: ReadonlyArray<Told>, all: Case["all"], own: string | null): ReadonlyArray<string> => {
  const owners = [...new Set(rows.flatMap((row) => row.owner ?? []))]
  const found = new Set<string>()
  const [mine, name] = [own === null ? -1 : owners.indexOf(own), (one: number) => owners[one]!]
  /** Of whose acts a row is made: said beside it. */
  const members = (row: Told): ReadonlyArray<string> => {
    const small = (one: Told) => one.family === row.family && one.hidden
    const [few, rest] = [
      owners.filter((owner) => rows.some((one) => one.owner === owner && small(one))),
      rows.some((one) => one.scope === "rest" && one.family === row.family && !one.hidden)
    ]
    if (row.scope === "unit") return [row.owner!]
    return row.scope === "rest" ? few : owners.filter((owner) => rest || !few.includes(owner))
  }
  const known = (mark: string): ReadonlyArray<KnownSet> => [
    ...rows.flatMap((row): ReadonlyArray<KnownSet> => {
      const x = mark === "all" ? row.total : row.mark === mark ? row.amount : null
      return x === null ? [] : [{ atoms: members(row).map((owner) => owners.indexOf(owner)), n: x, x }]
    }),
    ...(own === null ? [] : [{ atoms: [mine], n: countOf(all, own, mark), x: 0 }])
  ]
  for (const mark of ["all", "person", "strong", "intermediate", "weak", "not-classed"]) {
    for (const { atoms, n } of derivable(known(mark))) {
      if (!atoms.includes(mine) && n >= 1 && n < (mark === "all" ? 10 : 5)) {
        found.add(`${mark} of ${atoms.map(name).join("+")} = ${n}`)
      }
    }
  }
  // What a verdict leaves open of a hidden count, within a sum that is told.
  for (const rest of rows.filter((one) => one.scope === "rest" && !one.hidden)) {
    const others = members(rest).filter((owner) => owner !== own)
    const whole = rows.find(
      (one) => one.scope === "all" && one.family === rest.family && one.mark === rest.mark
    )!
    const sum =
      rest.amount! - (own !== null && members(rest).includes(own) ? countOf(all, own, rest.mark) : 0)
    const fewest = others.map((owner) => {
      const verdict = rows.find(
        (one) => one.owner === owner && one.family === rest.family && one.mark === rest.mark
      )!.verdict
      if (verdict === null) return 0
      for (let x = 0; x <= sum; x++) {
        for (let n = Math.max(10, x); n <= rest.total!; n++) {
          if (verdictOf(x, n, whole.amount!, whole.total!) === verdict) return x
        }
      }
      return sum
    })
    others.forEach((owner, at) => {
      const most = sum - fewest.reduce((all, one, other) => all + (other === at ? 0 : one), 0)
      if (fewest[at]! >= 1 && most < 5) found.add(`${rest.mark} of ${owner} from ${fewest[at]} to ${most}`)
    })
  }
  return [...found].sort()
}

/** A rule, what stands for it in the SQL and what instead, and acts of a quarter from which something is found without it. */
interface Case {
  readonly rule: string
  readonly period: string
  readonly from: string
  readonly to: string
  readonly all: { readonly [unit: string]: Acts }
  readonly found: RegExp
}
const three = { oak: done["oak"]!, elm: done["elm"]!, ash: done["ash"]! }
const cases: ReadonlyArray<Case> = [
  {
    rule: "counts of 1 to 4 and totals below 10 are hidden",
    period: "2024-04-01",
    from: "bool_or(total < 10 OR amount BETWEEN 1 AND 4 OR untold BETWEEN 1 AND 4)",
    to: "bool_or(false)",
    all: done,
    found: /^person of fir = 2$/
  },
  {
    rule: "aims and strengths of the same acts are hidden together",
    period: "2024-07-01",
    from: "OVER (PARTITION BY base, owner, period) AS small",
    to: "OVER (PARTITION BY family, owner, period) AS small",
    // Elm and yew are told of by strength, ash, bay and gum by aim: so all totals are known but fir's, which is in both rests.
    all: {
      oak: done["oak"]!,
      elm: { retrain: [4, 20] },
      yew: { retrain: [4, 12] },
      fir: { retrain: [4, 0] },
      ...Object.fromEntries(
        ["ash", "bay", "gum"].map((id) => [id, { retrain: [6, 6], checklist: [0, 3] } as Acts])
      )
    },
    found: /^all of .*fir.* = 4$/
  },
  {
    rule: "a rest is told only where it is large enough itself",
    period: "2024-10-01",
    from: "told FROM safe",
    to: "told FROM (SELECT * REPLACE (true AS safe) FROM safe)",
    all: three,
    found: /^all of .*ash.* = 7$/
  },
  {
    rule: "and where nobody in it can take himself off and see another",
    period: "2025-01-01",
    from: "AND pool_total - total >= 10 AND NOT pool - amount BETWEEN 1 AND 4 AND NOT pool_untold - untold BETWEEN 1 AND 4)",
    to: ")",
    all: { ...three, yew: { retrain: [4, 6] } },
    found: /^all of .*ash.* = 7$/
  },
  {
    rule: "of what is hidden there is a verdict only where no sum holds it",
    period: "2025-04-01",
    from: "c.small AND (r.told OR c.total < 10",
    to: "c.small AND (c.total < 10",
    all: {
      oak: { retrain: [30, 0], checklist: [0, 30] },
      elm: { retrain: [4, 8] },
      ash: { retrain: [3, 9] },
      fir: { retrain: [2, 10] }
    },
    found: /^person of ash from [12] to 4$/
  }
]
const mutant = (at: number): string => `without_${"abcde"[at]}`

let world: World
beforeAll(async () => {
  world = await World.make([
    statistics(),
    culture(),
    ...cases.map(({ from, to }, at) => without(mutant(at), from, to))
  ])
  await world.define(
    { microsystems: units.map((id) => unit(id, id === "trust" ? null : "trust")) },
    "2026-06-15"
  )
  const made = [madeOf(done), ...cases.map(({ all, period }) => madeOf(all, period))]
  await world.feed(
    incidentReviews,
    made.flatMap((one) => one.reviews)
  )
  await world.feed(
    reviewActions,
    made.flatMap((one) => one.actions)
  )
  await world.feed(leaderPromises, [
    // Due in the first quarter: 12 of one team, ten on time and none else below five; a team of few; one still open.
    ...Array.from({ length: 12 }, (_, n) =>
      promise(`e${n}`, "executive", "2026-02-10", n < 7 ? "2026-02-10" : "2026-03-31")
    ),
    ...Array.from({ length: 3 }, (_, n) => promise(`s${n}`, "surgery", "2026-02-10", null)),
    ...Array.from({ length: 10 }, (_, n) =>
      promise(`m${n}`, "medicine", "2026-03-31", n < 5 ? "2026-03-31" : "2026-04-01")
    ),
    ...Array.from({ length: 6 }, (_, n) =>
      promise(`o${n}`, "medicine", "2026-09-01", n < 1 ? "2026-06-10" : null)
    ),
    promise("late", "surgery", "2026-09-01", null)
  ])
  await world.compute()
})
afterAll(() => world.close())

const person = async (scope: string, owner: string | null) =>
  (
    await world.rows<Record<string, unknown>>(
      `SELECT actions::INTEGER AS actions, at_persons::INTEGER AS at_persons, share, low, high, hidden, complete, verdict, words, len(events)::INTEGER AS events
       FROM culture.blame_index WHERE period = '${quarter}' AND scope = '${scope}' AND microsystem IS NOT DISTINCT FROM ${owner === null ? "NULL" : `'${owner}'`}`
    )
  )[0]!

describe("actions", () => {
  test("the blame index of a unit has limits, a verdict, and the events of its actions", async () => {
    const row = await person("unit", "oak")
    expect(row).toMatchObject({
      actions: 15,
      at_persons: 10,
      share: 10 / 15,
      hidden: false,
      verdict: "more than elsewhere",
      events: 16
    })
    const [wilson] = await world.rows<{ low: number; high: number }>(
      "SELECT stats.wilson(10, 15).low AS low, stats.wilson(10, 15).high AS high"
    )
    expect([row["low"], row["high"]]).toEqual([wilson!.low, wilson!.high])
    expect(row["words"]).toBe("10 of 15 actions are aimed at persons: more than elsewhere.")
  })

  test("units of few actions are one rest, and one of nobody looks like one of a few", async () => {
    expect(await person("unit", "ash")).toMatchObject({
      actions: null,
      at_persons: null,
      share: null,
      low: null,
      hidden: true,
      verdict: null,
      events: 0
    })
    // 7 + 12 + 13 + 10 actions, 3 + 2 + 1 + 6 of them at persons.
    expect(await person("rest", null)).toMatchObject({
      actions: 42,
      at_persons: 12,
      hidden: false,
      events: 0
    })
    expect(await person("all", null)).toMatchObject({
      actions: 88,
      at_persons: 27,
      hidden: false,
      complete: true
    })
    const rows = await world.rows(
      "SELECT DISTINCT hidden, actions FROM culture.blame_index WHERE microsystem = 'oak' AND period = '2025-10-01'"
    )
    expect(rows).toEqual([{ hidden: true, actions: null }])
  })

  test("retraining is weak and no blame: strength and aim are counted apart", async () => {
    const rows = await world.rows(
      `SELECT strength, with_strength::INTEGER AS n FROM culture.action_strength WHERE period = '${quarter}' AND microsystem = 'elm' ORDER BY strength`
    )
    expect(rows).toEqual([
      { strength: "intermediate", n: 25 },
      { strength: "not-classed", n: 0 },
      { strength: "strong", n: 6 },
      { strength: "weak", n: 0 }
    ])
    expect(await person("unit", "elm")).toMatchObject({
      actions: 31,
      at_persons: 5,
      verdict: "less than elsewhere"
    })
  })

  test("an open quarter is not told", async () => {
    const rows = await world.rows(
      "SELECT max(period)::VARCHAR AS period, count(DISTINCT period)::INTEGER AS periods FROM culture.blame_index"
    )
    expect(rows).toEqual([{ period: quarter, periods: 8 }])
  })
})

describe("promises", () => {
  test("per leadership team, as it stood when the quarter was over", async () => {
    const rows = await world.rows(
      `SELECT leadership_team, outcome, with_outcome::INTEGER AS n, promises::INTEGER AS promises FROM culture.promise_kept WHERE period = '${quarter}' AND scope = 'team' ORDER BY ALL`
    )
    expect(rows).toEqual([
      { leadership_team: "executive", outcome: "late", n: 5, promises: 12 },
      { leadership_team: "executive", outcome: "not-kept", n: 0, promises: 12 },
      { leadership_team: "executive", outcome: "on-time", n: 7, promises: 12 },
      // Kept a day after the quarter was over.
      { leadership_team: "medicine", outcome: "late", n: 0, promises: 10 },
      { leadership_team: "medicine", outcome: "not-kept", n: 5, promises: 10 },
      { leadership_team: "medicine", outcome: "on-time", n: 5, promises: 10 },
      { leadership_team: "surgery", outcome: "late", n: null, promises: null },
      { leadership_team: "surgery", outcome: "not-kept", n: null, promises: null },
      { leadership_team: "surgery", outcome: "on-time", n: null, promises: null }
    ])
  })

  test("open ones from five on, at the end of the last month that is over", async () => {
    expect(
      await world.rows(
        "SELECT leadership_team, day, open::INTEGER AS open, hidden FROM culture.promise_open ORDER BY ALL"
      )
    ).toEqual([
      { leadership_team: "executive", day: "2026-05-31", open: null, hidden: true },
      { leadership_team: "medicine", day: "2026-05-31", open: 6, hidden: false },
      { leadership_team: "surgery", day: "2026-05-31", open: null, hidden: true }
    ])
  })
})

describe("somebody who holds every row and may know all acts of one unit", () => {
  const findings = async (
    schema: string,
    period: string,
    all: Case["all"]
  ): Promise<ReadonlyArray<string>> => {
    const rows = await published(schema, period)
    return [null, ...Object.keys(all)].flatMap((own) => attack(rows, all, own))
  }

  test("finds no count from 1 to 4, and no total below 10", async () => {
    expect(await findings("culture", quarter, done)).toEqual([])
  })

  test.each(cases.map((one, at) => ({ ...one, at })))(
    "finds one without the rule: $rule",
    async ({ at, period, all, found }) => {
      expect(await findings("culture", period, all)).toEqual([])
      expect(await findings(mutant(at), period, all)).toEqual(
        expect.arrayContaining([expect.stringMatching(found)])
      )
    }
  )
})

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  bring,
  contribution,
  inStore,
  relationshipsWorld,
  step,
  take,
  unit
} from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { contributionSteps } from "./events.ts"

const day = (from: string, days: number): string =>
  new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10)

describe("what became of it", () => {
  let world: World
  beforeAll(async () => {
    world = await relationshipsWorld()
    await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2026-04-30")
    await bring(world, [
      // On 30 April it has been open for 60 days.
      contribution({ id: "t-open", day: "2026-03-01", owner: "elm" }),
      contribution({ id: "t-59", day: "2026-03-02" }),
      contribution({ id: "t-no", day: "2026-03-01", kind: "concern" }),
      contribution({ id: "t-no-why", day: "2026-03-01", kind: "concern" }),
      contribution({ id: "t-acted", day: "2026-02-01" }),
      contribution({ id: "t-done-untold", day: "2026-01-15" }),
      contribution({ id: "t-changed", day: "2025-09-01", kind: "review" }),
      contribution({ id: "t-thanks", day: "2026-01-15", kind: "thanks" }),
      contribution({ id: "t-april", day: "2026-04-01" })
    ])
    await take(world, [
      step({ contribution: "t-59", kind: "acknowledged", day: "2026-03-05" }),
      step({ contribution: "t-no", kind: "answered", answer: "no", reasoned: true, day: "2026-03-09" }),
      step({ contribution: "t-no-why", kind: "answered", answer: "no", day: "2026-03-09" }),
      step({ contribution: "t-acted", kind: "answered", day: "2026-02-11" }),
      step({ contribution: "t-acted", kind: "acted", day: "2026-03-11" }),
      step({ contribution: "t-done-untold", kind: "acted", day: "2026-03-11" }),
      step({ contribution: "t-changed", kind: "answered", answer: "no", reasoned: true, day: "2025-09-09" }),
      step({
        contribution: "t-changed",
        kind: "answered",
        answer: "partly",
        reasoned: true,
        day: "2025-10-09"
      })
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("an idea open for 60 days without an answer appears for its owner; answered no with a reason is closed", async () => {
    expect(await world.rows("FROM relationships.waiting WHERE overdue ORDER BY ALL")).toEqual([
      { owner: "elm", contribution: "t-open", acknowledged: false, age: "60 to 89 days", overdue: true },
      {
        owner: "oak",
        contribution: "t-done-untold",
        acknowledged: false,
        age: "90 to 179 days",
        overdue: true
      }
    ])
    expect(
      await world.rows(
        "SELECT owner, contribution, acknowledged, age FROM relationships.waiting WHERE NOT overdue"
      )
    ).toEqual([{ owner: "oak", contribution: "t-59", acknowledged: true, age: "30 to 59 days" }])
    expect(
      await world.rows(
        "SELECT state, answer FROM relationships.your_contribution WHERE contribution = 't-no'"
      )
    ).toEqual([{ state: "closed", answer: "no" }])
  })

  test("your idea, what happened: by its token, of months that are over", async () => {
    expect(await world.rows("FROM relationships.your_contribution")).toEqual([
      { contribution: "t-59", state: "acknowledged", answer: null, age: "30 to 59 days" },
      { contribution: "t-acted", state: "acted", answer: "yes", age: "60 to 89 days" },
      // The latest answer holds; the earlier no closed nothing.
      { contribution: "t-changed", state: "answered", answer: "partly", age: "180 days or more" },
      { contribution: "t-done-untold", state: "acted", answer: null, age: "90 to 179 days" },
      { contribution: "t-no", state: "closed", answer: "no", age: "60 to 89 days" },
      { contribution: "t-no-why", state: "answered", answer: "no", age: "60 to 89 days" },
      { contribution: "t-open", state: "received", answer: null, age: "60 to 89 days" },
      { contribution: "t-thanks", state: "received", answer: null, age: "90 to 179 days" }
    ])
  })

  test("where it comes from, by whom and when is in no published relation", async () => {
    const columns = await world.rows<{ place: string }>(
      `SELECT table_name || '.' || column_name AS place FROM duckdb_columns()
       WHERE schema_name = 'relationships' AND table_name IN ('your_contribution', 'waiting') ORDER BY ALL`
    )
    expect(columns.map((one) => one.place)).toEqual([
      "waiting.acknowledged",
      "waiting.age",
      "waiting.contribution",
      "waiting.overdue",
      "waiting.owner",
      "your_contribution.age",
      "your_contribution.answer",
      "your_contribution.contribution",
      "your_contribution.state"
    ])
    const inside =
      "SELECT 1 FROM duckdb_tables() WHERE table_name IN ('own_contribution', 'contribution_state', 'counted', 'loop_time')"
    expect(await world.rows(inside)).toEqual([])
  })

  test("the own unit's page, and the way back to the events, are inside", async () => {
    expect(
      await inStore(
        world,
        "SELECT microsystem, state, month_over, len(events) AS events FROM relationships.own_contribution WHERE contribution IN ('t-acted', 't-april') ORDER BY contribution"
      )
    ).toEqual([
      { microsystem: "oak", state: "acted", month_over: true, events: "3" },
      { microsystem: "oak", state: "received", month_over: false, events: "1" }
    ])
  })

  test("an owner is signalled what waits too long, until it is answered", async () => {
    const query = `SELECT microsystem, state, words FROM plimsoll.signal WHERE rule = 'relationships/unanswered' ORDER BY ALL`
    expect(await world.rows(query)).toEqual([
      {
        microsystem: "elm",
        state: "opened",
        words: "What was brought in March 2026 has waited for an answer for 60 days or more."
      },
      {
        microsystem: "oak",
        state: "opened",
        words: "What was brought in January 2026 has waited for an answer for 60 days or more."
      }
    ])
    const late = step({
      contribution: "t-open",
      kind: "answered",
      answer: "no",
      reasoned: true,
      day: "2026-04-30"
    })
    await take(world, [late])
    await world.compute()
    expect((await world.rows(query)).map((one) => one["state"])).toEqual(["ended", "opened"])
    expect(await world.rows("FROM relationships.waiting WHERE owner = 'elm'")).toEqual([])
    await world.remove(contributionSteps, [{ id: late.id }])
    await world.compute()
    expect(await world.rows("SELECT contribution FROM relationships.waiting WHERE owner = 'elm'")).toEqual([
      { contribution: "t-open" }
    ])
  })
})

describe("whether loops are closed, and how soon", () => {
  let world: World
  beforeAll(async () => {
    world = await relationshipsWorld()
    await world.define({ microsystems: ["oak", "elm"].map(unit) }, "2025-12-29")
    const start = "2025-01-06"
    // Thirty ideas that elm answers after 2, 4, … 60 days, acts on after 70 and closes after 90 or 91; 25 concerns of which oak answers none.
    const ideas = Array.from({ length: 30 }, (_, n) =>
      contribution({ id: `i${n}`, day: start, owner: "elm" })
    )
    const concerns = Array.from({ length: 25 }, (_, n) =>
      contribution({ id: `c${n}`, day: start, kind: "concern", role: "night" })
    )
    await bring(world, [...ideas, ...concerns, contribution({ id: "thanks", day: start, kind: "thanks" })])
    await take(
      world,
      ideas.flatMap(({ id }, n) => [
        step({ contribution: id, kind: "answered", day: day(start, 2 * n + 2) }),
        step({ contribution: id, kind: "acted", day: day(start, 70) }),
        step({ contribution: id, kind: "closed", day: day(start, n < 22 ? 90 : 91) })
      ])
    )
    // The second quarter: three, of whom nothing is told.
    await bring(
      world,
      ["a", "b", "c"].map((id) => contribution({ id, day: "2025-05-05" }))
    )
    await world.compute()
  })
  afterAll(() => world.close())

  test("of all by number, of kinds and owners in words; times with those that wait still", async () => {
    const rows = await world.rows(
      `SELECT part, kind, role, owner, contributions, closed, round(share, 4) AS share, round(low, 4) AS low, round(high, 4) AS high, verdict,
         answer_lower, answer_median, answer_upper, act_median, running FROM relationships.closed_loop ORDER BY part, kind, role, owner`
    )
    const none = { kind: null, role: null, owner: null, verdict: null }
    // Of 55 a quarter is the 14th, and half the 28th; three quarters are more than the 30 that were answered.
    const [all, ...parts] = rows
    expect(all).toEqual({
      ...none,
      part: "all",
      contributions: "55",
      closed: "22",
      share: 0.4,
      low: 0.2812,
      high: 0.5319,
      answer_lower: 28,
      answer_median: 56,
      answer_upper: null,
      act_median: 70,
      running: false
    })
    const hidden = { contributions: null, closed: null, share: null, low: null, high: null, running: false }
    const answered = {
      verdict: "higher",
      answer_lower: 16,
      answer_median: 31,
      answer_upper: 46,
      act_median: 70
    }
    const waiting = {
      verdict: "lower",
      answer_lower: null,
      answer_median: null,
      answer_upper: null,
      act_median: null
    }
    expect(parts).toEqual([
      { ...none, part: "kind", kind: "concern", ...hidden, ...waiting },
      { ...none, part: "kind", kind: "idea", ...hidden, ...answered },
      { ...none, part: "owner", owner: "elm", ...hidden, ...answered },
      { ...none, part: "owner", owner: "oak", ...hidden, ...waiting },
      { ...none, part: "role", role: "day", ...hidden, ...answered },
      { ...none, part: "role", role: "night", ...hidden, ...waiting }
    ])
  })

  test("no share is told before all have had their 90 days, nor where one to four were closed, or were not", async () => {
    const query =
      "SELECT contributions, closed, share, running FROM relationships.closed_loop WHERE part = 'all' AND quarter = '2025-07-01'"
    const late = Array.from({ length: 12 }, (_, n) => contribution({ id: `l${n}`, day: "2025-09-01" }))
    const close = (from: number, until: number): Promise<void> =>
      take(
        world,
        late.slice(from, until).map(({ id }) => step({ contribution: id, kind: "closed", day: "2025-09-02" }))
      )
    await bring(world, late)
    await close(0, 6)
    await world.compute()
    expect(await world.rows(query)).toEqual([
      { contributions: "12", closed: null, share: null, running: true }
    ])
    await world.core.tick("2025-12-30")
    await world.compute()
    expect(await world.rows(query)).toEqual([
      { contributions: "12", closed: "6", share: 0.5, running: false }
    ])
    await close(6, 9)
    await world.compute()
    expect(await world.rows(query)).toEqual([
      { contributions: "12", closed: null, share: null, running: false }
    ])
    await close(9, 12)
    await world.compute()
    expect(await world.rows(query)).toEqual([{ contributions: "12", closed: "12", share: 1, running: false }])
  })
})

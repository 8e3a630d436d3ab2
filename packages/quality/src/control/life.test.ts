import { observations, type SignalEvent } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { answer, controlWorld, falls, feedFalls, month, respond, ward } from "../../test/control-world.ts"
import type { World } from "../../test/world.ts"

const steady = (length: number): ReadonlyArray<number> =>
  Array.from({ length }, (_, at) => 20 + [0, 3, -2, 1, -3, 2][at % 6]!)
const units = ["oak", "elm", "ash", "fir", "yew"]

describe("the life of signals", () => {
  let world: World
  const idOf = async (unit: string): Promise<string> => {
    const [row] = await world.rows<{ signal: string }>(
      `SELECT signal FROM plimsoll.signal WHERE microsystem = '${unit}' AND measure = 'falls' AND rule = 'beyond-limits'`
    )
    return row!.signal
  }
  const states = async (signal: string) =>
    (
      await world.rows<{ state: string }>(
        `SELECT state FROM plimsoll.signal_event WHERE signal = '${signal}' ORDER BY recorded_at`
      )
    ).map((row) => row.state)
  const ids: { [unit: string]: string } = {}

  beforeAll(async () => {
    world = await controlWorld()
    await world.define({ measures: [falls], microsystems: [...units, "lime"].map(ward) }, month(26))
    // All but lime have a figure far above the others in the last of 26 months.
    for (const unit of units) await feedFalls(world, unit, [...steady(25), 60])
    await feedFalls(world, "lime", [...steady(26), 20])
    await world.compute()
    for (const unit of units) ids[unit] = await idOf(unit)
  })
  afterAll(() => world.close())

  test("what is slipping is on the board with rule, words, and how long nobody has answered", async () => {
    await world.core.tick(month(27))
    await world.compute()
    const rows = await world.rows(
      "SELECT microsystem, section, rule, active, since, opened_on, days_open, unanswered_days, len(events) AS events, starts_with(words, 'The latest month is above the upper limit.') AS said FROM control.board WHERE microsystem = 'oak' AND rule = 'beyond-limits'"
    )
    expect(rows).toEqual([
      {
        microsystem: "oak",
        section: "slipping",
        rule: "beyond-limits",
        active: true,
        since: month(25),
        opened_on: month(26),
        days_open: "31",
        unanswered_days: "31",
        events: "1",
        said: true
      }
    ])
    expect(await world.rows("FROM control.board WHERE microsystem = 'lime'")).toEqual([])
  })

  test("a response to an open signal is said on the signal topic, with the signal's identity", async () => {
    const day = "2024-03-05T10:00:00Z"
    await respond(world, [
      // Of two at one moment the first on the log was first, whatever their ids.
      answer({ id: "r1", signal: ids["oak"]!, microsystem: "oak", team: "oak", kind: "acknowledge" }, day),
      answer({ id: "r0", signal: ids["oak"]!, microsystem: "oak", team: "lime", kind: "acknowledge" }, day),
      answer({ id: "r2", signal: ids["elm"]!, microsystem: "elm", team: "lime", kind: "acknowledge" }, day),
      answer(
        { id: "r3", signal: ids["ash"]!, microsystem: "ash", team: "ash", kind: "explain" },
        "2024-03-09T10:00:00Z"
      )
    ])
    const { signals } = await world.compute()
    expect(signals).toEqual([])
    const [first, second] = await world.rows<SignalEvent & { readonly [column: string]: unknown }>(
      `SELECT * EXCLUDE (state, changed_as_of) FROM plimsoll.signal WHERE signal IN ('${ids["oak"]!}', '${ids["yew"]!}') ORDER BY microsystem`
    )
    // Nothing but the state tells the acknowledged one from its twin.
    expect({ ...first, signal: "", microsystem: "" }).toEqual({ ...second, signal: "", microsystem: "" })
    expect(await states(ids["oak"]!)).toEqual(["opened", "acknowledged"])
    expect(await states(ids["ash"]!)).toEqual(["opened", "explained"])
    expect(await states(ids["yew"]!)).toEqual(["opened"])
  })

  test("who was first, and how soon, is told of every unit and of all", async () => {
    const rows = await world.rows(
      "SELECT microsystem, signals, own_team_first AS own, others_first AS others, unanswered, share, median_days FROM control.self_detection ORDER BY microsystem NULLS FIRST"
    )
    const all = rows[0]!
    const count = Number((all as { signals: string }).signals)
    expect(all).toEqual({
      microsystem: null,
      signals: String(count),
      own: "2",
      others: "1",
      unanswered: String(count - 3),
      share: 2 / count,
      median_days: 6
    })
    expect(rows).toContainEqual(expect.objectContaining({ microsystem: "elm", own: "0", others: "1" }))
    expect(rows).toContainEqual(expect.objectContaining({ microsystem: "oak", own: "1", median_days: 4 }))
  })

  test("an earlier state never follows a later one", async () => {
    await respond(world, [
      answer(
        { id: "r4", signal: ids["ash"]!, microsystem: "ash", team: "ash", kind: "acknowledge" },
        "2024-03-10T10:00:00Z"
      )
    ])
    await world.compute()
    expect(await states(ids["ash"]!)).toEqual(["opened", "explained"])
  })

  test("an action, a check and a close make the rest of its life; people may close what still holds", async () => {
    const own = { signal: ids["ash"]!, microsystem: "ash", team: "ash" }
    await respond(world, [
      answer(
        { id: "r5", ...own, kind: "act", actionClass: "weak", actionAim: "person" },
        "2024-03-12T10:00:00Z"
      ),
      answer({ id: "r6", ...own, kind: "check", outcome: "same" }, "2024-03-20T10:00:00Z"),
      answer({ id: "r7", ...own, kind: "close" }, "2024-03-21T10:00:00Z")
    ])
    await world.core.tick("2024-04-02")
    await world.compute()
    expect(await states(ids["ash"]!)).toEqual(["opened", "explained", "closed"])
    const [life] = await world.rows(
      `SELECT state, cause, answered_on, days_to_answer, acted_on, checked_on, outcome, closed_on, days_open, responses, len(events) AS events FROM control.signal_life WHERE signal = '${ids["ash"]!}'`
    )
    expect(life).toEqual({
      state: "closed",
      cause: "staffing",
      answered_on: "2024-03-09",
      days_to_answer: "8",
      acted_on: "2024-03-12",
      checked_on: "2024-03-20",
      outcome: "same",
      closed_on: "2024-04-02",
      days_open: "32",
      responses: "5",
      events: "8"
    })
    const [row] = await world.rows<{
      done: ReadonlyArray<{ kind: string; action_class: string | null; action_aim: string | null }>
    }>(
      `SELECT section, active, reason, unanswered_days, done FROM control.board WHERE signal = '${ids["ash"]!}'`
    )
    expect(row).toMatchObject({
      section: "closed",
      active: true,
      reason: "closed by ash",
      unanswered_days: null
    })
    expect(row!.done.map((one) => one.kind)).toEqual(["explain", "acknowledge", "act", "check", "close"])
    expect(row!.done[2]).toMatchObject({ action_class: "weak", action_aim: "person" })
  })

  test("a correction withdraws a signal, and the board shows it with the reason", async () => {
    await world.feed(observations, [
      { microsystem: "fir", measure: "falls", day: month(25), numerator: "20.000000", denominator: null }
    ])
    await world.compute()
    const [row] = await world.rows(
      `SELECT section, active, reason, over_on, unanswered_days FROM control.board WHERE signal = '${ids["fir"]!}'`
    )
    expect(row).toEqual({
      section: "withdrawn",
      active: false,
      reason: "a correction, or limits that were still provisional, removed its cause",
      over_on: "2024-04-02",
      unanswered_days: null
    })
    const [all] = await world.rows<{ signals: string }>(
      "SELECT (SELECT count(*) FROM plimsoll.signal WHERE state <> 'withdrawn') = signals AS counted FROM control.self_detection WHERE microsystem IS NULL"
    )
    expect(all).toEqual({ counted: true })
  })

  test("what has ended is not slipping, and no answer brings it back", async () => {
    for (const unit of ["oak", "yew"]) await feedFalls(world, unit, [20, 21], 26)
    await world.compute()
    expect(await states(ids["yew"]!)).toEqual(["opened", "ended"])
    await respond(world, [
      answer(
        { id: "r8", signal: ids["yew"]!, microsystem: "yew", team: "yew", kind: "acknowledge" },
        "2024-04-02T11:00:00Z"
      )
    ])
    await world.compute()
    expect(await states(ids["yew"]!)).toEqual(["opened", "ended"])
    expect(await states(ids["oak"]!)).toEqual(["opened", "acknowledged", "ended"])
    expect(
      await world.rows(
        "SELECT section, too_late FROM control.board JOIN control.response USING (signal) WHERE id = 'r8'"
      )
    ).toEqual([{ section: "ended", too_late: true }])
    expect(await world.rows("FROM control.board WHERE microsystem = 'yew' AND section = 'slipping'")).toEqual(
      []
    )
  })

  test("what does not fit is shown, and counts for nothing", async () => {
    const at = "2024-04-02T12:00:00Z"
    await respond(world, [
      answer({ id: "x1", signal: "none", microsystem: "oak", team: "oak", kind: "acknowledge" }, at),
      answer({ id: "x2", signal: ids["elm"]!, microsystem: "oak", team: "oak", kind: "close" }, at),
      answer({ id: "x3", signal: ids["elm"]!, microsystem: "elm", team: "nobody", kind: "explain" }, at)
    ])
    await world.compute()
    expect(await world.rows("SELECT id, reason FROM control.unplaced_response ORDER BY id")).toEqual([
      { id: "x1", reason: "there is no such signal" },
      { id: "x2", reason: "the signal is of another unit" },
      { id: "x3", reason: "nobody has told of the team that answers" }
    ])
    expect(await states(ids["elm"]!)).toEqual(["opened", "acknowledged", "explained"])
  })

  test("a cause without an explanation, and an explanation without a cause, are refused before the log", async () => {
    const row = { id: "x4", signal: ids["elm"]!, microsystem: "elm", team: "elm" }
    for (const wrong of [
      answer({ ...row, kind: "explain", cause: null }, "2024-04-02T12:00:00Z"),
      answer({ ...row, kind: "act", cause: "skills" }, "2024-04-02T12:00:00Z"),
      answer({ ...row, kind: "act", actionAim: null }, "2024-04-02T12:00:00Z"),
      answer({ ...row, kind: "check", outcome: null }, "2024-04-02T12:00:00Z")
    ]) {
      await expect(respond(world, [wrong])).rejects.toMatchObject({ code: "row-invalid" })
    }
  })

  test("silence is on the board", async () => {
    await world.core.tick("2024-06-20")
    await world.compute()
    const rows = await world.rows(
      "SELECT microsystem, section, rule FROM control.board WHERE microsystem = 'lime'"
    )
    expect(rows).toEqual([{ microsystem: "lime", section: "silent", rule: "silence" }])
  })

  test("a store made again from the log says nothing, and comes to the same", async () => {
    const query =
      "SELECT signal, state, opened_on, answered_by, days_open FROM control.signal_life ORDER BY signal"
    const before = await world.rows(query)
    await world.core.close()
    world.core = await world.open("again")
    const { signals } = await world.compute()
    expect(signals).toEqual([])
    expect(await world.rows(query)).toEqual(before)
  })
})

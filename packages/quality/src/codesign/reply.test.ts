import { readFileSync } from "node:fs"
import { join } from "node:path"
import { openVaultKeys, sealRecords, Sealer, streamTopics } from "@plimsoll/log"
import { contractOf } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  codesignWorld,
  contribution,
  decision,
  engagement,
  inside,
  publishedRows,
  said,
  story
} from "../../test/codesign-world.ts"
import { node, unit } from "../../test/vision-graph.ts"
import type { World } from "../../test/world.ts"
import { visionNodes } from "../vision/events.ts"
import {
  codesignContributions,
  codesignDecisions,
  engagements,
  saidAndDone,
  stories,
  type StoryConsent,
  storyConsents,
  storyFacts
} from "./events.ts"

const today = "2026-06-15"
const before = (days: number): string =>
  new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10)

const start = async (): Promise<World> => {
  const world = await codesignWorld({}, { themes: [{ id: "waiting", title: "Waiting" }] })
  await world.define({ microsystems: ["oak", "elm"].map(unit) }, today)
  await world.feed(visionNodes, [node("g", "goal")])
  return world
}

describe("a story whose teller takes consent back", () => {
  const consent = (id: string, state: StoryConsent["state"], day = "2026-02-11"): StoryConsent => ({
    id,
    microsystem: "oak",
    state,
    day
  })
  const ids = Array.from({ length: 20 }, (_, at) => `tale-${String(at).padStart(2, "0")}`)
  const canary = "ZYZZYVA-7"
  let world: World

  /** The tables of the published file of which a row has one of these texts in any of its columns. */
  const foundIn = async (...texts: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
    const rows = await publishedRows(world)
    expect(new Set(rows.map(({ place }) => place)).size).toBeGreaterThan(20)
    const found = rows.filter(({ row }) => texts.some((text) => row.includes(text)))
    return [...new Set(found.map(({ place }) => place))]
  }
  const count = async () =>
    (
      await world.rows(
        `SELECT (SELECT count(*) FROM codesign.story)::INTEGER AS listed, stories::INTEGER AS stories, hidden FROM codesign.story_count WHERE theme = 'waiting'`
      )
    )[0]

  beforeAll(async () => {
    world = await start()
    await world.feed(storyFacts, [
      ...ids.map((id) => story(id)),
      story("never-asked", { themes: ["food"], microsystem: "elm" }),
      story("this-quarter", { day: "2026-05-01" })
    ])
    await world.feed(
      storyConsents,
      ids.map((id) => consent(id, "given"))
    )
    await world.feed(engagements, [engagement("e")])
    await world.feed(codesignContributions, [contribution("c", "e", "service-user")])
    await world.feed(codesignDecisions, [decision("d", ["c"])])
    await world.feed(saidAndDone, [
      said("r0", "2026-02-10", {
        story: ids[0]!,
        answered: "2026-02-20",
        done: "2026-03-02",
        outcome: "changed",
        decision: "d"
      }),
      said("r1", "2026-02-10", { story: ids[1]!, answered: "2026-02-20" }),
      said("r2", "2026-02-10", { story: "never-asked" })
    ])
    const keys = openVaultKeys(join(world.folder, "vault"))
    const author = { organisation: "test", name: "test", instance: "tellers" }
    const words = ids.map((id) => ({ id, microsystem: "oak", day: "2026-02-10", text: `${canary} ${id}` }))
    const groups = sealRecords(author, stories, words, new Sealer(keys))
    await world.log.ensureTopics(streamTopics(contractOf("test", stories), 3))
    const writer = await world.log.writer("plimsoll.test.tellers")
    await writer.append(groups)
    await writer.close()
    await world.compute()
  })
  afterAll(() => world.close())

  test("while it may be used, is listed with its reply, the decision and the change", async () => {
    expect(await count()).toEqual({ listed: 20, stories: 20, hidden: false })
    expect(
      await world.rows(
        `SELECT story, reply, done, outcome, decision, subject, state FROM codesign.chain WHERE story <= '${ids[2]}' ORDER BY story`
      )
    ).toEqual([
      {
        story: ids[0],
        reply: "r0",
        done: "2026-03-02",
        outcome: "changed",
        decision: "d",
        subject: "g",
        state: "changed"
      },
      {
        story: ids[1],
        reply: "r1",
        done: null,
        outcome: null,
        decision: null,
        subject: null,
        state: "answered"
      },
      {
        story: ids[2],
        reply: null,
        done: null,
        outcome: null,
        decision: null,
        subject: null,
        state: "no-reply"
      }
    ])
  })

  test("without consent is in no list, and its reply stands there without it", async () => {
    expect(await foundIn("never-asked")).toEqual([])
    expect(await world.rows("SELECT story, words FROM codesign.reply WHERE reply = 'r2'")).toEqual([
      { story: null, words: 'You said something of "Waiting". Nobody has answered yet.' }
    ])
    // One story of a quarter that is over, which is not listed: neither it nor its number is told.
    expect(
      await world.rows("SELECT stories, hidden, events FROM codesign.story_count WHERE theme = 'food'")
    ).toEqual([{ stories: null, hidden: true, events: [] }])
  })

  test("has its words nowhere in what is published, nor in the clear on the log", async () => {
    expect(await foundIn(canary)).toEqual([])
    expect(await foundIn(ids[0]!)).toEqual(['"codesign"."chain"', '"codesign"."reply"', '"codesign"."story"'])
    expect(readFileSync(world.published).includes(canary)).toBe(false)
    expect(readFileSync(join(world.folder, "log.sqlite")).includes(canary)).toBe(false)
  })

  test("vanishes from every list, for ever; it is counted, and how many vanished is not told", async () => {
    await world.feed(storyConsents, [consent(ids[0]!, "withdrawn", "2026-06-01")])
    await world.compute()
    expect(await foundIn(ids[0]!)).toEqual([])
    expect(await foundIn(ids[1]!)).not.toEqual([])
    expect(
      await world.rows("SELECT story, outcome, decision FROM codesign.reply WHERE reply = 'r0'")
    ).toEqual([{ story: null, outcome: "changed", decision: "d" }])
    // 20 beside a list of 19 would tell of one.
    expect(await count()).toEqual({ listed: 19, stories: null, hidden: true })
    // Consent that is given later, or recorded again, brings nothing back.
    await world.feed(storyConsents, [consent(ids[0]!, "given", "2026-06-10")])
    await world.feed(
      storyConsents,
      ids.slice(1, 5).map((id) => consent(id, "withdrawn", "2026-06-01"))
    )
    await world.compute()
    expect(await foundIn(...ids.slice(0, 5))).toEqual([])
    expect(await count()).toEqual({ listed: 15, stories: 20, hidden: false })
    expect(
      await inside(
        world,
        "SELECT stories::INTEGER AS stories, listed::INTEGER AS listed FROM codesign.story_figure WHERE theme = 'waiting'"
      )
    ).toEqual([{ stories: 20, listed: 15 }])
  })
})

describe("what was said and what was done", () => {
  let world: World
  beforeAll(async () => {
    world = await start()
    const weeks = (id: string, number: number) =>
      said(id, before(400), {
        answered: before(399),
        done: before(400 - 7 * number),
        outcome: "not-changed",
        reason: "not-safe"
      })
    await world.feed(saidAndDone, [
      ...[2, 3, 5, 8, 13, 21].map((number) => weeks(`w${number}`, number)),
      ...[30, 30, 45, 60].map((number, at) => said(`open${at}`, before(7 * number))),
      // Of days to come: it is not said yet; it is not done yet.
      said("to-come", before(-10)),
      said("promised", before(10), {
        microsystem: "elm",
        answered: before(5),
        done: before(-5),
        outcome: "changed"
      })
    ])
    await world.compute()
  })
  afterAll(() => world.close())

  test("is timed with what still waits: a median of 17 weeks, not the 6.5 of what is done", async () => {
    expect(
      await world.rows(
        `SELECT said::INTEGER AS said, answered::INTEGER AS answered, closed::INTEGER AS closed, open::INTEGER AS open, closed_share,
           round(low, 4) AS low, round(high, 4) AS high, median_days_to_close, oldest_open_days::INTEGER AS oldest FROM codesign.closure WHERE microsystem = 'oak'`
      )
    ).toEqual([
      {
        said: 10,
        answered: 6,
        closed: 6,
        open: 4,
        closed_share: 0.6,
        low: 0.3127,
        high: 0.8318,
        median_days_to_close: 7 * 17,
        oldest: 420
      }
    ])
    expect(
      await world.rows(
        "SELECT microsystem, said::INTEGER AS said, closed::INTEGER AS closed FROM codesign.closure ORDER BY microsystem"
      )
    ).toEqual([
      { microsystem: "elm", said: 1, closed: 0 },
      { microsystem: "oak", said: 10, closed: 6 },
      { microsystem: null, said: 11, closed: 6 }
    ])
  })

  test("is listed in public, with ages and in words", async () => {
    expect(
      await world.rows(
        `SELECT reply, title, open_days::INTEGER AS open_days, closed_days::INTEGER AS closed_days, words FROM codesign.reply
         WHERE reply IN ('w3', 'open0', 'promised', 'to-come') ORDER BY reply`
      )
    ).toEqual([
      {
        reply: "open0",
        title: "Waiting",
        open_days: 210,
        closed_days: null,
        words: 'You said something of "Waiting". Nobody has answered yet.'
      },
      {
        reply: "promised",
        title: "Waiting",
        open_days: 10,
        closed_days: null,
        words: 'You said something of "Waiting". We have answered, and it is not done yet.'
      },
      {
        reply: "w3",
        title: "Waiting",
        open_days: null,
        closed_days: 21,
        words: 'You said something of "Waiting". We have not changed it: it would not be safe.'
      }
    ])
  })
})

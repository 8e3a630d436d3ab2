import { rmSync } from "node:fs"
import { join } from "node:path"
import { PlimsollError, type SignalEvent, signals, sql, topicOf } from "@plimsoll/schema"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { logs, type LogUnderTest } from "../../../test/logs.ts"
import { type Core, Published, publishedChecksum } from "../src/index.ts"
import { Database } from "../src/duckdb/database.ts"
import { type Arrival, arrivals, beside, contacts, late, month, unit, World } from "./world.ts"

// A machine that does other work beside needs its time for a store, and a log, in each test.
vi.setConfig({ testTimeout: 120_000 })

let world: World
let core: Core

/** The log that a world stands on; undefined: the embedded one. */
let on: LogUnderTest | undefined

beforeEach(async () => {
  world = await World.make(on)
  core = await world.core()
})
afterEach(async () => {
  await core.close()
  await world.remove()
})

const steady = [
  50, 52, 49, 51, 48, 50, 53, 47, 51, 49, 50, 52, 48, 51, 49, 52, 50, 48, 51, 50, 49, 52, 48, 49
]
const rows = (id: string, values: ReadonlyArray<number>, from = 0): Arrival[] =>
  values.map((value, nth) => ({ unit: id, day: month(from + nth), seen: 1000, late: value }))
const brief = (events: ReadonlyArray<SignalEvent>) =>
  events.map((event) => `${event.microsystem} ${event.rule} ${event.side} ${event.state}`)
const define = (measures = [late()], units = ["a", "b"]) =>
  core.define({ measures, microsystems: units.map(unit) })

const board = async () => {
  const published = await Published.open(await core.publish(world.published))
  try {
    return await published.board()
  } finally {
    published.close()
  }
}
const look = async (query: string) => {
  const published = await Published.open(await core.publish(world.published))
  try {
    return (await published.query(query)).rows
  } finally {
    published.close()
  }
}
const code = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    if (error instanceof PlimsollError) return error.code
    throw error
  }
  return "none"
}

describe("an event changes a figure by a rule", () => {
  test("seven months in a row on the worse side open one signal, which ends when the run does", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 55, 54, 55, 54, 55, 54]))
    expect(brief((await core.update()).signals)).toEqual([])
    await world.feed(arrivals, rows("a", [54], 30))
    const { signals: opened } = await core.update()
    expect(brief(opened)).toContain("a shift high opened")
    const shift = opened.find((event) => event.rule === "shift")!
    expect(shift).toMatchObject({
      variation: "concern",
      firstPeriod: month(24),
      completedPeriod: month(30),
      asOf: month(30)
    })
    expect(shift.words).toMatch(/^7 months in a row above the average\./)
    expect((await board()).find((row) => row.microsystem === "a")).toMatchObject({
      status: "slipping",
      since: month(24)
    })
    await world.feed(arrivals, rows("a", [55], 31))
    expect(brief((await core.update()).signals).filter((text) => text.includes("shift"))).toEqual([])
    await world.feed(arrivals, rows("a", [45], 32))
    const after = (await core.update()).signals
    expect(after.find((event) => event.signal === shift.signal)?.state).toBe("ended")
    expect((await board()).find((row) => row.microsystem === "a")?.status).not.toBe("slipping")
  })

  test("limits stay as the first 24 points made them, so a lasting slip does not excuse itself", async () => {
    await define()
    await world.feed(arrivals, rows("a", steady))
    await core.update()
    const before = await look("SELECT DISTINCT centre, ucl3 FROM plimsoll.point")
    await world.feed(arrivals, rows("a", [58, 59, 60, 61, 62, 63, 64, 65], 24))
    await core.update()
    expect(await look("SELECT DISTINCT centre, ucl3 FROM plimsoll.point")).toEqual(before)
  })

  test("a correction withdraws the signal it takes the cause from, with the reason", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 90]))
    const [opened] = (await core.update()).signals
    expect(opened).toMatchObject({ rule: "beyond-limits", side: "high", state: "opened" })
    await world.feed(arrivals, rows("a", [50], 24))
    const [withdrawn] = (await core.update()).signals
    expect(withdrawn).toMatchObject({ signal: opened!.signal, state: "withdrawn" })
    expect(withdrawn!.reason).toMatch(/correction/)
    // The same run again is a new signal: an ended id is never used again.
    await world.feed(arrivals, rows("a", [90], 24))
    const [again] = (await core.update()).signals
    expect(again).toMatchObject({ rule: "beyond-limits", state: "opened" })
    expect(again!.signal).not.toBe(opened!.signal)
  })

  test("another version of the SPC pack judges every series again, and says nothing that was said", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 90]))
    expect(brief((await core.update()).signals)).toEqual(["a beyond-limits high opened"])
    await core.close()
    const store = await Database.open(join(world.folder, ".plimsoll/core.duckdb"))
    await store.run(
      "UPDATE store.meta SET value = 'of another pack' WHERE name = 'spc'; UPDATE store.run SET rule = 'outside'"
    )
    store.end()
    core = await world.core()
    expect(brief((await core.update()).signals)).toEqual([])
    expect((await board()).find((row) => row.microsystem === "a")?.rules).toEqual(["beyond-limits"])
  })

  test("a deletion takes a row out of the figures, and history stays", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 90]))
    await core.update()
    await world.feed(arrivals, rows("a", [90], 24), { kind: "deleted" })
    expect(brief((await core.update()).signals)).toEqual(["a beyond-limits high withdrawn"])
    expect(
      await look(
        "SELECT count(*)::INTEGER FROM plimsoll.measure_value WHERE microsystem = 'a' AND observations > 0"
      )
    ).toEqual([[24]])
  })

  test("a row that moves to another unit changes both", async () => {
    await define([late({ from: contacts as never, microsystem: sql`unit` })])
    await world.feed(contacts, rows("a", steady), { from: { file: "f.csv", generation: 1 } })
    await core.update()
    await world.feed(contacts, [...rows("a", steady.slice(1), 1), ...rows("b", steady.slice(0, 1))], {
      from: { file: "f.csv", generation: 2 },
      ends: true
    })
    await core.update()
    expect(
      await look(
        "SELECT microsystem, sum(observations)::INTEGER FROM plimsoll.measure_value GROUP BY ALL ORDER BY ALL"
      )
    ).toEqual([
      ["a", 23],
      ["b", 1]
    ])
  })
})

describe("a replaced file", () => {
  test("counts when all of it has landed, and drops what is no longer in it", async () => {
    await define()
    const file = "monthly.csv"
    await world.feed(arrivals, rows("a", [...steady, 50]), { from: { file, generation: 1 } })
    await core.update()
    const revised = rows(
      "a",
      steady.slice(0, 20).map((value) => value + 1)
    )
    await world.feed(arrivals, revised.slice(0, 10), { from: { file, generation: 2 } })
    await core.update()
    const figures =
      "SELECT count(*) FILTER (observations > 0)::INTEGER, sum(numerator)::INTEGER FROM plimsoll.measure_value"
    expect(await look(figures)).toEqual([[25, steady.reduce((sum, value) => sum + value, 50)]])
    await world.feed(arrivals, revised.slice(10), { from: { file, generation: 2 } })
    await world.feed(arrivals, [], { from: { file, generation: 2 }, ends: true })
    await core.update()
    // The marker of the last feed says 0 rows, and 20 have landed: the generation is whole.
    expect(await look(figures)).toEqual([
      [20, steady.slice(0, 20).reduce((sum, value) => sum + value + 1, 0)]
    ])
  })
})

describe("units, periods and silence", () => {
  test("rows of an unknown unit are landed, told, and count when it arrives", async () => {
    await define([late()], ["a"])
    await world.feed(arrivals, [...rows("a", steady), ...rows("z", steady)])
    await core.update()
    expect(await look("SELECT microsystem, observations::INTEGER FROM plimsoll.unplaced")).toEqual([
      ["z", 24]
    ])
    expect((await board()).map((row) => row.microsystem)).toEqual(["a"])
    await define([late()], ["a", "z"])
    await core.update()
    expect(await look("FROM plimsoll.unplaced")).toEqual([])
    expect((await board()).map((row) => row.microsystem).sort()).toEqual(["a", "z"])
  })

  test("a period is judged when it is complete and its grace is over", async () => {
    await define([late({ grace: 10 })])
    await world.feed(arrivals, rows("a", steady))
    await core.update()
    // The stream covers months: its watermark stands at the first of the month after the last row, 10 days short.
    expect(await look("SELECT max(period)::VARCHAR FROM plimsoll.measure_value")).toEqual([[month(22)]])
    await world.feed(arrivals, rows("b", [50], 24))
    await core.update()
    expect(await look("SELECT max(period)::VARCHAR FROM plimsoll.measure_value")).toEqual([[month(23)]])
  })

  test("a period without rows is a gap, or nothing, as the measure says", async () => {
    const gappy = rows("a", steady).filter((row) => row.day !== month(5))
    await define([late(), late({ id: "late-counted", empty: "zero" })])
    await world.feed(arrivals, gappy)
    await core.update()
    expect(
      await look(
        `SELECT measure, value FROM plimsoll.measure_value WHERE period = '${month(5)}' ORDER BY measure`
      )
    ).toEqual([
      ["late", null],
      ["late-counted", 0]
    ])
  })

  test("silence is a signal, and ends when figures come again", async () => {
    await define()
    await world.feed(arrivals, rows("a", steady))
    await core.tick(month(25))
    expect(brief((await core.update()).signals)).toEqual([])
    await core.tick("2022-03-15")
    expect(brief((await core.update()).signals)).toEqual(["a silence null opened"])
    expect((await board())[0]?.silent).toBe(true)
    await world.feed(arrivals, rows("a", [50, 51], 24))
    expect(brief((await core.update()).signals)).toEqual(["a silence null ended"])
  })

  test("a class that is not open stays out of the published file", async () => {
    await define([
      late(),
      late({ id: "late-small", class: "small-count" }),
      late({ id: "late-team", class: "team-only" })
    ])
    await world.feed(arrivals, rows("a", [...steady, 90]))
    const { signals: said } = await core.update()
    expect(said.map((event) => [event.measure, event.value])).toEqual([
      ["late", 90],
      ["late-small", null],
      ["late-team", null]
    ])
    const shown = "SELECT DISTINCT measure FROM plimsoll.measure_value WHERE NOT hidden ORDER BY measure"
    expect(await look(shown)).toEqual([["late"], ["late-small"]])
  })
})

describe("definitions", () => {
  test("a changed measure under its old version is refused, with the cure; a new version withdraws and judges anew", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 90]))
    await core.update()
    await expect(define([late({ numerator: sql`late * 2` })])).rejects.toMatchObject({
      code: "measure-changed",
      suggestion: expect.stringContaining("raise its version to 2")
    })
    await define([late({ numerator: sql`late * 2`, version: 2 })])
    expect(brief((await core.update()).signals)).toEqual([
      "a beyond-limits high withdrawn",
      "a beyond-limits high opened"
    ])
    expect(await code(define([late()]))).toBe("measure-changed")
    // Both versions can be seen, and which signal was whose.
    expect(
      await look("SELECT version, numerator, holds FROM plimsoll.measure_version ORDER BY version")
    ).toEqual([
      ["1", "late", false],
      ["2", "late * 2", true]
    ])
    expect(await look("SELECT measure_version, state FROM plimsoll.signal ORDER BY measure_version")).toEqual(
      [
        ["1", "withdrawn"],
        ["2", "opened"]
      ]
    )
  })

  test("all that a config says goes to the log in one transaction, and nothing of it a second time", async () => {
    const appended: string[][] = []
    let made = 0
    const log = beside(world.log, {
      ensureTopics: async (topics) => {
        made++
        await world.log.ensureTopics(topics)
      },
      writer: async (id) => {
        const writer = await world.log.writer(id)
        return {
          id: writer.id,
          epoch: writer.epoch,
          append: (groups) => {
            appended.push(groups.map(({ topic }) => topic.split(".").at(-2)!))
            return writer.append(groups)
          },
          close: () => writer.close()
        }
      }
    })
    const other = await world.core({ log, directory: join(world.folder, "other") })
    const said = { measures: [late()], microsystems: [unit("a"), unit("b")] }
    await other.define(said)
    await other.define(said)
    await other.close()
    expect(appended).toEqual([["plimsoll", "measure-definition", "microsystem"]])
    expect(made).toBe(1)
  })

  test("a measure that the config no longer has is retired", async () => {
    await define()
    await world.feed(arrivals, rows("a", [...steady, 90]))
    await core.update()
    await define([])
    const said = (await core.update()).signals
    expect(said.map((event) => [event.state, event.reason])).toEqual([
      ["withdrawn", "the measure is no longer defined"]
    ])
    expect(await board()).toEqual([])
  })

  test("an expression that its stream cannot give is refused with the columns there are", async () => {
    await define([late({ numerator: sql`lates` })])
    await world.feed(arrivals, rows("a", steady))
    await expect(core.update()).rejects.toMatchObject({
      code: "measure-unfit",
      suggestion: expect.stringContaining("late")
    })
  })
})

// What lands, and how a store stands to its log, on every log; what is computed from it above and below is the same.
for (const log of logs)
  log.describe(`a store is only what its log says: ${log.name}`, () => {
    beforeAll(() => {
      on = log
    })
    afterAll(() => {
      on = undefined
    })

    const fill = async () => {
      await define()
      await world.feed(arrivals, [
        ...rows("a", [...steady, 55, 54, 55, 54, 55, 54, 55]),
        ...rows("b", [...steady, 20])
      ])
      await core.tick("2022-09-01")
      return core.update()
    }

    test("a store made again gives the same tables and says nothing again, at any threads, zone and batch", async () => {
      expect((await fill()).signals.length).toBeGreaterThan(1)
      const sum = await publishedChecksum(await core.publish(world.published))
      const zone = process.env["TZ"]
      for (const [threads, place, batch] of [
        [1, "UTC", 7],
        [2, "Asia/Kolkata", 20_000],
        [2, "America/St_Johns", 3]
      ] as const) {
        await core.close()
        rmSync(join(world.folder, ".plimsoll"), { recursive: true })
        process.env["TZ"] = place
        try {
          core = await world.core({ threads, batch })
          expect((await core.update()).signals).toEqual([])
          expect(await publishedChecksum(await core.publish(world.published))).toBe(sum)
        } finally {
          if (zone === undefined) delete process.env["TZ"]
          else process.env["TZ"] = zone
        }
      }
    })

    test("a store that fell back behind its log, as after a crash, says nothing twice", async () => {
      const first = await fill()
      const end = async () =>
        (await world.log.topics())
          .find((topic) => topic.topic === topicOf("test", signals))!
          .offsets.map((one) => one.end)
      const ends = await end()
      // The crash between the append to the signal topic and the landing of it.
      await core.close()
      const store = await Database.open(join(world.folder, ".plimsoll", "core.duckdb"))
      await store.run(
        `DELETE FROM land.plimsoll_signal_v1; DELETE FROM store.landed_offset WHERE topic = '${topicOf("test", signals)}'`
      )
      store.end()
      core = await world.core()
      const again = await core.update()
      expect(again.signals).toEqual([])
      expect(again.landed).toBe(first.signals.length)
      expect(await end()).toEqual(ends)
    })

    test("another log, a shorter log and a newer store are refused with the cure", async () => {
      await fill()
      const other = await World.make(on)
      try {
        const stranger = await other.core({ directory: join(other.folder, ".plimsoll") })
        await stranger.update()
        await stranger.close()
        await core.close()
        core = await world.core({ log: other.log })
        expect(await code(core.update())).toBe("log-differs")
        await core.close()
        const path = join(world.folder, ".plimsoll", "core.duckdb")
        let store = await Database.open(path)
        await store.run("UPDATE store.landed_offset SET next = next + 1000")
        store.end()
        core = await world.core()
        expect(await code(core.update())).toBe("log-shorter")
        await core.close()
        store = await Database.open(path)
        await store.run("UPDATE store.meta SET value = '999' WHERE name = 'version'")
        store.end()
        expect(await code(world.core())).toBe("store-newer")
        store = await Database.open(path)
        await store.run("UPDATE store.meta SET value = '1' WHERE name = 'version'")
        store.end()
        core = await world.core()
      } finally {
        await other.remove()
      }
    })

    test("another zone or organisation is refused with the cure, since days would be cut elsewhere", async () => {
      await core.close()
      expect(await code(world.core({ zone: "Asia/Kolkata" }))).toBe("store-differs")
      expect(await code(world.core({ organisation: "other" }))).toBe("store-differs")
      core = await world.core()
    })

    test("what a stranger put on a topic becomes a dead letter in the same breath, and the rest arrives", async () => {
      await define()
      await world.feed(arrivals, rows("a", steady))
      const topic = topicOf("test", arrivals)
      const writer = await world.log.writer("stranger")
      const values = [
        "not json",
        "[1]",
        '{"unit":"a","day":"2023-01-01","seen":"12","late":1}',
        '{"unit":"a","day":"2023-01-01"}'
      ]
      await writer.append([
        {
          topic,
          headers: {},
          records: [...values, '{"unit":"a","day":"2022-01-01","seen":10,"late":1}'].map((value) => ({
            key: null,
            value,
            partitionKey: "a",
            headers: {}
          }))
        }
      ])
      await writer.close()
      await core.update()
      expect(
        await look("SELECT found_by, code, reason FROM plimsoll.dead_letter ORDER BY record_offset")
      ).toEqual([
        ["core", "not-json", "the record is not a JSON object"],
        ["core", "not-json", "the record is not a JSON object"],
        ["core", "does-not-fit", 'the schema of arrivals does not fit at ["seen"]'],
        ["core", "does-not-fit", 'the schema of arrivals does not fit at ["seen"]']
      ])
      expect(await look("SELECT sum(observations)::INTEGER FROM plimsoll.measure_value")).toEqual([[25]])
    })
  })

describe("the published file", () => {
  test("says what each of its tables and columns is", async () => {
    await define()
    await core.update()
    const silent = await look(
      `SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND coalesce(comment, '') = ''
       UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal AND coalesce(comment, '') = ''
       UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND coalesce(comment, '') = ''`
    )
    expect(silent).toEqual([])
  })
})

describe("a figure", () => {
  test("can be traced to the events it was summed from, and only those that hold now", async () => {
    await define()
    await world.feed(arrivals, rows("a", steady), { from: { file: "f", generation: 1 } })
    await world.feed(arrivals, [{ unit: "a", day: month(3), seen: 1000, late: 60 }], {
      from: { file: "g", generation: 1 }
    })
    await core.update()
    const [event, ...more] = await core.trace({ measure: "late", microsystem: "a", period: month(3) })
    expect(more).toEqual([])
    expect(event).toMatchObject({ topic: topicOf("test", arrivals), numerator: 60, denominator: null })
    const { records } = await world.log.read(event!.topic, event!.partition, event!.offset, { limit: 1 })
    expect(JSON.parse(records[0]!.value!)).toEqual({ unit: "a", day: month(3), seen: 1000, late: 60 })
    expect(await code(core.trace({ measure: "nothing", microsystem: "a", period: month(3) }))).toBe(
      "measure-unknown"
    )
  })

  test("tells of a key that stands twice in one file, and counts the later row", async () => {
    await define()
    await world.feed(arrivals, [...rows("a", steady), { unit: "a", day: month(3), seen: 1000, late: 60 }], {
      from: { file: "f", generation: 1 }
    })
    await core.update()
    expect(await look(`SELECT value FROM plimsoll.measure_value WHERE period = '${month(3)}'`)).toEqual([
      [60]
    ])
    expect(
      await look("SELECT code, source_partition, source_row::INTEGER FROM plimsoll.dead_letter")
    ).toEqual([["duplicate-key", "f", 4]])
  })
})

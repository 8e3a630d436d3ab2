import { contractOf, Decimal, defineStream, PlainDate, sql } from "@plimsoll/schema"
import { Schema } from "effect"
import fc from "fast-check"
import { afterEach, describe, expect, test } from "vitest"
import { DuckDBInstance } from "@duckdb/node-api"
import { defineModule, type ModuleOptions, publishedChecksum, type QualityModule } from "../src/index.ts"
import { arrivals, late, month, unit, World } from "./world.ts"

const worlds: World[] = []
const makeWorld = async (): Promise<World> => {
  const world = await World.make()
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.remove()
})

const ask = async (path: string, query: string): Promise<ReadonlyArray<Record<string, unknown>>> => {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" })
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(query)).getRowObjectsJson() as unknown as Record<string, unknown>[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const digests = defineStream({
  name: "late-digest",
  domain: "test",
  version: 1,
  title: "How many came late at a unit in all",
  schema: Schema.Struct({ unit: Schema.String, until: PlainDate, late: Schema.Int }),
  key: ["unit", "until"],
  microsystem: "unit",
  occurredAt: "until",
  covers: "instant",
  sensitivity: { unit: "open", until: "open", late: "open" }
})

const words = defineStream({
  name: "late-word",
  domain: "test",
  version: 1,
  title: "What is called late",
  schema: Schema.Struct({
    id: Schema.String,
    since: PlainDate,
    above: Schema.Int,
    tags: Schema.Array(Schema.String),
    hours: Decimal(12, 2)
  }),
  key: ["id"],
  microsystem: null,
  occurredAt: "since",
  sensitivity: { id: "open", since: "open", above: "open", tags: "open", hours: "open" }
})

const views = `
  -- Written before what it reads: the order is found, not told.
  CREATE VIEW lateness.board AS SELECT b.microsystem, b.late, b.events, u.name FROM lateness.sum b JOIN plimsoll.microsystem u ON u.id = b.microsystem;
  COMMENT ON VIEW lateness.board IS 'Late arrivals; the unit''s name beside.';
  COMMENT ON COLUMN lateness.board.microsystem IS 'The unit.';
  COMMENT ON COLUMN lateness.board.late IS 'Late arrivals in all.';
  COMMENT ON COLUMN lateness.board.events IS 'The events that it rests on.';
  COMMENT ON COLUMN lateness.board.name IS 'Its name.';
  CREATE TABLE lateness.sum AS
    SELECT unit AS microsystem, sum(late)::INTEGER AS late, max(day) AS until, list_sort(list('arrivals/' || _partition || '/' || _offset)) AS events
    FROM current.arrivals GROUP BY unit;
  CREATE TABLE lateness.much AS
    SELECT 'lateness' AS subject, s.microsystem, 'much' AS rule, 'concern' AS variation, DATE '2020-01-01' AS first_period, DATE '2020-01-01' AS completed_period,
      (FROM plimsoll.clock) AS as_of, 'More than ' || w.above || ' came late.' AS words
    FROM lateness.sum s, current.late_word w WHERE s.late > w.above;
  CREATE TABLE lateness.digest AS SELECT microsystem AS unit, until, late FROM lateness.sum;
  CREATE TABLE lateness.unsure AS SELECT 'late' AS measure, 'nobody is sure' AS reason FROM current.late_word WHERE id = 'unsure';
`

const lateness = (above: number, more: Partial<ModuleOptions> = {}): QualityModule =>
  defineModule({
    name: "lateness",
    version: 1,
    title: "Lateness",
    // What a connector brings and is not there yet.
    streams: [arrivals, digests, words],
    declares: [
      { stream: words, rows: [{ id: "much", since: "2020-01-01", above, tags: ["a", "b"], hours: "320.00" }] }
    ],
    views,
    byMicrosystem: ["sum"],
    signals: ["much"],
    emits: [{ stream: digests, from: "digest" }],
    ...more
  })

describe("a module", () => {
  test("computes from events, signals, emits, and publishes what it comments", async () => {
    const world = await makeWorld()
    const core = await world.core({ modules: [lateness(10)] })
    await core.define({ measures: [], microsystems: [unit("a"), unit("b")] })
    await core.tick("2020-04-01")
    await world.feed(arrivals, [
      { unit: "a", day: month(0), seen: 20, late: 8 },
      { unit: "b", day: month(0), seen: 20, late: 2 }
    ])
    expect((await core.update()).signals).toEqual([])
    await world.feed(arrivals, [{ unit: "a", day: month(1), seen: 20, late: 5 }])
    const { signals } = await core.update()
    expect(signals).toMatchObject([
      {
        state: "opened",
        measure: "lateness",
        microsystem: "a",
        rule: "lateness/much",
        profile: "lateness@1",
        words: "More than 10 came late."
      }
    ])
    expect((await core.update()).landed).toBe(0)
    await core.publish(world.published)
    const board = await ask(world.published, "FROM lateness.board ORDER BY microsystem")
    expect(board).toMatchObject([
      { microsystem: "a", late: 13, name: "Unit a" },
      { microsystem: "b", late: 2, name: "Unit b" }
    ])
    expect(board[0]!["events"]).toHaveLength(2)
    expect(await ask(world.published, "SELECT state FROM signal WHERE rule = 'lateness/much'")).toEqual([
      { state: "opened" }
    ])
    await expect(ask(world.published, "FROM lateness.sum")).rejects.toThrow("does not exist")
    const comments = await ask(
      world.published,
      "SELECT comment FROM duckdb_columns() WHERE schema_name = 'lateness' AND comment IS NULL"
    )
    expect(comments).toEqual([])
    const { offsets } = (await world.log.topics([contractOf("test", digests).topic]))[0]!
    // Two for the first month; in the second only the unit for which there was news.
    expect(offsets.reduce((sum, one) => sum + one.end, 0)).toBe(3)
    // A correction takes the cause away, and the signal ends.
    await world.feed(arrivals, [{ unit: "a", day: month(1), seen: 20, late: 1 }])
    expect((await core.update()).signals).toMatchObject([{ state: "ended", signal: signals[0]!.signal }])
    await world.feed(arrivals, [{ unit: "a", day: month(1), seen: 20, late: 9 }])
    const again = (await core.update()).signals
    expect(again).toMatchObject([{ state: "opened" }])
    expect(again[0]!.signal).not.toBe(signals[0]!.signal)
    await core.close()
    // Another store from the same log says nothing, and tells the same.
    await (await world.core({ modules: [lateness(10)] })).close()
    const other = await world.core({ modules: [lateness(10)], directory: `${world.folder}/other` })
    expect(await other.compute()).toMatchObject({ unsaid: [] })
    await other.publish(`${world.folder}/other.duckdb`)
    const one = await world.core({ modules: [lateness(10)] })
    await one.update()
    await one.publish(world.published)
    expect(await publishedChecksum(`${world.folder}/other.duckdb`)).toBe(
      await publishedChecksum(world.published)
    )
    await one.close()
    await other.close()
  })

  test("what is declared holds until the config says otherwise, and is said once", async () => {
    const world = await makeWorld()
    await world.feed(arrivals, [{ unit: "a", day: month(0), seen: 20, late: 8 }])
    const open = async (modules: ReadonlyArray<QualityModule>) => {
      const core = await world.core({ modules })
      await core.define({ measures: [], microsystems: [unit("a")] })
      const update = await core.update()
      await core.close()
      return update
    }
    expect((await open([lateness(10)])).signals).toEqual([])
    expect((await open([lateness(10)])).landed).toBe(0)
    expect((await open([lateness(7)])).signals).toMatchObject([
      { state: "opened", words: "More than 7 came late." }
    ])
    const none = lateness(7, { declares: [{ stream: words, rows: [] }] })
    expect((await open([none])).signals).toMatchObject([{ state: "ended" }])
    expect((await open([lateness(7)])).signals).toMatchObject([{ state: "opened" }])
    expect((await open([])).signals).toMatchObject([
      { state: "withdrawn", reason: "the module is no longer in use" }
    ])
    await expect(open([lateness(1.5)])).rejects.toMatchObject({ code: "declaration-invalid" })
  })

  test("keeps a measure from being judged, and lets it be judged again", async () => {
    const world = await makeWorld()
    const rows = Array.from({ length: 30 }, (_, i) => ({
      unit: "a",
      day: month(i),
      seen: 20,
      late: i < 29 ? 3 + (i % 2) : 15
    }))
    await world.feed(arrivals, rows)
    const unsure = (...ids: ReadonlyArray<string>) =>
      lateness(1000, {
        unjudged: "unsure",
        declares: [
          {
            stream: words,
            rows: ids.map((id) => ({ id, since: "2020-01-01", above: 1000, tags: [], hours: "0.00" }))
          }
        ]
      })
    const open = async (module: QualityModule) => {
      const core = await world.core({ modules: [module] })
      await core.define({ measures: [late()], microsystems: [unit("a")] })
      const { signals } = await core.update()
      await core.publish(world.published)
      await core.close()
      return signals.map(({ state, rule }) => `${state} ${rule}`)
    }
    const status = () => ask(world.published, "SELECT status, caveat FROM series")
    expect(await open(unsure())).toEqual(["opened beyond-limits"])
    expect(await open(unsure("unsure"))).toEqual(["withdrawn beyond-limits"])
    expect(await status()).toEqual([{ status: "unjudged", caveat: "nobody is sure" }])
    expect(await open(unsure())).toEqual(["opened beyond-limits"])
    expect(await status()).toEqual([{ status: "slipping", caveat: null }])
  })

  test("computes incrementally what it computes in full, whatever the order of edits", async () => {
    const row = fc.record({
      unit: fc.constantFrom("a", "b", "c"),
      day: fc.integer({ min: 0, max: 3 }).map(month),
      seen: fc.constant(20),
      late: fc.integer({ min: 0, max: 9 })
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        async (steps) => {
          const world = await World.make()
          try {
            const core = await world.core({ modules: [lateness(10)] })
            await core.define({ measures: [late()], microsystems: [unit("a"), unit("b"), unit("c")] })
            for (const rows of steps) {
              await world.feed(arrivals, rows)
              await core.update()
            }
            await core.publish(world.published)
            await core.close()
            const other = await world.core({ modules: [lateness(10)], directory: `${world.folder}/other` })
            expect((await other.compute()).unsaid).toEqual([])
            await other.publish(`${world.folder}/other.duckdb`)
            await other.close()
            expect(await publishedChecksum(`${world.folder}/other.duckdb`)).toBe(
              await publishedChecksum(world.published)
            )
          } finally {
            await world.remove()
          }
        }
      ),
      { numRuns: 3 }
    )
  })

  test("that speaks because of what it says is stopped", async () => {
    const world = await makeWorld()
    const counting = defineModule({
      name: "counting",
      version: 1,
      title: "Counts its own words",
      streams: [digests],
      views:
        "CREATE TABLE counting.next AS SELECT 'a' AS unit, DATE '2020-01-01' + count(*)::INTEGER AS until, 0 AS late FROM current.late_digest",
      emits: [{ stream: digests, from: "next" }]
    })
    const core = await world.core({ modules: [counting] })
    await expect(core.update()).rejects.toMatchObject({ code: "module-restless" })
    await core.close()
  })

  const made = (text: string) => () => defineModule({ name: "bad", version: 1, title: "Bad", views: text })
  test.each([
    ["another statement", made("DROP TABLE store.meta"), "none that it may hold"],
    ["another schema", made("CREATE VIEW other.a AS SELECT 1"), "not in its own schema"],
    ["a comment on nothing", made("COMMENT ON VIEW bad.a IS 'x'"), "before it is made"],
    [
      "a table that is not made",
      () => defineModule({ name: "bad", version: 1, title: "Bad", signals: ["x"] }),
      "does not make"
    ],
    [
      "a schema of the core",
      () => defineModule({ name: "plimsoll", version: 1, title: "Bad" }),
      "means something else"
    ]
  ])("with %s is refused", (_, make, words) => expect(make).toThrow(words))

  test.each([
    [
      "a circle",
      "CREATE VIEW bad.a AS FROM bad.b; CREATE VIEW bad.b AS FROM bad.a",
      "module-circle",
      "bad.a → bad.b → bad.a"
    ],
    [
      "a stream that is not there",
      "CREATE VIEW bad.a AS FROM current.nothing",
      "module-unfit",
      "bad.a cannot be computed"
    ],
    [
      "a column without a comment",
      "CREATE VIEW bad.a AS SELECT 1 AS one; COMMENT ON VIEW bad.a IS 'x'",
      "module-invalid",
      "one has no comment"
    ],
    ["a PIVOT", "CREATE VIEW bad.a AS PIVOT plimsoll.microsystem ON kind", "module-invalid", "cannot be read"]
  ])("with %s is refused when it computes", async (_, text, code, words) => {
    const world = await makeWorld()
    const published = async () => {
      const core = await world.core({ modules: [made(text)()] })
      try {
        await core.update()
        await core.publish(world.published)
      } finally {
        await core.close()
      }
    }
    await expect(published()).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
  })
})

describe("small counts", () => {
  const small = () =>
    late({
      class: "small-count",
      chart: "p",
      denominator: sql`seen`,
      strata: { half: sql`CASE WHEN month(day) % 2 = 0 THEN 'even' ELSE 'odd' END` }
    })
  test("are hidden from the file, and enter no centre, limit or signal", async () => {
    const world = await makeWorld()
    const core = await world.core()
    await core.define({
      measures: [small(), late({ id: "team", class: "team-only" })],
      microsystems: [unit("a")]
    })
    const rows = Array.from({ length: 30 }, (_, i) => ({
      unit: "a",
      day: month(i),
      seen: 100,
      late: i === 29 ? 3 : 10 + (i % 3)
    }))
    await world.feed(arrivals, rows)
    await core.update()
    await core.publish(world.published)
    await core.close()
    const last = await ask(
      world.published,
      `SELECT numerator, denominator, value, observed, hidden FROM measure_value WHERE measure = 'late' AND stratum IS NULL AND period = DATE '${month(29)}'`
    )
    expect(last).toEqual([{ numerator: null, denominator: null, value: null, observed: true, hidden: true }])
    expect(
      await ask(
        world.published,
        "SELECT count(*)::INTEGER AS n FROM measure_value WHERE measure = 'late' AND stratum IS NULL AND value IS NOT NULL"
      )
    ).toEqual([{ n: 29 }])
    // Three of a hundred would lie below the limit.
    expect(await ask(world.published, "FROM signal WHERE measure = 'late'")).toEqual([])
    expect(
      await ask(world.published, "SELECT status, period::VARCHAR AS period FROM series WHERE stratum IS NULL")
    ).toEqual([{ status: "steady", period: month(28) }])
    expect(
      await ask(
        world.published,
        "SELECT count(*)::INTEGER AS n, count(value)::INTEGER AS shown, bool_and(hidden) AS hidden, bool_and(observed) AS observed FROM measure_value WHERE measure = 'team'"
      )
    ).toEqual([{ n: 30, shown: 0, hidden: true, observed: true }])
    expect(await ask(world.published, "SELECT measure FROM series WHERE measure = 'team'")).toEqual([])
    expect(
      await ask(world.published, "SELECT count(*)::INTEGER AS n FROM point WHERE measure = 'team'")
    ).toEqual([{ n: 0 }])
  })
})

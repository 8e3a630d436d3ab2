import { rmSync } from "node:fs"
import { join } from "node:path"
import { sql } from "@plimsoll/schema"
import fc from "fast-check"
import { expect, test } from "vitest"
import { logs } from "../../../test/logs.ts"
import type { Database } from "../src/duckdb/database.ts"
import { recompute } from "../src/recompute.ts"
import { openStore } from "../src/store.ts"
import { type Arrival, arrivals, contacts, late, month, unit, World } from "./world.ts"

const zone = "Europe/London"

const places = Array.from({ length: 10 }, (_, at) => unit(`m${at}`))

/** Everything that is computed from what has landed. */
const computed = async (database: Database) => ({
  values: await database.rows("FROM store.measure_value ORDER BY ALL"),
  runs: await database.rows("FROM store.run ORDER BY ALL"),
  unplaced: await database.rows("FROM store.unplaced ORDER BY ALL"),
  measures: await database.rows("FROM store.active_measure ORDER BY ALL")
})

const figure = fc.integer({ min: 40, max: 60 })
const row: fc.Arbitrary<Arrival> = fc.record({
  unit: fc.constantFrom("a", "b", "c"),
  day: fc.integer({ min: 0, max: 40 }).map(month),
  seen: fc.constant(1000),
  late: fc.oneof({ weight: 9, arbitrary: figure }, { weight: 1, arbitrary: fc.constant(99) })
})
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      rows: fc.array(row, { minLength: 1, maxLength: 6 })
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("delete" as const),
      rows: fc.array(row, { minLength: 1, maxLength: 10 })
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("replace" as const),
      rows: fc.array(row, { minLength: 0, maxLength: 40 })
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unit" as const), unit: fc.constantFrom("b", "c") }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("tick" as const), month: fc.integer({ min: 20, max: 60 }) })
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("update" as const) }) }
)

for (const log of logs)
  log.describe(log.name, () => {
    test("incremental equals full, after random edits, moves between units, replaced files and deletions", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(action, { minLength: 4, maxLength: log.client === undefined ? 10 : 5 }),
          async (actions) => {
            const world = await World.make(log)
            let core = await world.core()
            try {
              const measures = [
                late(),
                late({
                  id: "late-share",
                  denominator: sql`seen`,
                  strata: { odd: sql`late % 2` },
                  empty: "zero"
                }),
                // An edit of the figure moves the row to another unit.
                late({ id: "late-moving", microsystem: sql`'m' || (late % 10)` }),
                late({ id: "contacts-late", from: contacts as never, where: sql`late < 99` }),
                // An edit of the figure takes the row in or leaves it out, and what it adds up to is no whole number.
                late({
                  id: "late-even",
                  where: sql`late % 2 = 0`,
                  numerator: sql`seen / (late - 49)`,
                  denominator: sql`CASE WHEN late % 3 > 0 THEN late END`
                })
              ]
              await core.define({ measures, microsystems: [unit("a"), ...places] })
              // The last row sets the watermark once and for all: a period that becomes complete recomputes everything.
              const start = [...Array.from({ length: 26 }, (_, nth) => nth), 42].map((nth) => ({
                unit: "a",
                day: month(nth),
                seen: 1000,
                late: 50 + (nth % 3)
              }))
              await world.feed(arrivals, start)
              await world.feed(contacts, start, { from: { file: "f", generation: 1 } })
              await core.update()
              let generation = 1
              for (const step of actions) {
                if (step.do === "put") await world.feed(arrivals, step.rows)
                if (step.do === "delete") await world.feed(arrivals, step.rows, { kind: "deleted" })
                if (step.do === "replace")
                  await world.feed(contacts, step.rows, {
                    from: { file: "f", generation: ++generation },
                    ends: true
                  })
                if (step.do === "unit")
                  await core.define({ measures, microsystems: [unit("a"), ...places, unit(step.unit)] })
                if (step.do === "tick") await core.tick(month(step.month))
                if (step.do === "update") await core.update()
              }
              await core.update()
              await core.close()
              const path = join(world.folder, ".plimsoll", "core.duckdb")
              let store = await openStore(path)
              const incremental = await computed(store)
              await recompute(store, { zone, everything: true })
              const full = await computed(store)
              store.end()
              rmSync(join(world.folder, ".plimsoll"), { recursive: true })
              core = await world.core({ batch: 5 })
              expect((await core.update()).signals).toEqual([])
              await core.close()
              store = await openStore(path)
              const replayed = await computed(store)
              store.end()
              expect(incremental).toEqual(full)
              expect(replayed).toEqual(full)
              expect(full.values.length).toBeGreaterThan(50)
            } finally {
              await core.close()
              await world.remove()
            }
          }
        ),
        {
          // Of Kafka only the gaps between its offsets are new to this law.
          numRuns: log.client !== undefined ? 1 : process.env["CI"] === "true" ? 8 : 6,
          interruptAfterTimeLimit: 100_000
        }
      )
    }, 240_000)
  })

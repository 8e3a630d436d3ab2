import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openEmbeddedLog } from "@plimsoll/log"
import { sql } from "@plimsoll/schema"
import { afterEach, expect, test, vi } from "vitest"
import { Database } from "../src/duckdb/database.ts"
import { openCore } from "../src/index.ts"
import { openStore } from "../src/store.ts"
import { arrivals, late, month, unit, World } from "./world.ts"

const transaction = Database.prototype.transaction
afterEach(() => vi.restoreAllMocks())

/** Lets the process end, as it were, right after the nth transaction has been committed. */
const endAfter = (nth: number): { readonly ended: () => boolean } => {
  let count = 0
  vi.spyOn(Database.prototype, "transaction").mockImplementation(async function <A>(
    this: Database,
    work: () => Promise<A>
  ): Promise<A> {
    if (count >= nth) throw new Error("the process has ended")
    const result = await transaction.call(this, work)
    count++
    return result as A
  })
  return { ended: () => count >= nth }
}

const told = async (path: string) => {
  const store = await openStore(path)
  try {
    const tables = ["measure_value", "run", "standing", "hidden_point", "changed", "touched", "unsettled"]
    const rows: { [table: string]: unknown } = {}
    for (const table of tables) rows[table] = await store.rows(`FROM store.${table} ORDER BY ALL`)
    rows["signals"] = await store.rows(
      "SELECT signal, list(state ORDER BY _offset) AS states FROM land.plimsoll_signal_v1 GROUP BY signal ORDER BY signal"
    )
    return rows
  } finally {
    store.end()
  }
}

test("an update that ends after one of its transactions comes to the same when it goes on", async () => {
  const measures = [
    late(),
    late({ id: "late-share", denominator: sql`seen`, strata: { odd: sql`late % 2` }, empty: "zero" }),
    late({
      id: "late-few",
      numerator: sql`late - 47`,
      denominator: sql`seen`,
      class: "small-count",
      chart: "p"
    })
  ]
  const world = await World.make()
  const folders: string[] = []
  try {
    const core = await world.core()
    await core.define({ measures, microsystems: [unit("a"), unit("b")] })
    const rows = ["a", "b"].flatMap((one) =>
      Array.from({ length: 30 }, (_, nth) => ({
        unit: one,
        day: month(nth),
        seen: 1000,
        late: 50 + (nth % 3)
      }))
    )
    await world.feed(arrivals, rows)
    await core.update()
    // One opens signals, a new unit's figures arrive before it is known, one measure is new and another gone.
    await world.feed(arrivals, [
      { unit: "a", day: month(28), seen: 1000, late: 99 },
      { unit: "b", day: month(3), seen: 1000, late: 49 },
      ...rows.slice(0, 20).map((row) => ({ ...row, unit: "c" }))
    ])
    await core.define({
      measures: [...measures.slice(1), late({ id: "late-new", empty: "zero" })],
      microsystems: [unit("a"), unit("b"), unit("c")]
    })
    await core.tick(month(40))
    await core.close()
    await world.log.close()

    const goOn = async (cutAfter?: number) => {
      const folder = mkdtempSync(join(tmpdir(), "plimsoll-cut-"))
      folders.push(folder)
      cpSync(world.folder, folder, { recursive: true })
      const log = await openEmbeddedLog(join(folder, "log.sqlite"))
      const open = () =>
        openCore({
          log,
          organisation: "test",
          project: "test",
          zone: "Europe/London",
          directory: join(folder, ".plimsoll")
        })
      let cut = false
      if (cutAfter !== undefined) {
        const first = await open()
        const { ended } = endAfter(cutAfter)
        await first.update().catch(() => undefined)
        cut = ended()
        vi.restoreAllMocks()
        await first.close()
      }
      const core = await open()
      await core.update()
      // What was said is settled by the next one.
      expect((await core.update()).signals).toEqual([])
      await core.close()
      await log.close()
      return { cut, told: await told(join(folder, ".plimsoll", "core.duckdb")) }
    }
    const undisturbed = (await goOn()).told
    expect(undisturbed["signals"]).not.toEqual([])
    let cuts = 0
    for (let nth = 1; ; nth += 2) {
      const { cut, told: found } = await goOn(nth)
      expect(found, `after transaction ${nth}`).toEqual(undisturbed)
      if (!cut) break
      cuts++
    }
    expect(cuts).toBeGreaterThan(3)
  } finally {
    await world.remove()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}, 240_000)

import { expect, test } from "vitest"

import { fill, judge, openDatabase, rowsOf } from "../test/database.ts"
import { noisy } from "../test/one-series.ts"

test.each(["ewma", "cusum"])("%s: the same on one thread and among other series", async (macro) => {
  const rows = Array.from({ length: 20 }, (_, s) =>
    noisy(50 + 5 * s, s / 10).map((value, i) => ({
      series: s === 7 ? "a" : `s${s}`,
      period: (i * 31) % 997,
      value
    }))
  ).flat()
  const [two, one] = [await openDatabase(), await openDatabase(1)]
  const query = `FROM spc.${macro}('points') ORDER BY series, period`
  await fill(two, "points", rows)
  await fill(one, "points", rows.toReversed())
  const all = await rowsOf(two, query)
  expect(await rowsOf(one, query)).toEqual(all)
  const alone = await judge(
    two,
    `${macro}('points')`,
    rows.filter((r) => r.series === "a")
  )
  expect(alone.get("a")).toEqual(all.filter((r) => r.series === "a"))
})

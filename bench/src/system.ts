import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openCore } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import type { Database } from "../../packages/core/src/duckdb/database.ts"
import { openStore } from "../../packages/core/src/store.ts"
import { organisation, type WideRow, wideFeed, wideMeasures, wideRow, wideUnits } from "./wide.ts"

/** How large the system is that {@link system} measures. */
export interface SystemOptions {
  readonly units: number
  readonly measures: number
  readonly periods: number
  /** How often everything is recomputed, and how often one event is taken in. */
  readonly runs?: number
  readonly events?: number
}

interface Took {
  readonly seconds: number
  /** Of all threads: beside other work the machine's clock says more than ours. */
  readonly cpu: number
}

const took = async (work: () => Promise<unknown>): Promise<Took> => {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system: kernel } = process.cpuUsage(before)
  return { seconds: (performance.now() - start) / 1000, cpu: (user + kernel) / 1e6 }
}

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const told = (each: ReadonlyArray<Took>): string => {
  const seconds = each.map((one) => one.seconds)
  const text = (value: number) => (value < 10 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(1)} s`)
  const spread =
    each.length === 1
      ? ""
      : ` (${text(Math.min(...seconds))}–${text(Math.max(...seconds))}, ${each.length} times)`
  return `${text(median(seconds))}${spread}, CPU ${text(median(each.map((one) => one.cpu)))}`
}

const peak = (): string => `${(process.resourceUsage().maxRSS / 1e6).toFixed(1)} GB`

const times = async <A>(count: number, work: (nth: number) => Promise<A>): Promise<ReadonlyArray<A>> => {
  const found: A[] = []
  for (let nth = 0; nth < count; nth++) found.push(await work(nth))
  return found
}

/**
 * A whole system: every measure of every unit and month from one stream whose rows feed all measures. In full, with and
 * without landing; published; then one corrected row at a time, of which one figure or all differ. Beside it the charts
 * alone over the same points, and one sum of each column.
 */
export const system = async (options: SystemOptions): Promise<void> => {
  const { units, measures, periods, runs = 3, events = 20 } = options
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  try {
    const log = await openEmbeddedLog(join(folder, "log.sqlite"))
    const feed = await wideFeed(log, measures)
    const filling = await took(async () => {
      for (let from = 0; from < units; from += 100) {
        const rows = Array.from({ length: Math.min(100, units - from) }, (_, nth) => from + nth).flatMap(
          (unit) => Array.from({ length: periods }, (_, month) => wideRow(unit, month, measures))
        )
        await feed.append(rows)
      }
    })
    const points = units * measures * periods
    console.log(
      `system of ${units.toLocaleString("en")} units × ${measures} measures × ${periods} months, ${points.toLocaleString("en")} points: ` +
        `${(units * periods).toLocaleString("en")} rows to the log ${told([filling])}`
    )
    const directory = join(folder, "store")
    const core = await openCore({ log, organisation, project: "bench", zone: "Europe/London", directory })
    const landing = await took(() =>
      core.define({ measures: wideMeasures(measures), microsystems: wideUnits(units) })
    )
    let signals = 0
    const first = await took(async () => {
      signals = (await core.update()).signals.length
    })
    const computing = await times(runs, () => took(() => core.update({ everything: true })))
    console.log(
      `rows landed ${told([landing])}; first update, which says ${signals} signals ${told([first])}`
    )
    console.log(
      `landing and the first update together: ${told([{ seconds: landing.seconds + first.seconds, cpu: landing.cpu + first.cpu }])}`
    )
    console.log(`everything computed again ${told(computing)}; peak ${peak()}; goal < 30 s`)
    const correct = (unit: number, change: (row: WideRow) => WideRow) => async () => {
      await feed.append([change(wideRow(unit, Math.floor(periods / 2), measures))])
      return took(() => core.update())
    }
    const one = (row: WideRow): WideRow => ({ ...row, c0: row.c0! + 1 })
    const every = (row: WideRow): WideRow =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === "number" && name !== "seen" ? value + 1 : value
        ])
      ) as unknown as WideRow
    const step = Math.floor(units / (events + 2))
    await correct(0, one)()
    const single = await times(events, (nth) => correct((nth + 1) * step, one)())
    await correct(1, every)()
    const whole = await times(events, (nth) => correct((nth + 1) * step + 1, every)())
    console.log(`one event, one figure differs ${told(single)}; goal < 250 ms`)
    console.log(`one event, ${measures} figures differ ${told(whole)}; goal < 250 ms`)
    const publishing = await took(() => core.publish(join(folder, "plimsoll.duckdb")))
    console.log(`published ${told([publishing])}; peak ${peak()}`)
    await core.close()
    await feed.close()
    await log.close()
    await ceilings(join(directory, "core.duckdb"), measures, runs, { computing, single, whole })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the machine could do at best with the same rows and points, in the same run. */
const ceilings = async (
  path: string,
  measures: number,
  runs: number,
  ours: { readonly [step in "computing" | "single" | "whole"]: ReadonlyArray<Took> }
): Promise<void> => {
  const store = await openStore(path)
  const beside = (what: string, each: ReadonlyArray<Took>, peer: ReadonlyArray<Took>) =>
    console.log(
      `${what} ${told(peer)}; ours took ${(median(each.map((one) => one.seconds)) / median(peer.map((one) => one.seconds))).toFixed(1)} times as long, ` +
        `${(median(each.map((one) => one.cpu)) / median(peer.map((one) => one.cpu))).toFixed(1)} times the CPU`
    )
  try {
    const columns = Array.from({ length: measures }, (_, nth) => `sum(c${nth})`).join(", ")
    const sums = await times(runs, () =>
      took(() =>
        store.rows(
          `SELECT count(*) FROM (SELECT unit, month, ${columns} FROM land.bench_wide_v1 GROUP BY ALL)`
        )
      )
    )
    beside("one sum of each column by unit and month", ours.computing, sums)
    const unit = "microsystem = 'unit-00007'"
    for (const [what, where, each, count] of [
      ["the charts alone over all points", "true", ours.computing, 1],
      ["the charts alone of one series", `${unit} AND measure = 'c0'`, ours.single, 10],
      ["the charts alone of one unit", unit, ours.whole, 10]
    ] as const) {
      const statements = await inputs(store, where)
      const peer = await times(count, () =>
        took(async () => {
          for (const statement of statements) await store.rows(statement)
        })
      )
      beside(what, each, peer)
    }
  } finally {
    store.end()
  }
}

/** Makes the inputs of the charts of the points given, and gives the statements that fill every column of each. */
const inputs = async (store: Database, where: string): Promise<ReadonlyArray<string>> => {
  const statements: string[] = []
  for (const chart of ["xmr", "p", "u"]) {
    await store.run(
      `CREATE OR REPLACE TEMP TABLE points_${chart} AS
       SELECT v.series, v.period, ${chart === "xmr" ? "v.value" : "v.numerator, v.denominator"}, v.period < DATE '2022-01-01' AS baseline
       FROM store.measure_value v JOIN store.active_measure m ON m.id = v.measure WHERE m.chart = '${chart}' AND ${where}`
    )
    const [found] = await store.rows<{ some: boolean }>(`SELECT EXISTS (FROM points_${chart}) AS some`)
    if (!found!.some) continue
    const columns = await store.rows<{ column_name: string }>(`DESCRIBE FROM spc.${chart}('points_${chart}')`)
    statements.push(
      `SELECT ${columns.map((column) => `count("${column.column_name}")`).join(", ")} FROM spc.${chart}('points_${chart}')`
    )
  }
  return statements
}

import { measureCharts, type SignalEvent, sql } from "@plimsoll/schema"
import { lastPointRate, spcCharts } from "@plimsoll/spc"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type BoardRow, Published, type PublishedPoint } from "../src/index.ts"
import { signalWords } from "../src/words.ts"
import { arrivals, late, month, unit, World } from "./world.ts"

const shares: ReadonlyArray<string> = ["p", "pp", "p_auto", "np"]
const rates: ReadonlyArray<string> = ["u", "up", "u_auto"]

/** A measure of each chart, by the name of its chart, and one whose limits come from all points. */
const measures = [
  ...measureCharts.map((chart) =>
    late({
      id: chart.replace("_", "-"),
      chart,
      ...(shares.includes(chart) || rates.includes(chart) ? { denominator: sql`seen` } : {}),
      ...(rates.includes(chart) ? { multiplier: 1000 } : {})
    })
  ),
  late({ id: "all", baseline: "all" })
]

const steady = [
  50, 52, 49, 51, 48, 50, 53, 47, 51, 49, 50, 52, 48, 51, 49, 52, 50, 48, 51, 50, 49, 52, 48, 49
]
const swinging = steady.map((_, at) => (at % 2 === 0 ? 350 : 450))

let world: World
let published: Published
let signals: ReadonlyArray<SignalEvent>
let board: ReadonlyMap<string, BoardRow>

beforeAll(async () => {
  world = await World.make()
  const core = await world.core()
  await core.define({ measures, microsystems: ["a", "b"].map(unit) })
  const rows = (id: string, values: ReadonlyArray<number>) =>
    values.map((value, nth) => ({ unit: id, day: month(nth), seen: 1000, late: value }))
  await world.feed(arrivals, [...rows("a", [...steady, 300]), ...rows("b", [...swinging, 900])])
  signals = (await core.update()).signals
  published = await Published.open(await core.publish(world.published))
  board = new Map((await published.board()).map((row) => [`${row.measure} ${row.microsystem}`, row]))
  await core.close()
}, 240_000)
afterAll(async () => {
  published.close()
  await world.remove()
})

const last = async (measure: string): Promise<PublishedPoint> =>
  (await published.points(measure, "a")).at(-1)!
const opened = (measure: string, microsystem: string): ReadonlyArray<string> =>
  signals
    .filter((event) => event.measure === measure && event.microsystem === microsystem)
    .map((event) => `${event.rule} ${event.side} ${event.state}`)

test("every chart that a measure may name has a macro", () => {
  expect(measureCharts.filter((chart) => !spcCharts.includes(chart))).toEqual([])
})

test.each(measureCharts.filter((chart) => chart !== "run"))(
  "%s: a month six times the usual opens a signal, and the board calls it slipping",
  async (chart) => {
    const id = chart.replace("_", "-")
    expect(opened(id, "a")).toContain("beyond-limits high opened")
    const row = board.get(`${id} a`)!
    expect([row.status, row.warning.includes("not-stable")]).toEqual(["slipping", true])
    expect(row.words.length).toBeGreaterThan(0)
    expect(await last(id)).toMatchObject({
      inBaseline: false,
      variation: "concern",
      directionOfSignal: "high"
    })
  }
)

test("a run chart has a median and no limits; one month is no signal on it", async () => {
  expect(opened("run", "a")).toEqual([])
  expect(await last("run")).toMatchObject({ centre: 50, lcl3: null, ucl3: null, variation: "common" })
})

test("the published points have the columns of the macros, by their names and in their order", async () => {
  const names = async (what: string): Promise<ReadonlyArray<unknown>> =>
    (await published.query(`SELECT column_name FROM (DESCRIBE ${what})`)).rows.flat()
  const own = ["measure", "microsystem", "stratum", "ewma", "cusum_pos", "cusum_neg"]
  expect((await names("plimsoll.point")).filter((name) => !own.includes(String(name)))).toEqual(
    await names("FROM plimsoll.spc.xmr('plimsoll.xmr_input')")
  )
})

test("values, centres and limits stand in the unit of the chart", async () => {
  const mean = steady.reduce((a, b) => a + b, 0) / 24
  const row = (id: string) => board.get(`${id} a`)!
  expect([row("p").value, row("np").value, row("u").value, row("c").value, row("mr").value]).toEqual([
    0.3, 300, 300, 300, 251
  ])
  for (const id of ["np", "u", "up", "c", "xmr", "cusum"]) expect(row(id).centre).toBeCloseTo(mean, 9)
  expect(row("p").centre).toBeCloseTo(mean / 1000, 12)
  expect(row("u").ucl3).toBeCloseTo(mean + 3 * Math.sqrt(mean), 9)
  expect(row("c").ucl3).toBeCloseTo(mean + 3 * Math.sqrt(mean), 9)
  // A weighted average goes a fifth of the way from where it stood to the latest figure.
  const [before, now] = (await published.points("ewma", "a")).slice(-2).map((point) => point.ewma!)
  expect(now).toBeCloseTo(before! + 0.2 * (300 - before!), 9)
  const sums = await last("cusum")
  expect([sums.value, sums.cusumPos! > 5, sums.cusumNeg]).toEqual([300, true, 0])
  expect(Object.keys(await last("xmr"))).not.toContain("ewma")
  const { rows } = await published.query(
    "SELECT denominator, value FROM plimsoll.point WHERE measure = 'u' AND microsystem = 'a' ORDER BY period DESC LIMIT 1"
  )
  expect(rows).toEqual([[1000, 300]])
})

test("plain limits that are too narrow open no signal; those widened by choice or by test do", () => {
  for (const plain of ["p", "u"]) {
    expect(board.get(`${plain} b`)).toMatchObject({ status: "unjudged", caveat: "overdispersed", rules: [] })
    expect(opened(plain, "b")).toEqual([])
  }
  for (const wide of ["pp", "p-auto", "up", "u-auto"]) {
    expect(opened(wide, "b")).toContain("beyond-limits high opened")
    expect(board.get(`${wide} b`)!.warning.includes("laney-chosen")).toBe(wide.endsWith("auto"))
  }
})

test("what luck gives is that of the profile, the points and the baseline of the measure", async () => {
  const byLuck = new Map((await published.expectations()).map((one) => [one.measure, one.byLuck]))
  // Two charts of 25 points each.
  expect(byLuck.get("xmr")).toBeCloseTo(2 * lastPointRate(25)!.concern, 3)
  expect(byLuck.get("all")).toBeCloseTo(2 * lastPointRate(25, 0, "mdc-2023", "all")!.concern, 3)
  expect([...byLuck.keys()]).toEqual(["all", "xmr"])
})

test("words name what the chart shows, and luck only where it was simulated", () => {
  const run = {
    chart: "xmr",
    profile: "mdc-2023",
    allBaseline: false,
    rule: "shift",
    side: "high",
    points: 7,
    validPoints: 24,
    firstPeriod: "2020-01-01",
    asOf: "2020-07-01",
    period: "month"
  } as const
  expect(signalWords(run)).toMatch(/^7 months in a row above the average\. On a steady chart of 24 points/)
  expect(signalWords({ ...run, chart: "p" })).toBe("7 months in a row above the average.")
  expect(signalWords({ ...run, chart: "mr" })).toBe(
    "Steps between months: 7 months in a row above the average."
  )
  const beyond = { ...run, rule: "beyond-limits", points: 1 } as const
  expect(signalWords(beyond)).toMatch(
    /^The latest month is above the upper limit\. On a steady chart of 24 points this happens by luck on about 1 chart in \d+\.$/
  )
  expect(signalWords({ ...beyond, points: 2 })).toBe("2 months in a row are above the upper limit.")
  expect(signalWords({ ...beyond, chart: "ewma", side: "low" })).toBe(
    "The weighted average is below the lower limit."
  )
  expect(signalWords({ ...beyond, chart: "cusum" })).toBe(
    "Deviations above the average add up to more than 5 sigma."
  )
})

import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { organisationsCsv } from "../examples/hospital/organisations.ts"
import { ask, standing } from "./answers.ts"
import { attendancesCsv, type AttendanceRow, example, Hospital, readAttendances } from "./hospital.ts"
import { binomialInterval, type Reasons, reasonsOf, type Slipping } from "./luck.ts"
import { root } from "./workspace.ts"

const minutes = 60_000
const data = (name: string): string => readFileSync(join(example, "data", name), "utf8")

const hospital = new Hospital()
let shown: string

beforeAll(async () => {
  await hospital.run()
  shown = await hospital.plimsoll("status")
}, 3 * minutes)
afterAll(() => hospital.remove())

describe("the first run", () => {
  test("shows a p chart of big denominators and a seasonal chart, and judges neither", async () => {
    const rows = await ask<ReadonlyArray<{ readonly caveat: string; readonly status: string }>>(
      hospital.published,
      "SELECT measure, status, caveat FROM series WHERE measure IN ('four-hour-p', 'weekly-deaths') ORDER BY measure"
    )
    expect(rows).toEqual([
      { measure: "four-hour-p", status: "unjudged", caveat: "overdispersed" },
      { measure: "weekly-deaths", status: "unjudged", caveat: "seasonal" }
    ])
    const opened = await ask<ReadonlyArray<unknown>>(
      hospital.published,
      "FROM signal WHERE measure IN ('four-hour-p', 'weekly-deaths')"
    )
    expect(opened).toEqual([])
    const svg = await hospital.plimsoll("chart", "weekly-deaths", "england-and-wales", "--svg", "-")
    expect(svg).toContain("Not judged: seasonal")
    expect(svg).not.toContain("Slipping")
  })

  test("the organisations are those of the attendances", () => {
    expect(organisationsCsv(data("ae_attendances.csv"))).toBe(data("organisations.csv"))
  })

  test("says what, where, since when and why, in the terminal", () => {
    const [, name] =
      /Slipping \((\d+)\)\n {2}(\w+) · Seen within four hours · since \w{3} 20\d\d\n/.exec(shown) ?? []
    expect(Number(name)).toBeGreaterThan(0)
    expect(shown).toMatch(/months in a row below the average\./)
  })

  test("stays under 120 lines, in words, and tells where the rest is", async () => {
    expect(shown.split("\n").length).toBeLessThan(120)
    expect(shown).toMatch(/ {2}… and \d+ more \(--all\)/)
    expect(shown).not.toMatch(/autocorrelated|hit-or-miss|\((pass|fail)\)/)
    expect(shown).toMatch(/target 95\.0 %: not met in an ordinary month, and not stable\n/)
    expect(shown).toContain("(four-hour-p): drawn, not judged: overdispersed (")
    expect(shown).toMatch(/\(attendances\): \d+ of 139 charts have changed; about \d\.\d would by luck alone/)
    const whole = await hospital.plimsoll("status", "--all")
    expect(whole).not.toContain("more (--all)")
    const { series } = JSON.parse(await hospital.plimsoll("status", "--json")) as {
      readonly series: ReadonlyArray<{ readonly microsystem: string; readonly measureTitle: string }>
    }
    for (const { microsystem, measureTitle } of series)
      expect(whole).toMatch(new RegExp(`^  .*\\b${microsystem}\\b.* · ${measureTitle}`, "m"))
  })
})

test("the picture in the README is the chart that the command draws", async () => {
  const svg = await hospital.plimsoll("chart", "four-hour", "RXN", "--svg", "-")
  expect(svg.trim()).toBe(readFileSync(join(root, "docs/four-hour-RXN.svg"), "utf8").trim())
})

describe("as many slip as luck and named reasons can explain", () => {
  const shuffles = 40
  let reasons: Reasons
  const chance = () => reasons.byLuck / reasons.asPublished.judged
  const interval = ({ judged }: Slipping, expected: number) =>
    binomialInterval(judged, expected / reasons.asPublished.judged)
  beforeAll(async () => {
    reasons = await reasonsOf(hospital.published, "four-hour", shuffles)
  }, minutes)

  test("the board and the published expectation count the same charts", async () => {
    expect((await standing(hospital.published, "four-hour"))["slipping"]).toBe(reasons.asPublished.slipping)
    const [published] = await ask<ReadonlyArray<{ readonly judged: number; readonly slipping: number }>>(
      hospital.published,
      "SELECT judged::INTEGER AS judged, slipping::INTEGER AS slipping FROM expectation WHERE measure = 'four-hour'"
    )
    expect(published).toEqual(reasons.asPublished)
  })

  test("far more than luck", () => {
    const [, most] = interval(reasons.asPublished, reasons.byLuck)
    expect(reasons.asPublished.slipping).toBeGreaterThan(3 * most)
  })

  test("less the country's own fall and its winters, then less each organisation's own change, fewer each time", () => {
    expect(reasons.lessCountry.slipping).toBeLessThan(reasons.asPublished.slipping)
    expect(reasons.lessOwnLevel.slipping).toBeLessThan(reasons.lessCountry.slipping)
  })

  test("what is left is between luck alone and luck among figures that carry over from month to month", () => {
    const [least] = interval(reasons.lessOwnLevel, reasons.byLuck)
    const [, most] = interval(reasons.lessOwnLevel, reasons.byLuckAndCarryOver)
    expect(reasons.lessOwnLevel.slipping).toBeGreaterThanOrEqual(least)
    expect(reasons.lessOwnLevel.slipping).toBeLessThanOrEqual(most)
  })

  test("in random order of months, what the last-point rate says", () => {
    const [least, most] = binomialInterval(reasons.shuffled.judged, chance())
    expect(reasons.shuffled.judged).toBe(shuffles * reasons.asPublished.judged)
    expect(reasons.shuffled.slipping).toBeGreaterThanOrEqual(least)
    expect(reasons.shuffled.slipping).toBeLessThanOrEqual(most)
  })

  test(
    "so too by the whole way from the file, for both measures",
    async () => {
      const other = new Hospital()
      try {
        writeFileSync(other.attendances, attendancesCsv(shuffledMonths(other.read())))
        await other.run()
        const fourHour = await standing(other.published, "four-hour")
        const attendances = await standing(other.published, "attendances")
        const [least, most] = interval(reasons.asPublished, reasons.byLuck)
        expect(fourHour["slipping"] ?? 0).toBeGreaterThanOrEqual(least)
        expect(fourHour["slipping"] ?? 0).toBeLessThanOrEqual(most)
        const [{ by_luck: byLuck, judged } = { by_luck: 0, judged: 0 }] = await ask<
          ReadonlyArray<{ readonly by_luck: number; readonly judged: number }>
        >(
          other.published,
          "SELECT by_luck, judged::INTEGER AS judged FROM expectation WHERE measure = 'attendances'"
        )
        const [fewest, highest] = binomialInterval(judged, byLuck / judged)
        expect(attendances["changed"] ?? 0).toBeGreaterThanOrEqual(fewest)
        expect(attendances["changed"] ?? 0).toBeLessThanOrEqual(highest)
      } finally {
        other.remove()
      }
    },
    3 * minutes
  )

  test("organisations that stopped are silent, not slipping", async () => {
    const silent = await ask<ReadonlyArray<{ readonly microsystem: string }>>(
      hospital.published,
      "SELECT microsystem, status FROM series WHERE measure = 'four-hour' AND silent ORDER BY microsystem"
    )
    const last = new Map<string, string>()
    for (const { orgCode, period, type } of hospital.read()) {
      if (type === "1" && period > (last.get(orgCode) ?? "")) last.set(orgCode, period)
    }
    const stopped = [...last].filter(([, period]) => period < "2019-02-01").map(([code]) => code)
    expect(silent.map(({ microsystem }) => microsystem)).toEqual(stopped.toSorted())
    expect(silent.filter((row) => "status" in row && row.status === "slipping")).toEqual([])
  })

  test("the README tells these figures", async () => {
    const readme = readFileSync(join(example, "README.md"), "utf8")
    const { asPublished, lessCountry, lessOwnLevel, shuffled, byLuck, byLuckAndCarryOver } = reasons
    const [chart] = await ask<ReadonlyArray<{ readonly beyond: number; readonly months: number }>>(
      hospital.published,
      `SELECT count(*) FILTER (value < lcl3 OR value > ucl3)::INTEGER AS beyond, count(*)::INTEGER AS months
       FROM point WHERE measure = 'four-hour-p'`
    )
    for (const line of [
      `${chart!.beyond} of ${chart!.months} months are outside them`,
      `| as they are | ${asPublished.slipping} of ${asPublished.judged} |`,
      `| less what all England did in the same month | ${lessCountry.slipping} |`,
      `| and each organisation's later months moved to the level of its baseline | ${lessOwnLevel.slipping} |`,
      `| the months of each organisation in random order, ${shuffles} times | ${shuffled.slipping} of ${shuffled.judged.toLocaleString("en")}, so ${(shuffled.slipping / shuffles).toFixed(2)} of ${asPublished.judged} |`,
      `| by luck, were months independent | ${byLuck.toFixed(1)} |`,
      `| by luck, with months that carry over as these do | ${byLuckAndCarryOver.toFixed(1)} |`
    ]) {
      expect(readme).toContain(line)
    }
    const unwrapped = readme.replaceAll(/\s+/g, " ")
    const [, words = ""] = /figure for charts like that one: `([^`]+)`/.exec(unwrapped) ?? []
    expect(words).toMatch(/^about \d+ % of steady charts/)
    expect(shown).toContain(words)
  })
})

test(
  "the demo ends in a board, charts as files, and where they are",
  async () => {
    const other = new Hospital()
    try {
      const told = await other.node("demo.mjs")
      const files = [...told.matchAll(/charts\S+\.svg/g)].map(([file]) => file)
      expect(files.length).toBe(6)
      for (const file of files) expect(existsSync(join(other.folder, file))).toBe(true)
      expect(told).toContain("Open Government Licence v3.0")
      expect(told).toMatch(/\d+ of \d+ organisations are slipping; about \d+\.\d would be by luck alone/)
      const [, quoted = ""] =
        /```text demo\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? []
      const lines = quoted.split("\n").filter((line) => line !== "" && line !== "…")
      expect(lines.length).toBeGreaterThan(8)
      for (const line of lines) expect(told).toContain(line)
      const again = await other.node("demo.mjs")
      expect(again).toContain("attendances: ae-attendances: nothing new")
      expect(again).toContain("signals: 0 opened")
    } finally {
      other.remove()
    }
  },
  5 * minutes
)

/** Each organisation's and department's months in another order; the same every time. */
function shuffledMonths(rows: ReadonlyArray<AttendanceRow>): ReadonlyArray<AttendanceRow> {
  let state = 20_190_331
  // Mulberry32: any even generator does.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.values(Object.groupBy(rows, ({ orgCode, type }) => `${orgCode}/${type}`)).flatMap(
    (months = []) => {
      const left = months.map((row) => row.figures)
      return months.map((row) => ({
        ...row,
        figures: left.splice(Math.floor(random() * left.length), 1)[0]!
      }))
    }
  )
}

test("the binomial interval is the exact one", () => {
  // Of 100 tosses, 33 heads or fewer have a chance of 0.00044, and 34 or fewer of 0.00089.
  expect(binomialInterval(100, 0.5)).toEqual([34, 66])
  expect(binomialInterval(139, 0.0182)[0]).toBe(0)
})

test("a shuffle keeps every row and every figure", () => {
  const rows = readAttendances(data("ae_attendances.csv"))
  const other = shuffledMonths(rows)
  const sorted = (all: ReadonlyArray<AttendanceRow>) =>
    all.map(({ orgCode, type, figures: text }) => [orgCode, type, text].join()).toSorted()
  expect(sorted(other)).toEqual(sorted(rows))
  expect(other).not.toEqual(rows)
})

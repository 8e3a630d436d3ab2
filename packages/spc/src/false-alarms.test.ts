import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"

import { plainProfiles } from "../build/plain.ts"
import { fingerprint, simulateDelays, simulateRates, simulateRules } from "../build/simulate.ts"
import { simulatedFingerprint } from "./false-alarm-table.ts"
import { delaySql, everRate, everSql, falseAlarms, lastPointRate, lastPointSql } from "./false-alarms.ts"

const names = plainProfiles.map((p) => p.name)
const lengths = [12, 24, 36, 60, 120]

/** Rows of one of the macros' bodies, with the names and types of its columns. */
const read = async (
  body: string
): Promise<{
  readonly columns: string
  readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>
}> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  try {
    await connection.run(`CREATE MACRO body() AS TABLE ${body}`)
    const described = (await connection.runAndReadAll("DESCRIBE FROM body()")).getRowObjectsJS()
    return {
      columns: described.map((c) => `${String(c["column_name"])} ${String(c["column_type"])}`).join(", "),
      rows: (await connection.runAndReadAll("FROM body()")).getRowObjectsJS()
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const rate = (n: number, phi: number, profile: string, baseline: "all" | "frozen") =>
  falseAlarms.lastPoint.find(
    (r) => r.n === n && r.phi === phi && r.profile === profile && r.baseline === baseline
  )!

/** Whether a share measured among 1,000 charts of another program is the one here, but for chance. */
const expectAgreement = (
  what: string,
  ours: number,
  series: number,
  percent: number,
  tolerance: number
): void => {
  const theirs = percent / 100
  const error = Math.sqrt((ours * (1 - ours)) / 1_000 + (ours * (1 - ours)) / series)
  expect(Math.abs(ours - theirs), what).toBeLessThan(3 * error + tolerance)
}

test("ptd-0.2 at 24 steady points errs as often as NHSRplotthedots was measured to", () => {
  const { ever, any } = rate(24, 0, "ptd-0.2", "all")
  expect(Math.abs(ever - 0.179)).toBeLessThan(0.03)
  expect(Math.abs(any - 0.015)).toBeLessThan(0.01)
})

// Shares of 1,000 steady charts in per cent, measured on the tools themselves. Rounding to 0.1 is the tolerance.
test.each([
  ["ptd-0.2", 12, 0, 7.0, 1.3],
  ["ptd-0.2", 24, 0, 17.9, 1.5],
  ["ptd-0.2", 36, 0, 29.1, 1.4],
  ["ptd-0.2", 60, 0, 45.0, 1.8],
  ["ptd-0.2", 120, 0, 74.8, 1.9],
  ["ptd-0.2", 36, 0.2, 52.0, 4.8],
  ["ptd-0.2", 36, 0.4, 79.2, 11.2],
  ["ptd-0.2", 36, 0.6, 94.9, 21.8],
  ["anhoej", 24, 0, 11.1, null],
  ["anhoej", 60, 0, 21.5, null],
  ["western-electric", 12, 0, 4.2, null],
  ["western-electric", 24, 0, 14.2, null],
  ["western-electric", 36, 0, 24.7, null],
  ["western-electric", 60, 0, 39.7, null],
  ["western-electric", 120, 0, 68.0, null]
] as const)("%s, %d points, phi %d: ever %d %% in its tool", (profile, n, phi, ever, last) => {
  const ours = rate(n, phi, profile, "all")
  expectAgreement("ever", ours.ever, ours.series, ever, 0.0005)
  if (last !== null) expectAgreement("last point", ours.any, ours.series, last, 0.0005)
})

test("anhoej at 60 points by its two parts: runs 5.1 %, limits 18.2 % in qicharts2", () => {
  const part = (rule: "runs" | "beyond-limits"): number => everRate(rule, 60, 7, "anhoej", "all")!.rate
  expectAgreement("runs", part("runs"), 100_000, 5.1, 0.0005)
  expectAgreement("limits", part("beyond-limits"), 100_000, 18.2, 0.0005)
})

test("every profile, scheme and length is there, and its shares hang together", () => {
  for (const profile of names)
    for (const baseline of ["all", "frozen"] as const)
      for (const phi of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]) {
        const rows = lengths.map((n) => rate(n, phi, profile, baseline))
        for (const [i, row] of rows.entries()) {
          expect(row.concern).toBeLessThanOrEqual(row.any)
          expect(row.any).toBeLessThanOrEqual(row.ever)
          expect(row.series).toBeGreaterThanOrEqual(phi === 0 || profile === "mdc-2023" ? 100_000 : 40_000)
          if (phi === 0) expect(row.standardError).toBeLessThan(row.any > 0.02 ? 0.0012 : 0.0005)
          if (i > 0) expect(row.ever).toBeGreaterThan(rows[i - 1]!.ever)
          const other = rate(row.n, phi, profile, "all")
          if (row.n <= falseAlarms.freeze) expect({ ...row, baseline: "all" }).toEqual(other)
          else if (baseline === "frozen") expect(row.any).toBeGreaterThan(other.any)
        }
      }
})

test("mdc-2023 is there point by point, and judges nothing below 13", () => {
  expect(lastPointRate(12)).toBeUndefined()
  expect(everRate("shift", 12)).toBeUndefined()
  const at12 = falseAlarms.lastPoint.filter((r) => r.profile === "mdc-2023" && r.n === 12)
  expect(at12).toHaveLength(16)
  for (const row of at12) expect([row.any, row.concern, row.ever]).toEqual([0, 0, 0])
  const ever = Array.from({ length: 24 }, (_, i) => rate(13 + i, 0, "mdc-2023", "frozen").ever)
  for (let i = 1; i < ever.length; i++) expect(ever[i]).toBeGreaterThan(ever[i - 1]!)
})

test("the chart errs at least as often as its worst rule, and at most as often as all of them together", () => {
  for (const profile of names)
    for (const baseline of ["all", "frozen"] as const)
      for (const n of lengths.slice(1)) {
        const { ever } = rate(n, 0, profile, baseline)
        const rules = falseAlarms.ever.filter(
          (r) =>
            r.profile === profile &&
            r.baseline === baseline &&
            r.n === n &&
            (profile !== "mdc-2023" || r.length === null || r.length === 7)
        )
        expect(rules.length).toBeGreaterThan(1)
        expect(ever).toBeGreaterThanOrEqual(Math.max(...rules.map((r) => r.rate)))
        expect(ever).toBeLessThanOrEqual(rules.reduce((sum, r) => sum + r.rate, 0))
      }
})

test("look-ups take the nearest simulated chart", () => {
  expect(lastPointRate(400)).toEqual(lastPointRate(120))
  expect(lastPointRate(58, 0.43)).toEqual(rate(60, 0.4, "mdc-2023", "frozen"))
  expect(lastPointRate(30, -0.3)).toEqual(rate(30, 0, "mdc-2023", "frozen"))
  expect(lastPointRate(24, 0, "no-such-profile")).toBeUndefined()
  expect(everRate("shift", 24, 8)!.rate).toBeLessThan(everRate("shift", 24)!.rate)
  expect(everRate("shift", 24, 40)).toBeUndefined()
  expect(everRate("mixture", 24)).toBeUndefined()
  expect(everRate("mixture", 24, 8, "nelson")).toMatchObject({ rule: "mixture", length: 8, n: 24 })
  expect(everRate("beyond-limits", 24)).toMatchObject({ length: null, baseline: "frozen" })
})

/** Whether a count among few simulated charts is what the table says, but for chance: 4 standard errors, and one chart. */
const expectSame = (what: string, count: number, few: number, share: number): void =>
  expect(Math.abs(count - share * few), what).toBeLessThanOrEqual(
    4 * Math.sqrt(share * (1 - share) * few) + 1
  )

test("the tables were made by the simulation as it is now", () => {
  expect(fingerprint()).toBe(simulatedFingerprint)
})

test.each([0, 0.4])("the rates are those that the simulation gives now, phi %d", (phi) => {
  const few = phi === 0 ? 2_000 : 1_000
  const rows = simulateRates(phi, few)
  expect(rows.length).toBe(falseAlarms.lastPoint.filter((r) => r.phi === phi && r.baseline === "all").length)
  for (const row of rows)
    for (const baseline of ["all", "frozen"] as const) {
      const what = `${row.profile} ${row.n} ${baseline}`
      const stored = rate(row.n, phi, row.profile, baseline)
      expectSame(`${what} ever`, row[baseline].ever, few, stored.ever)
      expectSame(`${what} last`, row[baseline].last, few, stored.any)
      expectSame(`${what} concern`, row[baseline].sided / 2, few, stored.concern)
    }
})

test("the rates by rule are those that the simulation gives now", () => {
  const few = 1_000
  for (const row of simulateRules(few))
    for (const baseline of ["all", "frozen"] as const) {
      const stored = falseAlarms.ever.filter(
        (r) =>
          r.profile === row.profile &&
          r.baseline === baseline &&
          r.rule === row.rule &&
          r.length === row.length
      )
      expect(stored).toHaveLength(row[baseline].length)
      stored.forEach((r, at) =>
        expectSame(`${row.profile} ${row.rule} ${r.n}`, row[baseline][at]!, few, r.rate)
      )
    }
})

test("the delays are those that the simulation gives now", () => {
  const few = 400
  expect(falseAlarms.delays).toHaveLength(48)
  for (const profile of plainProfiles)
    for (const baseline of ["all", "frozen"] as const)
      for (const step of [0.5, 1, 2]) {
        const row = simulateDelays(profile, baseline, step, few)
        const stored = falseAlarms.delays.find(
          (d) => d.profile === profile.name && d.baseline === baseline && d.shiftSigma === step
        )!
        const what = `${profile.name} ${baseline} ${step}`
        expect(Math.abs(row.sum / few - stored.mean), what).toBeLessThan(
          4 * stored.standardError * Math.sqrt(stored.series / few)
        )
        expectSame(what, row.within[0], few, stored.detected12)
        expectSame(what, row.within[1], few, stored.detected24)
        expectSame(what, row.within[2], few, stored.detected120)
      }
})

test("a bigger step is found sooner, and sooner by limits that the step cannot move", () => {
  for (const profile of names) {
    const of = (baseline: "all" | "frozen") =>
      falseAlarms.delays.filter((d) => d.profile === profile && d.baseline === baseline)
    for (const rows of [of("all"), of("frozen")]) {
      expect(rows.map((r) => r.shiftSigma)).toEqual([0.5, 1, 1.5, 2])
      for (const [i, row] of rows.entries()) {
        expect(row.detected12).toBeLessThan(row.detected24)
        expect(row.detected24).toBeLessThanOrEqual(row.detected120)
        if (i > 0) expect(row.mean).toBeLessThan(rows[i - 1]!.mean)
        if (i > 0) expect(row.detected12).toBeGreaterThan(rows[i - 1]!.detected12)
      }
    }
    of("all").forEach((row, i) => expect(row.mean).toBeGreaterThan(of("frozen")[i]!.mean))
  }
})

test("spc.false_alarms() gives the same rows", async () => {
  const { columns, rows } = await read(lastPointSql)
  expect(columns).toBe(
    "profile VARCHAR, chart VARCHAR, baseline VARCHAR, n INTEGER, phi DOUBLE, last_point DOUBLE, last_point_concern DOUBLE, ever DOUBLE, standard_error_last DOUBLE, standard_error_ever DOUBLE, series INTEGER"
  )
  expect(rows).toHaveLength(falseAlarms.lastPoint.length)
  rows.forEach((row, i) => {
    const ours = falseAlarms.lastPoint[i]!
    const { profile, chart, baseline, n, phi, series } = ours
    expect(row).toMatchObject({ profile, chart, baseline, n, phi, series })
    expect(row["last_point"]).toBeCloseTo(ours.any, 12)
    expect(row["last_point_concern"]).toBeCloseTo(ours.concern, 12)
    expect(row["ever"]).toBeCloseTo(ours.ever, 12)
    expect(row["standard_error_last"]).toBeCloseTo(ours.standardError, 12)
    expect(row["standard_error_ever"]).toBeCloseTo(ours.standardErrorEver, 12)
  })
})

test("spc.false_alarms_by_rule() gives the same rows", async () => {
  const { columns, rows } = await read(everSql)
  expect(columns).toBe(
    "profile VARCHAR, baseline VARCHAR, n INTEGER, rule VARCHAR, length INTEGER, ever DOUBLE, standard_error DOUBLE, series INTEGER"
  )
  expect(rows).toHaveLength(falseAlarms.ever.length)
  rows.forEach((row, i) => {
    const { profile, baseline, n, rule, length, series, ...ours } = falseAlarms.ever[i]!
    expect(row).toMatchObject({ profile, baseline, n, rule, length, series })
    expect(row["ever"]).toBeCloseTo(ours.rate, 12)
    expect(row["standard_error"]).toBeCloseTo(ours.standardError, 12)
  })
})

test("spc.detection_delays() gives the same rows", async () => {
  const { columns, rows } = await read(delaySql)
  expect(columns).toBe(
    "profile VARCHAR, baseline VARCHAR, shift_sigma DOUBLE, points_before INTEGER, median_delay INTEGER, mean_delay DOUBLE, detected_12 DOUBLE, detected_24 DOUBLE, standard_error DOUBLE, series INTEGER"
  )
  expect(rows).toHaveLength(falseAlarms.delays.length)
  rows.forEach((row, i) => {
    const ours = falseAlarms.delays[i]!
    expect(row).toMatchObject({
      profile: ours.profile,
      baseline: ours.baseline,
      shift_sigma: ours.shiftSigma,
      points_before: 24,
      median_delay: ours.median,
      series: ours.series
    })
    expect(row["mean_delay"]).toBeCloseTo(ours.mean, 10)
    expect(row["detected_12"]).toBeCloseTo(ours.detected12, 12)
    expect(row["detected_24"]).toBeCloseTo(ours.detected24, 12)
    expect(row["standard_error"]).toBeCloseTo(ours.standardError, 10)
  })
})

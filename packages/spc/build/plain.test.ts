import { expect, test } from "vitest"

import { haveReference, readCases, whySkipped } from "../test/cases.ts"
import type { ReferenceCase } from "../test/cases.ts"
import type { Flags, PlainProfile } from "./plain.ts"
import { limitsOf, makeFlags, mark, plainProfiles } from "./plain.ts"
import { makeSeries } from "./random.ts"

const named = (name: string): PlainProfile => plainProfiles.find((p) => p.name === name)!

const marked = (y: Float64Array, count: number, profile: PlainProfile): Flags => {
  const flags = makeFlags(y.length)
  const { mean, range } = limitsOf(y, count, profile.screened)
  mark(y, y.length, mean, range, profile, flags)
  return flags
}

/** Cases of one phase without a missing value, and their values. */
const whole = (
  file: string,
  suits: (c: ReferenceCase) => boolean
): ReadonlyArray<readonly [ReferenceCase, Float64Array]> =>
  readCases(file).flatMap((c) => {
    const y = c.expected["y"] as ReadonlyArray<number | null>
    const { part, exclude, rebase, cl } = c.parameters
    if (
      c.expected.error !== undefined ||
      y.length < 3 ||
      y.includes(null) ||
      part !== undefined ||
      exclude !== undefined
    )
      return []
    if (rebase !== undefined || cl !== undefined || !suits(c)) return []
    return [[c, Float64Array.from(y as ReadonlyArray<number>)] as const]
  })

const places = (marks: Uint8Array): ReadonlyArray<number> =>
  [...marks].flatMap((bit, i) => (bit === 0 ? [] : [i + 1]))

const zones = ["outside", "twoOfThree", "fourOfFive", "shift"] as const
const tests = [
  "outside",
  "shift",
  "trend",
  "alternation",
  "twoOfThree",
  "fourOfFive",
  "stratification",
  "mixture"
] as const

test.skipIf(!haveReference)(`western-electric and nelson mark what qcc marks${whySkipped}`, () => {
  const cases = whole("qcc__qcc-xbar.one", (c) => !c.id.includes("-SD-"))
  expect(cases.length).toBeGreaterThan(3)
  for (const [c, y] of cases)
    for (const [profile, key, rules] of [
      ["western-electric", "western_electric", zones],
      ["nelson", "nelson", tests]
    ] as const) {
      const theirs = c.expected[key] as unknown as Readonly<Record<string, ReadonlyArray<number>>>
      const ours = marked(y, y.length, named(profile))
      rules.forEach((rule, i) =>
        expect(places(ours[rule]), `${c.id} ${profile} ${rule}`).toEqual(
          theirs[`rule${i + 1}`]!.toSorted((a, b) => a - b)
        )
      )
    }
})

test.skipIf(!haveReference)(`pbi marks what PowerBI-SPC marks${whySkipped}`, () => {
  const cases = whole("PowerBI-SPC__i", (c) => c.parameters.freeze === undefined)
  expect(cases.length).toBeGreaterThan(30)
  const words = ["none", "upper", "lower", "both"]
  for (const [c, y] of cases) {
    const p = c.parameters
    const ours = marked(y, y.length, {
      ...named("pbi"),
      screened: p.outliers_in_limits !== true,
      shift: p.shift_n ?? 7,
      trend: p.trend_n ?? 5
    })
    const compare = (rule: "outside" | "shift" | "trend" | "twoOfThree", key: string): void => {
      const theirs = c.expected[key] as unknown as ReadonlyArray<string>
      // A peak between two trends belongs to both here; there the later one takes it.
      const word = (bits: number, i: number): string => (bits === 3 ? theirs[i]! : words[bits]!)
      expect(
        [...ours[rule]].map((b, i) => word(b, i)),
        `${c.id} ${key}`
      ).toEqual(theirs)
    }
    compare("outside", "astronomical")
    compare("shift", "shift")
    compare("trend", "trend")
    // With highlight_series the third point is marked too, which the default leaves out.
    if (!("highlight_series" in p && p.highlight_series === true)) compare("twoOfThree", "two_in_three")
  }
})

test.skipIf(!haveReference)(`ptd-0.2 marks what NHSRplotthedots marks${whySkipped}`, () => {
  const cases = whole("NHSRplotthedots__xmr", (c) => c.parameters.fix_after_n_points === undefined)
  expect(cases.length).toBeGreaterThan(30)
  for (const [c, y] of cases) {
    const screened = c.parameters.screen_outliers !== false
    const { outside, trend, twoOfThree, shift } = marked(y, y.length, { ...named("ptd-0.2"), screened })
    const word = (i: number): string => {
      const where = (bits: number): string => `${bits === 1 ? "Above" : "Below"} CL`
      if (outside[i] !== 0) return outside[i] === 1 ? "Above UCL" : "Below LCL"
      if (trend[i] !== 0) return `7 Point Trend (${trend[i] === 1 ? "Increasing" : "Decreasing"})`
      if (twoOfThree[i] !== 0) return `2 in 3 ${where(twoOfThree[i]!)}`
      return shift[i] === 0 ? "Common Cause" : `7 Points ${where(shift[i]!)}`
    }
    expect(
      Array.from(y, (_, i) => word(i)),
      c.id
    ).toEqual(c.expected["special_cause_type"])
  }
})

test.skipIf(!haveReference)(`anhoej signals what qicharts2 signals${whySkipped}`, () => {
  const cases = whole("qicharts2__i", (c) => c.options?.["qic.screenedmr"] !== false)
  expect(cases.length).toBeGreaterThan(15)
  for (const [c, y] of cases) {
    const ours = marked(y, c.parameters.freeze ?? y.length, named("anhoej"))
    const [part] = c.expected["parts"] as unknown as ReadonlyArray<{ readonly runs_signal: boolean }>
    expect(
      [...ours.outside].map((b) => b !== 0),
      c.id
    ).toEqual(c.expected["sigma_signal"])
    expect(ours.runs[0] !== 0, c.id).toBe(part!.runs_signal)
  }
})

/** Marks of the latest of `n` points with a known mean of 0 and a known standard deviation of 1. */
const latest = (profile: PlainProfile, rule: keyof Flags, n: number, series: number): number => {
  const fill = makeSeries(7)
  const y = new Float64Array(n)
  const flags = makeFlags(n)
  let found = 0
  for (let s = 0; s < series; s++) {
    fill(y)
    mark(y, n, 0, 3 / profile.factor, profile, flags)
    if (flags[rule][n - 1] !== 0) found++
  }
  return found / series
}

test("with known limits each rule is as rare as normal theory says", () => {
  const series = 60_000
  const nelson = named("nelson")
  const within = 0.6826894921
  const expected: ReadonlyArray<readonly [keyof Flags, number, number]> = [
    ["outside", 1, 0.0026997961],
    ["shift", 9, 2 * 0.5 ** 9],
    // One order of 6 rises, one falls; of 14 points 199,360,981 orders alternate up first, as many down first.
    ["trend", 6, 2 / 720],
    ["alternation", 14, (2 * 199_360_981) / 87_178_291_200],
    ["stratification", 15, within ** 15],
    ["mixture", 8, (1 - within) ** 8 * (1 - 2 * 0.5 ** 8)]
  ]
  for (const [rule, n, share] of expected)
    expect(Math.abs(latest(nelson, rule, n, series) - share), rule).toBeLessThan(
      4 * Math.sqrt((share * (1 - share)) / series)
    )
  const far = 0.0227501319
  // The latest of three and one or both of the two before it.
  const twoOfThree = 2 * far * (1 - (1 - far) ** 2)
  expect(Math.abs(latest(nelson, "twoOfThree", 3, series) - twoOfThree)).toBeLessThan(
    4 * Math.sqrt(twoOfThree / series)
  )
})

test("the latest point's own rules read no more than the 16 latest points", () => {
  const fill = makeSeries(11, 0.5)
  const y = new Float64Array(48)
  const long = makeFlags(48)
  const short = makeFlags(16)
  const rules = tests.filter((r) => r !== "stratification" && r !== "alternation" && r !== "mixture")
  let found = 0
  for (let s = 0; s < 2_000; s++) {
    fill(y)
    for (const profile of plainProfiles) {
      const { mean, range } = limitsOf(y, 24, profile.screened)
      mark(y, 48, mean, range, profile, long)
      mark(y.subarray(32), 16, mean, range, profile, short)
      for (const rule of rules) {
        if (long[rule][47] !== 0) found++
        if (long[rule][47] !== short[rule][15]) expect.fail(`${profile.name} ${rule}`)
      }
    }
  }
  expect(found).toBeGreaterThan(1_000)
})

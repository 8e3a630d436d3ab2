import type { BoardRow } from "@plimsoll/core"
import { describe, expect, it } from "vitest"
import { seriesText, type RowMeasure } from "./row-text.ts"

const row: BoardRow = {
  series: "s",
  measure: "seen",
  measureTitle: "Seen in time",
  unit: "%",
  microsystem: "oak",
  microsystemName: "oak",
  stratum: null,
  status: "steady",
  silent: false,
  since: null,
  rules: [],
  period: "2026-06-01",
  value: 0.957,
  centre: 0.874,
  lcl3: 0.811,
  ucl3: 0.936,
  target: 0.95,
  assurance: "fail",
  points: 30,
  warning: [],
  r1: null,
  falseAlarmRate: null,
  caveat: null,
  words: []
}
const monthly: RowMeasure = { chart: "xmr", direction: "up", period: "month" }
const last = (parts: Partial<BoardRow>, measure: RowMeasure = monthly): string =>
  seriesText({ ...row, ...parts }, measure).at(-1)!

describe("a target", () => {
  it("is met or not in an ordinary period, whatever the latest figure is", () => {
    expect(last({})).toBe(
      "      95.7 % in Jun 2026 · average 87.4 % · limits 81.1 % to 93.6 % · target 95.0 %: not met in an ordinary month"
    )
    const target = (parts: Partial<BoardRow>, measure?: RowMeasure) =>
      last(parts, measure).split(" · ").at(-1)
    expect(target({ assurance: "pass" })).toBe("target 95.0 %: met in every ordinary month")
    expect(target({ assurance: "hit-or-miss" })).toBe("target 95.0 %: hit or miss")
    expect(target({ assurance: "not-judged" })).toBe("target 95.0 %")
    expect(target({ assurance: null })).toBe("target 95.0 %")
    for (const period of ["day", "week", "month", "quarter"] as const) {
      expect(target({}, { chart: "xmr", direction: "up", period })).toBe(
        `target 95.0 %: not met in an ordinary ${period}`
      )
    }
  })

  it("is told with a chart that is not stable, and not at all by limits that are too narrow", () => {
    const warning = ["not-stable"]
    expect(last({ warning })).toMatch(/not met in an ordinary month, and not stable$/)
    expect(last({ warning, assurance: "pass" })).toMatch(/met in every ordinary month, but not stable$/)
    expect(last({ warning, assurance: "hit-or-miss" })).toMatch(/hit or miss, and not stable$/)
    expect(last({ warning, status: "unjudged" })).toMatch(/ · target 95\.0 %$/)
    expect(last({ warning, target: null })).toMatch(/ to 93\.6 %$/)
  })
})

describe("what to keep in mind", () => {
  it("is how often a steady chart like this one alarms, where figures carry over", () => {
    const warning = ["autocorrelated"]
    const words = "      keep in mind: each month resembles the one before, so more false alarms are likely"
    expect(last({ warning, falseAlarmRate: 0.20482 })).toBe(
      `${words}: about 20 % of steady charts like this one show a concern at their latest point`
    )
    expect(
      last({ warning, falseAlarmRate: 0.40925 }, { chart: "xmr", direction: "neutral", period: "month" })
    ).toBe(`${words}: about 41 % of steady charts like this one show a change at their latest point`)
    expect(last({ warning, falseAlarmRate: 0.004 })).toContain(": fewer than 1 % of steady charts")
    expect(last({ warning })).toBe(words)
  })

  it("is in words, in one line, for every warning that the charts give", () => {
    const codes = [
      "few-points",
      "missing",
      "constant",
      "too-little-variation",
      "zero-denominator",
      "autocorrelated",
      "overdispersed",
      "laney-chosen",
      "dominant-denominator",
      "small-counts",
      "can-only-show-worse",
      "can-only-show-better"
    ]
    const lines = seriesText({ ...row, warning: codes }, monthly)
    expect(lines).toHaveLength(3)
    const clauses = lines.at(-1)!.replace("      keep in mind: ", "").split("; ")
    expect(clauses).toHaveLength(codes.length)
    for (const code of codes) expect(lines.at(-1)).not.toContain(code)
  })

  it("is a code as it stands where this version knows no words for it", () => {
    expect(last({ warning: ["moonlit", "constant"] })).toBe(
      "      keep in mind: moonlit; all figures are equal, so there is no variation to judge by"
    )
  })

  it("is for a chart that is not judged why it is not, and nothing of alarms", () => {
    const parts = { status: "unjudged", warning: ["autocorrelated", "overdispersed"] } as const
    expect(last({ ...parts, caveat: "overdispersed" })).toBe(
      "      not judged: overdispersed (the figures vary more than their denominators explain, so the limits of a plain p or u chart are too narrow)"
    )
    expect(last({ ...parts, caveat: "seasonal" })).toBe("      not judged: seasonal")
    expect(last({ ...parts, warning: ["autocorrelated", "zero-denominator"], caveat: "seasonal" })).toBe(
      "      keep in mind: a month with a denominator of zero has no figure"
    )
  })
})

import { describe, expect, test } from "vitest"

import { auditRelease } from "./audit.ts"
import { releaseWave } from "./release.ts"
import type { ReleaseRow } from "./result.ts"
import { inputOf, peopleOf, type Team, type Trial } from "./trial-wave.ts"
import type { WaveInput } from "./wave.ts"

const mixed: Team["manners"] = ["mixed"]

const trialOf = (
  teams: ReadonlyArray<Partial<Team> & { unit: string; size: number; parent?: string }>,
  rest: Partial<Trial> = {}
): Trial => ({
  k: 10,
  units: [
    { id: "all", parent: null },
    ...[...new Set(teams.flatMap(({ parent }) => parent ?? []))].map((id) => ({ id, parent: "all" })),
    ...teams.map(({ unit, parent = "all" }) => ({ id: unit, parent }))
  ],
  invited: Object.fromEntries(teams.map(({ unit, size }) => [unit, size + 6])),
  items: ["a", "b"].map((id) => ({ id, min: 1, max: 5, positiveFrom: 4 })),
  scales: [{ id: "s", items: ["a", "b"], min: 1, max: 5, mean: "people", percentPositive: "items" }],
  people: peopleOf(
    teams.map((team) => ({ manners: mixed, missing: 0, groups: ["x"], ...team })),
    2,
    3
  ),
  ...rest
})

const rowsOf = (trial: Trial) => releaseWave(inputOf(trial)).rows
const row = (
  rows: ReadonlyArray<ReleaseRow>,
  cell: string,
  figure: string,
  of: string | null = null
): ReleaseRow => rows.find((one) => one.cell === cell && one.figure === figure && one.of === of)!

describe("the division of a wave", () => {
  test("a small team among large ones is in no total, and it is said", () => {
    const rows = rowsOf(
      trialOf([
        { unit: "p", size: 12 },
        { unit: "q", size: 12 },
        { unit: "r", size: 4 }
      ])
    )
    expect(row(rows, "all", "response")).toMatchObject({ n: 24, bound: "exact", reason: null })
    expect(row(rows, "r", "response")).toMatchObject({ n: null, value: null, reason: "too-few" })
    expect(row(rows, "r", "percent-positive", "a")).toMatchObject({ n: null, value: null, reason: "too-few" })
    expect(row(rows, "all/left-out", "response")).toMatchObject({ n: null, rest: true, reason: "too-few" })
  })

  test("many small teams are the rest of their unit, and count in its total", () => {
    const rows = rowsOf(
      trialOf([
        ...["p", "q", "r", "t", "v"].map((unit) => ({ unit, size: 5, parent: "ward" })),
        { unit: "w", size: 20, parent: "ward" }
      ])
    )
    expect(row(rows, "ward/rest", "response")).toMatchObject({ n: 25, rest: true })
    expect(row(rows, "ward", "response").n).toBe(45)
    expect(row(rows, "all", "response").n).toBe(45)
    expect(row(rows, "p", "response").n).toBeNull()
    expect(rows.some(({ cell }) => cell === "all/left-out")).toBe(false)
  })

  test("a team in which nobody answered looks like one in which a few did", () => {
    const shown = (size: number) =>
      rowsOf(
        trialOf(
          [
            { unit: "p", size: 12 },
            { unit: "q", size }
          ],
          { invited: { p: 20, q: 8 } }
        )
      ).filter(({ unit }) => unit === "q")
    expect(shown(0)).toEqual(shown(4))
    expect(shown(0).length).toBeGreaterThan(0)
  })

  test("a team whom nobody asked, and a wave that nobody answered", () => {
    const rows = rowsOf(
      trialOf(
        [
          { unit: "p", size: 12 },
          { unit: "q", size: 0 }
        ],
        { invited: { p: 20, q: 0 } }
      )
    )
    expect(row(rows, "q", "response").reason).toBe("not-asked")
    const silent = rowsOf(trialOf([{ unit: "p", size: 0 }]))
    expect(new Set(silent.map(({ reason }) => reason))).toEqual(new Set(["no-answer"]))
  })
})

describe("the figures of a cell", () => {
  test("nearly all alike: only a bound, by three in n, and no mean or composite", () => {
    const rows = rowsOf(
      trialOf([
        { unit: "p", size: 15, manners: ["all-high", "mixed"] },
        { unit: "q", size: 20, manners: ["mixed", "nearly-low"] }
      ])
    )
    expect(row(rows, "p", "percent-positive", "a")).toMatchObject({
      n: 15,
      value: 80,
      low: null,
      high: null,
      bound: "at-least",
      reason: "too-alike"
    })
    expect(row(rows, "q", "percent-positive", "b")).toMatchObject({ value: 15, bound: "at-most" })
    expect(row(rows, "p", "percent-positive", "s")).toMatchObject({ value: null, reason: "too-alike" })
    expect(row(rows, "p", "mean", "s")).toMatchObject({
      value: null,
      low: null,
      high: null,
      reason: "too-alike"
    })
  })

  test("people who disagree: no mean, and the spread from thirty people on", () => {
    const rows = rowsOf(
      trialOf(
        [
          { unit: "p", size: 16, manners: ["divided"] },
          ...["q", "r", "t", "v"].map((unit) => ({ unit, size: 40, manners: ["mixed"] as const }))
        ],
        {
          items: [{ id: "a", min: 1, max: 5, positiveFrom: 4, figures: ["percent-positive", "mean"] }],
          scales: [{ id: "s", items: ["a"], min: 1, max: 5, mean: "items" }]
        }
      )
    )
    expect(row(rows, "p", "mean", "a")).toMatchObject({ n: 16, value: null, reason: "disagreement" })
    expect(rows.some(({ cell, figure }) => cell === "p" && figure.startsWith("spread"))).toBe(false)
    expect(row(rows, "q", "mean", "a").reason).toBe("disagreement")
    const parts = rows.filter(({ cell, figure }) => cell === "q" && figure.startsWith("spread"))
    expect(parts.map(({ figure }) => figure)).toEqual(["spread-low", "spread-middle", "spread-high"])
    expect(parts.reduce((sum, { value }) => sum + value!, 0)).toBeCloseTo(100, 9)
    expect(row(rows, "p", "agreement", "s")).toMatchObject({ value: null, low: 0, high: 0.7 })
    // All of them together do show a mean, one level up.
    expect(row(rows, "all/withheld", "mean", "a")).toMatchObject({ n: 176, reason: null })
    expect(row(rows, "all", "mean", "a").n).toBe(176)
  })

  test("an item that too few answered is blank with all that is made of it", () => {
    const rows = rowsOf(
      trialOf([
        { unit: "p", size: 14, manners: ["silent", "mixed"] },
        { unit: "q", size: 30 }
      ])
    )
    expect(row(rows, "p", "percent-positive", "a")).toMatchObject({ n: null, value: null, low: null })
    expect(row(rows, "p", "percent-positive", "s")).toMatchObject({ value: null, reason: "too-few" })
    expect(row(rows, "p", "mean", "s")).toMatchObject({ value: null, reason: "hidden-to-protect" })
    expect(row(rows, "all", "percent-positive", "a").n).toBe(30)
    expect(row(rows, "all", "response").n).toBe(44)
  })

  test("items that show nothing themselves do not hide their scale", () => {
    const trial = trialOf([{ unit: "p", size: 14, manners: ["all-high", "mixed"] }])
    const bare = trial.items.map(({ id, min, max }) => ({ id, min, max, figures: [] }))
    const scales = [{ id: "s", items: ["a", "b"], min: 1, max: 5, percentPositive: "people" as const }]
    const rows = rowsOf({ ...trial, items: bare, scales })
    expect(rows.some(({ of }) => of === "a")).toBe(false)
    expect(row(rows, "p", "mean", "s")).toMatchObject({ n: 14, bound: "exact" })
  })

  test("a scale of the items of others shows their mean, not its own scores beside theirs", () => {
    const made = trialOf([
      { unit: "p", size: 14 },
      { unit: "q", size: 25 }
    ])
    const people = made.people.map((person, i) => ({
      ...person,
      answers: [i === 3 ? null : 3 + (i % 2), 2 + (Math.floor(i / 3) % 2)]
    }))
    const trial = { ...made, people }
    const bare = ["a", "b"].map((id) => ({ id, min: 1, max: 5, figures: [] }))
    const scales = [["a"], ["b"], ["a", "b"]].map((of) => ({
      id: `of ${of.join()}`,
      items: of,
      min: 1,
      max: 5
    }))
    const rows = rowsOf({ ...trial, items: bare, scales })
    for (const cell of ["q", "all"]) {
      const [one, other, both] = scales.map(({ id }) => row(rows, cell, "mean", id))
      expect(both!.value).toBeCloseTo((one!.value! + other!.value!) / 2, 9)
      expect(both!.low!).toBeLessThan(both!.value!)
    }
  })

  test("an item that was not asked, or is not told by a rule of that year, says so everywhere", () => {
    const trial = trialOf([{ unit: "p", size: 14 }])
    const items = [trial.items[0]!, { ...trial.items[1]!, absent: "rule-of-that-year" as const }]
    const rows = rowsOf({ ...trial, items })
    expect(row(rows, "p", "percent-positive", "b").reason).toBe("rule-of-that-year")
    expect(row(rows, "all", "mean", "s").reason).toBe("rule-of-that-year")
    expect(row(rows, "p", "percent-positive", "a").n).toBe(14)
  })
})

describe("a breakdown", () => {
  const groups = (shares: ReadonlyArray<ReadonlyArray<string>>) =>
    releaseWave(
      inputOf(
        trialOf(
          shares.map((of, index) => ({ unit: `t${index}`, size: 40, groups: of })),
          { by: "role" }
        )
      )
    )
  const responses = (release: ReturnType<typeof groups>) =>
    release.rows
      .filter(({ breakdown, figure }) => breakdown !== null && figure === "response")
      .map(({ breakdown, n }) => [breakdown, n])

  test("uses the cells in which every group has nobody or enough people", () => {
    const release = groups([
      ["x", "y"],
      ["x", "y"],
      ["x", "x", "x", "x", "x", "x", "y"]
    ])
    expect(responses(release)).toEqual([
      ["role=y", 40],
      ["role=x", 40]
    ])
    expect(auditRelease(release)).toEqual([])
  })

  test("puts groups together that are too small, and people of no known group are one", () => {
    const trial = trialOf(
      [{ unit: "t", size: 40, groups: ["x", "y", "y", "y", "y", "y", "z", "z", "z", "z"] }],
      {
        by: "role"
      }
    )
    expect(responses(releaseWave(inputOf(trial)))).toEqual([
      ["role=x + z", 20],
      ["role=y", 20]
    ])
    const input = inputOf(trial)
    const [breakdown] = input.breakdowns!
    const without = {
      ...input,
      breakdowns: [{ ...breakdown!, groups: breakdown!.groups.filter(({ group }) => group !== "z") }]
    }
    expect(responses(releaseWave(without))).toEqual([
      ["role=x + unstated", 20],
      ["role=y", 20]
    ])
  })

  test("shows no group where one of them is too alike", () => {
    const trial = trialOf([{ unit: "t", size: 60, groups: ["x", "y"] }], { by: "role" })
    const people = trial.people.map((person, index) => ({
      ...person,
      answers: person.group === "x" ? [5, 5] : [1 + (index % 5), 1 + (index % 5)]
    }))
    const rows = rowsOf({ ...trial, people }).filter(
      ({ breakdown, figure }) => breakdown !== null && figure === "percent-positive"
    )
    expect(rows.length).toBe(6)
    expect(new Set(rows.map(({ reason, n }) => `${reason} ${n}`))).toEqual(
      new Set(["hidden-to-protect null"])
    )
  })
})

describe("reliability", () => {
  test("may be computed for the organisation from a hundred people on", () => {
    const allowed = (size: number) =>
      releaseWave(
        inputOf(
          trialOf([
            { unit: "p", size },
            { unit: "q", size: 40 }
          ])
        )
      ).reliability
    expect(allowed(60)).toEqual([{ scale: "s", allowed: true }])
    expect(allowed(59)).toEqual([{ scale: "s", allowed: false }])
  })
})

describe("what is refused", () => {
  const good = inputOf(trialOf([{ unit: "p", size: 12 }]))
  const refused: ReadonlyArray<readonly [string, Partial<WaveInput>, string]> = [
    ["a k below five", { k: 4 }, "k = 4"],
    [
      "a tree with two tops",
      { units: [...good.units, { id: "z", parent: null }] },
      "2 units without a parent"
    ],
    ["a unit twice", { units: [...good.units, { id: "p", parent: "all" }] }, "stands twice"],
    ["a unit below one that is not there", { units: [...good.units, { id: "z", parent: "y" }] }, "below y"],
    [
      "a circle",
      {
        units: [...good.units, { id: "y", parent: "z" }, { id: "z", parent: "y" }]
      },
      "below themselves"
    ],
    ["answers of a unit that is not there", { units: [{ id: "all", parent: null }] }, "no unit"],
    [
      "an item that the instrument has not",
      { items: [good.items[0]!], scales: [] },
      "which the instrument has not"
    ],
    ["a scale of an unknown item", { items: [good.items[0]!] }, "has the item b"],
    ["answers twice", { answers: [...good.answers, ...good.answers] }, "stand twice"],
    [
      "more answers than respondents",
      { answers: [{ ...[...good.answers][0]!, respondents: 3 }] },
      "cannot be counts"
    ],
    [
      "an item that is also a scale",
      { scales: [{ ...good.scales[0]!, id: "a" }] },
      "both an item and a scale"
    ],
    [
      "scores of people beside means of items",
      {
        items: good.items.map((item) => ({ ...item, figures: ["mean"] as const })),
        scales: [{ id: "s", items: ["a", "b"], min: 1, max: 5 }]
      },
      "left an item out"
    ],
    [
      "scales that are made of one another",
      {
        items: ["a", "b", "c"].map((id) => ({ id, min: 1, max: 5, figures: [] })),
        scales: [
          ["a", "b"],
          ["b", "c"],
          ["a", "c"],
          ["a", "b", "c"]
        ].map((of) => ({ id: `of ${of.join()}`, items: of, min: 1, max: 5 })),
        answers: []
      },
      "made of those of others"
    ],
    [
      "groups that hold more people than there are",
      { breakdowns: [{ by: "role", groups: ["x", "y"].map((group) => ({ group, answers: good.answers })) }] },
      "more people than the units"
    ]
  ]
  test.each(refused)("%s", (_, change, message) => {
    expect(() => releaseWave({ ...good, ...change })).toThrow(message)
  })
})

import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  counted,
  cultureWorld,
  incidentsPair,
  keyOf,
  monthly,
  type Released,
  releaseAll,
  unit,
  waveOf
} from "../../test/culture-world.ts"
import type { World } from "../../test/world.ts"
import { wilson } from "./release/intervals.ts"

const percent = { kind: "percent-positive", threshold: 4 } as const
const steady = Array.from({ length: 24 }, (_, at) => 10 + (at % 3) - 1)
/** 24 steady months, seven that are higher or lower, and one that is not over. */
const moved = {
  up: [...steady, 12, 11.8, 12, 12, 11.9, 12, 12, 12],
  down: [...steady, 8, 8.2, 8, 8, 8.1, 8, 8, 8],
  steady: [...steady, 10, 9, 11, 10, 9, 11, 10, 10]
}
type Move = keyof typeof moved
const combinations: ReadonlyArray<readonly [unit: string, reporting: Move, harm: Move]> = [
  ["a", "up", "down"],
  ["b", "up", "steady"],
  ["c", "up", "up"],
  ["d", "steady", "down"],
  ["e", "steady", "steady"],
  ["f", "steady", "up"],
  ["g", "down", "down"],
  ["h", "down", "steady"],
  ["i", "down", "up"]
]
const wards = [...combinations.map(([id]) => id), "short", "alone"]
const units = [unit("trust"), ...wards.map((id) => unit(id, "trust"))]
const share = (cell: string, subject: string, positive: number) => ({
  cell,
  figure: "percent-positive",
  subject,
  n: 80,
  value: (100 * positive) / 80,
  ...wilson(positive / 80, 80)
})
const pair = { ...incidentsPair, survey: ["voice"] }

let world: World
beforeAll(async () => {
  world = await cultureWorld({
    instruments: [keyOf({ voice: percent, pay: percent })],
    pairs: [
      pair,
      { ...pair, id: "none", harm: null, independent: false, survey: [] },
      { ...pair, id: "told", harm: "reported-harm", independent: false, survey: [] },
      { ...pair, id: "between", harm: "days-between", survey: [] },
      { ...pair, id: "lost", harm: "nothing", survey: ["pay"] }
    ]
  })
  await world.define(
    {
      microsystems: units,
      measures: [
        counted("reports"),
        counted("infections", { direction: "down", kind: "outcome" }),
        counted("reported-harm", { direction: "down", kind: "outcome" }),
        counted("days-between", { direction: "up", kind: "outcome" })
      ]
    },
    "2026-09-05"
  )
  await world.feed(observations, [
    ...combinations.flatMap(([id, reporting, harm]) => [
      ...monthly("reports", id, moved[reporting]),
      ...monthly("infections", id, moved[harm]),
      ...monthly("reported-harm", id, moved[harm])
    ]),
    ...monthly("days-between", "a", moved.up),
    ...monthly("days-between", "i", moved.down),
    ...monthly("reports", "short", [1, 2, 3]),
    ...monthly("infections", "short", [1, 2, 3]),
    ...monthly("reports", "alone", moved.down)
  ])
  // Reporting is low from January 2026 on; the survey of September 2025 fell in g, not in i, and of h only the trust is told.
  const released: Released[] = []
  const release = (wave: Released["wave"], figures: Released["figures"]) =>
    released.push({ wave, units: units, figures })
  release(waveOf("s1", "2024-09-01"), [
    share("g", "voice", 60),
    share("i", "voice", 60),
    share("trust", "voice", 60),
    share("i", "pay", 60)
  ])
  release(waveOf("s2", "2025-09-01"), [
    share("g", "voice", 36),
    share("i", "voice", 59),
    share("trust", "voice", 40),
    share("i", "pay", 30)
  ])
  await releaseAll(world, released)
  await world.compute()
})
afterAll(() => world.close())

const said = async (of: string) =>
  Object.fromEntries(
    (
      await world.rows<Record<string, unknown>>(
        `FROM culture.reporting WHERE pair = '${of}' ORDER BY microsystem`
      )
    ).map((row) => [row["microsystem"] as string, row])
  )

describe("reporting beside harm that does not depend on it", () => {
  test("nine verdicts, and none where a figure is missing or not judged", async () => {
    const rows = await said("incidents")
    expect(Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, row["verdict"]]))).toEqual({
      a: "speaking up and safer",
      b: "speaking up, harm steady",
      c: "speaking up, more harm",
      d: "reporting steady, less harm",
      e: "no change",
      f: "reporting steady, more harm",
      g: "reporting less, less harm",
      h: "reporting less, harm steady",
      i: "reporting less, more harm",
      short: "cannot tell",
      alone: "cannot tell"
    })
    expect([rows["short"]!["reason"], rows["alone"]!["reason"]]).toEqual(["not-judged", "no-figures"])
    expect(rows["g"]).toMatchObject({ reporting_since: "2026-01-01", harm_since: "2026-01-01" })
  })

  test("without an independent measure of harm nothing can be told, whatever moves, and nowhere is it called better", async () => {
    for (const [of, reason] of [
      ["none", "no-harm-measure"],
      ["told", "not-independent"],
      ["lost", "unknown-measure"]
    ] as const) {
      const rows = Object.values(await said(of))
      expect(rows.length).toBeGreaterThan(8)
      expect([...new Set(rows.map((row) => `${row["verdict"]} ${row["reason"]}`))], of).toEqual([
        `cannot tell ${reason}`
      ])
    }
    const words = await world.rows<{ words: string }>(
      "SELECT DISTINCT words || verdict AS words FROM culture.reporting"
    )
    expect(words.filter((one) => /better|improv/i.test(one.words))).toEqual([])
    expect(await world.rows("SELECT id, reason FROM culture.unfit")).toEqual([
      { id: "lost", reason: 'names "nothing", which is no measure' }
    ])
  })

  test("of days between two harms, more is less harm", async () => {
    const rows = await said("between")
    expect([rows["a"]!["verdict"], rows["i"]!["verdict"]]).toEqual([
      "speaking up and safer",
      "reporting less, more harm"
    ])
  })
})

describe("the fear pattern", () => {
  test("reporting falls within six months of a fall of the survey on it, in the unit or, where it is not told, above it", async () => {
    const rows = await world.rows<Record<string, unknown>>(
      "SELECT pair, microsystem, wave, subject, told_of, reporting_since, len(events)::INTEGER AS events FROM culture.fear ORDER BY microsystem, pair"
    )
    const fall = { pair: "incidents", wave: "s2", subject: "voice", reporting_since: "2026-01-01", events: 3 }
    expect(rows).toEqual([
      { ...fall, microsystem: "alone", told_of: "trust" },
      { ...fall, microsystem: "g", told_of: "g" },
      { ...fall, microsystem: "h", told_of: "trust" },
      // What fell is not on safety or reporting for the pair "incidents", but for "lost" it is.
      { ...fall, pair: "lost", microsystem: "i", subject: "pay", told_of: "i" }
    ])
    expect((await said("incidents"))["g"]).toMatchObject({
      fear_pattern: true,
      words:
        "Less is reported, and there is less harm: either less happens, or less is told. About that time the survey fell on safety or on reporting: people may be afraid to speak up."
    })
    expect((await said("incidents"))["i"]).toMatchObject({ fear_pattern: false })
  })

  test("is a signal, which ends when reporting is no longer low", async () => {
    const open = () =>
      world.rows(
        "SELECT measure, microsystem, variation, state FROM plimsoll.signal WHERE rule = 'culture/fear-pattern' ORDER BY ALL"
      )
    expect(
      (await open()).map((one) =>
        [one["measure"], one["microsystem"], one["variation"], one["state"]].join(" ")
      )
    ).toEqual([
      "incidents alone concern opened",
      "incidents g concern opened",
      "incidents h concern opened",
      "lost i concern opened"
    ])
    await world.core.tick("2026-11-05")
    await world.feed(
      observations,
      monthly("reports", "g", [...moved.down.slice(0, -1), 10, 11, 10]).slice(-3)
    )
    await world.compute()
    expect((await open()).filter((one) => one["microsystem"] === "g")).toMatchObject([{ state: "ended" }])
  })
})

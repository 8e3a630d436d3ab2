import { defineModule } from "@plimsoll/core"
import { defineStream, observations, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"
import { afterAll, beforeAll, expect, test } from "vitest"
import { counted, monthly, unit } from "../../test/culture-world.ts"
import { World } from "../../test/world.ts"
import { annotations } from "../control/events.ts"
import { statistics } from "../statistics/module.ts"
import { pdsaChanges } from "./change-source.ts"
import { flows as flowStream } from "./events.ts"
import { culture } from "./module.ts"

/** As much of a PDSA cycle as a source of changes reads. */
const cycles = defineStream({
  name: "pdsa",
  domain: "improvement",
  version: 1,
  title: "Cycles",
  schema: Schema.Struct({
    id: Schema.NonEmptyString.annotateKey({ description: "The id." }),
    microsystem: Schema.NonEmptyString.annotateKey({ description: "The unit." }),
    measure: Schema.NullOr(Schema.NonEmptyString).annotateKey({ description: "The measure." }),
    day: PlainDate.annotateKey({ description: "The day." }),
    did: Schema.NullOr(PlainDate).annotateKey({ description: "The first day of trying." })
  }),
  key: ["id"],
  microsystem: "microsystem",
  occurredAt: "day",
  covers: "day",
  sensitivity: { id: "open", microsystem: "open", measure: "open", day: "open", did: "open" }
})

const steady = Array.from({ length: 24 }, (_, at) => 10 + (at % 3) - 1)
const rest = [10, 9, 11, 10, 9, 11, 10, 10]
/** From the month at `at` on, all is higher or lower by 4 until the end. */
const from = (at: number, by: number): ReadonlyArray<number> =>
  [...steady, ...rest].map((value, n) => (n < at ? value : value + by))

let world: World
beforeAll(async () => {
  world = await World.make([
    statistics(),
    defineModule({ name: "trial", version: 1, title: "Cycles", streams: [cycles] }),
    culture({ changes: [pdsaChanges] })
  ])
  const balancing = { kind: "balancing", direction: "down" } as const
  await world.define(
    {
      microsystems: ["acute", "step-down", "pharmacy", "quiet", "bare", "young", "far"].map((id) => unit(id)),
      measures: [
        counted("length-of-stay", { direction: "down", kind: "outcome" }),
        counted("readmissions", balancing),
        counted("overtime", balancing)
      ]
    },
    "2026-09-05"
  )
  await world.feed(
    flowStream,
    [
      ["acute", "step-down", "patients"] as const,
      ["acute", "step-down", "information"] as const,
      ["pharmacy", "acute", "supplies"] as const,
      ["acute", "quiet", "patients"] as const,
      ["acute", "bare", "patients"] as const,
      ["acute", "young", "patients"] as const
    ].map(([from, to, kind]) => ({ from, to, kind, since: "2020-01-01" }))
  )
  await world.feed(observations, [
    // An improvement shift from January 2026 on, and what follows in other units in March.
    ...monthly("length-of-stay", "acute", from(24, -2)),
    ...monthly("readmissions", "step-down", from(26, 4)),
    ...monthly("overtime", "pharmacy", from(26, -4)),
    ...monthly("readmissions", "quiet", [...steady, ...rest]),
    ...monthly("readmissions", "young", [1, 2, 3]),
    ...monthly("readmissions", "far", from(26, 4))
  ])
  const mark = {
    measure: "length-of-stay",
    microsystem: "acute",
    kind: "change" as const,
    label: "Discharge before noon"
  }
  await world.feed(annotations, [
    { ...mark, id: "noon", day: "2026-02-10" },
    // Too early for March to lie within three months of it.
    { ...mark, id: "before", day: "2025-11-10" },
    { ...mark, id: "event", kind: "event", day: "2026-02-10" },
    { ...mark, id: "ahead", day: "2026-12-01" },
    { ...mark, id: "late", day: "2026-08-20" }
  ])
  await world.feed(cycles, [
    { id: "c1", microsystem: "step-down", measure: null, day: "2026-02-01", did: "2026-02-03" },
    { id: "c2", microsystem: "step-down", measure: null, day: "2026-02-01", did: null }
  ])
  await world.compute()
})
afterAll(() => world.close())

const found = async (where: string) =>
  (
    await world.rows<Record<string, unknown>>(
      `FROM culture.balancing_after_change WHERE ${where} ORDER BY source, change, linked, direction, measure`
    )
  ).map((row) =>
    [
      row["change"],
      row["linked"],
      row["direction"],
      row["measure"] ?? "-",
      row["verdict"],
      row["first_period"] ?? "-"
    ].join(" ")
  )

test("after a change here, the balancing measures of linked units are looked at, downstream and upstream", async () => {
  expect(await found("change = 'noon'")).toEqual([
    "noon bare downstream - no balancing measure -",
    "noon pharmacy upstream overtime improvement 2026-03-01",
    "noon quiet downstream readmissions none -",
    "noon step-down downstream readmissions concern 2026-03-01",
    "noon young downstream readmissions not judged -"
  ])
  const [row] = await world.rows<Record<string, unknown>>(
    "SELECT flows, since, until, rules, len(events)::INTEGER AS events FROM culture.balancing_after_change WHERE change = 'noon' AND linked = 'step-down'"
  )
  expect(row).toMatchObject({
    flows: ["information", "patients"],
    since: "2026-02-01",
    until: "2026-05-01",
    events: 3
  })
  expect(row!["rules"]).toContain("beyond-limits")
})

test("within three periods: not what began later, and nothing is said of periods that are not over", async () => {
  expect(await found("change = 'before' AND measure IS NOT NULL")).toEqual([
    "before pharmacy upstream overtime none -",
    "before quiet downstream readmissions none -",
    "before step-down downstream readmissions none -",
    "before young downstream readmissions not judged -"
  ])
  expect(await found("change = 'late' AND linked = 'quiet'")).toEqual([
    "late quiet downstream readmissions not over yet -"
  ])
})

test("a change is a mark of that kind, an improvement shift, or a cycle that was tried; none is of a day to come", async () => {
  const rows = await world.rows(
    "SELECT DISTINCT source, change, microsystem, day FROM culture.balancing_after_change ORDER BY ALL"
  )
  expect(rows.map((row) => [row["source"], row["change"], row["microsystem"], row["day"]].join(" "))).toEqual(
    [
      "annotation before acute 2025-11-10",
      "annotation late acute 2026-08-20",
      "annotation noon acute 2026-02-10",
      "improvement-shift length-of-stay@2026-01-01 acute 2026-01-01",
      "pdsa c1 step-down 2026-02-03"
    ]
  )
  expect(
    await found("source = 'improvement-shift' AND microsystem = 'acute' AND linked = 'step-down'")
  ).toEqual(["length-of-stay@2026-01-01 step-down downstream readmissions concern 2026-03-01"])
})

test("a flow that is taken back links nothing", async () => {
  await world.remove(flowStream, [{ from: "acute", to: "quiet", kind: "patients" }])
  await world.compute()
  expect(await found("linked = 'quiet'")).toEqual([])
  expect(() => culture({ changes: [pdsaChanges, pdsaChanges] })).toThrow("stands twice")
})

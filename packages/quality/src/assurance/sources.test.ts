import {
  defineStream,
  measure,
  observations,
  type Microsystem,
  parseInstant,
  PlainDate,
  sql
} from "@plimsoll/schema"
import { Schema } from "effect"
import { afterEach, expect, test } from "vitest"
import { counted, incidentsPair, monthly } from "../../test/culture-world.ts"
import { World } from "../../test/world.ts"
import { huddles, signalResponses } from "../control/events.ts"
import { control } from "../control/module.ts"
import { culture } from "../culture/module.ts"
import { cultureSources } from "../culture/sources.ts"
import { statistics } from "../statistics/module.ts"
import { system } from "../system/module.ts"
import { vision } from "../vision/module.ts"
import { controlSources, systemSources, visionSources } from "./component-sources.ts"
import { type Evidence, evidence } from "./events.ts"
import { type EvidenceSource, sourceViews } from "./evidence-source.ts"
import { assurance } from "./module.ts"
import { ownStandard } from "./own-standard.ts"

const since = "0001-01-01"
const units: ReadonlyArray<Microsystem> = [
  { id: "house", name: "The house", kind: "organisation", parent: null, since },
  ...["elm", "oak", "yew"].map((id): Microsystem => ({
    id,
    name: `The ${id}`,
    kind: "ward",
    parent: "house",
    since
  }))
]

const falls = defineStream({
  name: "falls",
  domain: "inpatient",
  version: 1,
  title: "Falls",
  schema: Schema.Struct({ ward: Schema.String, month: PlainDate, falls: Schema.Int, days: Schema.Int }),
  key: ["ward", "month"],
  microsystem: "ward",
  occurredAt: "month",
  covers: "month",
  sensitivity: { ward: "open", month: "open", falls: "open", days: "open" }
})
const rate = measure({
  id: "falls-rate",
  version: 1,
  title: "Falls",
  from: falls,
  at: "month",
  period: "month",
  microsystem: sql`ward`,
  numerator: sql`falls`,
  denominator: sql`days`,
  multiplier: 1000,
  empty: "missing",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})

const rows = ["elm", "oak", "yew"].flatMap((ward, at) =>
  Array.from({ length: 12 }, (_, index) => ({
    ward,
    month: `2025-${String(index + 1).padStart(2, "0")}-01`,
    falls: 2 + ((index + at) % 3),
    days: 1000
  }))
)

const without =
  (...columns: ReadonlyArray<string>) =>
  (row: { readonly [column: string]: unknown }) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)))

let world: World | undefined
afterEach(() => world?.close())

test("criteria draw evidence from control and vision by themselves, with what it shows and its events", async () => {
  world = await World.make([
    statistics(),
    control(),
    vision({
      nodes: [
        { id: "why", kind: "purpose", title: "People live well at home" },
        { id: "2030", kind: "vision", title: "Nobody waits" },
        { id: "safe", kind: "aim", title: "Nobody falls" },
        { id: "fewer", kind: "goal", title: "Half as many falls" },
        { id: "rounds", kind: "work", title: "Rounds", owner: "elm" },
        { id: "lost", kind: "work", title: "Something else", owner: "oak" }
      ],
      links: [
        { node: "2030", serves: "why" },
        { node: "safe", serves: "2030" },
        { node: "fewer", serves: "safe" },
        { node: "rounds", serves: "fewer" }
      ],
      versions: [{ number: 1, day: "2025-09-01" }]
    }),
    assurance({
      ...ownStandard({
        draws: {
          "own-vision": ["vision.coverage"],
          "own-control": ["control.embedded", "control.response"],
          "own-outcomes": ["measure:falls-rate"]
        }
      }),
      sources: [...controlSources, ...visionSources]
    })
  ])
  await world.define({ microsystems: units, measures: [rate] }, "2026-01-15")
  await world.feed(falls, rows)
  await world.feed(huddles, [
    { id: "h1", microsystem: "elm", day: "2025-12-03", roles: null },
    { id: "h2", microsystem: "elm", day: "2025-12-10", roles: null }
  ])
  const lapsed: Evidence = {
    id: "paper",
    criterion: "own-culture",
    microsystem: "elm",
    kind: "document",
    title: "A paper",
    validFrom: "2025-01-01",
    validUntil: "2025-11-30"
  }
  await world.feed(evidence, [lapsed])
  await world.compute()
  const [signal] = await world.rows<{ readonly signal: string }>(
    "SELECT signal FROM plimsoll.signal WHERE measure = 'own-culture' AND microsystem = 'elm'"
  )
  await world.feed(signalResponses, [
    {
      id: "r1",
      signal: signal!.signal,
      microsystem: "elm",
      team: "elm",
      kind: "acknowledge",
      at: parseInstant("2025-12-20T10:00:00Z")!,
      cause: null,
      actionClass: null,
      actionAim: null,
      outcome: null,
      note: null
    }
  ])
  await world.compute()
  const drawn = await world.rows<{ readonly [column: string]: unknown }>(
    `SELECT evidence, counts_for, valid_from, valid_until, state, shows, events FROM assurance.evidence
     WHERE drawn AND NOT (microsystem = 'yew' OR (microsystem = 'oak' AND source <> 'vision.coverage')) ORDER BY evidence`
  )
  expect(drawn.map(without("events"))).toEqual([
    {
      evidence: "own-control/control.embedded/elm",
      counts_for: "elm",
      valid_from: "2025-09-29",
      valid_until: "2026-02-27",
      state: "valid",
      shows: expect.stringMatching(/^of the last 13 weeks, data in 100 %, a note in 0 %, a huddle in 15 %$/)
    },
    {
      evidence: "own-control/control.response/elm",
      counts_for: "elm",
      valid_from: "2025-12-20",
      valid_until: "2026-03-21",
      state: "valid",
      shows: "the team has answered 1 signal"
    },
    {
      evidence: "own-outcomes/measure:falls-rate/elm",
      counts_for: "elm",
      valid_from: "2025-12-01",
      valid_until: "2026-02-28",
      state: "valid",
      shows: "change not judged; has no target"
    },
    {
      evidence: "own-vision/vision.coverage/elm",
      counts_for: "house",
      valid_from: "2025-09-01",
      valid_until: "2026-09-01",
      state: "valid",
      shows: "1 of 1 pieces of work lead back to the purpose"
    },
    {
      evidence: "own-vision/vision.coverage/house",
      counts_for: "house",
      valid_from: "2025-09-01",
      valid_until: "2026-09-01",
      state: "valid",
      shows: "1 of 2 pieces of work lead back to the purpose"
    },
    {
      evidence: "own-vision/vision.coverage/oak",
      counts_for: "house",
      valid_from: "2025-09-01",
      valid_until: "2026-09-01",
      state: "valid",
      shows: "0 of 1 pieces of work lead back to the purpose"
    }
  ])
  const streams = drawn.map(({ events }) => [
    ...new Set((events as ReadonlyArray<string>).map((one) => one.split("/")[0]))
  ])
  expect(streams[0], "the huddles themselves, and the criterion that asks").toEqual(["criterion", "huddle"])
  expect(streams[1]).toEqual(["criterion", "signal-response"])
  expect(streams[3]).toEqual(["criterion", "vision-version"])
  expect(await world.rows("SELECT kind FROM assurance.not_known WHERE kind = 'unknown-source'")).toEqual([])
})

test("and from the indicators of the whole system", async () => {
  world = await World.make([
    statistics(),
    system({ indicators: [{ id: "falls-rate" }] }),
    assurance({
      ...ownStandard({ draws: { "own-equity": ["whole_system.indicator"] } }),
      sources: systemSources
    })
  ])
  await world.define({ microsystems: units, measures: [rate] }, "2026-01-15")
  await world.feed(falls, rows)
  await world.compute()
  expect(
    await world.rows(
      "SELECT evidence, counts_for, valid_from, valid_until, state, shows FROM assurance.evidence WHERE drawn"
    )
  ).toEqual([
    {
      evidence: "own-equity/whole_system.indicator/falls-rate/house",
      counts_for: "house",
      valid_from: "2025-12-01",
      valid_until: "2026-02-28",
      state: "valid",
      shows: expect.stringMatching(/^3 units, 0 judged: 0 slipping, 0 improving; 0 without a figure; /)
    }
  ])
})

test("and from reporting beside harm, for as long as both have figures", async () => {
  const [reports, harm] = [counted("reports"), counted("infections", { direction: "down", kind: "outcome" })]
  world = await World.make([
    statistics(),
    culture({ pairs: [{ ...incidentsPair, survey: [] }] }),
    assurance({
      ...ownStandard({ draws: { "own-culture": ["culture.reporting"] } }),
      sources: cultureSources
    })
  ])
  const define = (day: string) => world!.define({ microsystems: units, measures: [reports, harm] }, day)
  const drawn = () =>
    world!.rows<{ readonly [column: string]: unknown }>(
      "SELECT evidence, counts_for, valid_from, valid_until, state, shows, events FROM assurance.evidence WHERE drawn"
    )
  const steady = Array.from({ length: 24 }, (_, at) => 10 + (at % 3) - 1)
  await define("2026-01-05")
  await world.feed(observations, [
    ...monthly("reports", "oak", steady),
    ...monthly("infections", "oak", steady)
  ])
  await world.compute()
  const [one, ...others] = await drawn()
  expect(others).toEqual([])
  expect(one).toMatchObject({
    evidence: "own-culture/culture.reporting/incidents/oak",
    counts_for: "oak",
    valid_from: "2026-01-05",
    valid_until: "2026-04-04",
    state: "valid"
  })
  const [told] = await world.rows<{ readonly words: string }>("SELECT words FROM culture.reporting")
  expect(one!["shows"]).toBe(told!.words)
  expect(one!["events"]).toEqual(expect.arrayContaining([expect.stringMatching(/^culture-pair\//)]))
  await define("2026-09-05")
  await world.compute()
  expect(await drawn()).toEqual([])
})

test("a source is a relation, named once", () => {
  const source: EvidenceSource = { name: "a.b", query: "SELECT 1" }
  for (const wrong of [[source, source], [{ ...source, name: "b; DROP" }]]) {
    expect(() => sourceViews(wrong)).toThrow(/no relation, or stands twice/)
  }
})

import { measure, observations, sql } from "@plimsoll/schema"
import { expect, it } from "vitest"
import { Complaints } from "./complaints.ts"
import { checkConfig } from "./config.ts"

const connector = (instance: string) => ({
  name: "connector-test",
  version: "1.0.0",
  instance,
  streams: [],
  check: () => Promise.resolve([])
})
const falls = measure({
  id: "falls",
  version: 1,
  title: "Falls",
  from: observations,
  at: "day",
  period: "month",
  microsystem: sql`microsystem`,
  numerator: sql`numerator`,
  empty: "zero",
  chart: "xmr",
  direction: "down",
  kind: "outcome",
  class: "open"
})
const good = {
  project: "falls",
  organisation: "city-hospital",
  zone: "Europe/London",
  clock: "2026-07-15",
  connectors: [connector("one")],
  measures: [falls],
  microsystems: [
    { id: "trust", name: "Trust", kind: "organisation" },
    { id: "oak", name: "Oak", kind: "ward", parent: "trust" }
  ],
  core: { threads: 2, memoryLimit: "2GB" }
}

const problems = (
  config: object
): ReadonlyArray<readonly [string | undefined, string, string | undefined]> => {
  try {
    checkConfig(config)
    return []
  } catch (error) {
    if (!(error instanceof Complaints)) throw error
    return error.all.map((one) => [one.configPath, one.message, one.suggestion])
  }
}

it("passes a config that fits, as it is", () => {
  expect(checkConfig(good)).toBe(good)
})

it.each([
  ["zone", { zone: "+01:00" }],
  ["zone", { zone: "Mars/Olympus" }],
  ["clock", { clock: "2026-02-30" }],
  ["published", { published: "board.db" }],
  ["partitions", { partitions: 0.5 }],
  ["core.memoryLimit", { core: { memoryLimit: "much" } }],
  ["connectors", { connectors: undefined }],
  ["connectors[0]", { connectors: ["files"] }],
  ["connectors[0].instance", { connectors: [connector("Not a name")] }],
  ["connectors[1].instance", { connectors: [connector("one"), connector("one")] }],
  ["measures[0]", { measures: [{ id: "falls" }] }],
  ["measures[1]", { measures: [falls, falls] }],
  ["microsystems[0].kind", { microsystems: [{ id: "oak", name: "Oak", kind: "Ward" }] }],
  ["microsystems[0].parent", { microsystems: [{ id: "oak", name: "Oak", kind: "ward", parent: "elm" }] }],
  ["microsystems[0].parent", { microsystems: [{ id: "oak", name: "Oak", kind: "ward", parent: "oak" }] }]
])("refuses a wrong %s, and says what to do", (path, change) => {
  const found = problems({ ...good, ...change })
  expect(found.map(([at]) => at)).toEqual([path])
  expect(found[0]![2]).toBeTruthy()
})

it("refuses a circle of units at each of them, and only there", () => {
  const unit = (id: string, parent: string) => ({ id, name: id, kind: "ward", parent })
  expect(
    problems({ ...good, microsystems: [unit("a", "b"), unit("b", "a"), unit("c", "a")] }).map(([at]) => at)
  ).toEqual(["microsystems[0].parent", "microsystems[1].parent"])
})

it("says what was probably meant by a setting that is not there", () => {
  expect(problems({ ...good, zoen: "UTC" })).toEqual([
    ["zoen", 'there is no setting "zoen"', "did you mean zone?"]
  ])
})

it("says that a thing of another kind is no config", () => {
  expect(problems([])).toHaveLength(1)
})

it("looks into kafka, with its path", () => {
  expect(problems({ ...good, kafka: { brokers: ["localhost:9092"] } })).toEqual([])
  expect(problems({ ...good, kafka: { brokers: ["localhost"] } }).map(([path]) => path)).toEqual([
    "kafka.brokers[0]"
  ])
  expect(problems({ ...good, kafka: "localhost:9092" }).map(([path]) => path)).toEqual(["kafka"])
})

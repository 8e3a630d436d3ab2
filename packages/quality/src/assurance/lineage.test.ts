import type { Microsystem } from "@plimsoll/schema"
import { afterEach, expect, test } from "vitest"
import { World } from "../../test/world.ts"
import { statistics } from "../statistics/module.ts"
import {
  type Assessment,
  assessments,
  type Evidence,
  evidence,
  type FindingAction,
  findingActions,
  findings
} from "./events.ts"
import { assurance } from "./module.ts"
import { ownStandard } from "./own-standard.ts"

const since = "0001-01-01"
const units: ReadonlyArray<Microsystem> = [
  { id: "house", name: "The house", kind: "organisation", parent: null, since },
  { id: "elm", name: "Elm", kind: "ward", parent: "house", since },
  { id: "oak", name: "Oak", kind: "ward", parent: "house", since }
]
const own = ownStandard()
const asked = own.criteria.flatMap(({ id, askedOf }) =>
  (askedOf === "units" ? ["elm", "oak"] : ["house"]).map((microsystem) => ({ criterion: id, microsystem }))
)
const papers: ReadonlyArray<Evidence> = asked.map(({ criterion, microsystem }) => ({
  id: `paper-${criterion}-${microsystem}`,
  criterion,
  microsystem,
  kind: "document",
  title: "A paper",
  validFrom: "2025-01-01",
  validUntil: "2026-12-31"
}))
const scores: ReadonlyArray<Assessment> = asked.flatMap(({ criterion, microsystem }, index) =>
  (["self", "external"] as const).map((kind) => ({
    id: `${kind}-${criterion}-${microsystem}`,
    criterion,
    microsystem,
    kind,
    score: kind === "self" ? 20 + 3 * index : 10 + 4 * index,
    level: 1 + (index % 4),
    assessor: "somebody",
    day: kind === "self" ? "2026-01-10" : "2026-02-10"
  }))
)
const acts: ReadonlyArray<FindingAction> = ["a1", "a2"].map((id, index) => ({
  id,
  finding: `f${index + 1}`,
  title: "Do something",
  kind: "checklist",
  aim: "process",
  agreed: "2026-01-20",
  due: "2026-02-20",
  done: null
}))
/** Those that one of two worlds never hears of; last in their streams, so that no other event has another place. */
const dropped = {
  evidence: papers.at(-3)!,
  assessment: scores.find((one) => one.kind === "external" && one.criterion === "own-control")!,
  action: acts[1]!
}

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

type Row = { readonly [column: string]: unknown }
type Relations = { readonly [relation: string]: ReadonlyArray<Row> }

const read = async (world: World): Promise<Relations> => {
  const tables = await world.rows<{ readonly table_name: string }>(
    "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'assurance' ORDER BY ALL"
  )
  // One query, since every query opens the published file.
  const rows = await world.rows<{ readonly relation: string; readonly row: string }>(
    tables
      .map(
        ({ table_name: name }) =>
          `SELECT '${name}' AS relation, to_json(t)::VARCHAR AS row FROM assurance.${name} t`
      )
      .join(" UNION ALL ")
  )
  const found: { [relation: string]: ReadonlyArray<Row> } = {}
  for (const { table_name: name } of tables) {
    found[name] = rows
      .filter((one) => one.relation === name)
      .map((one) => one.row)
      .sort()
      .map((row) => JSON.parse(row) as Row)
  }
  return found
}

const build = async (whole: boolean): Promise<World> => {
  const world = await World.make([statistics(), assurance(own)])
  worlds.push(world)
  await world.define({ microsystems: units }, "2026-03-01")
  const rest = <R extends { readonly id: string }>(all: ReadonlyArray<R>, one: R) =>
    all.filter((row) => row.id !== one.id)
  await world.feed(evidence, rest(papers, dropped.evidence))
  await world.feed(assessments, rest(scores, dropped.assessment))
  await world.feed(
    findings,
    ["f1", "f2"].map((id) => ({
      id,
      standard: "plimsoll",
      criterion: "own-control",
      microsystem: "elm",
      kind: "requirement" as const,
      title: "Something",
      day: "2026-01-15",
      due: "2026-02-28"
    }))
  )
  await world.feed(findingActions, rest(acts, dropped.action))
  if (whole) {
    await world.feed(evidence, [dropped.evidence])
    await world.feed(assessments, [dropped.assessment])
    await world.feed(findingActions, [dropped.action])
  }
  await world.compute()
  return world
}

const only = (some: ReadonlyArray<Row>, others: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const there = new Set(others.map((row) => JSON.stringify(row)))
  return some.filter((row) => !there.has(JSON.stringify(row)))
}

/** What tells the rows of each relation apart. */
const keys: { readonly [relation: string]: ReadonlyArray<string> } = {
  action_strength: ["kind"],
  asked: ["criterion", "microsystem"],
  claim: ["claim"],
  coverage: ["standard", "part", "microsystem"],
  criterion: ["criterion"],
  criterion_score: ["criterion", "microsystem", "kind"],
  evidence: ["evidence"],
  finding: ["finding"],
  finding_action: ["action"],
  freshness: ["evidence"],
  link: ["cause_kind", "cause", "effect"],
  not_known: ["kind", "criterion", "microsystem", "subject"],
  score: ["standard", "part", "microsystem", "kind"],
  score_weight: ["standard", "part"],
  self_against_external: ["standard", "part", "year"],
  standard: ["standard"],
  variation_and_capability: ["standard", "variation", "capability"]
}

test("three events dropped: exactly what rests on them vanishes or changes, and nothing else", async () => {
  const [whole, partial] = [await build(true), await build(false)]
  const [one, other] = [await read(whole), await read(partial)]
  expect(Object.keys(one)).toEqual(Object.keys(keys))
  const eventOf = async (relation: string, column: string, id: string, stream: string) => {
    const [row] = await whole.rows<{ readonly events: ReadonlyArray<string> }>(
      `SELECT events FROM assurance.${relation} WHERE ${column} = '${id}'`
    )
    return row!.events.filter((event) => event.startsWith(`${stream}/`))
  }
  const events = [
    ...(await eventOf("evidence", "evidence", dropped.evidence.id, "evidence")),
    ...(await eventOf("finding_action", "action", dropped.action.id, "finding-action"))
  ]
  const marks = new Set([...(await assessmentEvents(whole))].filter((event) => !events.includes(event)))
  for (const event of await assessmentEvents(partial)) marks.delete(event)
  expect(events).toHaveLength(2)
  expect(marks.size, "the assessment is the only one that the other world does not know").toBe(1)
  const gone = new Set([...events, ...marks])

  const changed: string[] = []
  for (const [relation, rows] of Object.entries(one)) {
    const named = rows.filter((row) =>
      ((row["events"] ?? []) as ReadonlyArray<string>).some((event) => gone.has(event))
    )
    const lost = only(rows, other[relation]!)
    expect(lost, `${relation}: the rows that differ are those that name a dropped event`).toEqual(named)
    if (lost.length > 0) changed.push(relation)
    const key = (row: Row) => JSON.stringify(keys[relation]!.map((column) => row[column]))
    const before = new Set(lost.map(key))
    const fresh = only(other[relation]!, rows).filter((row) => !before.has(key(row)))
    if (relation !== "not_known") expect(fresh, `${relation}: nothing new`).toEqual([])
    else {
      expect(
        fresh.map((row) => [row["kind"], row["criterion"], row["microsystem"]]),
        "and what is not known without them is said"
      ).toEqual([
        ["no-evidence", dropped.evidence.criterion, dropped.evidence.microsystem],
        ["not-assessed-externally", dropped.assessment.criterion, dropped.assessment.microsystem]
      ])
    }
  }
  expect(changed).toEqual([
    "asked",
    "coverage",
    "criterion",
    "criterion_score",
    "evidence",
    "finding",
    "finding_action",
    "freshness",
    "score",
    "self_against_external"
  ])
})

const assessmentEvents = async (world: World): Promise<ReadonlyArray<string>> =>
  (
    await world.rows<{ readonly event: string }>(
      "SELECT DISTINCT unnest(events) AS event FROM assurance.criterion_score ORDER BY ALL"
    )
  )
    .map((row) => row.event)
    .filter((event) => event.startsWith("assessment/"))

test("a store that begins with nothing computes the same from the same log", async () => {
  const world = await build(true)
  const before = await read(world)
  const again = await world.open("again")
  try {
    await again.update()
    await again.publish(world.published)
  } finally {
    await again.close()
  }
  expect(await read(world)).toEqual(before)
})

test("a row of the options that does not fit its stream is refused, without its values", () => {
  const wrong = () => assurance({ ...own, evidence: [{ ...papers[0]!, validUntil: "never-mind" }] })
  expect(wrong).toThrow(
    expect.objectContaining({ code: "assurance-invalid", configPath: "evidence[0]" }) as Error
  )
  expect(wrong).not.toThrow(/never-mind/)
})

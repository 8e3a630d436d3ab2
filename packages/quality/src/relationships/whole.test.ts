import { afterEach, describe, expect, test } from "vitest"
import {
  bring,
  contribution,
  employ,
  inStore,
  relationshipsWorld,
  step,
  take,
  unit
} from "../../test/relationships-world.ts"
import type { World } from "../../test/world.ts"
import { contributions, contributionSteps } from "./events.ts"
import { relationships } from "./module.ts"

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})
const open = async (): Promise<World> => {
  const world = await relationshipsWorld()
  worlds.push(world)
  return world
}

test("what does not fit together is named, and counts when it does", async () => {
  const world = await open()
  await world.define({ microsystems: [unit("oak")] }, "2026-04-10")
  await employ(world, "oak", { day: 20 })
  await bring(world, [
    contribution({ id: "a", day: "2026-02-02" }),
    contribution({ id: "ahead", day: "2026-04-11" }),
    contribution({ id: "far", day: "2026-02-02", microsystem: "nowhere" }),
    contribution({ id: "owned-elsewhere", day: "2026-02-02", owner: "no-one" }),
    contribution({ id: "strange", day: "2026-02-02", role: "volunteers" }),
    ...Array.from({ length: 10 }, (_, n) =>
      contribution({ id: `thanks-${n}`, day: "2026-02-02", role: "chaplains", kind: "thanks" })
    )
  ])
  await take(world, [
    step({ contribution: "lost", kind: "acknowledged", day: "2026-02-03" }),
    step({ contribution: "a", kind: "closed", day: "2026-02-01" }),
    step({ contribution: "a", kind: "closed", day: "2026-04-12" }),
    step({ contribution: "a", kind: "acted", day: "2026-03-01", microsystem: "elm" })
  ])
  await world.compute()
  expect(await world.rows("FROM relationships.unfit ORDER BY ALL")).toEqual([
    { stream: "contribution", id: "ahead", reason: "is of a day to come" },
    { stream: "contribution", id: "chaplains", reason: "is of a role group without a headcount" },
    {
      stream: "contribution-step",
      id: "a-acted-2026-03-01",
      reason: "names another unit than its contribution"
    },
    { stream: "contribution-step", id: "a-closed-2026-02-01", reason: "is of a day before its contribution" },
    { stream: "contribution-step", id: "a-closed-2026-04-12", reason: "is of a day to come" },
    {
      stream: "contribution-step",
      id: "lost-acknowledged-2026-02-03",
      reason: "is of a contribution that nobody knows"
    }
  ])
  expect(await world.rows("FROM relationships.unplaced ORDER BY ALL")).toEqual([
    { stream: "contribution", microsystem: "no-one" },
    { stream: "contribution", microsystem: "nowhere" }
  ])
  const yours =
    "SELECT contribution, state FROM relationships.your_contribution WHERE NOT starts_with(contribution, 'thanks')"
  const received = (id: string) => ({ contribution: id, state: "received" })
  expect(await world.rows(yours)).toEqual(["a", "owned-elsewhere", "strange"].map(received))
  expect(await world.rows("SELECT contribution FROM relationships.waiting")).toEqual([
    { contribution: "a" },
    { contribution: "strange" }
  ])

  await world.define({ microsystems: ["oak", "nowhere", "no-one"].map(unit) }, "2026-04-12")
  await world.compute()
  expect(await world.rows(yours)).toEqual([
    { contribution: "a", state: "closed" },
    ...["far", "owned-elsewhere", "strange"].map(received)
  ])
  expect(
    await world.rows("SELECT owner, contribution FROM relationships.waiting WHERE owner = 'no-one'")
  ).toEqual([{ owner: "no-one", contribution: "owned-elsewhere" }])
  expect(await world.rows("FROM relationships.unplaced")).toEqual([])
})

test("rows that cannot be are refused", async () => {
  const world = await open()
  const refused = expect.objectContaining({ code: "row-invalid" })
  const of = { contribution: "a", day: "2026-01-01" }
  await expect(take(world, [step({ ...of, kind: "acted", answer: "yes" })])).rejects.toEqual(refused)
  await expect(take(world, [step({ ...of, kind: "answered", answer: null })])).rejects.toEqual(refused)
  await expect(take(world, [step({ ...of, kind: "closed", reasoned: true })])).rejects.toEqual(refused)
})

describe("bit by bit and at once", () => {
  const relations = [
    "contribution_state",
    "counted",
    "participation_group",
    "participation",
    "closed_loop",
    "waiting",
    "your_contribution",
    "unheard",
    "unfit",
    "signal"
  ]
  const everything = relations
    .map((name) => `SELECT '${name}' AS relation, to_json(t)::VARCHAR AS row FROM relationships.${name} t`)
    .join(" UNION ALL ")
  const sorted = `SELECT * FROM (${everything}) ORDER BY ALL`

  test("additions, corrections, moves and deletions give what all of it gives at once", async () => {
    const world = await open()
    await world.define({ microsystems: ["oak", "elm", "ash"].map(unit) }, "2026-04-10")
    await employ(world, "oak", { day: 40, night: 30 })
    await employ(world, "elm", { day: 25 })
    const own = Array.from({ length: 60 }, (_, n) =>
      contribution({
        id: `c${n}`,
        day: `2026-0${1 + (n % 3)}-${10 + (n % 15)}`,
        microsystem: n % 4 === 0 ? "elm" : "oak",
        role: n % 5 === 0 ? "night" : "day",
        owner: n % 3 === 0 ? "ash" : "oak"
      })
    )
    await bring(world, own)
    await take(
      world,
      own.slice(0, 30).map(({ id, microsystem }, n) =>
        step({
          contribution: id,
          microsystem,
          kind: n % 2 === 0 ? "answered" : "closed",
          day: "2026-04-01"
        })
      )
    )
    await world.compute()
    // One moves to another unit, one is corrected, one is taken back, as is one step.
    await bring(world, [
      { ...own[1]!, microsystem: "elm", role: "day" },
      { ...own[2]!, kind: "thanks" }
    ])
    await world.remove(contributions, [{ id: own[3]!.id }])
    await world.remove(contributionSteps, [{ id: "c4-answered-2026-04-01" }])
    await world.compute()
    await world.core.tick("2026-04-20")
    await world.compute()
    const bits = await inStore(world, sorted)

    await world.core.close()
    world.core = await world.open("again")
    await world.compute()
    const atOnce = await inStore(world, sorted, "again")
    expect(bits.length).toBeGreaterThan(150)
    expect(atOnce).toEqual(bits)
  })
})

test("options that do not fit are refused with their cure", () => {
  const refused = (options: Parameters<typeof relationships>[0]) => {
    try {
      relationships(options)
    } catch (error) {
      return error as { readonly code: string; readonly message: string; readonly suggestion: string }
    }
    return undefined
  }
  expect(refused({ thresholds: { least: 4 } })?.suggestion).toContain("5 or more")
  expect(refused({ thresholds: { answerDays: 0 } })?.code).toBe("config-invalid")
  expect(refused({ skills: [{ id: "a", title: "A", able: 5 }] })?.suggestion).toContain("0 to 4")
  expect(refused({ skills: [{ id: "a", title: "A", needed: 0 }] })?.message).toContain("needs nobody")
  expect(
    refused({
      skills: [
        { id: "a", title: "A" },
        { id: "a", title: "B" }
      ]
    })?.message
  ).toContain("twice")
  const process = (roles: ReadonlyArray<string>, twice = false) => {
    const own = { id: "s", title: "S", roles }
    return { id: "p", steps: twice ? [own, own] : [own] }
  }
  expect(refused({ processes: [process([])] })?.suggestion).toContain("role group")
  expect(refused({ processes: [process(["a"], true)] })?.suggestion).toBe("rename one")
  expect(refused({ processes: [process(["a"]), process(["a"])] })?.message).toContain("declared twice")
})

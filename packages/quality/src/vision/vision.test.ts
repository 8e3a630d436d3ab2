import { afterEach, describe, expect, test } from "vitest"
import { World } from "../../test/world.ts"
import { visionLinks, visionNodes, visionVersions } from "./events.ts"
import { mayServe, visionKinds } from "./kind.ts"
import { vision } from "./module.ts"
import { link, node, unit, version } from "../../test/vision-graph.ts"

const worlds: World[] = []
const make = async (...modules: ReadonlyArray<ReturnType<typeof vision>>): Promise<World> => {
  const world = await World.make(modules.length === 0 ? [vision()] : modules)
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

/** One vision, two aims, three goals, five projects, one of which is linked to a retired goal. */
const feedSmall = async (world: World): Promise<void> => {
  await world.define({ microsystems: [unit("oak"), unit("elm")] }, "2026-06-01")
  await world.feed(visionNodes, [
    node("v", "vision"),
    node("a", "aim"),
    node("b", "aim"),
    node("g1", "goal"),
    node("g2", "goal"),
    node("g3", "goal", { status: "retired", day: "2026-02-01" }),
    node("p1", "work", { owner: "oak", hours: "10.00" }),
    node("p2", "work", { owner: "oak", hours: "20.00" }),
    node("p3", "work", { owner: "oak", hours: null }),
    node("p4", "work", { owner: "elm", hours: "10.00" }),
    node("p5", "work", { owner: "elm", hours: "60.00" })
  ])
  await world.feed(visionLinks, [
    link("a", "v"),
    link("b", "v"),
    link("g1", "a"),
    link("g2", "b"),
    link("g3", "b"),
    link("p1", "g1"),
    link("p2", "g1"),
    link("p3", "g2"),
    link("p4", "g2"),
    link("p5", "g3")
  ])
}

describe("a small graph", () => {
  test("four of five projects have a path, and the one that serves a retired goal is named", async () => {
    const world = await make()
    await feedSmall(world)
    await world.compute()
    expect(
      await world.rows(
        "SELECT scope, microsystem, works, with_path, share, hours, hours_with_path, share_of_hours, without_hours, unplaced FROM vision.coverage ORDER BY ALL"
      )
    ).toEqual([
      {
        scope: "unit",
        microsystem: "elm",
        works: "2",
        with_path: "1",
        share: 0.5,
        hours: 70,
        hours_with_path: 10,
        share_of_hours: 1 / 7,
        without_hours: "0",
        unplaced: false
      },
      {
        scope: "unit",
        microsystem: "oak",
        works: "3",
        with_path: "3",
        share: 1,
        hours: 30,
        hours_with_path: 30,
        share_of_hours: 1,
        without_hours: "1",
        unplaced: false
      },
      {
        scope: "whole",
        microsystem: null,
        works: "5",
        with_path: "4",
        share: 0.8,
        hours: 100,
        hours_with_path: 40,
        share_of_hours: 0.4,
        without_hours: "1",
        unplaced: false
      }
    ])
    expect(await world.rows("SELECT node, side, reason, names, words FROM vision.orphan")).toEqual([
      {
        node: "p5",
        side: "above",
        reason: "serves-retired",
        names: ["g3"],
        words: "it serves what is retired: g3"
      }
    ])
    const [orphan] = await world.rows<{ events: ReadonlyArray<string> }>("SELECT events FROM vision.orphan")
    expect(orphan!.events.map((one) => one.replace(/\/\d+\/\d+$/, ""))).toEqual([
      "vision-link",
      "vision-node"
    ])
  })

  test("one event changes it: a new link gives the orphan a path", async () => {
    const world = await make()
    await feedSmall(world)
    await world.compute()
    await world.feed(visionLinks, [
      link("p5", "g2", { relation: "weak" }),
      link("p4", "g1", { relation: "weak" })
    ])
    await world.compute()
    expect(await world.rows("SELECT with_path FROM vision.coverage WHERE scope = 'whole'")).toEqual([
      { with_path: "5" }
    ])
    expect(await world.rows("FROM vision.orphan")).toEqual([])
    expect(await world.rows("SELECT path, weak, distance, top FROM vision.path WHERE node = 'p5'")).toEqual([
      { path: ["p5", "g2", "b", "v"], weak: 1, distance: 3, top: "v" }
    ])
    // Strong before weak: both ways are as long.
    expect(
      await world.rows("SELECT path, weak, len(events)::INTEGER AS events FROM vision.path WHERE node = 'p4'")
    ).toEqual([{ path: ["p4", "g2", "b", "v"], weak: 0, events: 3 }])
  })

  test("where there is a purpose, a path has to reach it", async () => {
    const world = await make()
    await feedSmall(world)
    await world.feed(visionNodes, [node("why", "purpose")])
    await world.compute()
    expect(await world.rows("SELECT with_path FROM vision.coverage WHERE scope = 'whole'")).toEqual([
      { with_path: "0" }
    ])
    await world.feed(visionLinks, [link("v", "why")])
    await world.compute()
    expect(await world.rows("SELECT with_path FROM vision.coverage WHERE scope = 'whole'")).toEqual([
      { with_path: "4" }
    ])
  })

  test("work of a unit that nobody has told of is unplaced until it is told of", async () => {
    const world = await make()
    await feedSmall(world)
    await world.feed(visionNodes, [node("p6", "work", { owner: "ash" })])
    await world.compute()
    const ask = "SELECT unplaced FROM vision.coverage WHERE microsystem = 'ash'"
    expect(await world.rows(ask)).toEqual([{ unplaced: true }])
    await world.define({ microsystems: [unit("oak"), unit("elm"), unit("ash")] })
    await world.compute()
    expect(await world.rows(ask)).toEqual([{ unplaced: false }])
  })

  test("line of sight goes both ways from any node, and ends at what does not hold", async () => {
    const world = await make()
    await feedSmall(world)
    await world.compute()
    const sight = (id: string) =>
      world.rows(`SELECT direction, distance, node, via FROM vision.line_of_sight('${id}') ORDER BY ALL`)
    expect(await sight("b")).toEqual([
      { direction: "down", distance: 1, node: "g2", via: ["b"] },
      { direction: "down", distance: 1, node: "g3", via: ["b"] },
      { direction: "down", distance: 2, node: "p3", via: ["g2"] },
      { direction: "down", distance: 2, node: "p4", via: ["g2"] },
      { direction: "up", distance: 1, node: "v", via: ["b"] }
    ])
    expect(await sight("p5")).toEqual([{ direction: "up", distance: 1, node: "g3", via: ["p5"] }])
    expect(await sight("nobody")).toEqual([])
  })
})

describe("what fits", () => {
  test("a node serves the kinds that kind.ts allows, and no other", async () => {
    const world = await make()
    await world.define({}, "2026-06-01")
    const pairs = visionKinds.flatMap((kind) => visionKinds.map((above) => [kind, above] as const))
    await world.feed(
      visionNodes,
      pairs.flatMap(([kind, above]) => [
        node(`${kind}-${above}-low`, kind),
        node(`${kind}-${above}-high`, above)
      ])
    )
    await world.feed(
      visionLinks,
      pairs.map(([kind, above]) => link(`${kind}-${above}-low`, `${kind}-${above}-high`))
    )
    await world.compute()
    const fitting = pairs
      .filter(([kind, above]) => mayServe[kind].includes(above))
      .map(([kind, above]) => `${kind} ${above}`)
    expect(
      (await world.rows("SELECT kind || ' ' || serves_kind AS pair FROM vision.link"))
        .map((one) => one["pair"])
        .sort()
    ).toEqual(fitting.sort())
    expect(
      await world.rows("SELECT reason, count(*)::INTEGER AS n FROM vision.refused GROUP BY ALL")
    ).toEqual([{ reason: "wrong-kind", n: pairs.length - fitting.length }])
  })

  test("a link to a node that nobody has told of waits, and holds as soon as it comes", async () => {
    const world = await make()
    await world.define({}, "2026-06-01")
    await world.feed(visionLinks, [link("g", "a")])
    await world.feed(visionNodes, [node("g", "goal")])
    await world.compute()
    expect(await world.rows("SELECT reason, words FROM vision.refused")).toEqual([
      { reason: "unknown-node", words: "nobody has told of a" }
    ])
    await world.feed(visionNodes, [node("a", "aim")])
    await world.compute()
    expect(await world.rows("FROM vision.refused")).toEqual([])
    expect(await world.rows("SELECT link_state FROM vision.link")).toEqual([{ link_state: "holds" }])
  })

  test("a circle that comes by events is refused with its path: the link of it that is said last", async () => {
    const world = await make()
    await world.define({}, "2026-06-01")
    await world.feed(
      visionNodes,
      ["g1", "g2", "g3"].map((id) => node(id, "goal"))
    )
    await world.feed(visionLinks, [
      link("g1", "g2", { day: "2026-01-03" }),
      link("g3", "g1", { day: "2026-01-02" }),
      link("g2", "g3", { day: "2026-01-01" }),
      link("g1", "g1")
    ])
    await world.compute()
    expect(
      await world.rows("SELECT node, serves, reason, path, words FROM vision.refused ORDER BY ALL")
    ).toEqual([
      {
        node: "g1",
        serves: "g1",
        reason: "circle",
        path: ["g1", "g1"],
        words: "it closes a circle: g1 → g1"
      },
      {
        node: "g1",
        serves: "g2",
        reason: "circle",
        path: ["g1", "g2", "g3", "g1"],
        words: "it closes a circle: g1 → g2 → g3 → g1"
      }
    ])
    expect(await world.rows("SELECT node, serves FROM vision.link ORDER BY ALL")).toEqual([
      { node: "g2", serves: "g3" },
      { node: "g3", serves: "g1" }
    ])
    await world.remove(visionLinks, [{ node: "g2", serves: "g3" }])
    await world.compute()
    expect(await world.rows("SELECT node FROM vision.refused WHERE node <> serves")).toEqual([])
  })

  test("beyond 1,000 links on circles all of them are left out, and it is said", async () => {
    const world = await make()
    await world.define({}, "2026-06-01")
    const ids = Array.from({ length: 1001 }, (_, at) => `g${at}`)
    await world.feed(visionNodes, [node("a", "aim"), ...ids.map((id) => node(id, "goal"))])
    await world.feed(visionLinks, [
      link("g0", "a"),
      ...ids.map((id, at) => link(id, ids[(at + 1) % ids.length]!))
    ])
    await world.compute()
    expect(
      await world.rows("SELECT reason, count(*)::INTEGER AS n FROM vision.refused GROUP BY ALL")
    ).toEqual([{ reason: "too-many-circles", n: 1001 }])
    expect(await world.rows("SELECT node FROM vision.link")).toEqual([{ node: "g0" }])
  })
})

describe("versions", () => {
  const feedVersions = async (world: World) => {
    await feedSmall(world)
    await world.feed(visionLinks, [link("p4", "g1", { relation: "weak" })])
    await world.feed(visionVersions, [version(1, "2026-01-01"), version(2, "2026-05-01", { drops: ["b"] })])
  }

  test("a version that drops an aim strands exactly those below it that have no other path", async () => {
    const world = await make()
    await feedVersions(world)
    await world.compute()
    expect(
      await world.rows(
        "SELECT version, day, published, node, kind, dropped, has_path_now FROM vision.stranded ORDER BY node"
      )
    ).toEqual([
      {
        version: "2",
        day: "2026-05-01",
        published: true,
        node: "g2",
        kind: "goal",
        dropped: ["b"],
        has_path_now: false
      },
      {
        version: "2",
        day: "2026-05-01",
        published: true,
        node: "p3",
        kind: "work",
        dropped: ["b"],
        has_path_now: false
      }
    ])
    expect(await world.rows("SELECT state FROM vision.node WHERE id = 'b'")).toEqual([{ state: "dropped" }])
    expect(await world.rows("SELECT with_path FROM vision.coverage WHERE scope = 'whole'")).toEqual([
      { with_path: "3" }
    ])
    expect(
      await world.rows(
        "SELECT node, reason, names FROM vision.orphan WHERE node IN ('g2', 'p3') ORDER BY ALL"
      )
    ).toEqual([
      { node: "g2", reason: "serves-dropped", names: ["b"] },
      { node: "p3", reason: "no-path-above", names: [] }
    ])
  })

  test("retiring the aim on the day of the version, or later, does not take back what it stranded", async () => {
    const world = await make()
    await feedVersions(world)
    await world.feed(visionNodes, [node("b", "aim", { status: "retired", day: "2026-05-01" })])
    await world.compute()
    expect(await world.rows("SELECT node FROM vision.stranded ORDER BY node")).toEqual([
      { node: "g2" },
      { node: "p3" }
    ])
  })

  test("a version to come shows what it would strand, and strands nothing yet", async () => {
    const world = await make()
    await feedVersions(world)
    await world.feed(visionVersions, [version(2, "2026-07-01", { drops: ["b"] })])
    await world.compute()
    expect(
      await world.rows("SELECT node, published, has_path_now FROM vision.stranded ORDER BY node")
    ).toEqual([
      { node: "g2", published: false, has_path_now: true },
      { node: "p3", published: false, has_path_now: true }
    ])
    expect(await world.rows("FROM plimsoll.signal")).toEqual([])
    await world.define({ microsystems: [unit("oak"), unit("elm")] }, "2026-07-01")
    await world.compute()
    expect(await world.rows("SELECT published FROM vision.stranded WHERE node = 'p3'")).toEqual([
      { published: true }
    ])
  })

  test("stranded work signals, and the signal ends when the work has a path again", async () => {
    const world = await make()
    await feedVersions(world)
    await world.compute()
    await world.compute()
    expect(await world.rows("SELECT measure, microsystem, rule, state, words FROM plimsoll.signal")).toEqual([
      {
        measure: "p3",
        microsystem: "oak",
        rule: "vision/stranded",
        state: "opened",
        words:
          'The work "Title of p3" has had no path to the purpose since version 2 of the vision, of 2026-05-01, which dropped b.'
      }
    ])
    await world.feed(visionVersions, [version(3, "2026-05-20", { holds: ["b"] })])
    await world.compute()
    expect(await world.rows("SELECT measure, state FROM plimsoll.signal")).toEqual([
      { measure: "p3", state: "ended" }
    ])
    expect(await world.rows("SELECT version, node, has_path_now FROM vision.stranded ORDER BY ALL")).toEqual([
      { version: "2", node: "g2", has_path_now: true },
      { version: "2", node: "p3", has_path_now: true }
    ])
  })

  test("work that began before its version of the vision is named", async () => {
    const world = await make()
    await feedVersions(world)
    await world.feed(visionNodes, [
      node("p1", "work", { owner: "oak", since: 2, started: "2026-04-01" }),
      node("p2", "work", { owner: "oak", since: 2, started: "2026-05-01" })
    ])
    await world.compute()
    expect(await world.rows("SELECT node, started, version, day, days FROM vision.predated")).toEqual([
      { node: "p1", started: "2026-04-01", version: "2", day: "2026-05-01", days: "30" }
    ])
  })

  test("a version of which an earlier number has a later day says so", async () => {
    const world = await make()
    await feedVersions(world)
    await world.feed(visionVersions, [version(3, "2026-04-01")])
    await world.compute()
    expect(
      await world.rows("SELECT number, out_of_order, current FROM vision.version ORDER BY number")
    ).toEqual([
      { number: "1", out_of_order: false, current: false },
      { number: "2", out_of_order: false, current: false },
      { number: "3", out_of_order: true, current: true }
    ])
  })
})

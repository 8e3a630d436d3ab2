import fc from "fast-check"
import { expect, test } from "vitest"
import { World } from "../../test/world.ts"
import { findCircle } from "./circle.ts"
import { visionLinks, visionNodes, visionVersions } from "./events.ts"
import { type FedGraph, searchGraph } from "../../test/vision-search.ts"
import { link, node, unit, version } from "../../test/vision-graph.ts"
import { visionKinds } from "./kind.ts"
import { vision } from "./module.ts"

const days = ["2026-01-01", "2026-02-01", "2026-05-01", "2026-05-20"]
const kinds = [...visionKinds, "goal", "goal", "work", "work", "work"] as const

/** A graph of its own: its ids begin with its number, its work belongs to a unit of that number. */
const graph = fc
  .record({
    kinds: fc.array(fc.constantFrom(...kinds), { minLength: 3, maxLength: 14 }),
    states: fc.array(
      fc.record({
        late: fc.boolean(),
        retired: fc.integer({ min: 0, max: 5 }),
        day: fc.constantFrom(...days)
      }),
      { minLength: 14, maxLength: 14 }
    ),
    links: fc.uniqueArray(
      fc.record({
        node: fc.nat(14),
        serves: fc.nat(14),
        since: fc.constantFrom(1, 1, 2),
        day: fc.constantFrom(...days)
      }),
      { maxLength: 40, selector: (one) => `${one.node} ${one.serves}` }
    ),
    drops: fc.uniqueArray(fc.nat(13), { maxLength: 2 })
  })
  .map((made) => (number: number): FedGraph => {
    const id = (at: number) => `${number}-${at}`
    return {
      nodes: made.kinds.map((kind, at) => {
        const { late, retired, day } = made.states[at]!
        return node(id(at), kind, {
          owner: `u${number}`,
          since: late && kind !== "purpose" ? 2 : 1,
          ...(retired === 0 ? { status: "retired" as const, day } : {})
        })
      }),
      links: made.links.map((one) => link(id(one.node), id(one.serves), { since: one.since, day: one.day })),
      drops: made.drops.map(id)
    }
  })

const shown = async (world: World) => ({
  links: await world.rows<{ pair: string }>(
    "SELECT node || ' → ' || serves AS pair FROM vision.link ORDER BY pair"
  ),
  stranded: await world.rows<{ node: string }>("SELECT node FROM vision.stranded ORDER BY node"),
  refused: await world.rows<{ path: ReadonlyArray<string> | null }>(
    "SELECT node, serves, reason, path FROM vision.refused ORDER BY ALL"
  ),
  coverage: await world.rows<{ microsystem: string; works: number; with_path: number }>(
    "SELECT microsystem, works::INTEGER AS works, with_path::INTEGER AS with_path FROM vision.coverage WHERE scope = 'unit' ORDER BY microsystem"
  )
})

test("over random graphs, paths, what is stranded and what is refused are as plain search finds them, in any order of events", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(graph, { minLength: 40, maxLength: 40 }), async (makers) => {
      const graphs = makers.map((make, number) => make(number))
      // Whether there is a purpose at all is asked of the whole graph.
      const nodes = [...graphs.flatMap((one) => one.nodes), node("why", "purpose")]
      const links = graphs.flatMap((one) => one.links)
      const versions = [
        version(1, "2026-01-01"),
        version(2, "2026-05-01", { drops: graphs.flatMap((one) => one.drops) })
      ]
      const [world, other] = [await World.make([vision()]), await World.make([vision()])]
      try {
        for (const one of [world, other]) await one.define({ microsystems: [unit("u0")] }, "2026-06-01")
        await world.feed(visionNodes, nodes)
        await world.feed(visionLinks, links)
        await world.feed(visionVersions, versions)
        await world.compute()
        await other.feed(visionVersions, versions.toReversed())
        await other.feed(visionLinks, links.toReversed())
        await other.compute()
        await other.feed(visionNodes, nodes.toReversed())
        await other.compute()
        const found = await shown(world)
        expect(await shown(other)).toEqual(found)

        const expected = graphs.map((one) => searchGraph(one, "2026-05-01"))
        expect(found.links.map((one) => one.pair)).toEqual(expected.flatMap((one) => one.accepted).sort())
        expect(
          findCircle(
            found.links.map(({ pair }) => ({ node: pair.split(" → ")[0]!, serves: pair.split(" → ")[1]! }))
          )
        ).toBeUndefined()
        expect(found.stranded.map((one) => one.node)).toEqual(expected.flatMap((one) => one.stranded).sort())
        expect(
          new Map(
            found.coverage.map((one) => [one.microsystem, { works: one.works, withPath: one.with_path }])
          )
        ).toEqual(
          new Map(
            expected.flatMap((one, at) => (one.covered.works === 0 ? [] : [[`u${at}`, one.covered] as const]))
          )
        )
        for (const { path } of found.refused) {
          if (path === null) continue
          expect(path[0]).toBe(path.at(-1))
          expect(
            path.slice(1).every((id, at) => links.some((one) => one.node === path[at] && one.serves === id))
          ).toBe(true)
        }
        for (const at of [0, 1, 2]) {
          const start = graphs[at]!.nodes[at]!.id
          for (const direction of ["up", "down"] as const) {
            const rows = await world.rows<{ node: string }>(
              `SELECT node FROM vision.line_of_sight('${start}') WHERE direction = '${direction}' ORDER BY node`
            )
            expect(rows.map((one) => one.node)).toEqual(expected[at]!.sight(start, direction))
          }
        }
      } finally {
        await world.close()
        await other.close()
      }
    }),
    { numRuns: 2, endOnFailure: true }
  )
}, 300_000)

import { PlimsollError } from "@plimsoll/schema"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { findCircle } from "./circle.ts"
import { vision, type VisionOptions } from "./module.ts"

const refusal = (options: VisionOptions): PlimsollError => {
  try {
    vision(options)
  } catch (cause) {
    if (cause instanceof PlimsollError) return cause
    throw cause
  }
  throw new Error("it was taken")
}
const goals = ["a", "b", "c"].map((id) => ({ id, kind: "goal" as const, title: id }))

describe("a declared graph", () => {
  test("with a circle is refused when the config is read, with its path", () => {
    const error = refusal({
      nodes: goals,
      links: [
        { node: "a", serves: "b" },
        { node: "b", serves: "c" },
        { node: "c", serves: "a" }
      ]
    })
    expect(error.code).toBe("vision-cycle")
    expect(error.message).toBe("links close a circle: a → b → c → a")
    expect(error.configPath).toBe("vision.links[2]")
    expect(error.suggestion).toContain("c → a")
  })
  test("with a link that skips a step is refused, and says what would fit", () => {
    const error = refusal({
      nodes: [...goals, { id: "v", kind: "vision", title: "v" }],
      links: [{ node: "a", serves: "v" }]
    })
    expect(error.message).toBe('goal "a" cannot serve vision "v"')
    expect(error.suggestion).toBe("a goal serves aim or goal or need")
  })
  test("with what does not fit a node is refused at its place", () => {
    expect(refusal({ nodes: [{ id: "g", kind: "goal", title: "g", hours: 3 }] }).configPath).toBe(
      "vision.nodes[0]"
    )
    expect(refusal({ nodes: [...goals, goals[0]!] }).message).toBe("a stands there twice")
    expect(
      refusal({ nodes: [{ id: "g", kind: "goal", title: "g", status: "retired" }] }).suggestion
    ).toContain("day")
    expect(refusal({ nodes: [{ id: "n", kind: "need", title: "n" }] }).configPath).toBe("vision.nodes[0]")
  })
  test("with versions out of order is refused", () => {
    expect(
      refusal({
        versions: [
          { number: 1, day: "2026-05-01" },
          { number: 2, day: "2026-01-01" }
        ]
      }).configPath
    ).toBe("vision.versions[1]")
  })
  test("declares only the parts that are given", () => {
    expect(vision({ nodes: goals }).declares.map((one) => one.stream.name)).toEqual(["vision-node"])
    expect(vision().declares).toEqual([])
  })
})

test("a circle is found exactly where repeated peeling leaves something, and it is one", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ node: fc.nat(8), serves: fc.nat(8) }), { maxLength: 14 }), (pairs) => {
      const edges = pairs.map((one) => ({ node: String(one.node), serves: String(one.serves) }))
      let rest = edges
      for (;;) {
        const less = rest.filter((one) => rest.some((other) => other.serves === one.node))
        if (less.length === rest.length) break
        rest = less
      }
      const circle = findCircle(edges)
      expect(circle !== undefined).toBe(rest.length > 0)
      if (circle === undefined) return
      expect(circle[0]).toBe(circle.at(-1))
      expect(
        circle.slice(1).every((id, at) => edges.some((one) => one.node === circle[at] && one.serves === id))
      ).toBe(true)
    })
  )
})

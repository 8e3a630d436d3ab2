import { afterAll, beforeAll, expect, test } from "vitest"
import { codesignWorld, contribution, decision, engagement, people } from "../../test/codesign-world.ts"
import { link, node, unit } from "../../test/vision-graph.ts"
import type { World } from "../../test/world.ts"
import { visionLinks, visionNodes } from "../vision/events.ts"
import { codesignContributions, codesignDecisions, engagementParticipants, engagements } from "./events.ts"

let world: World
beforeAll(async () => {
  world = await codesignWorld()
  await world.define({ microsystems: [unit("oak"), unit("elm")] }, "2026-06-15")
  await world.feed(visionNodes, [
    node("why", "purpose"),
    node("g", "goal"),
    node("h", "goal"),
    node("w", "work"),
    node("led", "goal"),
    node("late", "goal"),
    node("quiet", "goal"),
    node("old", "goal", { status: "retired" })
  ])
  await world.feed(visionLinks, [link("w", "g")])
})
afterAll(() => world.close())

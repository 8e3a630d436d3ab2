import { expect, test } from "vitest"
import { issue, need, unit, weights } from "../../test/planning-world.ts"
import { World } from "../../test/world.ts"
import { assurance } from "../assurance/module.ts"
import { storyConsents, storyFacts } from "../codesign/events.ts"
import { codesign } from "../codesign/module.ts"
import { control } from "../control/index.ts"
import { statistics } from "../statistics/module.ts"
import { vision } from "../vision/module.ts"
import { issues, needs, priorityWeights } from "./events.ts"
import { planning } from "./module.ts"

test("stories count as users' voice, as far as they are told; without a capacity nothing is chosen", async () => {
  const world = await World.make([
    statistics(),
    control({ themes: [{ id: "waiting", title: "Waiting" }] }),
    vision(),
    assurance(),
    codesign(),
    planning({ stories: true })
  ])
  try {
    await world.define(
      { microsystems: [unit("hospital", null, "organisation"), unit("oak", "hospital")] },
      "2026-02-01"
    )
    const story = (id: string, day: string) => ({
      id,
      microsystem: "oak",
      day,
      themes: ["waiting"],
      source: "interview"
    })
    await world.feed(storyFacts, [
      ...Array.from({ length: 6 }, (_, i) => story(`s${i}`, "2025-05-05")),
      // Two beside a listed one: their number would tell that two are not listed.
      ...Array.from({ length: 3 }, (_, i) => story(`t${i}`, "2025-08-05")),
      // Too long ago.
      ...Array.from({ length: 7 }, (_, i) => story(`u${i}`, "2024-05-05"))
    ])
    await world.feed(storyConsents, [{ id: "t0", microsystem: "oak", state: "given", day: "2025-08-06" }])
    await world.feed(needs, [
      need({ id: "time", kind: "users-voice", theme: "waiting", microsystem: "hospital" }),
      need({ id: "food", kind: "users-voice", theme: "food" })
    ])
    await world.feed(issues, [issue({ id: "late" })])
    await world.feed(priorityWeights, weights("late", { burden: 10 }))
    await world.compute()
    expect(await world.rows("SELECT need, state, notes, stories FROM planning.need ORDER BY need")).toEqual([
      { need: "food", state: "unknown-source", notes: "0", stories: "0" },
      { need: "time", state: "backed", notes: "0", stories: "6" }
    ])
    expect(
      await world.rows("SELECT issue, score, above_line, chosen, reason FROM planning.priority")
    ).toEqual([
      {
        issue: "late",
        score: expect.closeTo(0.04, 12),
        above_line: null,
        chosen: false,
        reason: "no capacity has been said"
      }
    ])
  } finally {
    await world.close()
  }
})

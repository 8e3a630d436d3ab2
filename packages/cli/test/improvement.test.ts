import { copyFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { observations } from "@plimsoll/schema"
import { afterAll, beforeAll, expect, test } from "vitest"
import { adoptions, drivers, progressClaims, projectMeasures } from "../../quality/src/improvement/index.ts"
import {
  begin,
  counted,
  figures,
  improvementWorld,
  month,
  noise,
  unit
} from "../../quality/test/improvement-world.ts"
import { newFolder, plimsoll } from "./project.ts"

let home = ""
beforeAll(async () => {
  const world = await improvementWorld()
  try {
    await world.define(
      {
        microsystems: ["oak", "elm"].map((id) => unit(id)),
        measures: [counted("falls"), counted("harm", "balancing")]
      },
      month(37)
    )
    await world.feed(observations, [
      ...figures(
        "oak",
        "falls",
        noise(1, 37).map((x, at) => 20 + x + (at >= 25 ? -6 : 0))
      ),
      ...figures(
        "elm",
        "falls",
        noise(12, 37).map((x) => 20 + x)
      ),
      ...figures(
        "oak",
        "harm",
        noise(13, 37).map((x) => 5 + x)
      )
    ])
    await begin(world, [
      { project: { id: "night-rounds", microsystem: "oak", goal: "g-nowhere" }, did: month(24, 10) },
      { project: { id: "later", microsystem: "elm" } }
    ])
    await world.feed(drivers, [
      {
        id: "seen",
        project: "night-rounds",
        kind: "secondary",
        drives: "driver-night-rounds",
        title: "People are seen at night",
        measure: "harm",
        day: month(22, 10)
      }
    ])
    await world.feed(projectMeasures, [
      { project: "night-rounds", measure: "harm", role: "balancing", day: month(22) }
    ])
    await world.feed(progressClaims, [
      { project: "night-rounds", day: month(36), score: 5 },
      { project: "later", day: month(36), score: 4 }
    ])
    await world.feed(adoptions, [
      { project: "night-rounds", microsystem: "elm", offered: month(30), adopted: null, ended: null }
    ])
    await world.compute()
    home = newFolder()
    writeFileSync(
      join(home, "plimsoll.config.ts"),
      `import { defineConfig } from "plimsoll"
export default defineConfig({ project: "test", organisation: "test", zone: "Europe/London", connectors: [], microsystems: [], modules: [] })
`
    )
    copyFileSync(world.published, join(home, "plimsoll.duckdb"))
  } finally {
    await world.close()
  }
}, 300_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test("project list tells progress, claimed and reached, and what is orphaned", async () => {
  const told = await plimsoll(home, "project", "list")
  expect(told.err).toBe("")
  expect(told.out).toMatch(/spreading +night-rounds +oak .* 5 +5 +102 % +improved/)
  expect(told.out).toMatch(/later +elm .* 4 +1\.5 \(capped\) +no change tested/)
  expect(told.out).toContain("night-rounds: nobody has told of the goal.")
  const { projects } = JSON.parse((await plimsoll(home, "project", "list", "--json")).out) as {
    readonly projects: ReadonlyArray<{
      readonly project: string
      readonly reached: number
      readonly reason: string
    }>
  }
  expect(projects.map((one) => [one.project, one.reached, one.reason])).toEqual([
    ["night-rounds", 5, expect.stringContaining("not before the change of 2024-01-10")],
    ["later", 1.5, 'No cycle of the project has come to "do" yet.']
  ])
}, 120_000)

test("project show draws the driver diagram with its measures, the ramp, the shift and the reasons", async () => {
  const { out } = await plimsoll(home, "project", "show", "night-rounds")
  expect(out).toMatch(/Aim: falls to 14 by 2025-05-01, for: People on the ward \[falls [\d.]+, improving\]/)
  expect(out).toContain("├─ What has to be otherwise\n")
  expect(out).toMatch(/│ {2}├─ People are seen at night \[harm [\d.]+, steady\]\n/)
  expect(out).toContain("│  · A round at night (1 cycle)")
  expect(out).toMatch(/idea-night-rounds +1 +one-unit +2024-01-10/)
  expect(out).toContain(
    "The level moved in 2024-02-01 (95 %: 2024-02-01 to 2024-02-01); the first change was on 2024-01-10."
  )
  expect(out).toContain("claimed 5, evidence 5, reached 5\nEverything that the score asks for is there.")
  expect(out).toContain("Of 1 like unit without the change, 0 got better, too.")
  expect(out).toMatch(/elm +2024-07-01 +not yet/)
  expect(out).toContain("Orphan: nobody has told of the goal.")
  const facts = JSON.parse((await plimsoll(home, "project", "show", "night-rounds", "--json")).out) as {
    readonly diagram: ReadonlyArray<{ readonly kind: string }>
  }
  expect(facts.diagram.map((one) => one.kind)).toEqual(["aim", "primary", "secondary", "idea"])
}, 120_000)

test("an unknown project is met with the nearest", async () => {
  const told = await plimsoll(home, "project", "show", "night-round")
  expect(told.code).not.toBe(0)
  expect(told.err).toContain('did you mean "night-rounds"?')
}, 120_000)

test("the chart of the measure carries the cycles", async () => {
  const drawn = await plimsoll(home, "chart", "falls", "oak", "--svg", "-")
  expect(drawn.out).toMatch(/^<svg/)
  expect(drawn.out).toContain("PDSA 1: A round at night")
}, 120_000)

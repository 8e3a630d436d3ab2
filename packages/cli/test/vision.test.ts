import { realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newFolder, plimsoll } from "./project.ts"

let home = ""
const config = (more: string): void =>
  writeFileSync(
    join(home, "plimsoll.config.ts"),
    `import { defineConfig } from "plimsoll"
import { vision } from "@plimsoll/quality"

export default defineConfig({
  project: "vision",
  organisation: "city",
  zone: "Europe/London",
  clock: "2026-06-01",
  connectors: [],
  microsystems: [{ id: "oak", name: "Oak", kind: "ward" }],
  modules: [
    vision({
      nodes: [
        { id: "why", kind: "purpose", title: "People live well" },
        { id: "v", kind: "vision", title: "Nobody waits in a bed" },
        { id: "home-first", kind: "aim", title: "Home first" },
        { id: "safe", kind: "aim", title: "Safe at night" },
        { id: "discharge", kind: "goal", title: "Out by noon" },
        { id: "falls", kind: "goal", title: "Fewer falls" },
        { id: "rounds", kind: "work", title: "Rounds at night", owner: "oak", hours: 30 },
        { id: "board", kind: "work", title: "A board for beds", owner: "oak", hours: 10 }
      ],
      links: [
        { node: "v", serves: "why" },
        { node: "home-first", serves: "v" },
        { node: "safe", serves: "v" },
        { node: "discharge", serves: "home-first" },
        { node: "falls", serves: "safe" },
        { node: "rounds", serves: "falls" },
        { node: "board", serves: "discharge" }${more}
      ],
      versions: [{ number: 1, day: "2026-01-01" }, { number: 2, day: "2026-05-01", drops: ["safe"] }]
    })
  ]
})
`
  )

beforeAll(async () => {
  home = newFolder()
  symlinkSync(
    realpathSync(fileURLToPath(new URL("../../quality", import.meta.url))),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  config("")
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
}, 300_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test("vision tells coverage, and what the latest version strands", async () => {
  const told = await plimsoll(home, "vision")
  expect(told.code).toBe(0)
  expect(told.out).toContain("Version 2 of the vision, of 2026-05-01.")
  expect(told.out).toContain(
    "1 of 2 pieces of work have a path to the purpose: 50 %, and 25 % of the planned hours."
  )
  expect(told.out).toMatch(/Stranded by the latest version[\s\S]*falls[\s\S]*rounds/)
  const report = JSON.parse((await plimsoll(home, "vision", "--json")).out) as {
    readonly stranded: ReadonlyArray<{ readonly node: string; readonly dropped: ReadonlyArray<string> }>
  }
  expect(report.stranded.map((one) => [one.node, one.dropped])).toEqual([
    ["falls", ["safe"]],
    ["rounds", ["safe"]]
  ])
}, 120_000)

test("line-of-sight goes up and down as a tree, and an unknown id is met with the nearest", async () => {
  const told = await plimsoll(home, "line-of-sight", "discharge")
  expect(told.code).toBe(0)
  expect(told.out.trim().split("\n")).toEqual([
    "goal discharge · Out by noon",
    "serves",
    "  aim home-first · Home first",
    "    vision v · Nobody waits in a bed",
    "      purpose why · People live well",
    "served by",
    "  work board · A board for beds"
  ])
  const lost = await plimsoll(home, "line-of-sight", "rounds")
  expect(lost.out).toContain("aim safe · Safe at night (dropped)")
  expect(lost.out).toContain("It has no path to the purpose.")
  const wrong = await plimsoll(home, "line-of-sight", "dischrge")
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('did you mean "discharge"?')
}, 120_000)

test("a circle in the config is refused with its path before anything is written", async () => {
  config(',\n        { node: "discharge", serves: "falls" },\n        { node: "falls", serves: "discharge" }')
  const ran = await plimsoll(home, "run")
  config("")
  expect(ran.code).toBe(2)
  expect(ran.err).toContain("links close a circle: discharge → falls → discharge")
}, 120_000)

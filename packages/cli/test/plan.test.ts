import { readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newFolder, plimsoll } from "./project.ts"

let home = ""

beforeAll(async () => {
  home = newFolder()
  symlinkSync(
    realpathSync(fileURLToPath(new URL("../../quality", import.meta.url))),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  writeFileSync(
    join(home, "plimsoll.config.ts"),
    `import { defineConfig } from "plimsoll"
import { control, planning, statistics } from "@plimsoll/quality"

const issue = (id: string, title: string) => ({
  id, title, microsystem: "oak", measure: null, needs: [], signals: [], status: "open", day: "2026-01-05"
}) as const
const weights = (issue: string, burden: number, effort: number) =>
  Object.entries({ burden, preventability: 0.5, equity: 1, confidence: 1, effort })
    .map(([factor, value]) => ({ issue, factor: factor as "burden", value, basis: "agreed" as const, day: "2026-01-05" }))

export default defineConfig({
  project: "plan",
  organisation: "city",
  zone: "Europe/London",
  clock: "2026-02-01",
  connectors: [],
  microsystems: [{ id: "oak", name: "Oak", kind: "ward" }],
  modules: [
    statistics(),
    control(),
    planning({
      capacity: 100,
      issues: [issue("falls", "People fall at night <on the stairs>"), issue("food", "Food comes cold")],
      weights: [...weights("falls", 50, 80), ...weights("food", 40, 70)],
      interventions: [
        {
          id: "lights", title: "Lights along the floor", issue: "falls", factors: [], actionClass: "strong", actionAim: "process",
          effect: 0.5, effectLow: 0.3, effectHigh: 0.7, day: "2026-01-05"
        }
      ]
    })
  ]
})
`
  )
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
}, 300_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test("plan prints what is taken on, what is not and why, and how it was weighed", async () => {
  const told = await plimsoll(home, "plan")
  expect(told.code).toBe(0)
  expect(told.out).toContain("The plan as of 2026-02-01. Of a capacity of 100, 80 is used.")
  expect(told.out).toMatch(/What we will take on\n {2}issue falls · People fall at night/)
  expect(told.out).toContain("Expected: 25 cases a year fewer, with no interval.")
  expect(told.out).toMatch(
    /What we will not do, and why\n {2}issue food · Food comes cold \(oak\)\n {4}its effort of 70 does not fit beside what is worth more: 20 of 100 are left/
  )
  expect(told.out).toContain("In the plan, and cannot be told apart from food, which is not.")
  expect(told.out).toContain("It acts on no contributory factor of its issue.")
  expect(told.out).toMatch(/falls +50 +0.5 +1 +1 +80 +0.313/)
}, 120_000)

test("plan --out writes one page without a network, with what people wrote kept as text", async () => {
  const html = await plimsoll(home, "plan", "--out", "plan.html", "--json")
  expect(html.code).toBe(0)
  expect((JSON.parse(html.out) as { readonly effort: number }).effort).toBe(80)
  const page = readFileSync(join(home, "plan.html"), "utf8")
  expect(page).toContain("People fall at night &lt;on the stairs&gt;")
  expect(page).not.toMatch(/https?:|<script|<link|<img/)
  expect((await plimsoll(home, "plan", "--out", "plan.md")).code).toBe(0)
  expect(readFileSync(join(home, "plan.md"), "utf8")).toContain(
    String.raw`- **People fall at night \<on the stairs\>**`
  )
  const wrong = await plimsoll(home, "plan", "--out", "plan.pdf")
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain("the plan is written as .html or .md")
}, 120_000)

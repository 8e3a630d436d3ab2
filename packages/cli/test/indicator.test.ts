import { readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { newFolder, plimsoll } from "./project.ts"

let home = ""
beforeAll(async () => {
  home = newFolder()
  symlinkSync(
    realpathSync(fileURLToPath(new URL("../../quality", import.meta.url))),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  expect((await plimsoll(home, "init", ".")).code).toBe(0)
  const config = join(home, "plimsoll.config.ts")
  writeFileSync(
    config,
    `import { components } from "@plimsoll/quality"\n${readFileSync(config, "utf8").replace(
      "connectors: [",
      'modules: components({ system: { indicators: [{ id: "falls-rate", scale: "rate" }] } }).filter((one) => ["statistics", "system"].includes(one.name)),\n  connectors: ['
    )}`
  )
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
}, 300_000)
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

describe("plimsoll indicator", () => {
  it("shows in plain words what one figure hides", async () => {
    const list = await plimsoll(home, "indicator")
    expect(list.out).toContain("falls-rate  everything  8.997 per 1,000 bed-days")
    const { out, code } = await plimsoll(home, "indicator", "falls-rate")
    expect(code).toBe(0)
    const lines = out.split("\n")
    expect(lines[0]).toBe("Falls per 1,000 bed-days: everything")
    expect(lines[1]).toMatch(/^Jun 2026: 8\.997 per 1,000 bed-days \([\d.]+ to [\d.]+\) from 2 units$/)
    expect(out).toMatch(/█ +█/)
    expect(out).toMatch(/Charts: 1 of 2 judged are slipping; fewer than 0\.1 would be by luck alone/)
    expect(out).toContain("Worst and best: cannot be told apart")
    expect(out).toContain("Equity: not known: no breakdown is declared.")
    expect(out).toContain("Balancing measures: none declared.")
    expect(out).toContain("Missing: no unit.")
  })

  it("gives the same as JSON, and the funnel as SVG", async () => {
    const json = JSON.parse((await plimsoll(home, "indicator", "falls-rate", "--json")).out) as {
      readonly units: number
      readonly behind: { readonly units: ReadonlyArray<{ readonly unit: string }> }
    }
    expect(json.units).toBe(2)
    expect(json.behind.units.map((one) => one.unit)).toEqual(["elm", "oak"])
    const svg = await plimsoll(home, "indicator", "falls-rate", "--svg", "-")
    expect(svg.out).toMatch(/^<svg[\s\S]*Oak ward|^<svg[\s\S]*2 units/)
  })

  it("says what there is where it is asked for what is not", async () => {
    const missed = await plimsoll(home, "indicator", "fall-rate")
    expect(missed.code).toBe(2)
    expect(missed.err).toContain('do: did you mean "falls-rate"?')
    const many = await plimsoll(home, "indicator", "--svg", "-")
    expect(many.err).toContain("--svg draws one indicator")
  })
})

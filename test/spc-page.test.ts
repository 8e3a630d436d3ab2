import { readdirSync } from "node:fs"
import { join } from "node:path"
import { lastPointRate } from "@plimsoll/spc"
import { describe, expect, test } from "vitest"
import { draw, examplesOf, made, page } from "./spc-page.ts"
import { pictures } from "./spc-pictures.ts"
import { root } from "./workspace.ts"

// `npx vitest run test/spc-page.test.ts -u` makes them again.
describe("docs/spc.md", async () => {
  const text = page()
  const pieces = await draw(text)

  test("its examples run, and its figures, sentences and words for pictures are what they give", async () => {
    expect(examplesOf(text).length).toBeGreaterThan(30)
    await expect(made(text, pieces)).toMatchFileSnapshot("../docs/spc.md")
  })

  test.each(pieces)("$name: the picture is what its example draws", async ({ name, svg }) => {
    expect(svg.length).toBeLessThan(30_000)
    await expect(svg).toMatchFileSnapshot(`../docs/spc/${name}.svg`)
  })

  test("what it says of rates in words is what the tables say", () => {
    expect(text).toContain("about every second steady chart of 60 months")
    expect(lastPointRate(60)!.ever).toBeGreaterThan(0.45)
    expect(lastPointRate(60)!.ever).toBeLessThan(0.6)
    expect(text).toContain("Look at 200 steady charts, and a few will have a signal now, by luck")
    expect(200 * lastPointRate(36)!.any).toBeGreaterThan(3)
    expect(200 * lastPointRate(36)!.any).toBeLessThan(10)
  })

  test("every picture is drawn, and shown on the page", () => {
    const names = pieces.map((piece) => piece.name).toSorted()
    expect(names).toEqual(Object.keys(pictures).toSorted())
    expect(readdirSync(join(root, "docs/spc")).toSorted()).toEqual(
      names.map((name) => `${name}.svg`).toSorted()
    )
    for (const name of names) expect(text).toContain(`<!-- made: picture ${name} -->`)
  })
})

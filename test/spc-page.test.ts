import { readdirSync } from "node:fs"
import { join } from "node:path"
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

  test.each(pieces)("docs/spc/$name.svg is what its example draws", async ({ name, svg }) => {
    expect(svg.length).toBeLessThan(30_000)
    await expect(svg).toMatchFileSnapshot(`../docs/spc/${name}.svg`)
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

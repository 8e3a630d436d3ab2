import fc from "fast-check"
import { expect, it } from "vitest"
import { figureDifferences, Figures, figuresIn, shownIn, shownNumber, shownShare } from "./figure.ts"
import { escaped, markup, table, unescaped } from "./markup.ts"
import { labelled } from "./source.ts"

it("reads back the figures of a page as they were written, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.string(), value: fc.oneof(fc.double(), fc.string()) })),
      (all) => {
        const figures = new Figures()
        const page = all
          .map(({ key, value }) => figures.cell("a.b", "c", [key, null], value).text)
          .join("<p>")
        const shown = (text: string) => unescaped(escaped(text))
        expect(figuresIn(page)).toEqual(
          figures.all.map((one) => ({ ...one, value: shown(one.value), shown: shown(one.shown) }))
        )
        expect(new Set(figures.all.map(({ id }) => id)).size).toBe(all.length)
      }
    )
  )
})

it("names a figure whose words, or whose value, were edited, and one that is gone", () => {
  const figures = new Figures()
  const page = [figures.of("a", 1), figures.of("b", 2.5), figures.of("b", 3)].map(({ text }) => text).join("")
  const check = (edited: string) => figureDifferences(figuresIn(edited), figures.all)
  expect(check(page)).toEqual([])
  expect(check(page.replace(">2.5<", ">9.5<"))).toEqual([
    { figure: "b", inReport: "9.5 (2.5)", recomputed: "2.5 (2.5)" }
  ])
  expect(check(page.replace('value="3"', 'value="4"'))).toMatchObject([{ figure: "b:2" }])
  expect(check(page.replace('id="a"', 'id="z"'))).toMatchObject([
    { figure: "a", inReport: undefined },
    { figure: "z", recomputed: undefined }
  ])
})

it("escapes text, and never lets markup through", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(markup`<p title="${text}">${[text]}</p>`.text).not.toMatch(/<(?!p title="[^"<>]*">|\/p>$)/)
    })
  )
  expect(table("a & b", ["<"], [["'", '"']]).text).toContain("<caption>a &amp; b</caption>")
})

it("rounds for people", () => {
  expect(shownNumber(1234567)).toBe("1,234,567")
  expect(shownNumber(8.80503)).toBe("8.805")
  expect(shownNumber(null)).toBe("not known")
  expect(shownShare(0.8715)).toBe("87.2\u00a0%")
  expect(shownIn("%", 0.5)).toBe("50.0\u00a0%")
  expect(shownIn("days", 2)).toBe("2 days")
  expect(shownIn("days", null)).toBe("not known")
})

it("labels what is simulated, once", () => {
  const label = '<span class="simulated">simulated</span>'
  expect(labelled("Larch ward (simulated)").text).toBe(`Larch ward ${label}`)
  expect(labelled("Larch ward [simulated] & Elm", true).text).toBe(`Larch ward ${label} &amp; Elm`)
  expect(labelled("Larch ward", true).text).toBe(`Larch ward ${label}`)
  expect(labelled("Larch ward").text).toBe("Larch ward")
})

import { parseHTML } from "linkedom/worker"
import * as fc from "fast-check"
import { describe as group, expect, test, vi } from "vitest"
import { examples } from "../test/examples.ts"
import { series } from "../test/series.ts"
import { APPEARANCE, INK } from "./appearance.ts"
import { describe } from "./describe.ts"
import type { ChartOptions } from "./options.ts"
import type { ChartPoint } from "./point.ts"
import { chartSvg } from "./svg.ts"

const parsed = (svg: string) => parseHTML(`<!doctype html><body>${svg}</body>`).document.querySelector("svg")!

const marks = (svg: string): number => {
  const looks = Object.keys(APPEARANCE)
  return [...parsed(svg).querySelectorAll("[aria-label=dot]")]
    .filter((g) => looks.includes(g.getAttribute("aria-description") ?? ""))
    .reduce((sum, g) => sum + g.children.length, 0)
}

const value = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.integer({ min: 0, max: 3 })
)

const point: fc.Arbitrary<ChartPoint> = fc.record({
  period: fc
    .date({ min: new Date("0100-01-01"), max: new Date("9990-01-01"), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
  value,
  phase: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 3 })),
  excluded: fc.boolean(),
  inBaseline: fc.boolean(),
  centre: value,
  lcl3: value,
  ucl3: value,
  target: value,
  variation: fc.constantFrom("concern", "improvement", "both", "changed", "common", "not-judged"),
  directionOfSignal: fc.constantFrom("high", "low", "both", null),
  rules: fc.constant([])
})

const options: fc.Arbitrary<ChartOptions> = fc.record(
  {
    title: fc.string({ unit: "binary", maxLength: 80 }),
    unit: fc.constantFrom("%", "per 1,000 <bed-days>", ""),
    percent: fc.boolean(),
    direction: fc.constantFrom("up", "down", "neutral"),
    period: fc.constantFrom("day", "week", "month", "quarter"),
    width: fc.integer({ min: 1, max: 1500 }),
    notes: fc.array(fc.record({ period: fc.constantFrom("2000-01-01", "2020-05-01"), text: fc.string() }), {
      maxLength: 3
    })
  },
  { requiredKeys: [] }
)

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

group("pictures", () => {
  test.each(examples)("$name", async ({ name, points, options: words }) => {
    await expect(await chartSvg(points, words)).toMatchFileSnapshot(`../test/output/${name}.svg`)
  })
})

group("structure", () => {
  test.each(examples)("$name shows every value once", async ({ points, options: words }) => {
    const svg = await chartSvg(points, words)
    expect(marks(svg)).toBe(points.filter((p) => p.value !== null).length)
  })

  test("title, description and label are there for a screen reader", async () => {
    const { points, options: words } = examples[1]!
    const svg = parsed(await chartSvg(points, words))
    expect(svg.getAttribute("role")).toBe("img")
    expect(svg.querySelector("title")!.textContent).toBe(words.title)
    expect(svg.querySelector("desc")!.textContent).toBe(describe(points, words))
    expect(svg.getAttribute("aria-label")).toBe(`${words.title}. ${describe(points, words)}`)
  })

  test("no text becomes markup", async () => {
    const bad = `<script>alert("1")</script>&\u0000\u001b`
    const base = series({ values: [1, 2, 3], start: "2024-01", direction: "up" })
    const rule = {
      rule: bad,
      side: "low",
      first: "2024-01-01",
      completed: "2024-03-01",
      last: "2024-03-01",
      points: 3
    } as const
    const points = base.map((p) => ({ ...p, phase: bad, variation: "concern" as const, rules: [rule] }))
    const svg = await chartSvg(points, {
      title: bad,
      subtitle: bad,
      unit: bad,
      caption: bad,
      source: bad,
      direction: "up",
      notes: [{ period: "2024-02-01", text: bad }]
    })
    expect(parsed(svg).querySelectorAll("script")).toHaveLength(0)
    expect(svg).not.toContain("<script")
    expect(svg.split("&lt;script&gt;").length - 1).toBeGreaterThanOrEqual(7)
    // oxlint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  test("nothing is fetched and nothing runs", async () => {
    for (const example of examples) {
      const svg = await chartSvg(example.points, example.options)
      expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(
        /https?:|url\(|href|<script|<style|@import| on\w+=/
      )
    }
  })

  test("a missing value breaks the line", async () => {
    const at = (values: ReadonlyArray<number | null>) =>
      chartSvg(series({ values, start: "2024-01", direction: "up" }), {}).then(
        (svg) =>
          parsed(svg).querySelector("[aria-description=values] path")!.getAttribute("d")!.split("M").length -
          1
      )
    expect(await at([1, 2, 3, 4, 5])).toBe(1)
    expect(await at([1, 2, null, 4, 5])).toBe(2)
  })

  test("a new phase starts new limits", async () => {
    const points = series({ values: [1, 2, 1, 2, 8, 9, 8, 9], start: "2024-01", direction: "up", rebase: 4 })
    const d = parsed(await chartSvg(points))
      .querySelector("[aria-description=average] path")!
      .getAttribute("d")!
    expect(d.split("M").length - 1).toBe(2)
  })

  test("without a value there is no data", async () => {
    for (const points of [[], series({ values: [null, null], start: "2024-01", direction: "up" })]) {
      const svg = parsed(await chartSvg(points, { title: "Empty" }))
      expect(svg.querySelector("desc")!.textContent).toBe("No data")
      expect(svg.querySelectorAll("circle")).toHaveLength(0)
    }
  })

  test("a day that is not in the calendar is refused with its place and the cure", async () => {
    const points = series({ values: [1, 2], start: "2024-01", direction: "up" })
    const wrong = [points[0]!, { ...points[1]!, period: "2024-02-31" }]
    await expect(chartSvg(wrong)).rejects.toMatchObject({
      code: "chart-period",
      configPath: "points[1].period",
      suggestion: expect.stringContaining("YYYY-MM-DD")
    })
  })

  test("a document of the caller's is used, and draws the same", async () => {
    const { points, options: words } = examples[1]!
    const { document } = parseHTML("<!doctype html><html><body></body></html>")
    const made = vi.spyOn(document, "createElementNS")
    expect(await chartSvg(points, { ...words, document })).toBe(await chartSvg(points, words))
    expect(made).toHaveBeenCalledWith("http://www.w3.org/2000/svg", "svg")
    expect(document.body.children).toHaveLength(0)
  })

  test("500 points, one point, any order", async () => {
    const long = series({
      values: Array.from({ length: 500 }, (_, i) => i % 7),
      start: "1980-01",
      direction: "up"
    })
    const svg = await chartSvg(long)
    expect(marks(svg)).toBe(500)
    expect(await chartSvg(long.toReversed())).toBe(svg)
    expect(marks(await chartSvg(long.slice(0, 1)))).toBe(1)
  })
})

group("laws", () => {
  test("any points: same input, same bytes; no NaN; each value once; well-formed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 25 }), options, async (points, words) => {
        const svg = await chartSvg(points, words)
        expect(await chartSvg(structuredClone(points), words)).toBe(svg)
        const attributes = svg.replace(/>[^<]*</g, "><").replace(/aria-label="[^"]*"/g, "")
        expect(attributes).not.toMatch(/NaN|Infinity|undefined|null/)
        const drawn = points.filter((p) => p.value !== null && Math.abs(p.value) <= 1e300).length
        expect(marks(svg)).toBe(drawn)
        const open = svg.match(/<[a-z]+(?: [^<>]*[^/<>])?>/g)?.length
        expect(svg.match(/<\/[a-z]+>/g)?.length).toBe(open)
      }),
      { numRuns: 40 }
    )
  })

  test("every colour stands out on white and on the shaded baseline (3:1), text by 4.5:1", () => {
    const shapes = [...Object.values(APPEARANCE).map((look) => look.colour), INK.line, INK.centre, INK.target]
    for (const colour of shapes) {
      expect(contrast(colour, INK.paper)).toBeGreaterThanOrEqual(3)
      expect(contrast(colour, INK.shade)).toBeGreaterThanOrEqual(3)
    }
    for (const colour of [INK.text, INK.quiet, INK.line, INK.centre, INK.target])
      expect(contrast(colour, INK.paper)).toBeGreaterThanOrEqual(4.5)
  })

  test("no two looks share a shape and a filling", () => {
    const shapes = Object.values(APPEARANCE).map((look) => JSON.stringify([look.corners, look.hollow]))
    expect(new Set(shapes).size).toBe(shapes.length)
    const glyphs = Object.values(APPEARANCE).map((look) => look.glyph)
    expect(new Set(glyphs).size).toBe(glyphs.length)
  })
})

test("what is drawn but never judged bears no flag", async () => {
  const values = [...Array.from({ length: 25 }, (_, i) => 50 + (i % 2)), 40]
  const points = series({ start: "2017-01", direction: "up", values })
  const looks = (svg: string) =>
    new Set(
      [...parsed(svg).querySelectorAll("[aria-label=dot]")].map((g) => g.getAttribute("aria-description"))
    )
  expect(looks(await chartSvg(points, { direction: "up" }))).toContain("concern-low")
  expect(looks(await chartSvg(points, { direction: "up", unjudged: "seasonal" }))).toEqual(
    new Set(["not-judged"])
  )
})

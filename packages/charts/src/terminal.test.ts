import { execFileSync } from "node:child_process"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { examples } from "../test/examples.ts"
import { series } from "../test/series.ts"
import { columnsOf } from "./lettering.ts"
import { chartText } from "./terminal.ts"

const ESCAPES = new RegExp(`${String.fromCodePoint(27)}\\[[\\d;]*m`, "g")

const widest = (text: string): number =>
  Math.max(...text.split("\n").map((line) => columnsOf(line.replace(ESCAPES, ""))))

test.each(examples)("$name", async ({ name, points, options }) => {
  const text = chartText(points, options)
  await expect(`${text}\n`).toMatchFileSnapshot(`../test/output/${name}.txt`)
})

test("no line is wider than asked, whatever the points", () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ noNaN: true })
  )
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 32, max: 160 }),
      fc.integer({ min: 6, max: 30 }),
      fc.string({ unit: "binary" }),
      fc.boolean(),
      (values, columns, rows, title, color) => {
        const points = series({ values, start: "2001-01", direction: "up", target: 1 })
        const finite = points.map((p) => ({ ...p, centre: Number.isFinite(p.centre) ? p.centre : null }))
        const text = chartText(finite, { title, columns, rows, color })
        expect(widest(text)).toBeLessThanOrEqual(columns)
        expect(text).not.toMatch(/NaN|undefined/)
      }
    ),
    { numRuns: 150 }
  )
})

test("colour is written only when asked for, and changes nothing else", () => {
  const { points, options } = examples[1]!
  const plain = chartText(points, options)
  const coloured = chartText(points, { ...options, color: true })
  expect(plain).not.toMatch(ESCAPES)
  expect(coloured).toMatch(ESCAPES)
  expect(coloured.replace(ESCAPES, "").replace(/ +$/gm, "")).toBe(plain)
})

test("a title cannot command the terminal", () => {
  const escape = String.fromCodePoint(27)
  expect(chartText([], { title: `a${escape}[2Jb\u0007` })).toBe("a [2Jb\nNo data")
})

test("more points than columns: the latest, and it says so", () => {
  const values = Array.from({ length: 300 }, (_, i) => i % 5)
  const text = chartText(series({ values, start: "2000-01", direction: "up" }), { columns: 60 })
  expect(text).toMatch(/The latest \d+ of 300 points/)
  expect(text).not.toContain("Jan 2000")
})

test("Plot and the document stand-in are not loaded for text", () => {
  const program = `
    import { registerHooks } from "node:module"
    const seen = []
    registerHooks({ load(url, context, next) { seen.push(url); return next(url, context) } })
    const { chartText, describe } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)})
    chartText([]); describe([])
    console.log(seen.filter((url) => url.includes("node_modules")).length, seen.length > 5)`
  const out = execFileSync(
    process.execPath,
    ["--conditions=@plimsoll/source", "--input-type=module", "-e", program],
    {
      encoding: "utf8"
    }
  )
  expect(out.trim()).toBe("0 true")
})

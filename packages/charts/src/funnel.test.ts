import { parseHTML } from "linkedom/worker"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { describeFunnel, funnelSvg } from "./funnel.ts"
import type { FunnelUnit } from "./funnel.ts"

const parsed = (svg: string) => parseHTML(`<!doctype html><body>${svg}</body>`).document.querySelector("svg")!

const unit = (
  name: string,
  denominator: number | null,
  value: number | null,
  outlier: "high" | "low" | null = null
): FunnelUnit => {
  const half = denominator === null ? null : 100 / Math.sqrt(denominator)
  return {
    unit: name,
    denominator,
    value,
    target: 20,
    lcl95: half === null ? null : 20 - half,
    ucl95: half === null ? null : 20 + half,
    lcl998: half === null ? null : 20 - 1.5 * half,
    ucl998: half === null ? null : 20 + 1.5 * half,
    odLcl95: half === null ? null : 20 - 2 * half,
    odUcl95: half === null ? null : 20 + 2 * half,
    odLcl998: half === null ? null : 20 - 3 * half,
    odUcl998: half === null ? null : 20 + 3 * half,
    outlier
  }
}

const units = [
  unit("ward 1", 100, 22),
  unit("ward <2>", 400, 45, "high"),
  unit("ward 3", 900, 19),
  unit("ward 4", 250, 2, "low"),
  unit("closed", 0, null)
]

test("every unit with a ratio is drawn once; who is outside has a shape, a side and its name", async () => {
  const svg = parsed(await funnelSvg(units, { title: "Falls", unit: "%", denominator: "patients" }))
  const dots = (words: string) => svg.querySelectorAll(`[aria-label=dot][aria-description='${words}'] > *`)
  expect(dots("within the 99.8% limits")).toHaveLength(2)
  expect(dots("above them")).toHaveLength(1)
  expect(dots("below them")).toHaveLength(1)
  const paths = ["above them", "below them"].map((words) => dots(words)[0]!.getAttribute("d"))
  expect(paths[0]).not.toBe(paths[1])
  const named = [...svg.querySelectorAll("[aria-description='unit outside'] text")].map(
    (text) => text.textContent
  )
  expect(named.toSorted()).toEqual(["ward 4", "ward <2>"])
  expect(svg.querySelector("title")!.textContent).toBe("Falls")
  expect(svg.textContent).toContain("patients")
})

test("the four limits and the target are lines; adjusted limits lie further out", async () => {
  const height = async (adjusted: boolean) => {
    const svg = parsed(await funnelSvg(units, { adjusted }))
    expect(svg.querySelectorAll("[aria-description='99.8% limit'] path")).toHaveLength(2)
    expect(svg.querySelectorAll("[aria-description='95% limit'] path")).toHaveLength(2)
    expect(svg.querySelectorAll("[aria-description=target] line")).toHaveLength(1)
    return svg.querySelector("[aria-description='99.8% limit'] path")!.getAttribute("d")
  }
  expect(await height(true)).not.toBe(await height(false))
})

test("the words hold no value and rank nobody", () => {
  expect(describeFunnel(units)).toBe("1 of 4 units lies above the 99.8% limits, 1 below")
  expect(describeFunnel(units.slice(0, 3))).toBe("1 of 3 units lies above the 99.8% limits, none below")
  expect(describeFunnel([units[0]!, units[3]!])).toBe("1 of 2 units lies below the 99.8% limits, none above")
  expect(describeFunnel([units[0]!, units[2]!])).toBe("No sign of a difference among 2 units")
  expect(describeFunnel([units[4]!])).toBe("No data")
})

test("without a ratio there is no data", async () => {
  for (const none of [[], [units[4]!]])
    expect(parsed(await funnelSvg(none)).querySelector("desc")!.textContent).toBe("No data")
})

test("names and titles stay text; nothing is fetched and nothing runs", async () => {
  const bad = `"><script>alert(1)</script>\u0007`
  const svg = await funnelSvg([...units, unit(bad, 300, 60, "high")], {
    title: bad,
    subtitle: bad,
    unit: bad,
    denominator: bad,
    source: bad
  })
  expect(parsed(svg).querySelectorAll("script")).toHaveLength(0)
  expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(
    /https?:|url\(|href|<script|<style| on\w+=/
  )
})

test("any units in any order: same bytes, no NaN", async () => {
  const size = fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 1e6 }),
    fc.double({ min: 0, max: 1e9, noNaN: true })
  )
  const side = fc.constantFrom("high" as const, "low" as const, null)
  const any = fc.tuple(size, fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })), side)
  await fc.assert(
    fc.asyncProperty(fc.array(any, { maxLength: 20 }), fc.boolean(), async (rows, percent) => {
      const made = rows.map(([denominator, value, outlier], i) =>
        unit(`u${i}`, denominator === 0 ? null : denominator, value, outlier)
      )
      const svg = await funnelSvg(made, { percent })
      expect(svg.replace(/>[^<]*</g, "><").replace(/aria-label="[^"]*"/g, "")).not.toMatch(
        /NaN|Infinity|undefined/
      )
      expect(await funnelSvg(structuredClone(made), { percent })).toBe(svg)
    }),
    { numRuns: 30 }
  )
})

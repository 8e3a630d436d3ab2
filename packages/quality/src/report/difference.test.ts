import fc from "fast-check"
import { expect, it } from "vitest"
import { cellText, differencesOf } from "./difference.ts"
import type { PackRow } from "./rows-file.ts"

const rows = fc.uniqueArray(
  fc.record({
    id: fc.integer(),
    name: fc.string(),
    value: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
    list: fc.array(fc.string())
  }),
  { selector: (row) => row.id, minLength: 1, maxLength: 20 }
)
const columns = ["id", "name", "value", "list"]
const compare = (report: ReadonlyArray<PackRow | undefined>, truth: ReadonlyArray<PackRow>) =>
  differencesOf("assurance.score", ["id"], columns, report, truth)

it("finds nothing in a copy, in whatever order", () => {
  fc.assert(
    fc.property(rows, (truth) => {
      expect(compare([...truth].reverse(), truth)).toEqual([])
    })
  )
})

it("names each cell that was edited, and no other", () => {
  fc.assert(
    fc.property(rows, fc.nat(), (truth, at) => {
      const edited = truth[at % truth.length]!
      const report = truth.map((row) => (row === edited ? { ...row, name: `${row.name}!` } : row))
      expect(compare(report, truth)).toEqual([
        {
          relation: "assurance.score",
          key: { id: edited.id },
          column: "name",
          inReport: `${edited.name}!`,
          recomputed: edited.name
        }
      ])
    })
  )
})

it("names a row that was taken out, put in or made double", () => {
  const [one, other] = [
    { id: 1, name: "a", value: 1, list: [] },
    { id: 2, name: "b", value: null, list: ["x"] }
  ]
  expect(compare([one], [one, other])).toMatchObject([{ key: { id: 2 }, column: null, inReport: null }])
  expect(compare([one, other], [one])).toMatchObject([{ key: { id: 2 }, column: null, recomputed: null }])
  expect(compare([one, one], [one])).toMatchObject([{ key: { id: 1 }, column: null, recomputed: null }])
  expect(compare([one, undefined], [one])).toMatchObject([{ inReport: "a line that is no row" }])
})

it("compares at 12 significant digits, inside lists and structs too", () => {
  expect(cellText(0.1 + 0.2)).toBe(cellText(0.3))
  expect(cellText({ low: [0.1 + 0.2] })).toBe(cellText({ low: [0.3] }))
  expect(cellText(0.30000000001)).not.toBe(cellText(0.3))
  expect(cellText(-0)).toBe(cellText(0))
  expect(cellText("0.3")).not.toBe(cellText(0.3))
  expect(cellText(undefined)).toBe(cellText(null))
})

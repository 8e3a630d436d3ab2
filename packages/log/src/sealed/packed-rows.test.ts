import fc from "fast-check"
import { expect, test } from "vitest"
import type { WireRow } from "../record.ts"
import { type PackedRows, RowPacker, unpackRows } from "./packed-rows.ts"

const packed = (rows: ReadonlyArray<WireRow>): PackedRows => {
  const packer = new RowPacker()
  for (const row of rows) packer.add(row)
  return JSON.parse(`{${packer.text()}}`) as PackedRows
}

test("rows come out as they went in, to the last letter of their JSON", () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const row = fc
    .dictionary(fc.oneof(fc.string(), fc.constantFrom("q1", "10", "9", "__proto__")), json)
    .map((one) => JSON.parse(JSON.stringify(one)) as WireRow)
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(JSON.stringify(unpackRows(packed(rows)))).toBe(JSON.stringify(rows))
    })
  )
})

test("names stand there once for rows that have the same ones", () => {
  const rows = [
    { ward: "a", answers: { q1: 1, q2: null } },
    { ward: "b", answers: { q1: 2, q2: [{}] } },
    { ward: "c", answers: {} }
  ]
  expect(packed(rows)).toEqual({
    shapes: [
      ["ward", ["answers", ["q1", "q2"]]],
      ["ward", ["answers", []]]
    ],
    rows: [
      [0, "a", 1, null],
      [0, "b", 2, [{}]],
      [1, "c"]
    ]
  })
})

import { parse } from "csv-parse/sync"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CsvScanner } from "./csv-scanner.ts"

const scan = (text: string) => {
  const scanner = new CsvScanner({ delimiter: ",", quote: '"', eol: "\n", maxRecord: 1000 })
  const records: string[][] = []
  let faults = 0
  for (let at = 0; at < text.length; at = scanner.end) {
    const found = scanner.next(text, at, true)
    if (found === "fault") faults += 1
    else if (found === "open") throw new Error("open at the end of the file")
    else records.push(scanner.values)
  }
  return { records, faults }
}

describe("CsvScanner", () => {
  it("gives what csv-parse gives, and finds a fault where csv-parse throws", () => {
    const piece = fc.constantFrom("a", "é😀", ",", '"', '""', "\n", "\r\n", '","', " ", '\n"')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join("")
        const mine = scan(text)
        let theirs: string[][] | undefined
        try {
          theirs = parse(text, { relax_column_count: true, record_delimiter: ["\r\n", "\n"] })
        } catch {
          theirs = undefined
        }
        if (theirs === undefined) expect(mine.faults).toBeGreaterThan(0)
        else expect(mine).toEqual({ records: theirs, faults: 0 })
      }),
      { numRuns: 3000 }
    )
  })

  it("costs one line for a quote that is not closed", () => {
    expect(scan('a,"b\nc,d\ne,"f"\n')).toEqual({
      records: [
        ["c", "d"],
        ["e", "f"]
      ],
      faults: 1
    })
  })

  it("looks no further than the longest record", () => {
    const long = `a,"b\n${"c,d\n".repeat(500)}`
    expect(scan(long)).toMatchObject({ faults: 1 })
    expect(scan(`${long}"\n`).faults).toBe(2)
  })
})

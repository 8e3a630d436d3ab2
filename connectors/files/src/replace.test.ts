import type { Cursor } from "@plimsoll/connector"
import { appendFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { age, folder, options, run, write } from "../test/falls.ts"

const header = "ward,day,falls,opened_by\n"
const line = (n: number, ward = "W") => `${ward}${n},2026-01-01,${n % 10},x\n`
const lines = (from: number, to: number, ward?: string) =>
  Array.from({ length: to - from }, (_, n) => line(from + n, ward)).join("")
const wards = (ran: Awaited<ReturnType<typeof run>>) => ran.rows.map((row) => row.fields["ward"])

describe("a file that grows", () => {
  it("is read on from where it was left", async () => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const first = await run(options(path))
    appendFileSync(path, lines(3, 5))
    const second = await run(options(path), first.cursors)
    expect(wards(second)).toEqual(["W3", "W4"])
    expect(second.rows[0]!.at).toEqual({ generation: 1, row: 4, place: "line 5" })
    expect(second.ends).toEqual([])
    expect((await run(options(path), second.cursors)).emits).toEqual([])
  })

  it("gives new files beside old ones", async () => {
    const where = folder()
    write(where, "a.csv", header + lines(0, 1))
    const first = await run(options(where))
    write(where, "b.csv", header + lines(1, 2))
    const second = await run(options(where), first.cursors)
    expect(second.emits.map((emit) => "partition" in emit && emit.partition)).toEqual(["b.csv"])
  })
})

describe("a replaced file", () => {
  it.each([
    ["of the same size", lines(0, 3, "V")],
    ["that is longer", lines(0, 6, "V")],
    ["that is shorter", lines(0, 1)],
    ["whose last consumed row alone differs", lines(0, 2) + line(9)]
  ])("%s is a new generation from row 1 on, and ends", async (_, content) => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const first = await run(options(path))
    expect(first.ends).toEqual([])
    writeFileSync(path, header + content)
    const second = await run(options(path), first.cursors)
    expect(second.rows).toHaveLength(content.split("\n").length - 1)
    expect(second.rows[0]!.at).toEqual({ generation: 2, row: 1, place: "line 2" })
    expect(second.emits.at(-1)).toMatchObject({ _tag: "GenerationEnd", generation: 2 })
    expect((await run(options(path), second.cursors)).emits).toEqual([])
    writeFileSync(path, header + lines(0, 2, "U"))
    expect((await run(options(path), second.cursors)).ends).toEqual([3])
  })

  it("is not seen in a file that was written again with the same bytes", async () => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const first = await run(options(path))
    rmSync(path)
    writeFileSync(path, header + lines(0, 4))
    expect(wards(await run(options(path), first.cursors))).toEqual(["W3"])
  })

  it.each([
    ["empty", ""],
    ["header-only", header]
  ])("that is %s now is a generation without rows, and the next rows belong to it", async (_, content) => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const first = await run(options(path))
    writeFileSync(path, content)
    const second = await run(options(path), first.cursors)
    expect(second.rows).toEqual([])
    expect(second.ends).toEqual([2])
    expect((await run(options(path), second.cursors)).ends).toEqual([])
    writeFileSync(path, header + lines(7, 8))
    const third = await run(options(path), second.cursors)
    expect(third.rows[0]!.at).toEqual({ generation: 2, row: 1, place: "line 2" })
    expect(third.ends).toEqual([])
  })

  it("is read on in generation 2 after a crash there, and in 3 if it was replaced again meanwhile", async () => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const first = await run(options(path))
    writeFileSync(path, header + lines(0, 1700, "V"))
    const crashed = await run(options(path), first.cursors, 2)
    expect(crashed.rows).toHaveLength(1000)
    const rest = await run(options(path), crashed.cursors)
    expect(wards({ ...rest, rows: [...crashed.rows, ...rest.rows] })).toEqual(
      Array.from({ length: 1700 }, (_, n) => `V${n}`)
    )
    expect(rest.rows[0]!.at).toEqual({ generation: 2, row: 1001, place: "line 1002" })
    expect(rest.ends).toEqual([2])

    const all = await run(options(path), crashed.cursors, 2)
    expect(all.ends).toEqual([])
    const late = await run(options(path), all.cursors)
    expect(late.emits.map((emit) => emit._tag)).toEqual(["GenerationEnd"])

    writeFileSync(path, header + lines(0, 4, "U"))
    const third = await run(options(path), crashed.cursors)
    expect(third.rows.map((row) => row.at.generation)).toEqual([3, 3, 3, 3])
    expect(third.ends).toEqual([3])
  })

  it("is found without reading where nothing changed, and by reading where the times did", async () => {
    const path = write(folder(), "a.csv", header + lines(0, 3))
    const { cursors } = await run(options(path))
    expect(cursors.get("a.csv")!["stamp"]).not.toBe("")
    age(path)
    expect((await run(options(path), cursors)).emits).toEqual([])
  })
})

describe("a last line without a newline", () => {
  it("waits while the file is being written, and is a row when the file has been still", async () => {
    const path = write(folder(), "a.csv", `${header}${line(0)}W1,2026-01-01,12,x`)
    const hasty = options(path, { stillMs: 300 })
    const started = Date.now()
    const { rows, cursors } = await run(hasty)
    expect(Date.now() - started).toBeGreaterThanOrEqual(250)
    expect(rows).toHaveLength(2)
    expect(cursors.get("a.csv")).toMatchObject({ tail: "line", row: 2, line: 4 })
    appendFileSync(path, `\n${line(2)}`)
    const more = await run(hasty, cursors)
    expect(wards(more)).toEqual(["W2"])
    expect(more.rows[0]!.at).toEqual({ generation: 1, row: 3, place: "line 4" })
  })

  it("that turns out longer is a replaced file", async () => {
    const path = write(folder(), "a.csv", `${header}${line(0)}W1,2026-01-01,12,x`)
    const first = await run(options(path))
    expect(first.rows[1]!.fields["falls"]).toBe("12")
    appendFileSync(path, "yz\n")
    const second = await run(options(path), first.cursors)
    expect(second.rows.map((row) => row.fields["openedBy"])).toEqual(["x", "xyz"])
    expect(second.ends).toEqual([2])
  })

  it("that is not complete waits, with a notice", async () => {
    const path = write(folder(), "a.csv", `${header}${line(0)}W1,2026-01-`)
    const first = await run(options(path))
    expect(first.rows).toHaveLength(1)
    expect(first.notices).toEqual(["line-unfinished"])
    appendFileSync(path, "01,3,x\n")
    const second = await run(options(path), first.cursors)
    expect(second.rows.map((row) => row.fields)).toEqual([
      { ward: "W1", day: "2026-01-01", falls: "3", openedBy: "x" }
    ])
  })

  it("with half of \\r\\n is one line with the half that comes later", async () => {
    const path = write(folder(), "a.csv", `${header}W1,2026-01-01,12,x\r`)
    const first = await run(options(path))
    expect(first.rows[0]!.fields["openedBy"]).toBe("x")
    appendFileSync(path, "\nW2,2026-01-01,1,y\r\n")
    const second = await run(options(path), first.cursors)
    expect(second.rows.map((row) => row.at.place)).toEqual(["line 3"])
    expect(second.ends).toEqual([])
  })

  it("may be in an open quote: rejected once the file is still, and read anew if the quote closes later", async () => {
    const path = write(folder(), "a.csv", `${header}W1,2026-01-01,1,"one\n${line(2)}`)
    const first = await run(options(path))
    expect(first.rejects.map((reject) => [reject.reason.split(":")[0], reject.at.place])).toEqual([
      ["quote-unclosed", "line 2"]
    ])
    expect(wards(first)).toEqual(["W2"])
    expect((await run(options(path), first.cursors)).emits).toEqual([])
    appendFileSync(path, 'two"\n')
    const second = await run(options(path), first.cursors)
    expect(second.rows.map((row) => row.fields["openedBy"])).toEqual([`one\n${line(2)}two`])
    expect(second.ends).toEqual([2])
  })

  it("in JSON Lines waits until it is an object", async () => {
    const path = write(folder(), "a.jsonl", '{"ward":"W1","day":"2026-01-01","falls":1')
    const first = await run(options(path))
    expect(first.rows).toEqual([])
    appendFileSync(path, "2}")
    const second = await run(options(path), first.cursors)
    expect(second.rows[0]!.fields["falls"]).toBe(12)
    appendFileSync(path, "\n")
    expect((await run(options(path), second.cursors)).emits).toEqual([])
  })
})

describe("a file that is gone", () => {
  it("is a notice, as long as another is there", async () => {
    const where = folder()
    const gone = write(where, "a.csv", header + lines(0, 1))
    write(where, "b.csv", header + lines(0, 1))
    const { cursors } = await run(options(where))
    rmSync(gone)
    expect((await run(options(where), cursors)).notices).toEqual(["file-gone"])
    truncateSync(write(where, "c.csv", ""))
    expect((await run(options(where), new Map<string, Cursor>(cursors))).notices).toEqual([
      "file-gone",
      "file-empty"
    ])
  })
})

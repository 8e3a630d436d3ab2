import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Emit } from "@plimsoll/connector"
import { folder, options, run, write } from "../test/falls.ts"

const encode = (text: string, encoding: string): Buffer => {
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16()
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le")
  return Buffer.from(text, encoding === "windows-1252" ? "latin1" : "utf8")
}

const quoted = (value: string, always: boolean) =>
  always || /[",\r\n]/.test(value) || value === "" ? `"${value.replaceAll('"', '""')}"` : value

const shape = fc.record({
  encoding: fc.constantFrom("utf-8", "utf-16le", "utf-16be", "windows-1252"),
  mark: fc.boolean(),
  eol: fc.constantFrom("\n", "\r\n"),
  always: fc.boolean(),
  lastNewline: fc.boolean(),
  repeats: fc.constantFrom(1, 1, 40, 400)
})
const latin = fc.constantFrom("a", "7", " ", ",", '"', "\n", "\r\n", "é", "ÿ", "0")
const wide = fc.oneof(latin, fc.constantFrom("😀", "e\u0301", "ש", "\u2028", "\uFEFF", "𝕏"))
const texts = (unit: fc.Arbitrary<string>) => fc.string({ unit, minLength: 1, maxLength: 12 })

describe("resuming", () => {
  it("reads back what was encoded, and from every cursor exactly the rest", async () => {
    await fc.assert(
      fc.asyncProperty(
        shape.chain((made) =>
          fc.record({
            made: fc.constant(made),
            rows: fc.array(
              fc.tuple(...[1, 2, 3].map(() => texts(made.encoding === "windows-1252" ? latin : wide))),
              { minLength: 1, maxLength: 6 }
            )
          })
        ),
        async ({ made, rows: some }) => {
          const rows = Array.from({ length: made.repeats }, () => some).flat()
          const body = rows
            .map((row) => [...row, ""].map((value) => quoted(value, made.always)).join(","))
            .join(made.eol)
          const text = `ward,day,falls,opened_by${made.eol}${body}${made.lastNewline ? made.eol : ""}`
          const marked = made.mark && made.encoding !== "windows-1252" ? `\uFEFF${text}` : text
          const path = write(folder(), "a.csv", encode(marked, made.encoding))
          const given = options(
            path,
            made.mark && made.encoding.startsWith("utf") ? {} : { encoding: made.encoding }
          )
          const all = await run(given)
          expect(all.rejects).toEqual([])
          expect(all.rows.map(({ fields }) => [fields["ward"], fields["day"], fields["falls"]])).toEqual(rows)
          expect(all.rows.map((row) => row.at.row)).toEqual(rows.map((_, place) => place + 1))
          let before = 0
          for (const emit of all.emits) {
            if (emit._tag !== "Rows") continue
            before += emit.rows.length
            const rest = await run(given, new Map([["a.csv", emit.cursor]]))
            expect(rest.rows).toEqual(all.rows.slice(before))
          }
        }
      ),
      { numRuns: 60 }
    )
  })

  it("goes on from every cursor between rows and rejects, in a file with faults of every kind", async () => {
    const good = "W,2026-01-01,1,x\n"
    const bad = [
      "W,2026\n",
      'W,"2026"x,1,x\n',
      Buffer.from([0x57, 0xe9, 0x2c, 0x2c, 0x2c, 0x0a]),
      'W,"a\nb"\n',
      `${"y".repeat(400)},,,\n`,
      "\n"
    ].map((piece) => Buffer.from(piece as string))
    const pieces = fc.array(fc.constantFrom(Buffer.from(good), Buffer.from('W,"é\n😀",1,x\n'), ...bad), {
      maxLength: 12
    })
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const path = write(
          folder(),
          "a.csv",
          Buffer.concat([Buffer.from("ward,day,falls,opened_by\n"), ...parts])
        )
        const given = options(path, { maxRecord: 300 })
        const taken = (emits: ReadonlyArray<Emit>): ReadonlyArray<unknown> =>
          emits.flatMap((emit): ReadonlyArray<unknown> =>
            emit._tag === "Rows" ? emit.rows : emit._tag === "Reject" ? [{ ...emit, cursor: undefined }] : []
          )
        const all = (await run(given)).emits.filter((emit) => emit._tag !== "Notice")
        expect(taken(all)).toHaveLength(parts.filter((part) => part.length > 1).length)
        for (const [place, emit] of all.entries()) {
          const rest = await run(given, new Map([["a.csv", emit.cursor]]))
          expect(taken(rest.emits)).toEqual(taken(all.slice(place + 1)))
        }
      }),
      { numRuns: 60 }
    )
  })
})

import { ConnectorError } from "@plimsoll/connector"
import { Schema } from "effect"
import { chmodSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import files from "./index.ts"
import { context, failure, folder, options, run, write } from "../test/falls.ts"

const header = "ward,day,falls,opened_by\n"
const row = "W1,2026-01-01,1,x\n"
const fields = async (
  content: string | Buffer,
  changes: Parameters<typeof options>[1] = {},
  name = "a.csv"
) => (await run(options(write(folder(), name, content), changes))).rows.map((one) => one.fields)

describe("files", () => {
  it("reads the rows of a file as text, with their places", async () => {
    const path = write(
      folder(),
      "a.csv",
      `${header}W1,2026-01-01,007,\n"W,2",2026-01-02,,"x ""y""\nz"\nW3,2026-01-03,2.6,a\n`
    )
    const { rows, cursors } = await run(options(path))
    expect(rows).toEqual([
      {
        fields: { ward: "W1", day: "2026-01-01", falls: "007" },
        at: { generation: 1, row: 1, place: "line 2" }
      },
      {
        fields: { ward: "W,2", day: "2026-01-02", falls: null, openedBy: 'x "y"\nz' },
        at: { generation: 1, row: 2, place: "line 3" }
      },
      {
        fields: { ward: "W3", day: "2026-01-03", falls: "2.6", openedBy: "a" },
        at: { generation: 1, row: 3, place: "line 5" }
      }
    ])
    expect(cursors.get("a.csv")).toMatchObject({
      generation: 1,
      row: 3,
      line: 6,
      ended: true,
      tail: "closed"
    })
  })

  it("says its name, version and encoding, and takes back its own cursors", async () => {
    const path = write(folder(), "a.csv", header + row)
    const connector = files(options(path))
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    expect(connector).toMatchObject({ name: "connector-files", version, instance: "test" })
    expect(connector.streams[0]!.encoding).toBe("text")
    expect(files(options("a.jsonl")).streams[0]!.encoding).toBe("json")
    const decode = Schema.decodeUnknownSync(connector.streams[0]!.cursor)
    const cursor = (await run(options(path))).cursors.get("a.csv")!
    expect(decode(cursor)).toEqual(cursor)
    expect(() => decode({ ...cursor, byte: -1 })).toThrow()
    expect(() => decode({ byte: 3 })).toThrow()
  })

  it("reads every file of a folder or a glob, in the order of their names, with / in their partitions", async () => {
    const where = folder()
    mkdirSync(join(where, "2026"))
    for (const name of ["b.csv", "a.tsv", "2026/c.csv", ".hidden.csv", "d.xlsx"]) {
      write(where, name, name.endsWith(".tsv") ? (header + row).replaceAll(",", "\t") : header + row)
    }
    const inFolder = await run(options(where))
    expect([...inFolder.cursors.keys()]).toEqual(["a.tsv", "b.csv"])
    expect(inFolder.notices).toEqual(["file-passed-over"])
    const inGlob = await run(options(join(where, "**/*.csv")))
    expect([...inGlob.cursors.keys()]).toEqual(["2026/c.csv", "b.csv"])
  })
})

describe("text in is text out", () => {
  it.each([
    "2.6",
    "007",
    "1_000",
    "2026-01-02 13:45",
    "1e5",
    " 1 ",
    "=1+1",
    "NULL",
    "9223372036854775808",
    "-0",
    "\0",
    "a;b"
  ])("%j", async (text) => {
    const filler = "W,2026-01-01,1,x\n".repeat(3)
    const all = await fields(`${header}${filler}W,2026-01-01,${text},x\n`)
    expect(all[3]!["falls"]).toBe(text)
  })

  it("does so past the rows that other readers sample", async () => {
    const all = await fields(
      `${header}${"W,2026-01-01,1,x\n".repeat(25_000)}W,2026-01-01,2.6,x\nW,2026-01-01,007,x\n`
    )
    expect(all.slice(-2).map((one) => one["falls"])).toEqual(["2.6", "007"])
  })

  it("reads a.csv of lines c0, v0, a;b", async () => {
    const all = await fields("ward,day,falls\nW,2026-01-01,a;b\n")
    expect(all).toEqual([{ ward: "W", day: "2026-01-01", falls: "a;b" }])
  })

  it("tells missing from null from the empty text", async () => {
    expect(await fields(`${header},2026-01-01,,\n`)).toEqual([{ ward: "", day: "2026-01-01", falls: null }])
    expect(await fields(`${header}NA,2026-01-01,NA,\n`, { nulls: ["NA"] })).toEqual([
      { ward: null, day: "2026-01-01", falls: null, openedBy: "" }
    ])
    expect(await fields(`${header},2026-01-01,,\n`, { nulls: [] })).toEqual([
      { ward: "", day: "2026-01-01", falls: "", openedBy: "" }
    ])
  })

  it.each([
    ["windows-1252", Buffer.from("W\x92\x80\xe9,2026-01-01,1,x\n", "latin1"), "W’€é"],
    ["iso-8859-15", Buffer.from("W\xa4,2026-01-01,1,x\n", "latin1"), "W€"],
    ["koi8-r", Buffer.from("\xd7,2026-01-01,1,x\n", "latin1"), "в"]
  ])("in %s", async (encoding, line, ward) => {
    const [one] = await fields(Buffer.concat([Buffer.from(header), line]), { encoding })
    expect(one!["ward"]).toBe(ward)
  })

  it("keeps composed and decomposed letters apart, and a newline of old Macs ends a line", async () => {
    expect((await fields(`${header}é,d,1,x\ne\u0301,d,1,x\n`)).map((one) => one["ward"])).toEqual([
      "é",
      "e\u0301"
    ])
    expect(await fields((header + row + row).replaceAll("\n", "\r"))).toHaveLength(2)
  })
})

describe("the shape of the file", () => {
  it("takes headers by the field's name, its snake_case or the columns option, in any order", async () => {
    const content = "day,Ward name,openedBy,extra,falls\n2026-01-01,W,x,?,1\n"
    const path = write(folder(), "a.csv", content)
    const ran = await run(options(path, { columns: { "Ward name": "ward" } }))
    expect(ran.rows[0]!.fields).toEqual({ ward: "W", day: "2026-01-01", openedBy: "x", falls: "1" })
    expect(ran.notices).toEqual(["column-ignored"])
  })

  it("takes files without a header", async () => {
    const same = { ward: "W1", day: "2026-01-01", falls: "1", openedBy: "x" }
    expect(await fields(row, { header: false })).toEqual([same])
    expect(await fields("1,W1,2026-01-01\n", { header: ["falls", "ward", "day"] })).toEqual([
      { ward: "W1", day: "2026-01-01", falls: "1" }
    ])
  })

  it("finds the delimiter only when asked, and tells it", async () => {
    const path = write(folder(), "a.csv", (header + row).replaceAll(",", ";"))
    const ran = await run(options(path, { delimiter: "auto" }))
    expect(ran.rows).toHaveLength(1)
    expect(ran.notices).toEqual(["delimiter-guessed"])
    expect((await failure(() => options(path))).suggestion).toBe('say delimiter: ";"')
  })

  it("finds empty files and files with a header alone to be fine", async () => {
    for (const content of ["", "\n", header, header.trim(), "\uFEFF"]) {
      const ran = await run(options(write(folder(), "a.csv", content)))
      expect([content, ran.rows, ran.notices]).toEqual([content, [], ["file-empty"]])
    }
  })

  it("passes over blank lines and takes quotes as text where there are none", async () => {
    expect(await fields(`${header}\n${row}\r\n${row}\n\n`)).toHaveLength(2)
    expect((await fields(`${header}5" pipe,d,1,"x\n`, { quote: "" }))[0]).toMatchObject({
      ward: '5" pipe',
      openedBy: '"x'
    })
  })
})

describe("a bad row is a reject and the others arrive", () => {
  const cases: ReadonlyArray<readonly [string, string | Buffer, string]> = [
    ["column-count", "W1,2026-01-01\n", "W1,2026-01-01"],
    ["column-count", "W1,2026-01-01,1,x,y\n", "W1,2026-01-01,1,x,y"],
    ["quote-misplaced", 'W1,2026-01-01,1,5" pipe\n', 'W1,2026-01-01,1,5" pipe'],
    ["quote-misplaced", 'W1,2026-01-01,1,"x\n', 'W1,2026-01-01,1,"x'],
    ["invalid-bytes", Buffer.from("W\xe9,2026-01-01,1,x\n", "latin1"), "W\xe9,2026-01-01,1,x"],
    ["record-too-long", `${"y".repeat(500)},d,1,x\n`, "y".repeat(200)],
    ["record-too-long", `${"y".repeat(400_000)},d,1,x\n`, "y".repeat(200)]
  ]
  it.each(cases)("%s", async (code, line, raw) => {
    const after = 'W2,2026-01-01,1,"é"\n'
    const content = Buffer.concat([
      Buffer.from(header + row),
      Buffer.from(line as string),
      Buffer.from(after)
    ])
    const { rows, rejects } = await run(options(write(folder(), "a.csv", content), { maxRecord: 200 }))
    expect(rows.map((one) => [one.fields["ward"], one.at.row, one.at.place])).toEqual([
      ["W1", 1, "line 2"],
      ["W2", 3, "line 4"]
    ])
    expect(rows[1]!.fields["openedBy"]).toBe("é")
    expect(rejects).toHaveLength(1)
    expect(rejects[0]).toMatchObject({ raw, at: { generation: 1, row: 2, place: "line 3" } })
    expect(rejects[0]!.reason.split(":")[0]).toBe(code)
    expect(rejects[0]!.reason).not.toContain("W1")
  })

  it("a quote that is never closed costs one row of a long file", async () => {
    const content = `${header}W0,d,1,"x\n${row.repeat(20_000)}`
    const { rows, rejects } = await run(options(write(folder(), "a.csv", content), { maxRecord: 5000 }))
    expect([rows.length, rejects.length, rejects[0]!.reason.split(":")[0]]).toEqual([
      20_000,
      1,
      "quote-unclosed"
    ])
  })

  it("half a surrogate in UTF-16", async () => {
    const content = Buffer.from(`\uFEFF${header}W\ud83d,d,1,x\n${row}`, "utf16le")
    const { rows, rejects } = await run(options(write(folder(), "a.csv", content)))
    expect([rows.length, rejects[0]!.raw]).toEqual([1, "W\\ud83d,d,1,x"])
  })

  it("in JSON Lines", async () => {
    const good = '{"ward":"W","day":"2026-01-01","falls":12345678901234567890,"opened_by":"x","more":[1]}'
    const content = `${good}\n{"ward":\n\n[1]\n7\n{"opened_by":"a","openedBy":"b"}\n${good}\n`
    const { rows, rejects, notices } = await run(options(write(folder(), "a.jsonl", content)))
    expect(rows.map((one) => one.fields)).toEqual(
      [1, 2].map(() => ({ ward: "W", day: "2026-01-01", falls: "12345678901234567890", openedBy: "x" }))
    )
    expect(rejects.map((one) => [one.reason.split(":")[0], one.at.place])).toEqual([
      ["json-invalid", "line 2"],
      ["not-an-object", "line 4"],
      ["not-an-object", "line 5"],
      ["field-twice", "line 6"]
    ])
    expect(notices).toEqual(["column-ignored"])
  })
})

describe("an error names its cure", () => {
  const failing: ReadonlyArray<readonly [string, string | Buffer, RegExp, Parameters<typeof options>[1]?]> = [
    ["header-missing-column", "Ward,day,falls\n", /columns: \{ "Ward": "ward" \}/],
    ["header-duplicate", "ward,day,falls,opened_by,openedBy\n", /rename/],
    ["wrong-delimiter", "ward\tday\tfalls\n", /"\\t"/],
    ["wrong-delimiter", "W;2026;1;x\n", /";"/, { header: false }],
    ["wrong-delimiter", "foo,bar\n", /delimiter/, { delimiter: "auto" }],
    ["not-utf8", Buffer.from("ward,day,falls,caf\xe9\n", "latin1"), /windows-1252/],
    ["not-utf8", Buffer.from(header, "utf16le"), /utf-16le/],
    ["not-text", Buffer.from("504b030414000600", "hex"), /export it as CSV/],
    ["header-unreadable", 'ward,"day"x,falls\n', /quote/]
  ]
  it.each(failing.map((one) => ({ code: one[0], content: one[1], cure: one[2], changes: one[3] })))(
    "$code",
    async ({ code, content, cure, changes }) => {
      const path = write(folder(), "a.csv", content)
      const error = await failure(() => options(path, changes))
      expect(error).toBeInstanceOf(ConnectorError)
      expect([error.code, error.kind]).toEqual([code, "config"])
      expect(error.configPath).toMatch(/^connectors\[0\]\./)
      expect(error.suggestion).toMatch(cure)
      const [report] = await files(options(path, changes)).check(context())
      expect(report).toMatchObject({ stream: "falls", ok: false, message: error.message })
    }
  )

  it("file-missing and file-unreadable", async () => {
    const where = folder()
    expect((await failure(() => options(join(where, "*.csv")))).code).toBe("file-missing")
    expect((await failure(() => options(where))).code).toBe("file-missing")
    const path = write(where, "a.csv", header)
    chmodSync(path, 0)
    // The superuser may read everything.
    if (process.getuid?.() !== 0) expect((await failure(() => options(path))).code).toBe("file-unreadable")
  })

  it.each([
    [{ delimiter: ",," }, "delimiter", "options-invalid"],
    [{ delimiter: '"' }, "delimiter", "options-invalid"],
    [{ path: [] }, "path.0", "options-invalid"],
    [{ pollMs: 0 }, "pollMs", "options-invalid"],
    [{ colums: {} }, "colums", "options-invalid"],
    [{ encoding: "utf-7" }, "encoding", "encoding-unknown"],
    [{ columns: { Ward: "wrd" } }, "columns.Ward", "column-unknown"],
    [{ path: "a.dat" }, "format", "format-unknown"],
    [{ path: ["a.csv", "b.jsonl"] }, "path", "format-mixed"]
  ] as ReadonlyArray<readonly [object, string, string]>)("%j", (changes, configPath, code) => {
    try {
      files({ ...options("a.csv"), ...changes })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code, configPath, kind: "config" })
      expect((error as ConnectorError).suggestion).toBeTruthy()
    }
  })

  it("partition-duplicate", async () => {
    const where = folder()
    mkdirSync(join(where, "x"))
    const paths = [write(where, "a.csv", header), write(where, "x/a.csv", header)]
    expect((await failure(() => ({ ...options(""), path: paths }))).code).toBe("partition-duplicate")
  })
})

describe("check", () => {
  it("counts files and bytes", async () => {
    const where = folder()
    write(where, "a.csv", header + row)
    write(where, "b.csv", header)
    const [report] = await files(options(where)).check(context())
    expect(report).toEqual({ stream: "falls", ok: true, message: "2 files, 68 bytes" })
  })
})

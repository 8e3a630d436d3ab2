import { readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newFolder, plimsoll } from "./project.ts"

let home = ""
let signal = ""

const lesson = (id: string, title: string, worked: boolean) => ({
  id,
  title,
  microsystem: "elm",
  insights: [],
  project: null,
  worked,
  status: "shared",
  day: "2026-01-20"
})

beforeAll(async () => {
  home = newFolder()
  symlinkSync(
    realpathSync(fileURLToPath(new URL("../../quality", import.meta.url))),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  expect((await plimsoll(home, "init", ".")).code).toBe(0)
  const config = join(home, "plimsoll.config.ts")
  writeFileSync(
    config,
    `import { control, learning, lessons, statistics } from "@plimsoll/quality"\n${readFileSync(
      config,
      "utf8"
    ).replace(
      "connectors: [",
      'modules: [statistics(), control(), learning()],\n  connectors: [files({ instance: "lessons", stream: lessons, path: "data/lessons.jsonl" }), '
    )}`
  )
  writeFileSync(
    join(home, "data/lessons.jsonl"),
    [lesson("lights", "Night lights halve falls", true), lesson("mats", "Mats\u001b[2J beside beds", false)]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join("")
  )
  // Elm slips as oak does.
  const falls = join(home, "data/falls.csv")
  const text = readFileSync(falls, "utf8")
  writeFileSync(
    falls,
    [
      ...text.split("\n").filter((line) => !line.includes("elm")),
      ...text
        .split("\n")
        .filter((line) => line.includes("oak"))
        .map((line) => line.replace("oak", "elm"))
    ]
      .filter((line) => line !== "")
      .join("\n") + "\n"
  )
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
  const found = await plimsoll(
    home,
    "sql",
    "SELECT signal FROM plimsoll.signal WHERE microsystem = 'oak'",
    "--format",
    "json"
  )
  signal = (JSON.parse(found.out) as ReadonlyArray<{ readonly signal: string }>)[0]!.signal
}, 300_000)
afterAll(() => rmSync(home, { recursive: true, force: true }))

test("learn similar tells who has the same problem, why they are alike, and their lessons", async () => {
  const told = await plimsoll(home, "learn", "similar", "oak")
  expect(told.code).toBe(0)
  expect(told.out).toMatch(
    /^falls-rate: One other unit has had this, and none has got past it yet\.\n\nHave it now\n1\. /
  )
  expect(told.out).toContain("the same figures: falls-rate")
  expect(told.out).toContain("lesson lights: Night lights halve falls (it helped; evidence refused)")
  expect(told.out).toContain("lesson mats: Mats [2J beside beds (it did not help; evidence refused)")
  const json = JSON.parse((await plimsoll(home, "learn", "similar", "oak", "--json")).out) as {
    readonly similar: ReadonlyArray<{
      readonly microsystem: string
      readonly lessons: ReadonlyArray<unknown>
    }>
  }
  expect(json.similar.map((one) => [one.microsystem, one.lessons.length])).toEqual([["elm", 2]])
  const wrong = await plimsoll(home, "learn", "similar", "oka")
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('did you mean "oak"?')
}, 120_000)

test("learn search finds titles by the beginning of a word, and says so where there are none", async () => {
  const told = await plimsoll(home, "learn", "search", "light")
  expect(told.code).toBe(0)
  expect(told.out).toMatch(
    /^kind .*\n─.*\nlesson +lights +Night lights halve falls +elm +2026-01-20 +refused\n$/
  )
  expect((await plimsoll(home, "learn", "search", "xyzzy")).out).toBe(
    "Nothing among 2 titles has these words.\n"
  )
  const json = JSON.parse(
    (await plimsoll(home, "learn", "search", "night", "mats", "--most", "1", "--json")).out
  )
  expect(json).toHaveLength(1)
}, 120_000)

test("learn around asks, and an unknown signal is refused; help teaches", async () => {
  const told = await plimsoll(home, "learn", "around", signal.slice(0, 8))
  expect(told.code).toBe(0)
  expect(told.out).toMatch(
    /^Around falls-rate in oak, from \d{4}-\d\d-01 on\. Of \d+ figures that were looked at, /
  )
  const json = JSON.parse((await plimsoll(home, "learn", "around", signal, "--json")).out) as {
    readonly around: unknown
  }
  expect(Array.isArray(json.around)).toBe(true)
  const wrong = await plimsoll(home, "learn", "around", "ffffffff")
  expect(wrong.code).toBe(2)
  const help = await plimsoll(home, "learn", "around", "--help")
  expect(help.out).toContain("nothing here is a cause until those who do the work say")
}, 120_000)

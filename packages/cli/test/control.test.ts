import {
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { AssignableCause } from "@plimsoll/quality"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { causes } from "../src/register-control.ts"
import { copyOf, newFolder, plimsoll } from "./project.ts"

interface Listed {
  readonly signals: ReadonlyArray<{
    readonly signal: string
    readonly state: string
    readonly measure: string
    readonly answeredBy: string | null
  }>
}
interface Board {
  readonly name: string
  readonly board: ReadonlyArray<{
    readonly section: string
    readonly signal: string
    readonly unanswered_days: number | null
    readonly done: ReadonlyArray<{
      readonly kind: string
      readonly team: string
      readonly cause: string | null
    }>
  }>
}

const folders: string[] = []
const withModules = (folder: string, notes: "open" | "sealed"): void => {
  const config = join(folder, "plimsoll.config.ts")
  const text = readFileSync(config, "utf8")
  writeFileSync(
    config,
    `import { components } from "@plimsoll/quality"\n${text.replace(
      "connectors: [",
      `modules: components({ control: { notes: "${notes}" } }).filter((one) => ["statistics", "control"].includes(one.name)),\n  connectors: [`
    )}`
  )
}
let home = ""

beforeAll(async () => {
  home = newFolder()
  folders.push(home)
  symlinkSync(
    realpathSync(fileURLToPath(new URL("../../quality", import.meta.url))),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  expect((await plimsoll(home, "init", ".")).code).toBe(0)
  withModules(home, "sealed")
  const ran = await plimsoll(home, "run")
  expect(ran.err).toBe("")
  expect(ran.code).toBe(0)
}, 300_000)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const listed = async (folder: string, ...flags: ReadonlyArray<string>) =>
  (JSON.parse((await plimsoll(folder, "signal", "list", "--json", ...flags)).out) as Listed).signals

describe("quality control from the command line", { timeout: 300_000 }, () => {
  it("seals words, and keeps them in the clear where they are declared open", async ({ expect }) => {
    const shut = copyOf(home)
    folders.push(shut)
    const sealed = await plimsoll(shut, "note", "oak", "canary-5512")
    expect(sealed).toMatchObject({
      code: 0,
      out: "noted for oak, and sealed: only the vault of this project opens it\n"
    })
    expect((await plimsoll(shut, "run")).code).toBe(0)
    for (const path of readdirSync(shut, { recursive: true, encoding: "utf8" })) {
      const file = join(shut, path)
      if (path.startsWith("node_modules") || !statSync(file).isFile()) continue
      expect([path, readFileSync(file, "latin1").includes("canary-5512")]).toEqual([path, false])
    }

    const copy = copyOf(home)
    folders.push(copy)
    const config = join(copy, "plimsoll.config.ts")
    writeFileSync(config, readFileSync(config, "utf8").replace('notes: "sealed"', 'notes: "open"'))
    expect(await plimsoll(copy, "run")).toMatchObject({ code: 0, err: "" })
    const noted = await plimsoll(
      copy,
      "note",
      "oak",
      "two call bells do not ring",
      "--kind",
      "near-miss",
      "--role",
      "nursing"
    )
    expect(noted).toMatchObject({ code: 0, out: "noted for oak\n" })
    expect((await plimsoll(copy, "run")).code).toBe(0)
    const said = await plimsoll(copy, "sql", "SELECT kind, words FROM control.said", "--format", "csv")
    expect(said.out).toBe("kind,words\nnear-miss,two call bells do not ring\n")
  })

  it("answers a signal, and the next run computes with the answer", async ({ expect }) => {
    const [signal] = await listed(home)
    expect(signal).toMatchObject({ state: "opened", measure: "falls-rate", answeredBy: null })
    const before = await plimsoll(home, "huddle", "oak")
    expect(before.out).toMatch(
      /^Oak ward, 2026-07-15\n\nSlipping \(1\)\n {2}Falls per 1,000 bed-days · since /
    )
    expect(before.out).toContain("nobody has answered for 0 days")

    const id = signal!.signal.slice(0, 6)
    const seen = await plimsoll(home, "signal", "acknowledge", id, "--team", "elm")
    expect(seen).toMatchObject({ code: 0, out: "acknowledge: falls-rate of oak, by elm\n" })
    expect((await plimsoll(home, "signal", "explain", id, "--cause", "staffing")).code).toBe(0)
    expect((await plimsoll(home, "signal", "act", id, "--class", "strong", "--aim", "process")).code).toBe(0)
    expect((await plimsoll(home, "signal", "check", id, "--outcome", "too-early")).code).toBe(0)
    expect((await plimsoll(home, "huddle", "oak", "--held", "--roles", "3")).code).toBe(0)
    expect((await plimsoll(home, "annotate", "falls-rate", "oak", "2026-02-01", "new flooring")).code).toBe(0)
    expect((await plimsoll(home, "run")).code).toBe(0)

    expect(await listed(home)).toMatchObject([{ state: "explained", answeredBy: "elm" }])
    const { board } = JSON.parse((await plimsoll(home, "huddle", "oak", "--json")).out) as Board
    expect(board).toMatchObject([{ section: "slipping", unanswered_days: null }])
    expect(board[0]!.done.map((one) => one.kind).sort()).toEqual(["acknowledge", "act", "check", "explain"])
    const after = await plimsoll(home, "huddle", "oak")
    expect(after.out).toContain("acknowledged by elm (not the own team)")
    expect(after.out).toContain("explained by oak: staffing")
    expect(after.out).toContain("acted by oak: strong, aimed at the process")
    expect(after.out).not.toContain("nobody has answered")
    expect((await plimsoll(home, "chart", "falls-rate", "oak")).out).toContain("new flooring")

    const chain = await plimsoll(home, "trace", id)
    expect(chain.code).toBe(0)
    expect(chain.out).toMatch(/^signal [0-9a-f]{24}\nnothing led to it\nled to\n/)
    expect(chain.out).toMatch(/ {2}explained by response \S+ · \d{4}-\d\d-\d\d · signal-response\/\d+\/\d+\n/)
    const response = /acted on by response (\S+)/.exec(chain.out)![1]!
    const back = await plimsoll(home, "trace", response, "--json")
    expect(JSON.parse(back.out)).toMatchObject({
      kind: "response",
      causes: [{ cause_kind: "signal", cause: signal!.signal, relation: "acted on by" }],
      effects: []
    })
    expect(await plimsoll(home, "trace", `${response.slice(0, -1)}_`)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`did you mean "${response}"?`)
    })
    expect((await plimsoll(home, "trace", "falls-rate")).err).toContain(
      "plimsoll trace falls-rate MICROSYSTEM"
    )

    expect((await plimsoll(home, "signal", "close", id)).code).toBe(0)
    expect((await plimsoll(home, "run")).code).toBe(0)
    expect((await plimsoll(home, "signal", "list")).out).toBe("No open signals.\n")
    expect(await listed(home, "--all")).toMatchObject([{ state: "closed" }])
    const late = await plimsoll(home, "signal", "acknowledge", id)
    expect(late.code).toBe(2)
    expect(late.err).toContain("is closed: its state changes no more")
    const huddles = await plimsoll(
      home,
      "sql",
      "SELECT huddle_share > 0 AS some FROM control.embedded WHERE microsystem = 'oak'",
      "--format",
      "csv"
    )
    // The huddle of July counts once July is over.
    expect(huddles.out).toBe("some\nfalse\n")
  })

  it("says what to do about a wrong word", async ({ expect }) => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
      [["signal", "acknowledge", "ffffff"], /no signal ffffff\n {3}do: /],
      [["signal", "acknowledge", "x"], /first four characters/],
      [["signal", "explain", "ffffff"], /--cause/],
      [["signal", "explain", "ffffff", "--cause", "bad-luck"], /Allowed choices are staffing/],
      [["signal", "acknowledge", "ffffff", "--team", "okk"], /did you mean "oak"/],
      [["signal", "acknowledge", "ffffff", "--text", "canary-5513"], /no signal ffffff/],
      [["huddle", "okk"], /did you mean "oak"/],
      [["annotate", "falls-rate", "oak", "1 March", "x"], /YYYY-MM-DD/]
    ]
    for (const [args, words] of cases) {
      const { code, err } = await plimsoll(home, ...args)
      expect(code, args.join(" ")).toBe(2)
      expect(err, args.join(" ")).toMatch(words)
      expect(err).not.toContain("canary")
    }
  })

  it("offers the causes that the schema of responses knows", ({ expect }) => {
    expect([...causes]).toEqual([...AssignableCause.literals])
  })
})

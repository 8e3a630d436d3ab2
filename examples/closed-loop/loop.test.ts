import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, test } from "vitest"

const home = fileURLToPath(new URL(".", import.meta.url))
const bin = join(home, "../../packages/cli/src/bin.ts")
const folder = mkdtempSync(join(tmpdir(), "plimsoll-loop-"))
for (const name of ["plimsoll.config.ts", "story.ts", "simulate.ts", "demo.mjs", "package.json"]) {
  cpSync(join(home, name), join(folder, name))
}
symlinkSync(join(home, "node_modules"), join(folder, "node_modules"), "junction")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = async (...parameters: ReadonlyArray<string>): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, ["--conditions=@plimsoll/source", ...parameters], {
      cwd: folder,
      maxBuffer: 2 ** 26
    })
  ).stdout
const ask = async (query: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
  JSON.parse(await node(bin, "sql", query, "--format", "json")) as ReadonlyArray<Record<string, unknown>>

interface Arrow {
  readonly cause_kind: string
  readonly cause: string
  readonly effect_kind: string
  readonly effect: string
  readonly events: ReadonlyArray<string>
}
interface Chain {
  readonly causes: ReadonlyArray<Arrow>
  readonly effects: ReadonlyArray<Arrow>
}
const trace = async (...id: ReadonlyArray<string>): Promise<Chain> =>
  JSON.parse(await node(bin, "trace", ...id, "--json")) as Chain

let told: string
beforeAll(async () => {
  told = await node("demo.mjs")
}, 900_000)

/** What the demo says of one command. */
const answer = (command: string): string => {
  const from = told.indexOf(`\n$ plimsoll ${command}`)
  expect(from).toBeGreaterThanOrEqual(0)
  const to = told.indexOf("\n$ plimsoll", from + 1)
  return told.slice(from, to < 0 ? undefined : to)
}

test("every step of the loop follows from the one before, both ways, each by an event", async () => {
  const [signal] = await ask(
    "SELECT cause FROM control.link WHERE relation = 'explained by' AND cause IN (SELECT signal FROM plimsoll.signal WHERE microsystem = 'oak')"
  )
  const chain = await trace(String(signal!["cause"]))
  const steps = [
    ["signal", "response"],
    ["signal", "issue"],
    ["issue", "goal"],
    ["goal", "project"],
    ["project", "pdsa"],
    ["project", "shift"],
    ["project", "lesson"],
    ["lesson", "reuse"],
    ["reuse", "project"],
    ["project", "adoption"],
    ["adoption", "shift"],
    ["reuse", "evidence"]
  ]
  for (const [cause, effect] of steps) {
    const arrows = chain.effects.filter((one) => one.cause_kind === cause && one.effect_kind === effect)
    expect([cause, effect, arrows.length > 0]).toEqual([cause, effect, true])
    for (const { events } of arrows) expect(events[0]).toMatch(/^[a-z-]+\/\d+\/\d+$/)
  }
  const evidence = chain.effects.find((one) => one.cause_kind === "reuse" && one.effect_kind === "evidence")!
  const back = await trace(evidence.effect, "--kind", "evidence")
  expect(back.causes.map((one) => one.cause_kind)).toEqual(
    expect.arrayContaining(["reuse", "lesson", "project", "goal", "issue", "signal"])
  )
})

test("the change is credited at both wards, and no claim counts for more than its evidence", async () => {
  expect(answer("project show protected-rounds")).toMatch(/credited|improved/)
  expect(await ask("SELECT effect FROM improvement.adoption WHERE microsystem = 'elm'")).toEqual([
    { effect: "came again" }
  ])
})

test("Elm finds Oak, with the reasons", () => {
  const similar = answer("learn similar elm")
  expect(similar).toContain("oak")
  expect(similar).toMatch(/late-doses|Medicine comes late/)
})

test("the plan says what will not be done", () => {
  expect(answer("plan")).toMatch(/not be done|will not/i)
  expect(answer("plan")).toContain("It is loud at night")
})

test("the report cites it and holds, and whatever is made up says so", async () => {
  expect(answer("report verify")).toMatch(/holds|OK/i)
  expect(readFileSync(join(folder, "report/index.html"), "utf8")).toContain("simulated")
  const titles = await ask(
    "SELECT title FROM learning.open_text UNION ALL SELECT name FROM plimsoll.microsystem"
  )
  expect(titles.filter((one) => !/simulated/i.test(String(one["title"])))).toEqual([])
})

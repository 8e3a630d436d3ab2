import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { hash } from "node:crypto"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "../../../connectors/files/src/index.ts"
import { control, freeText, SpanPattern, statistics, stories, themes } from "@plimsoll/quality"
import { notes, type StreamDefinition } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { run } from "../src/commands/run.ts"
import { append, said } from "../src/commands/signal-append.ts"
import { textAgreement } from "../src/commands/text-agreement.ts"
import { textCode } from "../src/commands/text-code.ts"
import { textDuplicates } from "../src/commands/text-duplicates.ts"
import { textImport } from "../src/commands/text-import.ts"
import { textList } from "../src/commands/text-list.ts"
import { textRedact } from "../src/commands/text-redact.ts"
import { textSuggest } from "../src/commands/text-suggest.ts"
import { storyEraseWithdrawn, storyWithdraw } from "../src/commands/text-withdraw.ts"
import { vaultErase } from "../src/commands/vault.ts"
import type { ExitCode } from "../src/exit-code.ts"
import type { Project } from "../src/project.ts"
import { spanPatterns } from "../src/register-text.ts"
import type { Terminal } from "../src/terminal.ts"
import { plimsoll } from "./project.ts"

/** In words that nobody else writes, so that they can be searched in the bytes of every file. */
const named = "Nurse Canaryperson let us wait three hours with canaryhip pain."
const again = "nurse Canaryperson let us wait three hours, with canaryhip pain!"
const plain = "The canarysoup was cold and nobody asked."

const rows = (day: string) => [
  `s1,oak,${day},${named}`,
  `s2,oak,${day},"${again}"`,
  `s3,elm,${day},${plain}`,
  `s4,nowhere,${day},The canaryunit is one that nobody has told of.`,
  `s5,oak,${day},`,
  `s6,oak,${day},${"canarylong ".repeat(2_000)}`,
  `s7,oak,not-a-day,canaryday is not one`
]

let home = ""
let project: Project
const told: string[] = []
const terminal: Terminal = {
  out: (text) => told.push(text),
  note: (text) => told.push(text),
  progress: () => undefined
}
/** What a command answers. */
const answer = async (work: Promise<ExitCode>): Promise<string> => {
  told.length = 0
  expect(await work).toBe(0)
  return told.join("\n")
}
const json = async (work: Promise<ExitCode>): Promise<unknown> =>
  JSON.parse((await answer(work)).split("\n")[0]!)
/** What a command is refused with. */
const refusal = async (work: Promise<ExitCode>) => {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause as Error & { readonly code: string; readonly suggestion: string }
  )
  expect(error?.suggestion).toMatch(/\w/)
  expect(`${error!.message} ${error!.suggestion}`).not.toMatch(/canary/i)
  return error!.code
}

const filesWith = (word: string): ReadonlyArray<string> =>
  readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(home, name)
    return statSync(path).isFile() && readFileSync(path, "latin1").toLowerCase().includes(word)
  })

const onTerminal = async <A>(work: () => Promise<A>): Promise<A> => {
  const was = Object.getOwnPropertyDescriptor(process.stdout, "isTTY")
  Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true })
  try {
    return await work()
  } finally {
    if (was === undefined) Reflect.deleteProperty(process.stdout, "isTTY")
    else Object.defineProperty(process.stdout, "isTTY", was)
  }
}

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-text-")))
  mkdirSync(join(home, "in"))
  writeFileSync(join(home, "in/stories.csv"), `id,microsystem,day,text\n${rows("2026-01-10").join("\n")}\n`)
  writeFileSync(
    join(home, "in/notes.jsonl"),
    `${JSON.stringify({ id: "n1", microsystem: "elm", kind: "thanks", at: "2026-01-31T23:30:00Z", role: null, text: "Thanks Canarybea." })}\n`
  )
  // A byte that is no UTF-8, in the words.
  writeFileSync(
    join(home, "in/latin.csv"),
    Buffer.concat([
      Buffer.from("id,microsystem,day,text\ns8,oak,2026-01-10,caf"),
      Buffer.from([0xe9]),
      Buffer.from(" canarycafe\n")
    ])
  )
  const directory = join(home, ".plimsoll")
  const units = ["oak", "elm"].map((id) => ({
    id,
    name: id,
    kind: "ward" as const,
    since: "2000-01-01"
  }))
  project = {
    configFile: join(home, "plimsoll.config.ts"),
    config: {
      organisation: "test",
      project: "texts",
      zone: "Europe/London",
      clock: "2026-02-03",
      microsystems: units,
      connectors: [
        files({ instance: "stories", stream: stories as unknown as StreamDefinition, path: "in/*.csv" }),
        files({ instance: "notes", stream: notes as unknown as StreamDefinition, path: "in/notes.jsonl" })
      ]
    },
    directory,
    log: join(directory, "log.sqlite"),
    store: join(directory, "core.duckdb"),
    vault: join(directory, "vault"),
    published: join(home, "plimsoll.duckdb"),
    microsystems: units.map((unit) => ({ ...unit, parent: null })),
    modules: () =>
      Promise.resolve([
        statistics(),
        control({
          themes: [
            { id: "waiting", title: "Waiting" },
            { id: "food", title: "Food" }
          ]
        }),
        freeText({ terms: { waiting: ["wait*"], food: ["nobody asked"] }, thresholds: { sample: 1 } })
      ]),
    today: () => "2026-02-03"
  }
})
afterAll(() => {
  process.chdir(tmpdir())
  rmSync(home, { recursive: true, force: true })
})

describe("free text from the command line", () => {
  test("texts are imported and looked through; what does not fit is a sealed dead letter", async () => {
    expect(await json(textImport(project, terminal, undefined, { json: true }))).toMatchObject({
      sources: [
        { instance: "stories", streams: [{ stream: "story", in: 8, out: 4, rejected: 4 }] },
        { instance: "notes", streams: [{ stream: "note", in: 1, out: 1, rejected: 0 }] }
      ],
      texts: 5,
      flagged: 3,
      blank: 0,
      short: 1
    })
    expect(await answer(textImport(project, terminal, "stories", {}))).toContain(
      "every text has been looked through"
    )
    expect(await refusal(textImport(project, terminal, "storys", {}))).toBe("usage-text-source")
    rmSync(join(home, "in"), { recursive: true })
    expect(filesWith("canary")).toEqual([])
    // As a run says them from the config, which takes longer than all of this.
    const theme = { measures: [], kind: "topic", since: "0001-01-01" } as const
    await append(project, [
      said(themes, { id: "waiting", title: "Waiting", ...theme }),
      said(themes, { id: "food", title: "Food", ...theme })
    ])
    expect(filesWith("canary")).toEqual([])
  })

  test("what waits is told exactly, to the holder of the vault", async () => {
    const unit = { notLookedThrough: 0, toCodeTwice: 0 }
    expect(await json(textList(project, terminal, { json: true }))).toEqual({
      format: 1,
      units: [
        { microsystem: "elm", texts: 2, unchecked: 2, uncoded: 2, ...unit },
        { microsystem: "nowhere", texts: 1, unchecked: 1, uncoded: 1, ...unit },
        { microsystem: "oak", texts: 2, unchecked: 2, uncoded: 2, ...unit }
      ]
    })
  })

  test("words are shown on a terminal alone, and only when asked for", async () => {
    for (const work of [
      textRedact(project, terminal, "s1", { show: true }),
      textCode(project, terminal, "s1", { show: true }),
      textSuggest(project, terminal, "s1", { show: true }),
      textDuplicates(project, terminal, undefined, { show: true })
    ]) {
      expect(await refusal(work)).toBe("usage-text-show")
    }
    expect(await answer(textRedact(project, terminal, "s1", {}))).toMatch(/1 +name +6 +18/)
    expect(told.join()).not.toMatch(/canary/i)
    expect(await onTerminal(() => answer(textRedact(project, terminal, "s1", { show: true })))).toContain(
      "Nurse ⟦1 Canaryperson⟧ let us"
    )
    // A coder needs no names.
    const coder = await onTerminal(() => answer(textCode(project, terminal, "s1", { show: true })))
    expect(coder).toContain("Nurse [name] let us wait")
  })

  test("texts that look alike are shown, and a person says what they are", async () => {
    expect(await json(textDuplicates(project, terminal, undefined, { json: true }))).toEqual({
      format: 1,
      pairs: [{ one: "s1", other: "s2", similarity: 1, same: true, verdict: null }],
      tooShort: 1
    })
    expect(await refusal(textDuplicates(project, terminal, ["s1", "s2"], {}))).toBe("usage-text-verdict")
    const flags = { verdict: "same", coder: "c1" } as const
    expect(await refusal(textDuplicates(project, terminal, ["s1", "s1"], flags))).toBe("usage-text-verdict")
    expect(await answer(textDuplicates(project, terminal, ["s2", "s1"], flags))).toContain("s2 is s1 again")
    const shownOnes = await onTerminal(() =>
      answer(textDuplicates(project, terminal, undefined, { show: true }))
    )
    expect(shownOnes).toContain("Nurse [name] let us")
  })

  test("a check decides on every span, and seals the redacted text beside the first", async () => {
    expect(await refusal(textRedact(project, terminal, "s1", { accept: [2], coder: "c1" }))).toBe(
      "usage-text-decision"
    )
    expect(await refusal(textRedact(project, terminal, "s1", { reject: [], coder: "c1" }))).toBe(
      "usage-text-decision"
    )
    expect(await refusal(textRedact(project, terminal, "s1", { accept: "all" }))).toBe("usage-text-decision")
    const outside = [{ pattern: "other", start: 0, end: 9_999 }] as const
    expect(
      await refusal(textRedact(project, terminal, "s1", { accept: "all", mark: outside, coder: "c1" }))
    ).toBe("usage-text-decision")
    const at = named.indexOf("canaryhip")
    const mark = [{ pattern: "other", start: at, end: at + "canaryhip".length }] as const
    expect(await answer(textRedact(project, terminal, "s1", { accept: "all", mark, coder: "c1" }))).toContain(
      "2 spans redacted"
    )
    expect(await onTerminal(() => answer(textCode(project, terminal, "s1", { show: true })))).toContain(
      "Nurse [name] let us wait three hours with [other] pain."
    )
    expect(await answer(textRedact(project, terminal, "s2", { reject: "all", coder: "c1" }))).toContain(
      "1 let stand"
    )
    expect(await json(textRedact(project, terminal, undefined, { json: true }))).toMatchObject({
      waiting: 3,
      texts: [{ text: "n1", day: "2026-01-31", spans: 1 }, { spans: 0 }, { spans: 0 }]
    })
    expect(filesWith("canary")).toEqual([])
  })

  test("themes are suggested with their evidence, and are no code", async () => {
    expect(await json(textSuggest(project, terminal, undefined, { json: true }))).toEqual({
      format: 1,
      method: "terms",
      texts: 5,
      nothing: 2,
      themes: { waiting: 2, food: 1 }
    })
    expect(await answer(textSuggest(project, terminal, undefined, {}))).toContain("nothing new to suggest")
    expect(await onTerminal(() => answer(textSuggest(project, terminal, "s1", { show: true })))).toMatch(
      /waiting +\d+ +\d+ +wait/
    )
    expect(await json(textList(project, terminal, { json: true }))).toMatchObject({
      units: [{ uncoded: 2 }, { uncoded: 1 }, { uncoded: 1 }]
    })
    // Too little is coded to learn from.
    const learned = textSuggest(project, terminal, undefined, { method: "coded-texts", json: true })
    expect(await json(learned)).toMatchObject({ texts: 5, nothing: 5 })
  })

  test("texts are coded, and by another coder again, who sees no suggestion", async () => {
    const code = (flags: Parameters<typeof textCode>[3]) => textCode(project, terminal, "s1", flags)
    expect(await refusal(code({ theme: ["wating"], coder: "c1" }))).toBe("usage-unknown-theme")
    expect(await refusal(code({ theme: ["waiting"], none: true, coder: "c1" }))).toBe("usage-text-code")
    expect(await refusal(code({ theme: ["waiting"] }))).toBe("usage-text-code")
    expect(await refusal(code({ theme: ["waiting"], second: true, coder: "c2" }))).toBe("usage-text-second")
    expect(await answer(code({ theme: ["waiting"], coder: "c1" }))).toBe("coded: waiting")
    expect(await refusal(code({ theme: ["waiting"], second: true, coder: "c1" }))).toBe("usage-text-second")
    expect(await refusal(code({ second: true, suggestions: true }))).toBe("usage-text-second")
    const next = await json(textCode(project, terminal, undefined, { second: true, coder: "c2", json: true }))
    expect(next).toEqual({
      format: 1,
      waiting: 1,
      texts: [{ text: "s1", microsystem: "oak", day: "2026-01-10" }]
    })
    expect(await answer(code({ none: true, second: true, coder: "c2" }))).toBe("coded: no theme fits")
    const cannot = textCode(project, terminal, "s3", { cannot: true, coder: "c1", json: true })
    expect(await json(cannot)).toMatchObject({ pass: "first", cannotBeCoded: true })
    expect(await refusal(textCode(project, terminal, "s11", {}))).toBe("usage-unknown-text")
    await answer(
      run({ ...project, config: { ...project.config, connectors: [] } }, terminal, { quiet: true })
    )
    expect(await json(textAgreement(project, terminal, { json: true }))).toMatchObject({
      themes: [
        { theme: "food", doubleCoded: 1, verdict: "too few" },
        { theme: "waiting", doubleCoded: 1, verdict: "too few" }
      ]
    })
  })

  test("a story is withdrawn by one act: its keys are gone, and no word of it is anywhere", async () => {
    expect(await refusal(storyWithdraw(project, terminal, "s9", {}))).toBe("usage-unknown-story")
    expect(await refusal(storyWithdraw(project, terminal, "s1", {}))).toBe("usage-story-sure")
    const keys = filesWith('"scope":"s1"').flatMap((name) => {
      const { key } = JSON.parse(readFileSync(join(home, name), "utf8")) as { readonly key?: string }
      return key === undefined ? [] : [key.toLowerCase()]
    })
    expect(keys.map((key) => filesWith(key).length)).toEqual([1, 1])
    expect(await answer(storyWithdraw(project, terminal, "s1", { yes: true }))).toContain("2 keys destroyed")
    expect(keys.map((key) => filesWith(key).length)).toEqual([0, 0])
    expect(await refusal(textCode(project, terminal, "s1", {}))).toBe("usage-unknown-text")
    expect(await answer(storyWithdraw(project, terminal, "s1", { yes: true }))).toContain("no key any more")
    const log = filesWith("withdrawn")
    expect(log.some((name) => name.includes("log.sqlite"))).toBe(true)
    // What can be opened no more was never there in the clear, nor by a digest that could be guessed.
    expect(filesWith("canary")).toEqual([])
    for (const words of [named, "Canaryperson", "canaryperson", "canaryhip"]) {
      expect(filesWith(hash("sha256", words, "hex"))).toEqual([])
    }
    expect(await json(textList(project, terminal, { json: true }))).toMatchObject({
      units: [{ microsystem: "elm" }, { microsystem: "nowhere" }, { microsystem: "oak", texts: 1 }]
    })
    expect(await json(storyEraseWithdrawn(project, terminal, { json: true }))).toEqual({
      format: 1,
      withdrawn: 1,
      erased: 0,
      keys: 0
    })
  })

  test("who erases a text erases what was redacted of it", async () => {
    await answer(vaultErase(project, terminal, "codesign.story.v1", "s2", { yes: true }))
    const { openVaultKeys } = await import("@plimsoll/log")
    const kept = openVaultKeys(project.vault)
      .scopes()
      .filter((one) => one.scope === "s2")
    expect(kept.map((one) => one.erased)).toEqual([true, true])
  })

  test("a text that comes later, or changes, waits to be looked through and checked again", async () => {
    const { parseInstant } = await import("@plimsoll/schema")
    const note = (text: string) =>
      append(project, [
        said(notes, {
          id: "n2",
          microsystem: "elm",
          kind: "story",
          at: parseInstant("2026-01-20T10:00:00Z")!,
          role: null,
          text
        })
      ])
    const elm = async () =>
      (
        (await json(textList(project, terminal, { json: true }))) as {
          readonly units: ReadonlyArray<{ readonly [column: string]: unknown }>
        }
      ).units.find((one) => one["microsystem"] === "elm")
    await note("Dr Canaryold was here.")
    expect(await elm()).toMatchObject({ texts: 3, notLookedThrough: 1, unchecked: 3 })
    // A check of a text that nobody has looked through says both.
    await answer(textRedact(project, terminal, "n2", { accept: "all", coder: "c1" }))
    expect(await elm()).toMatchObject({ texts: 3, notLookedThrough: 0, unchecked: 2 })
    await note("It was Dr Canarynew.")
    expect(await elm()).toMatchObject({ texts: 3, notLookedThrough: 1, unchecked: 3 })
    // Nobody has looked through these words: what patterns find in them is hidden all the same.
    const seen = await onTerminal(() => answer(textCode(project, terminal, "n2", { show: true })))
    expect(seen).toContain("It was Dr [name].")
    await answer(
      textImport({ ...project, config: { ...project.config, connectors: [] } }, terminal, undefined, {})
    )
    expect(await elm()).toMatchObject({ notLookedThrough: 0, unchecked: 3 })
    expect(filesWith("canary")).toEqual([])
  })

  test("notes that a project has declared open are worked with, too", async () => {
    const other = join(home, "open")
    const directory = join(other, ".plimsoll")
    const open: Project = {
      ...project,
      config: { ...project.config, connectors: [] },
      configFile: join(home, "plimsoll.config.ts"),
      directory,
      log: join(directory, "log.sqlite"),
      vault: join(directory, "vault"),
      modules: () => Promise.resolve([control({ notes: "open" }), freeText()])
    }
    await answer(textImport(open, terminal, undefined, {}))
    const { openNotes, parseInstant } = await import("@plimsoll/schema")
    const at = parseInstant("2026-01-20T10:00:00Z")!
    await append(open, [
      said(openNotes, {
        id: "o1",
        microsystem: "oak",
        kind: "huddle",
        at,
        role: null,
        text: "Nurse Ann is here."
      })
    ])
    expect(await json(textImport(open, terminal, undefined, { json: true }))).toMatchObject({
      texts: 1,
      flagged: 1
    })
    expect(await json(textRedact(open, terminal, "o1", { json: true }))).toMatchObject({
      spans: [{ pattern: "name", start: 6, end: 9 }]
    })
  })

  test("what a stranger put among the stories is passed over, with its place, and no command stops", async () => {
    const { openEmbeddedLog } = await import("@plimsoll/log")
    const before = await json(textList(project, terminal, { json: true }))
    const log = await openEmbeddedLog(project.log)
    const writer = await log.writer("a-stranger")
    const record = { key: "s3", value: "canarystranger", partitionKey: "s3", headers: {} }
    await writer.append([{ topic: "test.codesign.story.v1", headers: {}, records: [record] }])
    await writer.close()
    await log.close()
    const [note, list] = (await answer(textList(project, terminal, { json: true }))).split("\n")
    expect(JSON.parse(list!)).toEqual(before)
    expect(note).toMatch(
      /^passed over: offset \d+ of partition \d of test\.codesign\.story\.v1 holds what the vault/
    )
    expect(note).not.toContain("canary")
    expect(await answer(textRedact(project, terminal, "s3", { json: true }))).toContain('"text":"s3"')
  })

  test("a project without free text is told how to have it; the help teaches", async () => {
    const without: Project = { ...project, modules: () => Promise.resolve([]) }
    for (const work of [
      textImport(without, terminal, undefined, {}),
      textList(without, terminal, {}),
      textDuplicates(without, terminal, undefined, {}),
      textRedact(without, terminal, undefined, {}),
      textSuggest(without, terminal, undefined, {}),
      textCode(without, terminal, undefined, {})
    ]) {
      expect(await refusal(work)).toBe("usage-no-free-text")
    }
    expect(spanPatterns).toEqual(SpanPattern.literals)
    const help = await plimsoll(home, "text", "redact", "--help")
    expect([help.code, help.err]).toEqual([0, ""])
    expect(help.out).toContain(
      "$ plimsoll text redact s-12 --accept all --reject 2 --mark 14-21:name --coder c1"
    )
    expect((await plimsoll(home, "text", "redact", "s1", "--mark", "5:name")).code).toBe(2)
  })
})

import { execFile } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { promisify } from "node:util"
import { afterAll, describe, expect, test } from "vitest"
import { assertions, exampleId, fences } from "./doctest.ts"
import { root } from "./workspace.ts"

/** What others wrote, or a demo has made. */
const left = (path: string): boolean =>
  /(^|[\\/])(node_modules|dist)$/.test(path) || /examples[\\/][^\\/]+[\\/]report$/.test(path)
const find = (...patterns: ReadonlyArray<string>): ReadonlyArray<string> =>
  globSync([...patterns], { cwd: root, exclude: left })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()
const read = (file: string): string => readFileSync(join(root, file), "utf8")

const documents = find("*.md", "docs/**/*.md", "{packages,connectors,examples}/**/*.md", "bench/**/*.md")
const sources = find("{packages,connectors}/*/src/**/*.ts")

describe("examples in TypeScript", () => {
  const all = [...documents, ...sources].flatMap((file) =>
    fences(read(file), "ts").map(({ line }) => ({ file, line }))
  )

  test("there are some", () => expect(all.length).toBeGreaterThan(5))

  test.each(all)("$file, line $line", async ({ file, line }) => {
    await import(/* @vite-ignore */ exampleId(file, line))
  })

  test("a remark becomes an assertion", () => {
    expect(assertions("f(1) // => 2")).toBe("__expect(f(1)).toEqual(2)")
    expect(assertions("const a = f(1); // => 2")).toBe("const a = f(1); __expect(a).toEqual(2)")
    expect(assertions("await f(1) // => [2]")).toBe("__expect(await f(1)).toEqual([2])")
    expect(assertions("f(1) // throws no such row")).toContain('rejects.toThrow("no such row")')
    expect(assertions("f(1) // any other remark")).toBe("f(1) // any other remark")
  })

  test("a wrong value fails, on the line of the document", async () => {
    const wrong = await import(/* @vite-ignore */ exampleId("test/wrong-example.txt", 3)).then(
      () => undefined,
      (cause: unknown) => cause
    )
    expect(wrong).toBeInstanceOf(Error)
    expect((wrong as Error).message).toContain("expected 2 to deeply equal 3")
    expect((wrong as Error).stack).toContain("wrong-example.txt.3.doctest.ts:5")
  })
})

/** Commands find what a reader has after `npm install`: the `plimsoll` command and the packages. */
describe.skipIf(process.platform === "win32")("commands in README.md (need sh)", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-readme-"))
  symlinkSync(join(root, "test/node_modules"), join(folder, "node_modules"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const path = [join(root, "test/node_modules/.bin"), dirname(process.execPath), process.env["PATH"]].join(
    delimiter
  )

  // One folder for all, in the order of the document, as a reader would type them.
  const commands = existsSync(join(root, "README.md")) ? fences(read("README.md"), "sh") : []
  test.for([...commands])("line $line", { timeout: 120_000 }, async ({ code }) => {
    const { stdout, stderr } = await promisify(execFile)("sh", ["-eu", "-c", code], {
      cwd: folder,
      env: { ...process.env, PATH: path, NO_COLOR: "1" }
    })
    let rest = stdout + stderr
    for (const [, wanted = ""] of code.matchAll(/^# => (.*)$/gm)) {
      expect(rest).toContain(wanted.trim())
      rest = rest.slice(rest.indexOf(wanted.trim()) + wanted.trim().length)
    }
  })

  test("the folder they run in sees the packages", () =>
    expect(existsSync(join(folder, "node_modules/plimsoll/package.json"))).toBe(true))
})

/** The text outside code, where a bracket is a link. */
const prose = (text: string): string =>
  text
    .replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2 *$/gm, "")
    .replace(/(`+)[^`]*\1/g, (code) => code.replaceAll(/[[\]()<>]/g, ""))

/** The anchors a Markdown page offers, made the way GitHub makes them. */
const anchorsOf = (text: string): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1]!))
  for (const [, heading = ""] of text
    .replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2 *$/gm, "")
    .matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-")
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    anchors.add(before === 0 ? slug : `${slug}-${before}`)
  }
  return anchors
}

/** The relative links of a page that lead nowhere. */
const broken = (file: string, text: string): ReadonlyArray<string> => {
  const page = prose(text)
  const targets = [
    ...page.matchAll(/\]\(<?([^)\s>]+)>?(?: +"[^"]*")?\)/g),
    ...page.matchAll(/^ *\[[^\]]+\]: *<?([^\s>]+)>?/gm),
    ...page.matchAll(/<(?:a|img|source)\b[^>]*? (?:href|src|srcset)="([^"\s]+)"/g)
  ].map((match) => match[1]!)
  return targets.filter((target) => {
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return false
    const [path = "", anchor] = decodeURI(target).split("#")
    const full = path === "" ? join(root, file) : resolve(root, dirname(file), path)
    if (path.startsWith("/") || !existsSync(full)) return true
    if (anchor === undefined || anchor === "") return false
    if (statSync(full).isDirectory() || !full.endsWith(".md")) return !/^L\d+(-L\d+)?$/.test(anchor)
    return !anchorsOf(path === "" ? text : readFileSync(full, "utf8")).has(anchor)
  })
}

describe("links", () => {
  test.each(documents)("%s", (file) => expect(broken(file, read(file))).toEqual([]))

  test("a broken link or anchor is found", () => {
    const page =
      "# One thing\n[a](ARCHITECTURE.md) [b](#one-thing) [c](no.md) [d](#two) [e](ARCHITECTURE.md#no) `[f](no)`"
    expect(broken("ARCHITECTURE.md", page)).toEqual(["no.md", "#two", "ARCHITECTURE.md#no"])
  })
})

import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Plugin } from "vite"
import { root } from "./workspace.ts"

/** A fenced example of a document or a doc comment. `line` is the line of its opening fence, counted from 1. */
export interface Fence {
  readonly line: number
  readonly code: string
}

/**
 * The examples of one language that ask to be run: fences that open with "```ts test" or "```sh test".
 * Spaces or the star of a doc comment before the fence are taken off each of its lines.
 */
export const fences = (text: string, language: "ts" | "sh"): ReadonlyArray<Fence> => {
  const found = text.matchAll(new RegExp(`^([ *]*)\`\`\`${language} test *\\n([\\s\\S]*?)^\\1\`\`\``, "gm"))
  return [...found].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[2]!
      .split("\n")
      .map((line) => line.slice(match[1]!.length))
      .join("\n")
  }))
}

/**
 * Turns the remarks of an example into assertions, line by line:
 *
 * - `expression // => value` compares deeply; the value is TypeScript;
 * - `const name = expression // => value` compares `name`;
 * - `expression // throws words` wants an error whose message contains the words.
 *
 * A remark belongs to a statement on one line. Lines keep their numbers.
 */
export const assertions = (code: string): string =>
  code
    .replace(/^(?!import\b)(const|let) (\w+)(.*?);? *\/\/ => (.*)$/gm, "$1 $2$3; __expect($2).toEqual($4)")
    .replace(/^(?!import\b|(?:const|let) )(\S.*?);? *\/\/ => (.*)$/gm, "__expect($1).toEqual($2)")
    .replace(
      /^(?!import\b)(\S.*?);? *\/\/ throws (.*)$/gm,
      (_, expression: string, words: string) =>
        `await __expect((async () => (${expression}))()).rejects.toThrow(${JSON.stringify(words.trim())})`
    )

/** The id under which an example is imported; the plugin below gives it its text. */
export const exampleId = (file: string, line: number): string => `${join(root, file)}.${line}.doctest.ts`

/**
 * A Vite plugin that makes each marked example a module. It stands beside the document it comes from, so relative
 * imports work, and finds every package of the workspace, which is what a reader has installed.
 */
export const doctest = (): Plugin => ({
  name: "doctest",
  enforce: "pre",
  async resolveId(id, importer) {
    if (id.endsWith(".doctest.ts")) return id
    if (importer?.endsWith(".doctest.ts") !== true || /^[./]|^node:/.test(id)) return undefined
    return this.resolve(id, join(root, "test/doctest.ts"), { skipSelf: true })
  },
  load(id) {
    const [, file, line] = /^(.*)\.(\d+)\.doctest\.ts$/.exec(id) ?? []
    if (file === undefined) return undefined
    const fence = fences(readFileSync(file, "utf8"), "ts").find((one) => one.line === Number(line))
    if (fence === undefined) throw new Error(`${file} has no example on line ${line}`)
    // The opening fence is one line of the document, so an error names the line a reader can look up.
    return `${"\n".repeat(fence.line - 1)}import { expect as __expect } from "vitest"\n${assertions(fence.code)}`
  }
})

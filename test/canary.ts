import { hash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** Every file below a folder; not what it links to, not the packages that it uses, and nothing in folders that are passed over. */
export const filesOf = (
  folder: string,
  passOver: (name: string) => boolean = () => false
): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name)
    if (one.isDirectory()) {
      return one.name === "node_modules" || passOver(one.name) ? [] : filesOf(path, passOver)
    }
    return one.isFile() ? [path] : []
  })

/** What of a word does not depend on what stands around it, when it stands `by` bytes into a base64 text. */
const base64At = (word: string, by: number): string => {
  const text = Buffer.from(`${"x".repeat(by)}${word}`).toString("base64")
  return text.slice(by === 0 ? 0 : 4, Math.floor((by + word.length) / 3) * 4)
}

/** As what a word may stand in bytes: plain, in base64 at each alignment, as a SHA-256 in hex, in base64 and in bytes. */
const shapesOf = (word: string): ReadonlyArray<string> => {
  const digest = hash("sha256", word, "buffer")
  return [
    word,
    ...[0, 1, 2].map((by) => base64At(word, by)),
    digest.toString("hex"),
    digest.toString("base64").slice(0, -1),
    digest.toString("base64url"),
    digest.toString("latin1")
  ]
}

/** Which of the words stand in a text, in any shape. */
export const foundIn = (text: string, words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.filter((word) => shapesOf(word).some((shape) => text.includes(shape)))

/** Which of the words stand in the raw bytes of a file: write-ahead logs, free blocks and all. Each with the file. */
export const foundBelow = (
  folder: string,
  words: ReadonlyArray<string>,
  passOver?: (name: string) => boolean
): ReadonlyArray<string> =>
  filesOf(folder, passOver).flatMap((path) => {
    // A file may go while others are read: a temporary one, or a segment of a log.
    const bytes =
      statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, "latin1")
    return bytes === undefined ? [] : foundIn(bytes, words).map((word) => `${word} in ${path}`)
  })

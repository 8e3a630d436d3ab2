import { hash } from "node:crypto"

/**
 * Whether a text is of the sample that a second coder codes, too: by a hash of its id alone, so that nobody chooses, and
 * the same texts are chosen wherever and whenever it is asked. `share`: from 0 to 1.
 *
 * ```ts test
 * import { inSample } from "@plimsoll/quality"
 *
 * inSample("note-1", 1) // => true
 * inSample("note-1", 0) // => false
 * ```
 */
export const inSample = (text: string, share: number): boolean =>
  Number.parseInt(hash("sha256", `double-coding:${text}`, "hex").slice(0, 8), 16) < share * 2 ** 32

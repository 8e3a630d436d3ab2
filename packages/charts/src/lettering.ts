// Control characters (a terminal obeys them), direction overrides, and what XML cannot hold.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+/g

/** Text on one line that neither a terminal nor an XML parser trips over. */
export const clean = (text: string): string =>
  text.toWellFormed().replace(UNPRINTABLE, " ").replace(/ {2,}/g, " ").trim()

/** Text as XML, for content and for attributes in double quotes. */
export const escapeXml = (text: string): string =>
  clean(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")

const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u
const NO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200f\u2060]$/u

const cells = (char: string): number => (NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** How many columns of a terminal a text takes. */
export const columnsOf = (text: string): number => [...text].reduce((sum, char) => sum + cells(char), 0)

const letter = (char: string): number => {
  if (NO_WIDTH.test(char)) return 0
  if (WIDE.test(char)) return 1.05
  if (/[iIjl.,:;'|!()[\] ]/.test(char)) return 0.34
  if (/[mwMW%@—…]/.test(char)) return 0.98
  if (/[A-Z&]/.test(char)) return 0.74
  return 0.6
}

/** About how many pixels a text takes, rather too many than too few: the reader's font is not known. */
export const pixelsOf = (text: string, size: number): number =>
  [...text].reduce((sum, char) => sum + letter(char), 0) * size

/** Lines no wider than `room`; a word that is wider by itself is cut. */
export const wrapped = (
  text: string,
  room: number,
  width: (text: string) => number = columnsOf
): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of clean(text).split(" ")) {
    if (word === "") continue
    const joined = line === "" ? word : `${line} ${word}`
    if (width(joined) <= room) {
      line = joined
      continue
    }
    if (line !== "") lines.push(line)
    line = ""
    for (const char of word) {
      if (line !== "" && width(line + char) > room) {
        lines.push(line)
        line = ""
      }
      line += char
    }
  }
  if (line !== "") lines.push(line)
  return lines
}

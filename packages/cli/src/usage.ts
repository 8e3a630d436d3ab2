import { InvalidArgumentError } from "commander"

/** The part of a command's help that shows how it is used. */
export const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`

/** Reads the value of an option that is a count. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} on.`)
    }
    return Number(text)
  }

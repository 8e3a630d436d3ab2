import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { freeTextOf, knownTexts, openTexts, withTexts } from "./text-open.ts"

interface Waiting {
  readonly microsystem: string
  texts: number
  notLookedThrough: number
  unchecked: number
  uncoded: number
  toCodeTwice: number
}

/** `plimsoll text list`: how many texts of each unit wait for what; for the holder of the vault, who sees exact numbers. */
export const textList = async (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const { setting } = await freeTextOf(project)
  const { inSample } = await import("@plimsoll/quality")
  return withTexts(project, async (log) => {
    const known = await knownTexts(project, log)
    const repeated = new Set(known.repeats.filter((one) => one.verdict === "same").map((one) => one.text))
    const units = new Map<string, Waiting>()
    for await (const { id, seal, microsystem } of openTexts(project, terminal, log)) {
      const unit = units.get(microsystem) ?? {
        microsystem,
        texts: 0,
        notLookedThrough: 0,
        unchecked: 0,
        uncoded: 0,
        toCodeTwice: 0
      }
      units.set(microsystem, unit)
      unit.texts += 1
      if (known.scans.get(id)?.seal !== seal) unit.notLookedThrough += 1
      if (known.redactions.get(id)?.seal !== seal) unit.unchecked += 1
      if (!known.first.has(id) && !repeated.has(id)) unit.uncoded += 1
      if (known.first.has(id) && !known.second.has(id) && inSample(id, setting("sample")))
        unit.toCodeTwice += 1
    }
    const rows = [...units.values()].sort((a, b) => (a.microsystem < b.microsystem ? -1 : 1))
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, units: rows }))
    else if (rows.length === 0) terminal.out("the vault opens no texts")
    else {
      terminal.out(
        tableText(
          ["microsystem", "texts", "not looked through", "not checked", "not coded", "to code twice"],
          rows.map((one) => [
            one.microsystem,
            one.texts,
            one.notLookedThrough,
            one.unchecked,
            one.uncoded,
            one.toCodeTwice
          ])
        )
      )
      terminal.note(
        "these numbers are exact, for you who hold the vault; the published file hides small ones"
      )
    }
    return exitCodes.fine
  })
}

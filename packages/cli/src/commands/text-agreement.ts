import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { requireControl, rowsOf } from "./signal-find.ts"

interface Agreement {
  readonly theme: string
  readonly doubleCoded: number
  readonly alpha: number | null
  readonly low: number | null
  readonly high: number | null
  readonly kappa: number | null
  readonly verdict: string
}

/** `plimsoll text agreement`: how far two coders agree on each theme, from the published file. */
export const textAgreement = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await requireControl(published)
    const rows = await rowsOf<Agreement>(
      published,
      `SELECT theme, double_coded::INTEGER AS "doubleCoded", round(alpha, 3) AS alpha, round(low, 3) AS low, round(high, 3) AS high,
         round(kappa, 3) AS kappa, verdict FROM control.agreement ORDER BY theme`
    )
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, themes: rows }))
    else if (rows.length === 0) terminal.out("no themes are declared")
    else {
      terminal.out(
        tableText(
          ["theme", "coded twice", "alpha", "from", "to", "kappa", "verdict"],
          rows.map((one) => [
            one.theme,
            one.doubleCoded,
            one.alpha,
            one.low,
            one.high,
            one.kappa,
            one.verdict
          ])
        )
      )
      noteAge(published)
    }
    return exitCodes.fine
  })

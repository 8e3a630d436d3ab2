import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { literal } from "../sql-text.ts"
import type { Terminal } from "../terminal.ts"
import { learningOrRefused, oneLine } from "./learn-file.ts"
import { findSignal, rowsOf } from "./signal-find.ts"

/** A row of `learning.around`. */
interface Around {
  readonly place: number
  readonly kind: string
  readonly subject: string
  readonly unit: string
  readonly question: string
  readonly strength: number | null
  readonly q: number | null
  readonly reading: "related" | "unrelated" | "cannot-tell" | null
  readonly interpreted_on: string | null
}

const readings = {
  related: "it has to do with it",
  unrelated: "it has nothing to do with it",
  "cannot-tell": "it cannot tell"
}

const questionText = (row: Around): ReadonlyArray<string> => [
  oneLine(`${row.place}. ${row.question}`),
  oneLine(
    `   ${row.kind} ${row.subject} in ${row.unit}${
      row.strength === null || row.q === null
        ? ""
        : ` · strength ${row.strength.toFixed(1)}, ${row.q < 0.05 ? "beyond what luck gives among so many" : "as luck gives among so many"}`
    }`
  ),
  ...(row.reading === null
    ? []
    : [`   The team said on ${row.interpreted_on ?? "an unknown day"}: ${readings[row.reading]}.`])
]

/** `plimsoll learn around`: what moved around a signal, as questions to its team. Errors: `usage-unknown-signal`, `usage-not-sought`. */
export const learnAround = (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await learningOrRefused(published)
    const { signal, measure, microsystem, state } = await findSignal(published, id)
    const [sense] = await rowsOf<{ readonly onset: string; readonly words: string }>(
      published,
      `SELECT onset, looked_at, moved, by_luck::DOUBLE AS by_luck, beyond_luck, dated, questions, answered, words FROM learning.sense WHERE signal = ${literal(signal)}`
    )
    if (sense === undefined) {
      throw new PlimsollError({
        code: "usage-not-sought",
        message: `nothing is sought around signal ${signal.slice(0, 8)}, which is ${state}`,
        suggestion: "it is for open signals of the figures of a whole unit: `plimsoll signal list` tells them"
      })
    }
    const rows = await rowsOf<Around>(
      published,
      `SELECT place, kind, subject, title, unit, relation, day, value_before, value_around, strength, p, q, question, reading, interpreted_on
       FROM learning.around WHERE signal = ${literal(signal)} ORDER BY place`
    )
    terminal.out(
      flags.json === true
        ? JSON.stringify({ signal, measure, microsystem, ...sense, around: rows })
        : [
            `Around ${measure} in ${microsystem}, from ${sense.onset} on. ${sense.words}`,
            ...(rows.length === 0 ? [] : ["", ...rows.flatMap(questionText)])
          ].join("\n")
    )
    noteAge(published)
    return exitCodes.fine
  })

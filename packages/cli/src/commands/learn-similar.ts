import { exitCodes, type ExitCode } from "../exit-code.ts"
import { knownOrRefused } from "../known.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { literal } from "../sql-text.ts"
import type { Terminal } from "../terminal.ts"
import { learningOrRefused, oneLine } from "./learn-file.ts"
import { rowsOf } from "./signal-find.ts"

/** A row of `learning.similar`, with the lessons of that unit. */
interface SimilarUnit {
  readonly place: number
  readonly microsystem: string
  readonly name: string
  readonly family: string | null
  readonly state: "open" | "improved" | "over" | "said"
  readonly past: boolean
  readonly began: string | null
  readonly over_on: string | null
  readonly score: number
  readonly reasons: ReadonlyArray<string>
  readonly lessons: ReadonlyArray<{
    readonly lesson: string
    readonly title: string
    readonly worked: boolean | null
    readonly grade: string
  }>
}

const outcome = (worked: boolean | null): string =>
  worked === null ? "not tried" : worked ? "it helped" : "it did not help"

const unitText = (row: SimilarUnit): ReadonlyArray<string> => [
  oneLine(
    `${row.place}. ${row.name} (${row.microsystem}) · likeness ${row.score.toFixed(2)}${
      row.began === null
        ? ""
        : ` · ${row.family} since ${row.began}${row.over_on === null ? "" : `, over on ${row.over_on}`}`
    }`
  ),
  ...row.reasons.map((one) => oneLine(`   ${one}`)),
  ...row.lessons.map((one) =>
    oneLine(`   lesson ${one.lesson}: ${one.title} (${outcome(one.worked)}; evidence ${one.grade})`)
  )
]

const groups = [
  ["Got past it", (row: SimilarUnit) => row.past],
  ["Have it now", (row: SimilarUnit) => row.state === "open"],
  ["Hear the same", (row: SimilarUnit) => row.state === "said"]
] as const

/** `plimsoll learn similar`: who had a problem like this, who got past it, and what they learnt. */
export const learnSimilar = (
  project: Project,
  terminal: Terminal,
  unit: string,
  flags: { readonly most?: number; readonly json?: boolean }
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    await learningOrRefused(published)
    await knownOrRefused(published, { microsystem: unit })
    const rows = await rowsOf<SimilarUnit>(
      published,
      `SELECT s.*, m.name, coalesce((SELECT list({lesson: l.lesson, title: l.title, worked: l.worked, grade: l.grade} ORDER BY l.lesson)
         FROM learning.lesson l WHERE l.microsystem = s.microsystem AND l.status = 'shared'), []) AS lessons
       FROM learning.similar(${literal(unit)}, most := ${flags.most ?? 10}) s JOIN plimsoll.microsystem m ON m.id = s.microsystem ORDER BY s.place`
    )
    const feed = await rowsOf<{ readonly family: string; readonly words: string }>(
      published,
      `SELECT family, since, units, past, still, worked, failed, words FROM learning.feed WHERE microsystem = ${literal(unit)} ORDER BY family`
    )
    if (flags.json === true) terminal.out(JSON.stringify({ unit, problems: feed, similar: rows }))
    else {
      const found = groups.flatMap(([heading, belongs]) => {
        const own = rows.filter(belongs)
        return own.length === 0 ? [] : ["", heading, ...own.flatMap(unitText)]
      })
      terminal.out(
        [
          ...feed.map((one) => oneLine(`${one.family}: ${one.words}`)),
          ...(found.length === 0
            ? [`No unit is known that has or had what ${unit} has now, in figures or in words.`]
            : feed.length === 0
              ? found.slice(1)
              : found)
        ].join("\n")
      )
    }
    noteAge(published)
    return exitCodes.fine
  })

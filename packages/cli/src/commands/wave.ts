import type { Log } from "@plimsoll/log"
import type { ClosedWave, WaveFacts } from "@plimsoll/quality"
import { contractOf, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { withLog } from "./log.ts"
import { run } from "./run.ts"
import { append, said } from "./signal-append.ts"

/** How many figures go to the log in one transaction. */
const figuresAtOnce = 5_000

const asking = async <A>(project: Project, work: (ask: Ask) => Promise<A>): Promise<A> =>
  withPublished(project, async (published) => {
    const found = await published.query("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'culture'")
    if (found.rows.length === 0) {
      throw new PlimsollError({
        code: "usage-no-culture",
        message: "this project has no surveys: culture is not among its modules",
        configPath: "modules",
        suggestion: "add culture() of @plimsoll/quality to modules, and run again"
      })
    }
    return work(async (sql) => {
      const { columns, rows } = await published.query(sql)
      return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))) as never
    })
  })

type Ask = <Row>(sql: string) => Promise<ReadonlyArray<Row>>

/** The opened answers of a wave, a record at a time. */
const answersOf = async (project: Project, log: Log, scope: string, until?: ReadonlyMap<number, number>) => {
  const [{ openVaultKeys, readSealed }, { answers }] = await Promise.all([
    import("@plimsoll/log"),
    import("@plimsoll/quality")
  ])
  const contract = contractOf(project.config.organisation, answers as unknown as StreamDefinition)
  const keys = openVaultKeys(project.vault)
  return () => readSealed(log, keys, contract, { scope, ...(until === undefined ? {} : { until }) })
}

/** `plimsoll wave list`. */
export const waveList = (
  project: Project,
  terminal: Terminal,
  flags: { readonly json?: boolean }
): Promise<ExitCode> =>
  asking(project, async (ask) => {
    const waves = await ask<{ [column: string]: unknown }>(
      `SELECT wave, title, state, opened::VARCHAR AS opened, closes::VARCHAR AS closes, released::VARCHAR AS released, k::INTEGER AS k
       FROM culture.wave ORDER BY opened, wave`
    )
    if (flags.json === true) terminal.out(JSON.stringify({ format: 1, waves }))
    else if (waves.length === 0) terminal.out("no waves")
    else {
      const columns = ["wave", "title", "state", "opened", "closes", "released"]
      terminal.out(
        tableText(
          columns,
          waves.map((one) => columns.map((column) => (one[column] ?? "") as string))
        )
      )
    }
    return exitCodes.fine
  })

const refuseState = ({ wave, state }: WaveFacts, now: boolean | undefined): void => {
  if (state === "to-close" || (state === "open" && now === true)) return
  const why: { readonly [state: string]: readonly [string, string] } = {
    released: [
      "it is released already, and a wave is released once",
      "withdraw it whole if it is wrong: plimsoll wave withdraw"
    ],
    withdrawn: [
      "its release was withdrawn: beside the first, a second would tell who was in one and not in the other",
      "ask again in a new wave"
    ],
    open: ["its last day is not over", "wait for it, or close it before its time with --now"],
    "to-come": ["it has not begun", "wait until it has"]
  }
  const [message, suggestion] = why[state] ?? ["its state is not known", "run again"]
  throw new PlimsollError({
    code: "usage-wave-state",
    message: `wave "${wave.id}" cannot be closed: ${message}`,
    suggestion
  })
}

const closedText = ({ release, counted: people, aside, again }: ClosedWave): string =>
  [
    `wave ${release.wave} is released: ${counted(release.figures, "figure")} from the answers of ${counted(people, "person", "people")}`,
    ...[...aside].map(([why, count]) => `  set aside, ${why}: ${count}`),
    ...(again === 0 ? [] : [`  the same again: ${again}`]),
    "how many were set aside is for you who hold the vault; it is on no topic and in no published file"
  ].join("\n")

/** `plimsoll wave close`. */
export const waveClose = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly now?: boolean; readonly json?: boolean }
): Promise<ExitCode> => {
  const before = await run(project, terminal, { quiet: true })
  if (before !== exitCodes.fine) return before
  const { closeWave, releasedFigures, releases, waveFacts } = await import("@plimsoll/quality")
  const facts = await asking(project, (ask) => waveFacts(ask, id))
  refuseState(facts, flags.now)
  terminal.progress("opening the answers")
  const closed = await withLog(project, async (log) =>
    closeWave({ ...facts, day: project.today(), answers: await answersOf(project, log, id) })
  )
  // The figures count only once the release is said, which comes last.
  for (let from = 0; from < closed.figures.length; from += figuresAtOnce) {
    terminal.progress(`releasing ${counted(closed.figures.length, "figure")}`)
    const rows = closed.figures.slice(from, from + figuresAtOnce)
    await append(project, [{ stream: releasedFigures as unknown as StreamDefinition, rows }])
  }
  await append(project, [said(releases, closed.release)])
  const after = await run(project, terminal, { quiet: true })
  if (flags.json === true) {
    const { release, counted: people, aside, again } = closed
    terminal.out(
      JSON.stringify({ format: 1, release, counted: people, again, aside: Object.fromEntries(aside) })
    )
  } else terminal.out(closedText(closed))
  return after
}

/** `plimsoll wave verify`: the vault's holder makes a release again, from the sealed answers and the tree that were frozen with it. */
export const waveVerify = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const { closeWave, digestOfReleased, frozenBy, knownRelease, waveFacts } = await import("@plimsoll/quality")
  const { facts, release, published } = await asking(project, async (ask) => ({
    facts: await waveFacts(ask, id),
    release: await knownRelease(ask, id),
    published: await digestOfReleased(ask, id)
  }))
  if (release === undefined) {
    throw new PlimsollError({
      code: "usage-wave-state",
      message: `wave "${id}" is not released`,
      suggestion: `close it: plimsoll wave close ${id}`
    })
  }
  const { until, ...frozen } = frozenBy(release)
  const again = await withLog(project, async (log) =>
    closeWave({ ...facts, ...frozen, day: release.day, answers: await answersOf(project, log, id, until) })
  )
  const wrong = [
    ...(again.aside.has("erased")
      ? ["its answers were erased: that it was made from them can be shown no more"]
      : [
          ...(again.release.read === release.read
            ? []
            : ["the sealed answers are not those it was made from"]),
          ...(again.release.digest === release.digest
            ? []
            : ["its figures are not those that the answers give"])
        ]),
    ...(published === release.digest ? [] : ["the published figures are not those of the release"])
  ]
  if (flags.json === true)
    terminal.out(JSON.stringify({ format: 1, wave: id, holds: wrong.length === 0, wrong }))
  else if (wrong.length === 0) {
    terminal.out(
      `wave ${id}: ${counted(release.figures, "figure")}, and the sealed answers give each of them again`
    )
  } else terminal.out([`wave ${id} does not hold:`, ...wrong.map((one) => `  ${one}`)].join("\n"))
  return wrong.length === 0 ? exitCodes.fine : exitCodes.report
}

/** `plimsoll wave withdraw`: takes a release back as a whole. */
export const waveWithdraw = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly reason: string }
): Promise<ExitCode> => {
  const { knownRelease, releases } = await import("@plimsoll/quality")
  const release = await asking(project, (ask) => knownRelease(ask, id))
  if (release?.state !== "released") {
    throw new PlimsollError({
      code: "usage-wave-state",
      message: `wave "${id}" is not released`,
      suggestion: "see where it stands: plimsoll wave list"
    })
  }
  const { reason } = flags
  await append(project, [said(releases, { ...release, state: "withdrawn", day: project.today(), reason })])
  terminal.out(`the release of wave ${id} is withdrawn as a whole`)
  terminal.note("the next `plimsoll run` publishes none of its figures")
  return exitCodes.fine
}

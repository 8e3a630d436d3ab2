import type { Log, ReadSealedOptions } from "@plimsoll/log"
import type { ClosedWave, WaveFacts } from "@plimsoll/quality"
import { contractOf, PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { complaintsOf } from "../complaints.ts"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { withPublished } from "../published-file.ts"
import { releaseOnce } from "../release-once.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { withLog } from "./log.ts"
import { run } from "./run.ts"
import { append, said } from "./signal-append.ts"

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

/** The sealed answers of a project. */
const answersOf = async (project: Project) => {
  const [{ openVaultKeys, readSealed, sealedStateAt, streamLabel }, { answers }] = await Promise.all([
    import("@plimsoll/log"),
    import("@plimsoll/quality")
  ])
  const contract = contractOf(project.config.organisation, answers as unknown as StreamDefinition)
  const keys = openVaultKeys(project.vault)
  return {
    /** The opened answers of a wave, a record at a time. */
    of: (log: Log, scope: string, part: Omit<ReadSealedOptions, "scope">) => () =>
      readSealed(log, keys, contract, { scope, ...part }),
    /** What became of one record, `partition/offset`. */
    stateAt: (log: Log, scope: string, at: string) => sealedStateAt(log, keys, contract, scope, at),
    /** Why they cannot be opened. */
    closedTo: (scope: string): string =>
      keys.stateOf(streamLabel(contract), scope) === "erased"
        ? "its answers were erased"
        : `the vault at ${project.vault} has no key for its answers`
  }
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

const notReleased = (id: string): PlimsollError =>
  new PlimsollError({
    code: "usage-wave-state",
    message: `wave "${id}" is not released`,
    suggestion: "see where it stands: plimsoll wave list"
  })

const closedText = ({ release, counted: people, aside, again }: ClosedWave): string =>
  [
    `wave ${release.wave} is released: ${counted(release.figures, "figure")} from the answers of ${counted(people, "person", "people")}`,
    ...[...aside].map(([why, count]) => `  set aside, ${why}: ${count}`),
    ...(again === 0 ? [] : [`  the same again: ${again}`]),
    ...(release.leftOut === "[]" ? [] : [`  left out, as the release says: ${release.leftOut}`]),
    "how many were set aside is for you who hold the vault; it is on no topic and in no published file"
  ].join("\n")

/** What `--leave-out` says. */
const leftOutBy = (places: ReadonlyArray<string>): ReadonlyArray<string> => {
  const wrong = places.find((at) => !/^\d+\/\d+$/.test(at))
  if (wrong === undefined) return [...new Set(places)].sort()
  throw new PlimsollError({
    code: "usage-place",
    message: `"${wrong}" is not the place of a record`,
    suggestion: "give the partition and the offset that the error names: --leave-out 0/17"
  })
}

/** Only what cannot be read may be left out: who chose among answers could choose the figures. */
const notToLeaveOut = (id: string, at: string, state: "opens" | "erased" | undefined): PlimsollError =>
  new PlimsollError({
    code: "usage-place",
    message:
      state === undefined
        ? `wave "${id}" has no record at ${at}`
        : `the record at ${at} ${state === "opens" ? "opens" : "was erased"}, and is not left out`,
    suggestion: "leave out only what the error of wave close names"
  })

/** An error of a record that does not open, with what can be done where it can never be mended. */
const curable = (error: unknown): unknown =>
  error instanceof PlimsollError && (error.code === "sealed-damaged" || error.code === "sealed-foreign")
    ? new PlimsollError({
        ...error,
        message: error.message,
        suggestion: `${error.suggestion}. If it cannot be mended, do without it, for everybody to see: plimsoll wave close --leave-out PARTITION/OFFSET`
      })
    : error

/** `plimsoll wave close`. */
export const waveClose = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly now?: boolean; readonly leaveOut?: ReadonlyArray<string>; readonly json?: boolean }
): Promise<ExitCode> => {
  const leaveOut = leftOutBy(flags.leaveOut ?? [])
  const before = await run(project, terminal, { quiet: true })
  if (before !== exitCodes.fine) return before
  const { closeWave, waveFacts } = await import("@plimsoll/quality")
  const facts = await asking(project, (ask) => waveFacts(ask, id))
  refuseState(facts, flags.now)
  const answers = await answersOf(project)
  terminal.progress("opening the answers")
  const closed = await releaseOnce(project, id, async (log) => {
    for (const at of leaveOut) {
      const state = await answers.stateAt(log, id, at)
      if (state !== "unopened") throw notToLeaveOut(id, at, state)
    }
    const made = await closeWave({
      ...facts,
      day: project.today(),
      answers: answers.of(log, id, { leaveOut }),
      leftOut: leaveOut
    }).catch((error: unknown) => {
      throw curable(error)
    })
    if (made.aside.has("erased")) {
      throw new PlimsollError({
        code: "usage-wave-state",
        message: `wave "${id}" cannot be closed: ${answers.closedTo(id)}`,
        suggestion: "close it where its vault is; what was erased is never released"
      })
    }
    terminal.progress(`releasing ${counted(made.figures.length, "figure")}`)
    return made
  })
  const after = await run(project, terminal, { quiet: true })
  if (flags.json === true) {
    const { release, counted: people, aside, again } = closed
    terminal.out(
      JSON.stringify({ format: 1, release, counted: people, again, aside: Object.fromEntries(aside) })
    )
  } else terminal.out(closedText(closed))
  return after
}

/** What is said of sealed records that do not open; anything else is thrown on. */
const unopened = (error: unknown): string => {
  const [{ code, message }] = complaintsOf(error)
  if (code === "sealed-damaged" || code === "sealed-foreign") return message
  throw error
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
  if (release?.state !== "released") throw notReleased(id)
  const { until, leftOut, ...frozen } = frozenBy(release)
  const answers = await answersOf(project)
  const { wrong, late } = await withLog(project, async (log) => {
    const again = async (): Promise<ReadonlyArray<string>> => {
      const made = await closeWave({
        ...facts,
        ...frozen,
        day: release.day,
        answers: answers.of(log, id, { until, leaveOut: leftOut })
      })
      if (made.aside.has("erased"))
        return [`${answers.closedTo(id)}: that it was made from them cannot be shown`]
      return [
        ...(made.release.read === release.read ? [] : ["the sealed answers are not those it was made from"]),
        ...(made.release.digest === release.digest ? [] : ["its figures are not those that the answers give"])
      ]
    }
    const opening: string[] = []
    for (const at of leftOut) {
      if ((await answers.stateAt(log, id, at)) === "opens")
        opening.push(`record ${at} was left out, and opens`)
    }
    let after = 0
    for await (const { packed } of answers.of(log, id, { from: until, leaveOut: leftOut })()) {
      after += packed?.rows.length ?? 0
    }
    const read = [...opening, ...(await again().catch((error: unknown) => [unopened(error)]))]
    return { wrong: read, late: after }
  })
  const all = [
    ...wrong,
    ...(published === release.digest ? [] : ["the published figures are not those of the release"])
  ]
  const holds = all.length === 0
  if (flags.json === true) terminal.out(JSON.stringify({ format: 1, wave: id, holds, wrong: all, late }))
  else {
    terminal.out(
      [
        holds
          ? `wave ${id}: ${counted(release.figures, "figure")}, and the sealed answers give each of them again`
          : `wave ${id} does not hold:`,
        ...all.map((one) => `  ${one}`),
        ...(late === 0 ? [] : [`  came after the close, and counted nowhere: ${counted(late, "answer")}`])
      ].join("\n")
    )
  }
  return holds ? exitCodes.fine : exitCodes.report
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
  if (release?.state !== "released") throw notReleased(id)
  const { reason } = flags
  await append(project, [said(releases, { ...release, state: "withdrawn", day: project.today(), reason })])
  terminal.out(`the release of wave ${id} is withdrawn as a whole`)
  terminal.note("the next `plimsoll run` publishes none of its figures")
  return exitCodes.fine
}

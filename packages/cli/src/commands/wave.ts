import type { ClosedWave, WaveFacts } from "@plimsoll/quality"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { releaseOnce } from "../release-once.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"
import { isUnopened } from "../unopened.ts"
import { run } from "./run.ts"
import { append, said } from "./signal-append.ts"
import { answersOf, asking, notReleased } from "./wave-ask.ts"

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
const notToLeaveOut = (id: string, place: string): PlimsollError =>
  new PlimsollError({
    code: "usage-place",
    message: `wave "${id}" has no record at ${place} that does not open`,
    suggestion: "leave out only what the error of wave close names"
  })

/** An error of a record that does not open, with what can be done where it can never be mended. */
const curable = (error: unknown): unknown =>
  isUnopened(error)
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
    const passed = new Set<string>()
    const passOver = (place: string) => leaveOut.includes(place) && passed.add(place) !== undefined
    const made = await closeWave({
      ...facts,
      day: project.today(),
      answers: answers.of(log, id, { passOver }),
      leftOut: leaveOut
    }).catch((error: unknown) => {
      throw curable(error)
    })
    const opening = leaveOut.find((place) => !passed.has(place))
    if (opening !== undefined) throw notToLeaveOut(id, opening)
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

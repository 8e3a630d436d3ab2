import type { Log } from "@plimsoll/log"
import type { frozenBy, Release, WaveFacts } from "@plimsoll/quality"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import type { Terminal } from "../terminal.ts"
import { isUnopened } from "../unopened.ts"
import { withLog } from "./log.ts"
import { type Answers, answersOf, asking, notReleased } from "./wave-ask.ts"

type Frozen = ReturnType<typeof frozenBy>

/** What is said of sealed records that do not open; anything else is thrown on. */
const whyUnopened = (error: unknown): ReadonlyArray<string> => {
  if (isUnopened(error)) return [error.message]
  throw error
}

/** What speaks against a release when it is made again from what was read for it. */
const madeAgain = async (
  log: Log,
  answers: Answers,
  facts: WaveFacts,
  release: Release,
  { until, leftOut, ...frozen }: Frozen
): Promise<ReadonlyArray<string>> => {
  const { closeWave } = await import("@plimsoll/quality")
  const passOver = (place: string) => leftOut.includes(place)
  const again = await closeWave({
    ...facts,
    ...frozen,
    day: release.day,
    answers: answers.of(log, facts.wave.id, { until, passOver })
  })
  if (again.aside.has("erased")) {
    return [`${answers.closedTo(facts.wave.id)}: that it was made from them cannot be shown`]
  }
  return [
    ...(again.release.read === release.read ? [] : ["the sealed answers are not those it was made from"]),
    ...(again.release.digest === release.digest ? [] : ["its figures are not those that the answers give"])
  ]
}

/** What of the wave lies behind what was read for its release, and what of that was left out and opens after all. */
const behind = async (log: Log, answers: Answers, wave: string, { until, leftOut }: Frozen) => {
  const opening: string[] = []
  let [late, unopened] = [0, 0]
  // Whatever came after the close counts nowhere, so it need not open either.
  const passOver = (place: string) => leftOut.includes(place) || ++unopened > 0
  for await (const { partition, offset, packed } of answers.of(log, wave, { from: until, passOver })()) {
    const place = `${partition}/${offset}`
    if (leftOut.includes(place)) opening.push(`record ${place} was left out, and opens`)
    else late += packed?.rows.length ?? 0
  }
  return { opening, late, unopened }
}

/** `plimsoll wave verify`: the vault's holder makes a release again, from the sealed answers and the tree that were frozen with it. */
export const waveVerify = async (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const { digestOfReleased, frozenBy, knownRelease, waveFacts } = await import("@plimsoll/quality")
  const { facts, release, published } = await asking(project, async (ask) => ({
    facts: await waveFacts(ask, id),
    release: await knownRelease(ask, id),
    published: await digestOfReleased(ask, id)
  }))
  if (release?.state !== "released") throw notReleased(id)
  const frozen = frozenBy(release)
  const answers = await answersOf(project)
  const { opening, late, unopened, made } = await withLog(project, async (log) => ({
    ...(await behind(log, answers, id, frozen)),
    made: await madeAgain(log, answers, facts, release, frozen).catch(whyUnopened)
  }))
  const wrong = [
    ...opening,
    ...made,
    ...(published === release.digest ? [] : ["the published figures are not those of the release"])
  ]
  const holds = wrong.length === 0
  if (flags.json === true) terminal.out(JSON.stringify({ format: 1, wave: id, holds, wrong, late, unopened }))
  else {
    terminal.out(
      [
        holds
          ? `wave ${id}: ${counted(release.figures, "figure")}, and the sealed answers give each of them again`
          : `wave ${id} does not hold:`,
        ...wrong.map((one) => `  ${one}`),
        ...(late === 0 ? [] : [`  came after the close, and counted nowhere: ${counted(late, "answer")}`]),
        ...(unopened === 0 ? [] : [`  came after the close, and do not open: ${counted(unopened, "record")}`])
      ].join("\n")
    )
  }
  return holds ? exitCodes.fine : exitCodes.report
}

import { themes } from "../src/control/index.ts"
import {
  freeText,
  type FreeTextOptions,
  type Redaction,
  redactText,
  redactedTexts,
  redactions,
  scanText,
  type SealedText,
  textScans
} from "../src/free-text/index.ts"
import { statistics } from "../src/statistics/module.ts"
import { World } from "./world.ts"

/** With two themes, said as `control` says them: it is not here, since its own figures take longer than all of this. */
export const freeTextWorld = async (options: FreeTextOptions = {}): Promise<World> => {
  const world = await World.make([statistics(), freeText(options)])
  const theme = { measures: [], kind: "topic", since: "0001-01-01" } as const
  await world.feed(themes, [
    { id: "waiting", title: "Waiting", ...theme },
    { id: "food", title: "Food", ...theme }
  ])
  return world
}

/** So many texts of a unit and day, all with the same words. */
export const texts = (microsystem: string, day: string, many: number, text: string): SealedText[] =>
  Array.from({ length: many }, (_, n) => ({
    id: `${microsystem}-${day}-${text.length}-${n}`,
    seal: `seal-${n}`,
    source: "note",
    microsystem,
    day,
    text
  }))

export const feedScans = (world: World, all: ReadonlyArray<SealedText>): Promise<void> =>
  world.feed(textScans, all.map(scanText))

/** A check of a text in which every proposed span gets one decision, or each its own. */
export const checkOf = (
  one: SealedText,
  decide: "accepted" | "rejected",
  checked: string,
  changed: Partial<Redaction> = {}
): Redaction => {
  const { text, seal, microsystem, day, patterns, starts, ends } = scanText(one)
  const decisions = patterns.map(() => decide)
  return { text, seal, microsystem, day, checked, coder: "c1", patterns, starts, ends, decisions, ...changed }
}

/** Says checks on the log, each with the redacted text, sealed. */
export const feedChecks = async (
  world: World,
  all: ReadonlyArray<readonly [SealedText, Redaction]>
): Promise<void> => {
  await world.feed(
    redactions,
    all.map(([, check]) => check)
  )
  await world.feed(
    redactedTexts,
    all.map(([{ id, seal, source, microsystem, day, text }, check]) => {
      const spans = check.patterns.flatMap((pattern, at) =>
        check.decisions[at] === "rejected"
          ? []
          : [{ pattern, start: check.starts[at]!, end: check.ends[at]! }]
      )
      return { id, seal, source, microsystem, day, text: redactText(text, spans) }
    })
  )
}

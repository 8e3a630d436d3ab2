import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { nearest } from "../nearest.ts"
import type { Project } from "../project.ts"
import { noteAge, withPublished } from "../published-file.ts"
import { literal } from "../sql-text.ts"
import type { Terminal } from "../terminal.ts"
import { treeText } from "../tree-text.ts"
import { rowsOf } from "./signal-find.ts"

/** The flags of `plimsoll trace ID`. */
export interface ChainFlags {
  readonly kind?: string | undefined
  /** Given where a figure was meant, and its period forgotten. */
  readonly microsystem?: string | undefined
  readonly json?: boolean | undefined
}

/** An arrow: one thing followed from another, as an event says. */
interface Arrow {
  readonly cause_kind: string
  readonly cause: string
  readonly relation: string
  readonly effect_kind: string
  readonly effect: string
  readonly day: string | null
  readonly events: ReadonlyArray<string>
}

/** A thing of a chain by its kind and id, since kinds do not share ids. */
interface Thing {
  readonly kind: string
  readonly id: string
}

const nameOf = ({ kind, id }: Thing): string => `${kind} ${id}`
const causeOf = (arrow: Arrow): Thing => ({ kind: arrow.cause_kind, id: arrow.cause })
const effectOf = (arrow: Arrow): Thing => ({ kind: arrow.effect_kind, id: arrow.effect })

/** The arrows of all components, as one query. Errors: `usage-no-chain`. */
const arrowsOf = async (published: Published): Promise<string> => {
  const found = await rowsOf<{ readonly schema: string }>(
    published,
    "SELECT DISTINCT schema_name AS schema FROM duckdb_columns() WHERE table_name = 'link' AND column_name = 'cause_kind' ORDER BY schema"
  )
  if (found.length === 0) {
    throw new PlimsollError({
      code: "usage-no-chain",
      message: "no component of this project says what led to what",
      suggestion: "give the config components() of @plimsoll/quality as modules, and run again"
    })
  }
  return found
    .map(
      ({ schema }) =>
        `SELECT cause_kind, cause, relation, effect_kind, effect, day::VARCHAR AS day, events FROM "${schema}".link`
    )
    .join(" UNION ALL ")
}

const things = "cause_kind AS kind, cause AS id"
const others = "effect_kind AS kind, effect AS id"

/** What an id, or the first characters of a signal's, stands for. Errors: `usage-unknown-id`. */
const findThing = async (
  published: Published,
  arrows: string,
  id: string,
  flags: ChainFlags
): Promise<Thing> => {
  const all = `(SELECT ${things} FROM (${arrows}) UNION SELECT ${others} FROM (${arrows}) UNION SELECT 'signal', signal FROM plimsoll.signal)`
  const wanted = `(id = ${literal(id)} OR (kind = 'signal' AND length(${literal(id)}) >= 4 AND starts_with(id, ${literal(id)})))`
  const kind = flags.kind === undefined ? "" : ` AND kind = ${literal(flags.kind)}`
  const found = await rowsOf<Thing>(
    published,
    `SELECT kind, id FROM ${all} WHERE ${wanted}${kind} ORDER BY id <> ${literal(id)}, kind, id`
  )
  const exact = found.filter((one) => one.id === id)
  const meant = exact.length > 0 ? exact : found
  if (meant.length === 1) return meant[0]!
  if (meant.length > 1) {
    const kinds = new Set(meant.map((one) => one.kind))
    throw new PlimsollError({
      code: "usage-unknown-id",
      message: `"${id}" may mean ${meant.map(nameOf).join(", ")}`,
      suggestion: kinds.size > 1 ? `say which with --kind ${meant[0]!.kind}` : "give more of the id"
    })
  }
  const measures = await rowsOf<{ readonly id: string }>(published, "SELECT id FROM plimsoll.measure")
  if (measures.some((one) => one.id === id)) {
    throw new PlimsollError({
      code: "usage-period",
      message: `"${id}" is a measure: a figure of it is told by its unit and its period`,
      suggestion: `plimsoll trace ${id} ${flags.microsystem ?? "MICROSYSTEM"} 2026-03-01`
    })
  }
  const known = await rowsOf<{ readonly id: string }>(published, `SELECT DISTINCT id FROM ${all}`)
  const near = nearest(
    id,
    known.map((one) => one.id)
  )
  throw new PlimsollError({
    code: "usage-unknown-id",
    message: `nothing${flags.kind === undefined ? "" : ` of kind "${flags.kind}"`} is called "${id}"`,
    suggestion:
      near === undefined
        ? "name a signal, issue, goal, project, cycle, lesson or piece of evidence that is linked to another; `plimsoll signal list` tells the signals"
        : `did you mean "${near}"?`
  })
}

/** Every arrow that leads from a thing on, or back; level by level, so that a circle ends. */
const walk = async (
  published: Published,
  arrows: string,
  start: Thing,
  forth: boolean
): Promise<ReadonlyArray<Arrow>> => {
  const [from, to] = forth ? [causeOf, effectOf] : [effectOf, causeOf]
  const [kind, id] = forth ? ["cause_kind", "cause"] : ["effect_kind", "effect"]
  const seen = new Set([nameOf(start)])
  const all: Arrow[] = []
  for (let level: ReadonlyArray<Thing> = [start]; level.length > 0;) {
    const wanted = level.map((one) => `(${literal(one.kind)}, ${literal(one.id)})`).join(", ")
    const found = await rowsOf<Arrow>(
      published,
      `SELECT * FROM (${arrows}) WHERE (${kind}, ${id}) IN (${wanted}) ORDER BY day, cause_kind, cause, effect_kind, effect, relation`
    )
    all.push(...found)
    const next = new Map(found.map((one) => [nameOf(to(one)), to(one)]))
    level = [...next].filter(([name]) => !seen.has(name)).map(([, thing]) => thing)
    for (const thing of level) seen.add(nameOf(thing))
  }
  return all.filter((one) => nameOf(from(one)) !== nameOf(to(one)))
}

const eventsText = (events: ReadonlyArray<string>): string =>
  events.length <= 2 ? events.join(", ") : `${events[0]} and ${counted(events.length - 1, "event")} more`

const treeOf = (start: Thing, arrows: ReadonlyArray<Arrow>, forth: boolean): ReadonlyArray<string> => {
  const [from, to] = forth ? [causeOf, effectOf] : [effectOf, causeOf]
  const own = new Map(arrows.map((one) => [`${nameOf(from(one))}\n${nameOf(to(one))}`, one]))
  const branches = new Map<string, { node: string; via: string[] }>()
  for (const arrow of arrows) {
    const branch = branches.get(nameOf(to(arrow))) ?? { node: nameOf(to(arrow)), via: [] }
    if (!branch.via.includes(nameOf(from(arrow)))) branch.via.push(nameOf(from(arrow)))
    branches.set(branch.node, branch)
  }
  return treeText(nameOf(start), [...branches.values()], ({ node }, via) => {
    const { relation, day, events } = own.get(`${via}\n${node}`)!
    const step = forth ? `${relation} ${node}` : `${node}, ${relation} it`
    return `${step}${day === null ? "" : ` · ${day}`} · ${eventsText(events)}`
  })
}

/** `plimsoll trace ID`: what led to something, and what came of it, arrow by arrow, each with its events. */
export const chain = (
  project: Project,
  terminal: Terminal,
  id: string,
  flags: ChainFlags
): Promise<ExitCode> =>
  withPublished(project, async (published) => {
    const arrows = await arrowsOf(published)
    const start = await findThing(published, arrows, id, flags)
    const back = await walk(published, arrows, start, false)
    const forth = await walk(published, arrows, start, true)
    if (flags.json === true)
      terminal.out(JSON.stringify({ format: 1, ...start, causes: back, effects: forth }))
    else {
      terminal.out(
        [
          nameOf(start),
          back.length === 0 ? "nothing led to it" : "came of",
          ...treeOf(start, back, false),
          forth.length === 0 ? "nothing has followed" : "led to",
          ...treeOf(start, forth, true)
        ].join("\n")
      )
    }
    noteAge(published)
    return exitCodes.fine
  })

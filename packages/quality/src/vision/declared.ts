import { type Declaration } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"
import { Schema } from "effect"
import { findCircle } from "./circle.ts"
import { VisionLink, visionLinks, VisionNode, visionNodes, VisionVersion, visionVersions } from "./events.ts"
import { mayServe, type VisionKind } from "./kind.ts"

/** A node as a config writes it. What each field means: {@link VisionNode}. */
export interface VisionNodeOptions {
  readonly id: string
  readonly kind: VisionKind
  readonly title: string
  /** The microsystem whose it is. Default: nobody's yet. */
  readonly owner?: string
  /** The version of the vision from which it is part of the graph. Default: 1. */
  readonly since?: number
  /** Default: `active`. */
  readonly status?: "active" | "retired"
  /** The day from which this holds, `YYYY-MM-DD`. Default: 0001-01-01; a retired node needs the day of its retirement. */
  readonly day?: string
  /** Of a measure: its id among the project's measures. Default: the id of the node. */
  readonly measure?: string
  /** Of work: planned effort in hours. */
  readonly hours?: number
  /** Of work: the day on which it began, `YYYY-MM-DD`. */
  readonly started?: string
  /** Of work: how it is done, in words that other units use for the same way. */
  readonly intervention?: string
  /** Of a need: what people come with. */
  readonly presenting?: string
  /** Of a need: what lies beneath. */
  readonly underlying?: string
}

/** A link as a config writes it. */
export interface VisionLinkOptions {
  readonly node: string
  readonly serves: string
  /** Default: `strong`. */
  readonly relation?: "strong" | "weak"
  /** Of a link to a need: which part is answered. Default: not said, which counts as the presenting part. */
  readonly answers?: "presenting" | "underlying" | "both"
  /** The version from which it is part of the graph. Default: 1. */
  readonly since?: number
  /** Default: 0001-01-01. */
  readonly day?: string
}

/** A version of the vision as a config writes it. */
export interface VisionVersionOptions {
  readonly number: number
  /** The day of its publication, `YYYY-MM-DD`. */
  readonly day: string
  /** Nodes that are no longer part of the graph from it on. Default: none. */
  readonly drops?: ReadonlyArray<string>
  /** Nodes dropped before that are part of it again. Default: none. */
  readonly holds?: ReadonlyArray<string>
}

/** A graph as a config writes it. A part that is left out is left to connectors. */
export interface DeclaredVision {
  readonly nodes?: ReadonlyArray<VisionNodeOptions>
  readonly links?: ReadonlyArray<VisionLinkOptions>
  readonly versions?: ReadonlyArray<VisionVersionOptions>
}

const wrong = (place: string, message: string, suggestion: string, code = "vision-invalid") =>
  new PlimsollError({ code, message, configPath: `vision.${place}`, suggestion })

const always = "0001-01-01"

const nodeRow = (one: VisionNodeOptions): VisionNode => ({
  id: one.id,
  kind: one.kind,
  title: one.title,
  owner: one.owner ?? null,
  since: one.since ?? 1,
  status: one.status ?? "active",
  day: one.day ?? always,
  measure: one.measure ?? (one.kind === "measure" ? one.id : null),
  hours: one.hours === undefined ? null : one.hours.toFixed(2),
  started: one.started ?? null,
  intervention: one.intervention ?? null,
  presenting: one.presenting ?? null,
  underlying: one.underlying ?? null
})

const linkRow = (one: VisionLinkOptions): VisionLink => ({
  node: one.node,
  serves: one.serves,
  relation: one.relation ?? "strong",
  answers: one.answers ?? null,
  since: one.since ?? 1,
  day: one.day ?? always
})

const versionRow = (one: VisionVersionOptions): VisionVersion => ({
  number: one.number,
  day: one.day,
  drops: one.drops ?? [],
  holds: one.holds ?? []
})

const rowsOf = <Row, Options>(
  part: string,
  schema: Schema.Codec<Row, unknown>,
  options: ReadonlyArray<Options>,
  row: (one: Options) => Row,
  key: (row: Row) => string
): ReadonlyArray<Row> => {
  const seen = new Set<string>()
  return options.map((one, at) => {
    const made = row(one)
    const checked = Schema.encodeUnknownResult(schema)(made)
    if (checked._tag === "Failure") {
      throw wrong(
        `${part}[${at}]`,
        `it does not fit: ${checked.failure.message}`,
        "mend the field named above"
      )
    }
    if (seen.has(key(made)))
      throw wrong(`${part}[${at}]`, `${key(made)} stands there twice`, "leave one of them out")
    seen.add(key(made))
    return made
  })
}

const checkLinks = (nodes: ReadonlyArray<VisionNode>, links: ReadonlyArray<VisionLink>): void => {
  const kinds = new Map(nodes.map((one) => [one.id, one.kind]))
  for (const [at, { node, serves }] of links.entries()) {
    const [kind, above] = [kinds.get(node), kinds.get(serves)]
    // A node that is not declared may come by a connector, and its links are judged then.
    if (kind === undefined || above === undefined || mayServe[kind].includes(above)) continue
    throw wrong(
      `links[${at}]`,
      `${kind} "${node}" cannot serve ${above} "${serves}"`,
      mayServe[kind].length === 0
        ? `a ${kind} serves nothing`
        : `a ${kind} serves ${mayServe[kind].join(" or ")}`
    )
  }
  const circle = findCircle(links)
  if (circle !== undefined) {
    const at = links.findIndex((one) => one.node === circle.at(-2) && one.serves === circle.at(-1))
    throw wrong(
      `links[${at}]`,
      `links close a circle: ${circle.join(" → ")}`,
      `leave out one of its links, such as ${circle.at(-2)} → ${circle.at(-1)}: what serves itself serves nobody`,
      "vision-cycle"
    )
  }
}

const checkVersions = (versions: ReadonlyArray<VisionVersion>): void => {
  const ordered = [...versions].sort((a, b) => a.number - b.number)
  for (const [at, one] of ordered.entries()) {
    const before = ordered[at - 1]
    if (before === undefined || before.day <= one.day) continue
    throw wrong(
      `versions[${versions.indexOf(one)}]`,
      `version ${one.number} is published before version ${before.number}`,
      "give the later number the later day"
    )
  }
}

const checkRetired = (nodes: ReadonlyArray<VisionNodeOptions>): void => {
  const at = nodes.findIndex((one) => one.status === "retired" && one.day === undefined)
  if (at === -1) return
  throw wrong(
    `nodes[${at}]`,
    "it is retired, and nobody can tell since when",
    'say the day of its retirement: day: "2026-04-01"'
  )
}

/**
 * The rows that a config declares, checked. Errors: `vision-cycle`, with the circle in its message, and `vision-invalid`,
 * each with its place in the config and a cure.
 */
export const declaredVision = (options: DeclaredVision): ReadonlyArray<Declaration> => {
  const { nodes, links, versions } = options
  checkRetired(nodes ?? [])
  const nodeRows = rowsOf("nodes", VisionNode, nodes ?? [], nodeRow, (row) => row.id)
  const linkRows = rowsOf("links", VisionLink, links ?? [], linkRow, (row) => `${row.node} → ${row.serves}`)
  const versionRows = rowsOf(
    "versions",
    VisionVersion,
    versions ?? [],
    versionRow,
    (row) => `version ${row.number}`
  )
  checkLinks(nodeRows, linkRows)
  checkVersions(versionRows)
  return [
    ...(nodes === undefined ? [] : [{ stream: visionNodes, rows: nodeRows }]),
    ...(links === undefined ? [] : [{ stream: visionLinks, rows: linkRows }]),
    ...(versions === undefined ? [] : [{ stream: visionVersions, rows: versionRows }])
  ]
}

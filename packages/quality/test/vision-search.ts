import type { VisionLink, VisionNode } from "../src/vision/events.ts"
import { mayServe } from "../src/vision/kind.ts"

/** A graph as it was fed, and what its second version drops. */
export interface FedGraph {
  readonly nodes: ReadonlyArray<VisionNode>
  readonly links: ReadonlyArray<VisionLink>
  readonly drops: ReadonlyArray<string>
}

const search = (from: Iterable<string>, next: (id: string) => Iterable<string>): Set<string> => {
  const found = new Set(from)
  for (const id of found) for (const one of next(id)) found.add(one)
  return found
}

/** What the relations of this module ought to hold of a graph with two versions, the second of `secondDay`, by plain search. */
export const searchGraph = ({ nodes, links, drops }: FedGraph, secondDay: string) => {
  const byId = new Map(nodes.map((one) => [one.id, one]))
  const order = (one: VisionLink) => `${one.since} ${one.day} ${one.node} ${one.serves}`
  const fit = links
    .filter(
      ({ node, serves }) =>
        node !== serves &&
        byId.has(node) &&
        byId.has(serves) &&
        mayServe[byId.get(node)!.kind].includes(byId.get(serves)!.kind)
    )
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const accepted = fit.filter((link, at) => {
    const earlier = fit.slice(0, at)
    const back = search([link.serves], (id) =>
      earlier.filter((one) => one.node === id).map((one) => one.serves)
    )
    return !back.has(link.node)
  })
  const holds = (number: number, day: string | undefined) => (one: VisionNode) =>
    one.since <= number &&
    (one.status === "active" || (day !== undefined && one.day >= day)) &&
    !(number === 2 && one.since <= 2 && drops.includes(one.id))
  const reach = (number: number, day: string | undefined) => {
    const there = new Set(nodes.filter(holds(number, day)).map((one) => one.id))
    const tops = nodes.filter((one) => there.has(one.id) && one.kind === "purpose").map((one) => one.id)
    return search(tops, (id) =>
      accepted
        .filter((one) => one.serves === id && one.since <= number && there.has(one.node))
        .map((one) => one.node)
    )
  }
  const now = reach(2, undefined)
  const works = nodes.filter((one) => one.kind === "work" && holds(2, undefined)(one))
  const [before, after] = [reach(1, secondDay), reach(2, secondDay)]
  const sight = (start: string, direction: "up" | "down") => {
    const open = (id: string) => id === start || holds(2, undefined)(byId.get(id)!)
    const found = search([start], (id) =>
      !open(id)
        ? []
        : accepted.flatMap((one) =>
            one.since > 2
              ? []
              : direction === "up" && one.node === id
                ? [one.serves]
                : direction === "down" && one.serves === id
                  ? [one.node]
                  : []
          )
    )
    found.delete(start)
    return [...found].sort()
  }
  return {
    accepted: accepted.map((one) => `${one.node} → ${one.serves}`).sort(),
    covered: { works: works.length, withPath: works.filter((one) => now.has(one.id)).length },
    stranded: nodes
      .filter((one) => before.has(one.id) && !after.has(one.id) && holds(2, secondDay)(one))
      .map((one) => one.id)
      .sort(),
    sight
  }
}

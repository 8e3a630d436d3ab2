import { type Few, judgeFew } from "./few.ts"
import type { Rules } from "./rules.ts"
import type { Tree } from "./tree.ts"

/** The cells of a wave, in the order of the units at which they stand. */
export interface Cells {
  readonly count: number
  readonly ids: ReadonlyArray<string>
  /** The unit at which a cell stands. */
  readonly at: Int32Array
  readonly rest: ReadonlyArray<boolean>
  /** The units whose answers a cell holds. */
  readonly units: ReadonlyArray<ReadonlyArray<number>>
  /** With fewer answers than these a figure of the cell is not told. */
  readonly least: Float64Array
  /** The cells that stand at unit `u` are `start[u]` … `start[u + 1]` - 1. */
  readonly start: Int32Array
  /** By unit: the cell that holds its answers, or -1 where they are in no figure. */
  readonly of: Int32Array
}

/**
 * Divides the respondents into cells: every unit with at least `k`; the smaller ones below a unit together, where the
 * number of people in the pool may be told; else they wait for the next unit above.
 */
export const partitionOf = (
  tree: Tree,
  respondents: Float64Array,
  invited: Float64Array,
  k: number,
  rules: Rules
): Cells => {
  const size = tree.ids.length
  const ids: Array<string> = []
  const at: Array<number> = []
  const rest: Array<boolean> = []
  const units: Array<ReadonlyArray<number>> = []
  const least: Array<number> = []
  const start = new Int32Array(size + 1)
  const of = new Int32Array(size).fill(-1)
  const waiting: Array<Array<Few> | undefined> = Array.from({ length: size })
  const add = (id: string, u: number, pooled: boolean, members: ReadonlyArray<number>, fewest: number) => {
    for (const member of members) {
      of[member] = ids.length
    }
    ids.push(id)
    at.push(u)
    rest.push(pooled)
    units.push(members)
    least.push(fewest)
  }
  for (let u = 0; u < size; u++) {
    start[u] = ids.length
    const leaf = tree.first[u] === u
    const n = respondents[u]!
    const open = waiting[u] ?? []
    if (n >= k) {
      add(leaf ? tree.ids[u]! : `${tree.ids[u]}/own`, u, !leaf, [u], k)
    } else {
      const most = Math.min(k - 1, Math.max(invited[u]!, n))
      if (most > 0) {
        open.push({ n, low: 0, high: most, most, members: [u] })
      }
    }
    if (open.length > 0) {
      const { released, passed } = judgeFew(open, k, rules.ownTeam)
      if (!leaf && rules.partition && released) {
        const pooled = [...passed.members].sort((a, b) => a - b)
        add(`${tree.ids[u]}/rest`, u, true, pooled, k + (rules.ownTeam ? passed.most : 0))
      } else if (u < size - 1) {
        ;(waiting[tree.parent[u]!] ??= []).push(...(leaf ? open : [passed]))
      }
    }
  }
  start[size] = ids.length
  return {
    count: ids.length,
    ids,
    at: Int32Array.from(at),
    rest,
    units,
    least: Float64Array.from(least),
    start,
    of
  }
}

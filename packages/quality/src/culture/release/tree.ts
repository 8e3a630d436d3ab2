import { PlimsollError } from "@plimsoll/schema"

import type { WaveUnit } from "./wave.ts"

/** The units numbered so that whatever is below a unit comes just before it: unit `u` and all below are `first[u]` … `u`. */
export interface Tree {
  readonly ids: ReadonlyArray<string>
  readonly position: ReadonlyMap<string, number>
  /** -1 for the organisation, which is the last. */
  readonly parent: Int32Array
  readonly first: Int32Array
}

const invalid = (message: string, suggestion: string): PlimsollError =>
  new PlimsollError({ code: "wave-invalid", message, suggestion })

/** Numbers the units of a frozen tree, in the order in which they were given. */
export const treeOf = (units: ReadonlyArray<WaveUnit>): Tree => {
  const below = new Map<string, Array<string>>(units.map(({ id }) => [id, []]))
  if (below.size < units.length) {
    throw invalid("a unit stands twice in the tree of the wave", "give every unit once")
  }
  const roots = units.filter(({ parent }) => parent === null)
  if (roots.length !== 1) {
    throw invalid(`the tree of the wave has ${roots.length} units without a parent`, "give exactly one")
  }
  for (const { id, parent } of units) {
    if (parent !== null) {
      const siblings = below.get(parent)
      if (siblings === undefined) {
        throw invalid(`unit ${id} is below ${parent}, which is not in the tree of the wave`, `add ${parent}`)
      }
      siblings.push(id)
    }
  }
  const ids: Array<string> = []
  const first: Array<number> = []
  const position = new Map<string, number>()
  const open: Array<{ id: string; next: number; first: number }> = [{ id: roots[0]!.id, next: 0, first: 0 }]
  while (open.length > 0) {
    const top = open.at(-1)!
    const child = below.get(top.id)![top.next++]
    if (child === undefined) {
      position.set(top.id, ids.length)
      ids.push(top.id)
      first.push(top.first)
      open.pop()
    } else {
      open.push({ id: child, next: 0, first: ids.length })
    }
  }
  if (ids.length < units.length) {
    throw invalid("some units of the wave are below themselves", "give a tree without circles")
  }
  const parent = new Int32Array(ids.length).fill(-1)
  for (const unit of units) {
    if (unit.parent !== null) {
      parent[position.get(unit.id)!] = position.get(unit.parent)!
    }
  }
  return { ids, position, parent, first: Int32Array.from(first) }
}

/** A link as far as circles are concerned. */
export interface Edge {
  readonly node: string
  readonly serves: string
}

/** A circle among links as a path that ends where it begins, found without recursion; undefined where there is none. */
export const findCircle = (edges: ReadonlyArray<Edge>): ReadonlyArray<string> | undefined => {
  const above = new Map<string, string[]>()
  for (const { node, serves } of edges) above.set(node, [...(above.get(node) ?? []), serves])
  const done = new Set<string>()
  for (const start of above.keys()) {
    const way: Array<{ readonly node: string; next: number }> = [{ node: start, next: 0 }]
    const onWay = new Set([start])
    while (way.length > 0) {
      const last = way.at(-1)!
      const to = above.get(last.node)?.[last.next++]
      if (to === undefined || done.has(last.node)) {
        done.add(last.node)
        onWay.delete(last.node)
        way.pop()
      } else if (onWay.has(to)) {
        return [...way.slice(way.findIndex((one) => one.node === to)).map((one) => one.node), to]
      } else if (!done.has(to)) {
        way.push({ node: to, next: 0 })
        onWay.add(to)
      }
    }
  }
  return undefined
}

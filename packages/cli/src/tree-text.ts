/** A row of a tree: what it is called, and the rows that it hangs on. */
export interface Branch {
  readonly node: string
  readonly via: ReadonlyArray<string>
}

/** Rows as an indented tree; one that hangs on several is shown below each, and unfolded once. */
export const treeText = <Row extends Branch>(
  start: string,
  rows: ReadonlyArray<Row>,
  label: (row: Row, via: string) => string
): ReadonlyArray<string> => {
  const below = new Map<string, Row[]>()
  for (const row of rows) {
    for (const via of row.via) below.set(via, [...(below.get(via) ?? []), row])
  }
  const lines: string[] = []
  const unfolded = new Set<string>([start])
  const under = (node: string, depth: number) =>
    (below.get(node) ?? []).map((row) => ({ row, via: node, depth })).reverse()
  const waiting = under(start, 1)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { row, via, depth } = next
    const again = unfolded.has(row.node) && below.has(row.node)
    lines.push(`${"  ".repeat(depth)}${label(row, via)}${again ? " …" : ""}`)
    if (again) continue
    unfolded.add(row.node)
    waiting.push(...under(row.node, depth + 1))
  }
  return lines
}

import type { WaveRelease } from "./result.ts"

/** Two figures, or a figure and what it should be made of, that are too near to one another. */
export interface Violation {
  readonly figure: string
  readonly of: string | null
  /** The cells, or `<by>=<group>`, between which it lies. */
  readonly between: readonly [string, string]
  /** How many people the two do not share. */
  readonly people: number
}

/**
 * Checks that no two sets of people of whom the same figure is told differ by 1 to k - 1 people (RULES 4.2). It looks at
 * the numbers of people in the rows and at what they are said to be made of; it decides nothing.
 *
 * Cells and pools that share nobody, each with k people or more, of which all totals are made, are enough: whatever two
 * totals do not share is then made of cells too. So every row is compared with its parts, in place of all pairs.
 */
export const auditRelease = (release: WaveRelease): ReadonlyArray<Violation> => {
  const { k, cells, rows, compositions, breakdowns } = release
  const violations: Array<Violation> = []
  const near = (people: number): boolean => people !== 0 && people < k
  const parent = new Map(release.units.map(({ id, parent: above }) => [id, above]))
  const counts = new Map<string, Map<string, number>>()
  for (const { figure, of, cell, n, breakdown, bound } of rows) {
    if (n !== null && breakdown === null && (bound !== null || figure === "response")) {
      const key = `${figure} ${of}`
      let ofFigure = counts.get(key)
      if (ofFigure === undefined) {
        ofFigure = new Map()
        counts.set(key, ofFigure)
      }
      ofFigure.set(cell, n)
    }
  }
  for (const { figure, of, exact, exactN, pools } of compositions) {
    const told = counts.get(`${figure} ${of}`) ?? new Map<string, number>()
    const totals = new Map<string, number>()
    const holder = new Map<number, string>()
    const add = (cell: string, unit: string, n: number, members: ReadonlyArray<number>): void => {
      for (const member of members) {
        const other = holder.get(member)
        if (other !== undefined) {
          violations.push({ figure, of, between: [cell, other], people: n })
        }
        holder.set(member, cell)
      }
      if (near(n)) {
        violations.push({ figure, of, between: [cell, cell], people: n })
      }
      for (let up: string | null | undefined = unit; typeof up === "string"; up = parent.get(up)) {
        totals.set(up, (totals.get(up) ?? 0) + n)
      }
    }
    exact.forEach((c, index) => {
      add(cells[c]!.cell, cells[c]!.unit, exactN[index]!, [c])
    })
    for (const { cell, unit, n, cells: members } of pools) {
      add(cell, unit, n, members)
    }
    const inner = new Set(release.units.map(({ parent: above }) => above))
    for (const [unit, n] of told) {
      if (inner.has(unit)) {
        const people = Math.abs(n - (totals.get(unit) ?? 0))
        if (near(people)) {
          violations.push({ figure, of, between: [unit, "the cells below it"], people })
        }
      }
    }
  }
  for (const { by, figure, of, fewest } of breakdowns) {
    if (fewest !== null && fewest < k) {
      violations.push({ figure, of, between: [by, "one of the cells"], people: fewest })
    }
  }
  return violations
}

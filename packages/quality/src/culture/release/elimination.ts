/** People of whom two numbers are known: how many they are, and the sum of what they answered. */
export interface KnownSet {
  /** Numbers of the atoms, none twice. */
  readonly atoms: ReadonlyArray<number>
  readonly n: number
  readonly x: number
}

const divisor = (a: number, b: number): number => (b === 0 ? Math.abs(a) : divisor(b, a % b))

const most = 14

interface Equation {
  readonly row: Array<number>
  n: number
  x: number
}

/** Adds `times` × `from` to `scale` × `to`, in whole numbers, and takes out what all coefficients share. */
const eliminate = (to: Equation, scale: number, from: Equation, times: number): void => {
  let shared = 0
  to.row.forEach((value, column) => {
    to.row[column] = value * scale + from.row[column]! * times
    shared = divisor(shared, to.row[column]!)
  })
  shared = shared === 0 ? 1 : shared
  to.row.forEach((value, column) => {
    to.row[column] = value / shared
  })
  to.n = (to.n * scale + from.n * times) / shared
  to.x = (to.x * scale + from.x * times) / shared
}

/**
 * All sets of people whose numbers follow from those of the given sets, by sums and differences of any of them: exact
 * elimination in whole numbers, then every combination of the reduced rows that is a set. (A set in the row space takes
 * or leaves each pivot, so beyond 14 rows, where not all combinations can be tried, those of up to three are.)
 */
export const derivable = (given: ReadonlyArray<KnownSet>): ReadonlyArray<KnownSet> => {
  // Atoms that are in the same sets can never be told apart: they are one column.
  const membership = new Map<number, Array<number>>()
  given.forEach(({ atoms }, index) => {
    for (const atom of atoms) {
      membership.set(atom, [...(membership.get(atom) ?? []), index])
    }
  })
  const columns = [...Map.groupBy(membership.keys(), (atom) => membership.get(atom)!.join()).values()]
  const open: Array<Equation> = given.map(({ atoms, n, x }) => {
    const inside = new Set(atoms)
    return { row: columns.map((column) => (inside.has(column[0]!) ? 1 : 0)), n, x }
  })
  const reduced: Array<Equation> = []
  const pivots: Array<number> = []
  for (let column = 0; column < columns.length; column++) {
    const index = open.findIndex(({ row }) => row[column] !== 0)
    if (index < 0) {
      continue
    }
    const pivot = open.splice(index, 1)[0]!
    for (const other of [...open, ...reduced]) {
      const factor = other.row[column]!
      if (factor !== 0) {
        eliminate(other, pivot.row[column]!, pivot, -factor)
      }
    }
    reduced.push(pivot)
    pivots.push(column)
  }
  reduced.forEach((equation, index) => {
    const by = equation.row[pivots[index]!]!
    equation.row.forEach((value, column) => {
      equation.row[column] = value / by
    })
    equation.n /= by
    equation.x /= by
  })
  const found: Array<KnownSet> = []
  const width = columns.length
  const take = (from: number, taken: number, row: ReadonlyArray<number>, n: number, x: number): void => {
    if (taken > 0 && row.every((value) => Math.abs(value) < 1e-9 || Math.abs(value - 1) < 1e-9)) {
      found.push({ atoms: row.flatMap((value, column) => (value > 0.5 ? columns[column]! : [])), n, x })
    }
    if (reduced.length > most && taken === 3) {
      return
    }
    for (let next = from; next < reduced.length; next++) {
      const more = reduced[next]!
      const sum = Array.from({ length: width }, (_, column) => row[column]! + more.row[column]!)
      take(next + 1, taken + 1, sum, n + more.n, x + more.x)
    }
  }
  take(
    0,
    0,
    Array.from({ length: width }, () => 0),
    0,
    0
  )
  return found
}

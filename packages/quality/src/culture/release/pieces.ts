import { type Few, judgeFew } from "./few.ts"
import type { Tree } from "./tree.ts"
import { figuresOf } from "./wave.ts"
import { amid, leastOnASide, mixed, standing, type Wave } from "./standing.ts"

/** One figure of one item or scale over the whole tree. */
export interface Family {
  readonly figure: "percent-positive" | "mean"
  /** Items first, then scales. */
  readonly thing: number
  readonly id: string
  readonly min: number
  readonly max: number
  /** What one point of an item is worth on the range. */
  readonly point: number
  /** The items of a scale, none for an item itself. */
  readonly of: ReadonlyArray<number>
  readonly positiveFrom: number | undefined
  /** The thing has a mean and a percentage of its own. */
  readonly both: boolean
  /** By cell. */
  readonly standings: Uint8Array
}

/** Cells, and pools of cells, whose figure is told: whatever is told of a unit is made of the pieces below it. */
export interface Pieces {
  /** The unit at which each stands, never falling. */
  readonly at: Int32Array
  /** Which it is: a cell's number, or beyond the cells: 2 × unit for a pool of too few, + 1 for one of withheld cells. */
  readonly key: Int32Array
  readonly n: Float64Array
  /** Positive answers, or the sum. */
  readonly x: Float64Array
  readonly squares: Float64Array
  /** How many teams or cells are in it, each of which is alike. */
  readonly parts: Int32Array
  readonly pools: ReadonlyArray<{
    readonly piece: number
    readonly kind: "too-few" | "withheld"
    readonly cells: ReadonlyArray<number>
  }>
}

/** What is known of the hidden figure of a cell from its own rows: the sum lies from `low` to `high`; after a release it must remain open by `open`. */
interface Known {
  readonly low: number
  readonly high: number
  readonly open: number
}

/** Whether a percentage of the cell is published as a bound. */
export const isBounded = (wave: Wave, family: Family, itemStandings: Uint8Array, c: number): boolean => {
  if (family.figure !== "percent-positive" || family.standings[c] !== standing.tooAlike) {
    return false
  }
  const { byCell, cells, rules } = wave
  const place = family.thing * byCell.places + c
  return (
    !mixed(rules, byCell.n[place]!, byCell.positive[place]!) &&
    (!rules.answered || family.of.every((i) => itemStandings[i * cells.count + c] === standing.exact))
  )
}

const knownOf = (wave: Wave, family: Family, itemStandings: Uint8Array, c: number): Known => {
  const place = family.thing * wave.byCell.places + c
  const n = wave.byCell.n[place]!
  const positive = wave.byCell.positive[place]!
  const few = leastOnASide - 1
  if (family.figure === "percent-positive") {
    if (!isBounded(wave, family, itemStandings, c)) {
      return { low: 0, high: n, open: n / 4 }
    }
    return positive < leastOnASide ? { low: 0, high: few, open: few } : { low: n - few, high: n, open: few }
  }
  const { min, max, point, positiveFrom } = family
  let low = n * min
  let high = n * max
  if (positiveFrom !== undefined) {
    // An attacker knows the percentage, exactly or as a bound.
    const atLeast = mixed(wave.rules, n, positive) ? positive : positive < leastOnASide ? 0 : n - few
    const atMost = mixed(wave.rules, n, positive) ? positive : positive < leastOnASide ? few : n
    low = atLeast * positiveFrom + (n - atLeast) * min
    high = atMost * max + (n - atMost) * (positiveFrom - 1)
  }
  return { low, high, open: Math.min(high - low, n * point * 1.0001) }
}

/**
 * Whether the sum over several withheld cells may be told: whoever knows the answers of one of them, and the rules, still
 * cannot narrow the figure of another too far.
 */
const staysOpen = (
  wave: Wave,
  family: Family,
  itemStandings: Uint8Array,
  members: ReadonlyArray<number>
): boolean => {
  const { byCell, k, rules } = wave
  const source = family.figure === "mean" ? byCell.sum : byCell.positive
  const base = family.thing * byCell.places
  let above = 0
  let under = 0
  let mostAbove = 0
  let mostUnder = 0
  const known = members.map((c) => knownOf(wave, family, itemStandings, c))
  members.forEach((c, index) => {
    const x = source[base + c]!
    above += known[index]!.high - x
    under += x - known[index]!.low
    mostAbove = Math.max(mostAbove, known[index]!.high - x)
    mostUnder = Math.max(mostUnder, x - known[index]!.low)
  })
  if (rules.ownTeam) {
    above -= mostAbove
    under -= mostUnder
  }
  return members.every((c, index) => {
    const { low, high, open } = known[index]!
    const from = Math.max(low, high - above)
    const to = Math.min(high, low + under)
    const n = byCell.n[base + c]!
    const counts =
      family.figure === "mean" || high - low < n || ((from <= 0 || to >= k) && (to >= n || n - from >= k))
    return to - from >= open - 1e-9 && counts
  })
}

/**
 * Whether the figure of a pool is one that a cell could show, also without any one of the cells in it. A pool of too few
 * must pass for all figures of the thing: they share one hidden number of people, so they must be pooled alike.
 */
const passes = (wave: Wave, family: Family, members: ReadonlyArray<number>, tooFew: boolean): boolean => {
  const { byCell, rules, k } = wave
  const total = (thing: number, of: Float64Array) =>
    members.reduce((sum, c) => sum + of[thing * byCell.places + c]!, 0)
  const percentage = family.figure === "percent-positive" || (tooFew && family.both)
  const mean = family.figure === "mean" || (tooFew && family.both)
  const shows = (n: number, positive: number, sum: number): boolean =>
    (!percentage || mixed(rules, n, positive)) &&
    (!mean || amid(rules, sum / n, family.min, family.max, family.point))
  const n = total(family.thing, byCell.n)
  const positive = total(family.thing, byCell.positive)
  const sum = total(family.thing, byCell.sum)
  if (n < k || !shows(n, positive, sum)) {
    return false
  }
  const base = family.thing * byCell.places
  const withoutOne = (c: number): boolean =>
    byCell.n[base + c] === 0 ||
    shows(n - byCell.n[base + c]!, positive - byCell.positive[base + c]!, sum - byCell.sum[base + c]!)
  if (rules.ownTeam && !members.every(withoutOne)) {
    return false
  }
  return (
    !rules.answered ||
    family.of.every((i) => {
      const answered = total(i, byCell.n)
      const published = figuresOf(wave.items[i]!).includes("percent-positive")
      return answered >= k && (!published || mixed(rules, answered, total(i, byCell.positive)))
    })
  )
}

/** Finds of which pieces the totals of a figure are made, from the leaves of the tree to the organisation. */
export const piecesOf = (tree: Tree, wave: Wave, family: Family, itemStandings: Uint8Array): Pieces => {
  const { cells, byCell, rules, k } = wave
  const size = tree.ids.length
  const source = family.figure === "mean" ? byCell.sum : byCell.positive
  const base = family.thing * byCell.places
  const at: Array<number> = []
  const key: Array<number> = []
  const n: Array<number> = []
  const x: Array<number> = []
  const squares: Array<number> = []
  const parts: Array<number> = []
  const pools: Array<Pieces["pools"][number]> = []
  const few = new Map<number, Array<Few>>()
  const withheld = new Map<number, Array<number>>()
  const wait = <A>(waiting: Map<number, Array<A>>, u: number, values: ReadonlyArray<A>): void => {
    const there = waiting.get(u)
    if (there === undefined) {
      waiting.set(u, [...values])
    } else {
      for (const value of values) {
        there.push(value)
      }
    }
  }
  const add = (u: number, name: number, members: ReadonlyArray<number>, teams: number): void => {
    at.push(u)
    key.push(name)
    parts.push(teams)
    n.push(0)
    x.push(0)
    squares.push(0)
    const last = n.length - 1
    for (const c of members) {
      n[last]! += byCell.n[base + c]!
      x[last]! += source[base + c]!
      squares[last]! += byCell.squares[base + c]!
    }
  }
  for (let u = 0; u < size; u++) {
    for (let c = cells.start[u]!; c < cells.start[u + 1]!; c++) {
      const s = family.standings[c]!
      // What a unit shows as its own waits at the unit above; a pool waits where it stands.
      const next = cells.rest[c] ? u : tree.parent[u]!
      if (s === standing.exact) {
        add(u, c, [c], cells.units[c]!.length)
      } else if (next >= 0 && rules.partition) {
        if (s === standing.tooFew) {
          const most = cells.least[c]! - 1
          wait(few, next, [{ n: byCell.n[base + c]!, low: 0, high: most, most, members: [c] }])
        } else {
          wait(withheld, next, [c])
        }
      }
    }
    const fewHere = few.get(u)
    if (fewHere !== undefined) {
      const { released, passed } = judgeFew(fewHere, k, rules.ownTeam)
      if (released && passes(wave, family, passed.members, true)) {
        pools.push({ piece: at.length, kind: "too-few", cells: passed.members })
        add(u, cells.count + 2 * u, passed.members, passed.members.length)
      } else if (u < size - 1) {
        wait(few, tree.parent[u]!, [passed])
      }
    }
    const withheldHere = withheld.get(u)
    if (withheldHere !== undefined) {
      if (passes(wave, family, withheldHere, false) && staysOpen(wave, family, itemStandings, withheldHere)) {
        pools.push({ piece: at.length, kind: "withheld", cells: withheldHere })
        add(u, cells.count + 2 * u + 1, withheldHere, withheldHere.length)
      } else if (u < size - 1) {
        wait(withheld, tree.parent[u]!, withheldHere)
      }
    }
    few.delete(u)
    withheld.delete(u)
  }
  return {
    at: Int32Array.from(at),
    key: Int32Array.from(key),
    n: Float64Array.from(n),
    x: Float64Array.from(x),
    squares: Float64Array.from(squares),
    parts: Int32Array.from(parts),
    pools
  }
}

/** The first of the pieces that stand at unit `u` or after it. */
export const firstFrom = ({ at }: Pieces, u: number): number => {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (at[middle]! < u) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}

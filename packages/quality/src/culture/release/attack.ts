import { derivable, type KnownSet } from "./elimination.ts"
import { wilson } from "./intervals.ts"
import type { Composition, ReleaseRow, WaveRelease } from "./result.ts"
import type { Breakdown, UnitAnswers, WaveItem, WaveScale } from "./wave.ts"

/** What everybody knows, and what somebody knows of his own team. */
export interface Knowledge {
  readonly invited: Readonly<Record<string, number>>
  readonly items: ReadonlyArray<WaveItem>
  readonly scales: ReadonlyArray<WaveScale>
  /** All answers of one unit. */
  readonly own: UnitAnswers | null
  /** The same by group. */
  readonly ownGroups: ReadonlyArray<Breakdown>
  /** Totals are known to hold everybody (rule 2 switched off). */
  readonly everybody: boolean
}

/** Something that should not have been found out. */
export interface Finding {
  readonly kind: "small-set" | "hidden-count" | "unanimous" | "scale-end" | "hidden-mean" | "spread"
  readonly figure: string
  readonly of: string | null
  readonly who: ReadonlyArray<string>
  readonly low: number
  readonly high: number
}

interface Span {
  readonly low: number
  readonly high: number
}

/** The units at and below each unit. */
export const below = (release: WaveRelease): ReadonlyMap<string, ReadonlyArray<string>> => {
  const all = new Map<string, Array<string>>(release.units.map(({ id }) => [id, []]))
  const above = new Map(release.units.map(({ id, parent }) => [id, parent]))
  for (const { id } of release.units) {
    for (let up: string | null | undefined = id; typeof up === "string"; up = above.get(up)) {
      all.get(up)!.push(id)
    }
  }
  return all
}

/** Of which units' answers the figure of a row is made: public, since the method is. */
export const unitsOf = (
  release: WaveRelease,
  tree: ReadonlyMap<string, ReadonlyArray<string>>,
  composition: Composition,
  row: ReleaseRow,
  everybody: boolean
): ReadonlyArray<string> => {
  const unitsOfCells = (cells: Iterable<number>) => [...cells].flatMap((c) => release.cells[c]!.units)
  const cell = release.cells.find((one) => one.cell === row.cell)
  if (cell !== undefined) {
    return cell.units
  }
  const pool = composition.pools.find((one) => one.cell === row.cell)
  if (pool !== undefined) {
    return unitsOfCells(pool.cells)
  }
  const inside = new Set(tree.get(row.unit))
  return everybody
    ? [...inside]
    : [
        ...unitsOfCells(composition.exact.filter((c) => inside.has(release.cells[c]!.unit))),
        ...composition.pools
          .filter(({ unit }) => inside.has(unit))
          .flatMap(({ cells }) => unitsOfCells(cells))
      ]
}

const sumOf = (row: ReleaseRow): number =>
  row.figure === "mean" ? row.value! * row.n! : Math.round((row.value! * row.n!) / 100)

const total = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)

/** What a sum leaves open of each of its parts. */
const narrowed = (spans: ReadonlyArray<Span>, sum: number): ReadonlyArray<Span> => {
  const low = total(spans.map((span) => span.low))
  const high = total(spans.map((span) => span.high))
  return spans.map((span) => ({
    low: Math.max(span.low, sum - (high - span.high)),
    high: Math.min(span.high, sum - (low - span.low))
  }))
}

/** The strongest that can be said, with the fewest possible people, of somebody's figures. */
const attackFigure = (
  release: WaveRelease,
  knowledge: Knowledge,
  composition: Composition,
  tree: ReadonlyMap<string, ReadonlyArray<string>>
): ReadonlyArray<Finding> => {
  const { k } = release
  const { figure, of } = composition
  const found: Array<Finding> = []
  const say = (kind: Finding["kind"], who: ReadonlyArray<string>, low: number, high = low) =>
    found.push({ kind, figure, of, who, low, high })
  const rows = release.rows.filter((row) => row.figure === figure && row.of === of)
  const whole = rows.filter((row) => row.breakdown === null)
  const own = knowledge.own
  const ownSums =
    of === null ? undefined : (own?.items[of] ?? own?.scales[of] ?? { n: 0, sum: 0, positive: 0 })
  const ownX = figure === "mean" ? ownSums?.sum : ownSums?.positive
  const ownN = figure === "response" ? own?.respondents : ownSums?.n
  const item = knowledge.items.find(({ id }) => id === of)
  const scale = knowledge.scales.find(({ id }) => id === of)
  const range = item ?? scale ?? { min: 0, max: 1 }
  const point = scale
    ? (scale.max - scale.min) /
      Math.min(...knowledge.items.filter(({ id }) => scale.items.includes(id)).map((i) => i.max - i.min))
    : 1

  // Atoms are units; where a breakdown divides them, units by group.
  const ids = release.units.map(({ id }) => id)
  const ways = [null, ...new Set(rows.flatMap((row) => row.breakdown?.split("=")[0] ?? []))]
  for (const by of ways) {
    const breakdownRows = rows.filter((row) => row.breakdown?.startsWith(`${by}=`) && row.n !== null)
    const labels = breakdownRows.map((row) => row.breakdown!)
    const used = release.breakdowns.find((one) => one.by === by && one.figure === figure && one.of === of)
    const kinds = by === null ? [""] : [...new Set([...labels, `${by}=`])]
    const atom = (unit: string, kind: string) => ids.indexOf(unit) * kinds.length + kinds.indexOf(kind)
    const atoms = (units: ReadonlyArray<string>) =>
      units.flatMap((unit) => kinds.map((kind) => atom(unit, kind)))
    const unitOf = (one: number): string => ids[Math.floor(one / kinds.length)]!
    const counts: Array<KnownSet> = []
    const sums: Array<KnownSet> = []
    const learn = (known: KnownSet, exact: boolean): void => {
      counts.push({ ...known, x: 0 })
      if (exact) {
        sums.push(known)
      }
    }
    for (const row of whole) {
      if (row.n !== null) {
        const exact = row.bound === "exact" && figure !== "response"
        const members = atoms(unitsOf(release, tree, composition, row, knowledge.everybody))
        learn({ atoms: members, n: row.n, x: exact ? sumOf(row) : 0 }, exact)
      }
    }
    for (const row of breakdownRows) {
      const members = used!.cells.flatMap((c) => release.cells[c]!.units)
      const exact = row.bound === "exact" && figure !== "response"
      learn(
        { atoms: members.map((unit) => atom(unit, row.breakdown!)), n: row.n!, x: exact ? sumOf(row) : 0 },
        exact
      )
    }
    const mine = new Set(own === null ? [] : kinds.map((kind) => atom(own.unit, kind)))
    if (own !== null) {
      learn({ atoms: [...mine], n: ownN!, x: ownX ?? 0 }, figure !== "response")
      for (const { group, answers } of knowledge.ownGroups.find((one) => one.by === by)?.groups ?? []) {
        const kind = labels.find((label) =>
          label
            .slice(by!.length + 1)
            .split(" + ")
            .includes(group)
        )
        const there = [...answers].find(({ unit }) => unit === own.unit)
        const merged = labels.some((label) => label.includes(" + "))
        if (kind !== undefined && !merged) {
          const sum = of === null ? undefined : (there?.items[of] ?? there?.scales[of])
          const n = figure === "response" ? (there?.respondents ?? 0) : (sum?.n ?? 0)
          const x = (figure === "mean" ? sum?.sum : sum?.positive) ?? 0
          learn({ atoms: [atom(own.unit, kind)], n, x }, figure !== "response")
        }
      }
    }
    const others = ({ atoms: members }: KnownSet): boolean => members.every((one) => !mine.has(one))
    const who = ({ atoms: members }: KnownSet) => [...new Set(members.map(unitOf))]

    for (const set of derivable(sums).filter(others)) {
      const n = Math.round(set.n)
      if (n < 1) {
        continue
      }
      if (n < k) {
        say("small-set", who(set), n)
      }
      if (figure === "percent-positive") {
        const fewer = Math.min(Math.round(set.x), n - Math.round(set.x))
        if (fewer < 3) {
          say("unanimous", who(set), fewer)
        }
      }
      if (figure === "mean") {
        const mean = set.x / n
        if (mean > range.max - 0.2 * point + 1e-9 || mean < range.min + 0.2 * point - 1e-9) {
          say("scale-end", who(set), mean)
        }
      }
      if (by === null) {
        hiddenIn(set)
      }
    }
    if (by === null) {
      for (const set of derivable(counts).filter(others)) {
        hiddenPeopleIn(set)
      }
    }

    /** Cells or units whose number of people is hidden, in a set of known size. */
    function hiddenPeopleIn(set: KnownSet): void {
      const members = new Set(who(set))
      const rest = release.cells.filter(({ units }) => units.some((unit) => members.has(unit)))
      const parts: ReadonlyArray<{ name: string; span: Span }> =
        figure === "response"
          ? [...members].flatMap((unit) => {
              const row = whole.find((one) => one.cell === unit)
              const leaf = tree.get(unit)!.length === 1
              const invitations = knowledge.invited[unit] ?? (leaf ? k - 1 : 0)
              const high = leaf && row?.n === null ? Math.min(k - 1, invitations) : 0
              return high > 0 ? [{ name: unit, span: { low: 0, high } }] : []
            })
          : rest.flatMap(({ cell, units, rest: pooled }) => {
              const row = whole.find((one) => one.cell === cell)
              const people =
                release.rows.find((one) => one.cell === cell && one.figure === "response")?.n ?? 0
              const largest = Math.max(
                ...units.map((unit) => Math.min(k - 1, knowledge.invited[unit] ?? k - 1))
              )
              const high = pooled && units.length > 1 ? k - 1 + largest : k - 1
              return row?.n === null ? [{ name: cell, span: { low: 0, high: Math.min(high, people) } }] : []
            })
      const known =
        figure === "response"
          ? 0
          : total(rest.map(({ cell }) => whole.find((one) => one.cell === cell)?.n ?? 0))
      const covered =
        figure === "response"
          ? parts.length === members.size
          : rest.every(({ units }) => units.every((unit) => members.has(unit)))
      if (!covered) {
        return
      }
      const sum = Math.round(set.n) - known
      // Every set of hidden parts that could have fewer than k people, not only single ones.
      const tryAll = (from: number, chosen: ReadonlyArray<number>): void => {
        const high = total(chosen.map((index) => parts[index]!.span.high))
        if (high >= k) {
          return
        }
        if (chosen.length > 0) {
          const low = sum - total(parts.map(({ span }) => span.high)) + high
          if (low >= 1) {
            say(
              "hidden-count",
              chosen.map((index) => parts[index]!.name),
              low,
              Math.min(high, sum)
            )
          }
        }
        for (let next = from; next < parts.length; next++) {
          tryAll(next + 1, [...chosen, next])
        }
      }
      tryAll(0, [])
    }

    /** Cells whose positives or mean are hidden, in a set whose sum is known. */
    function hiddenIn(set: KnownSet): void {
      const members = new Set(who(set))
      const inside = release.cells.filter(({ units }) => units.some((unit) => members.has(unit)))
      const parts = inside.map(({ cell, units }) => {
        const row = whole.find((one) => one.cell === cell)!
        const people = release.rows.find((one) => one.cell === cell && one.figure === "response")!.n!
        const n = row.n ?? people
        const percent =
          figure === "mean" && item !== undefined
            ? release.rows.find(
                (one) => one.cell === cell && one.of === of && one.figure === "percent-positive"
              )
            : figure === "percent-positive"
              ? row
              : undefined
        const positives: Span =
          percent?.bound === "exact"
            ? { low: sumOf(percent), high: sumOf(percent) }
            : percent?.bound === "at-most"
              ? { low: 0, high: 2 }
              : percent?.bound === "at-least"
                ? { low: n - 2, high: n }
                : { low: 0, high: n }
        const from = item?.positiveFrom
        const span: Span =
          figure === "percent-positive"
            ? positives
            : from === undefined
              ? { low: n * range.min, high: n * range.max }
              : {
                  low: positives.low * from + (n - positives.low) * range.min,
                  high: positives.high * range.max + (n - positives.high) * (from - 1)
                }
        return {
          cell,
          n,
          row,
          span,
          hidden: row.bound !== "exact" && row.n !== null,
          full: units.every((u) => members.has(u))
        }
      })
      if (parts.some(({ full, row }) => !full || row.n === null)) {
        return
      }
      const after = narrowed(
        parts.map(({ row, span }) => (row.bound === "exact" ? { low: sumOf(row), high: sumOf(row) } : span)),
        set.x
      )
      parts.forEach(({ cell, n, span, hidden }, index) => {
        const { low, high } = after[index]!
        const wider = span.high - span.low > high - low + 1e-9
        if (!hidden || !wider) {
          return
        }
        if (figure === "mean") {
          if (high - low <= n * point) {
            say("hidden-mean", [cell], low / n, high / n)
          }
        } else if (high - low < 1e-9 || (low >= 1 && high < k) || (n - high >= 1 && n - low < k)) {
          say("hidden-count", [cell], low, high)
        }
      })
    }
  }

  for (const row of whole) {
    // A percentage with its limits, and no number: one number of people fits.
    if (row.n === null && row.value !== null && row.low !== null && figure === "percent-positive") {
      const fits: Array<number> = []
      for (let n = 1; n < k; n++) {
        const x = Math.round((row.value * n) / 100)
        if (
          Math.abs((100 * x) / n - row.value) < 1e-6 &&
          Math.abs(wilson(x / n, n).low - row.low) < 1e-6 &&
          Math.abs(wilson(x / n, n).high - row.high!) < 1e-6
        ) {
          fits.push(n)
        }
      }
      if (fits.length > 0) {
        say("hidden-count", [row.cell], Math.min(...fits), Math.max(...fits))
      }
    }
    // People who are said to disagree have no mean.
    if (figure === "mean" && row.bound === "exact" && release.cells.some(({ cell }) => cell === row.cell)) {
      const agreement = release.rows.find(
        (one) => one.cell === row.cell && one.of === of && one.figure === "agreement"
      )
      if (agreement?.high !== undefined && agreement.high !== null && agreement.high <= 0.7) {
        say("hidden-mean", [row.cell], row.value!)
      }
    }
  }
  return found
}

/** Everything that follows from the releases of some waves for somebody who knows all answers of one unit. */
export const attack = (
  waves: ReadonlyArray<{ readonly release: WaveRelease; readonly knowledge: Knowledge }>
): ReadonlyArray<Finding> =>
  waves.flatMap(({ release, knowledge }) => {
    const tree = below(release)
    const spreads = release.rows
      .filter(({ figure, n, value }) => figure.startsWith("spread") && (n! < 30 || (value! * n!) / 100 < 2.5))
      .map(({ figure, of, cell, value }): Finding => ({
        kind: "spread",
        figure,
        of,
        who: [cell],
        low: value!,
        high: value!
      }))
    return [
      ...release.compositions.flatMap((composition) => attackFigure(release, knowledge, composition, tree)),
      ...spreads
    ]
  })

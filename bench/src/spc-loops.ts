/** Points as columns, in any order: what a program holds after it has read them. */
export interface Columns {
  readonly series: ReadonlyArray<string>
  readonly period: Int32Array
  readonly value: Float64Array
  readonly baseline: Uint8Array
}

/** A run of one rule, as positions in its series. */
export interface Run {
  readonly rule: "beyond-limits" | "shift" | "trend" | "two-of-three"
  readonly side: "high" | "low"
  readonly first: number
  readonly completed: number
  readonly last: number
}

/** Every column that `spc.xmr` gives by point, in the order of series and period. */
export interface Judged {
  readonly order: Int32Array
  /** centre, lcl3, lcl2, lcl1, ucl1, ucl2, ucl3, sigma, r1 of each point. */
  readonly limits: Float64Array
  /** Bits of each point: beyond limits, shift, trend and two of three, high and low. */
  readonly marks: Uint8Array
  /** Words of each point: variation and direction of the signal. */
  readonly variation: ReadonlyArray<string>
  readonly direction: ReadonlyArray<string | null>
  readonly rules: ReadonlyArray<ReadonlyArray<Run>>
  readonly warning: ReadonlyArray<ReadonlyArray<string>>
}

const width = 9
const none: ReadonlyArray<Run> = []

/**
 * The work of `spc.xmr` under `mdc-2023` as plain loops over typed arrays: rows are gathered by series and put in
 * order of period, limits come from the baseline, every rule is judged, and every output column is filled.
 */
export const judgeByLoops = (rows: Columns): Judged => {
  const count = rows.series.length
  const bySeries = new Map<string, number[]>()
  for (let i = 0; i < count; i++) {
    const at = bySeries.get(rows.series[i]!)
    if (at === undefined) bySeries.set(rows.series[i]!, [i])
    else at.push(i)
  }
  const order = new Int32Array(count)
  const limits = new Float64Array(count * width)
  const marks = new Uint8Array(count)
  const variation: string[] = Array.from({ length: count })
  const direction: Array<string | null> = Array.from({ length: count })
  const rules: Array<ReadonlyArray<Run>> = Array.from({ length: count })
  const warning: Array<ReadonlyArray<string>> = Array.from({ length: count })
  let start = 0
  for (const at of bySeries.values()) {
    const n = at.length
    let inOrder = true
    for (let i = 1; i < n; i++) if (rows.period[at[i]!]! <= rows.period[at[i - 1]!]!) inOrder = false
    if (!inOrder) at.sort((a, b) => rows.period[a]! - rows.period[b]!)
    const y = new Float64Array(n)
    let baseline = 0
    let total = 0
    let ranges = 0
    let before = Number.NaN
    for (let i = 0; i < n; i++) {
      const row = at[i]!
      order[start + i] = row
      const v = rows.value[row]!
      y[i] = v
      if (rows.baseline[row] === 0) continue
      if (baseline > 0) ranges += Math.abs(v - before)
      before = v
      total += v
      baseline++
    }
    const mean = total / baseline
    const sigma = ((ranges / (baseline - 1)) * 2.66) / 3
    let product = 0
    let square = 0
    before = Number.NaN
    let zeros = 0
    for (let i = 0; i < n; i++) {
      if (rows.baseline[at[i]!] === 0) continue
      const d = y[i]! - mean
      if (!Number.isNaN(before)) {
        product += d * before
        if (d === before) zeros++
      }
      square += d * d
      before = d
    }
    const r1 = baseline >= 24 ? product / square : Number.NaN
    const reach = (limit: number): number => 1e-9 * Math.max(Math.abs(limit), sigma)
    const high = mean + 3 * sigma + reach(mean + 3 * sigma)
    const low = mean - 3 * sigma - reach(mean - 3 * sigma)
    const far = mean + 2 * sigma + reach(mean + 2 * sigma)
    const near = mean - 2 * sigma - reach(mean - 2 * sigma)
    const above = mean + reach(mean)
    const below = mean - reach(mean)
    const found: Run[] = []
    let side = 0
    let sideFrom = 0
    let way = 0
    let wayFrom = 0
    let outSide = 0
    let outFrom = 0
    let pair: { side: number; first: number; completed: number; last: number } | undefined
    const closeSide = (end: number): void => {
      if (side !== 0 && end - sideFrom + 1 >= 7)
        found.push({
          rule: "shift",
          side: side > 0 ? "high" : "low",
          first: sideFrom,
          completed: sideFrom + 6,
          last: end
        })
    }
    const closeWay = (end: number): void => {
      if (way !== 0 && end - wayFrom + 1 >= 7)
        found.push({
          rule: "trend",
          side: way > 0 ? "high" : "low",
          first: wayFrom,
          completed: wayFrom + 6,
          last: end
        })
    }
    const closeOut = (end: number): void => {
      if (outSide !== 0)
        found.push({
          rule: "beyond-limits",
          side: outSide > 0 ? "high" : "low",
          first: outFrom,
          completed: outFrom,
          last: end
        })
    }
    for (let i = 0; i < n; i++) {
      const v = y[i]!
      const here = v > above ? 1 : v < below ? -1 : 0
      if (here !== side) {
        closeSide(i - 1)
        side = here
        sideFrom = i
      }
      const out = v > high ? 1 : v < low ? -1 : 0
      if (out !== outSide) {
        closeOut(i - 1)
        outSide = out
        outFrom = i
      }
      if (i > 0) {
        const previous = y[i - 1]!
        const same = Math.abs(v - previous) <= 1e-9 * Math.max(Math.abs(v), Math.abs(previous))
        const step = same ? 0 : v > previous ? 1 : -1
        if (step !== way) {
          closeWay(i - 1)
          way = step
          wayFrom = i - 1
        }
      }
      if (i > 1 && here !== 0) {
        let distant = 0
        let first = -1
        let last = -1
        let together = true
        for (let j = i - 2; j <= i; j++) {
          if (here > 0 ? y[j]! <= above : y[j]! >= below) together = false
          if (here > 0 ? y[j]! > far : y[j]! < near) {
            distant++
            if (first < 0) first = j
            last = j
          }
        }
        if (together && distant >= 2) {
          if (pair !== undefined && pair.side === here && first <= pair.last) pair.last = last
          else {
            if (pair !== undefined)
              found.push({
                rule: "two-of-three",
                side: pair.side > 0 ? "high" : "low",
                first: pair.first,
                completed: pair.completed,
                last: pair.last
              })
            pair = { side: here, first, completed: i, last }
          }
        }
      }
    }
    closeSide(n - 1)
    closeWay(n - 1)
    closeOut(n - 1)
    if (pair !== undefined)
      found.push({
        rule: "two-of-three",
        side: pair.side > 0 ? "high" : "low",
        first: pair.first,
        completed: pair.completed,
        last: pair.last
      })
    const warnings: string[] = []
    if (n < 13) warnings.push("few-points")
    if (r1 > 2 / Math.sqrt(baseline)) warnings.push("autocorrelated")
    if (2 * zeros > baseline - 1) warnings.push("too-little-variation")
    for (const run of found)
      if (run.last === n - 1 && !warnings.includes("not-stable")) warnings.push("not-stable")
    const held: Array<Run[] | undefined> = []
    for (const [bit, name] of (["beyond-limits", "shift", "trend", "two-of-three"] as const).entries())
      for (const run of found) {
        if (run.rule !== name) continue
        const flag = 1 << (2 * bit + (run.side === "high" ? 0 : 1))
        for (let i = run.first; i <= run.last; i++) {
          if (name === "two-of-three" && !(run.side === "high" ? y[i]! > far : y[i]! < near)) continue
          marks[start + i] = marks[start + i]! | flag
          const list = held[i]
          if (list === undefined) held[i] = [run]
          else list.push(run)
        }
      }
    for (let i = 0; i < n; i++) {
      const place = (start + i) * width
      limits[place] = mean
      limits[place + 1] = mean - 3 * sigma
      limits[place + 2] = mean - 2 * sigma
      limits[place + 3] = mean - sigma
      limits[place + 4] = mean + sigma
      limits[place + 5] = mean + 2 * sigma
      limits[place + 6] = mean + 3 * sigma
      limits[place + 7] = sigma
      limits[place + 8] = r1
      const mark = marks[start + i]!
      const up = (mark & 0b01010101) !== 0
      const down = (mark & 0b10101010) !== 0
      direction[start + i] = up ? (down ? "both" : "high") : down ? "low" : null
      variation[start + i] = n < 13 ? "not-judged" : mark === 0 ? "common" : "changed"
      rules[start + i] = held[i] ?? none
      warning[start + i] = warnings
    }
    start += n
  }
  return { order, limits, marks, variation, direction, rules, warning }
}

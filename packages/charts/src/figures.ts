import type { ChartOptions } from "./options.ts"
import type { PlacedPoint } from "./point.ts"

/** The part of the axis that is shown, and its round marks. */
export interface ValueAxis {
  readonly low: number
  readonly high: number
  readonly ticks: ReadonlyArray<number>
  /** Distance between two marks; decides how many decimals a number needs. */
  readonly step: number
}

const power = (exponent: number): number => Number(`1e${exponent}`)

const niceStep = (span: number, count: number): number => {
  const raw = span / count
  const unit = power(Math.floor(Math.log10(raw)))
  return [1, 2, 5, 10].map((factor) => factor * unit).find((step) => step >= raw * 0.999) ?? 10 * unit
}

/** An axis that holds every number of the points, and `more` numbers, with about `count` marks. */
export const valueAxis = (
  points: ReadonlyArray<PlacedPoint>,
  count: number,
  percent: boolean,
  more: ReadonlyArray<number> = []
): ValueAxis => {
  const shown = points.flatMap((point) =>
    [point.value, point.centre, point.lcl3, point.ucl3, point.target].filter((x) => x !== null)
  )
  const all = [...shown, ...more]
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const x of all) {
    least = Math.min(least, x)
    most = Math.max(most, x)
  }
  if (all.length === 0) [least, most] = [0, 1]
  const size = Math.max(Math.abs(least), Math.abs(most))
  // Differences below a double's own precision are no differences.
  const flat = most - least <= size * 1e-12 || size < 1e-290
  const margin = flat ? (size < 1e-290 ? 1 : size * 0.05) : (most - least) * 0.06
  const low = least - margin
  const high = most + margin
  const step = niceStep(high - low, count)
  const ticks: Array<number> = []
  for (let k = Math.ceil(low / step); k * step <= high; k++) {
    // A share outside 0 to 1 does not exist, so the axis does not name one unless the data do.
    const beyond = percent && ((k * step > 1 && most <= 1) || (k * step < 0 && least >= 0))
    if (!beyond && ticks.length < 60) ticks.push(k * step)
  }
  return { low, high, ticks, step }
}

const SUFFIXES: ReadonlyArray<readonly [number, string]> = [
  [1e12, "tn"],
  [1e9, "bn"],
  [1e6, "M"]
]

const decimalsFor = (step: number): number => Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))

const grouped = (text: string): string =>
  text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","))

const exponential = (size: number): string =>
  size
    .toExponential(2)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e")

/**
 * A number as people write it, exact to `step`: `1,250`, `92.5%`, `1.2M`, `3.1e-7`, `−4`.
 * `size` is the greatest number shown beside it, so that neighbours get the same form.
 */
export const figure = (
  value: number,
  step: number,
  size: number,
  options: Pick<ChartOptions, "percent" | "unit">
): string => {
  const by = options.percent === true ? 100 : 1
  const mark = options.percent === true || options.unit === "%" ? "%" : ""
  const v = Math.abs(value) * by
  const s = step * by
  const big = size * by
  const suffix = SUFFIXES.find(([unit]) => big >= unit && s / unit >= 1e-3)
  const text =
    big >= 1e15 || big < 1e-4
      ? v === 0
        ? "0"
        : exponential(v)
      : suffix === undefined
        ? grouped(v.toFixed(decimalsFor(s)))
        : `${(v / suffix[0]).toFixed(decimalsFor(s / suffix[0]))}${suffix[1]}`
  const isZero = !/[1-9]/.test(text)
  return `${value < 0 && !isZero ? "−" : ""}${text}${mark}`
}

/** The greatest absolute number on an axis. */
export const axisSize = (axis: ValueAxis): number => Math.max(Math.abs(axis.low), Math.abs(axis.high))

import type { Arguments, Cell, Data } from "./case.ts"
import { sumOf } from "./exact.ts"
import { betaQuantile, gammaQuantile } from "./quantile.ts"

type Kind = "funnel_pr" | "funnel_rc" | "funnel_sr"

interface Unit {
  readonly unit: string
  readonly o: number
  readonly e: number
  readonly missing: boolean
  readonly valid: boolean
}

interface Scored extends Unit {
  /** The denominator of the method, the count on the target, the z-score, and one over its variance. */
  readonly size: number
  readonly m: number
  readonly z: number
  readonly weight: number
}

const unitsOf = (kind: Kind, data: Data): ReadonlyArray<Unit> =>
  [...new Set(data.unit)].toSorted().map((unit) => {
    const rows = data.unit!.flatMap((u, i) =>
      u === unit ? [[data.numerator![i]!, data.denominator![i]!] as const] : []
    )
    const whole = rows.filter(([o, e]) => o !== null && e !== null)
    const [o, e] = [sumOf(whole.map((r) => r[0])), sumOf(whole.map((r) => r[1]))]
    const valid = whole.length > 0 && o >= 0 && e > 0 && (kind !== "funnel_pr" || o <= e)
    return {
      unit,
      o: whole.length > 0 ? o : NaN,
      e: whole.length > 0 ? e : NaN,
      missing: whole.length < rows.length,
      valid
    }
  })

const scoreOf = (kind: Kind, unit: Unit, target: number, method: string): Scored => {
  const { o, e } = unit
  if (kind === "funnel_pr")
    return {
      ...unit,
      size: e,
      m: e * target,
      z: (Math.asin(Math.sqrt(o / e)) - Math.asin(Math.sqrt(target))) * 2 * Math.sqrt(e),
      weight: 4 * e
    }
  if (kind === "funnel_rc") {
    const variance = o / (o + 0.5) ** 2 + e / (e + 0.5) ** 2
    return {
      ...unit,
      size: e,
      m: e * target,
      z: (Math.log((o + 0.5) / (e + 0.5)) - Math.log(target)) / Math.sqrt(variance),
      weight: 1 / variance
    }
  }
  const size = method === "SHMI" ? Math.round(e * 100) / 100 : e
  const m = size * target
  const z =
    method === "SHMI" && o > 0 ? Math.sqrt(m) * Math.log(o / m) : (Math.sqrt(o / m) - 1) * 2 * Math.sqrt(m)
  return { ...unit, size, m, z, weight: method === "SHMI" ? m : 4 * m }
}

/** R's seventh kind of quantile, of sorted numbers. */
const quantile = (sorted: ReadonlyArray<number>, share: number): number => {
  const h = (sorted.length - 1) * share
  const below = sorted[Math.floor(h)]!
  return below + (h - Math.floor(h)) * (sorted[Math.ceil(h)]! - below)
}

/** The z-scores that count for phi, trimmed as the method says. */
const trimmed = (
  scored: ReadonlyArray<Scored>,
  kind: Kind,
  method: string,
  share: number
): ReadonlyArray<Scored> => {
  if (kind !== "funnel_sr" || method !== "SHMI" || share === 0) return scored
  const groups = 1 / share
  return scored.filter((u) => {
    const rank = scored.filter((v) => v.z < u.z).length + (scored.filter((v) => v.z === u.z).length + 1) / 2
    const group = Math.floor((rank * groups) / (scored.length + 1))
    return group > 0 && group < groups - 1
  })
}

const bands = [
  { name: "95", rounded: 1.959964, score: 1.959963984540054, share: 0.025 },
  { name: "998", rounded: 3.090232, score: 3.090232306167813, share: 0.001 }
] as const

/** Every output row of a funnel, in order of unit. */
export const funnelRows = (kind: Kind, given: Arguments, data: Data): ReadonlyArray<Record<string, Cell>> => {
  const by = given.multiply ?? 1
  const method = given.method ?? "SHMI"
  const how = given.overdispersion ?? "additive"
  const form = given.limits ?? (kind === "funnel_sr" ? "exact" : "normal")
  const trim = given.trim_by ?? 0.1
  const units = unitsOf(kind, data)
  const valid = units.filter((u) => u.valid)
  const target =
    given.target ?? (kind === "funnel_sr" ? 1 : sumOf(valid.map((u) => u.o)) / sumOf(valid.map((u) => u.e)))
  const scored = valid.map((u) => scoreOf(kind, u, target, method))
  const inPhi = scored.filter((u) => kind !== "funnel_sr" || u.o > 0)
  const kept = trimmed(inPhi, kind, method, trim)
  const sorted = kept.map((u) => u.z).toSorted((a, b) => a - b)
  const truncates = kind === "funnel_sr" && method === "SHMI"
  const [low, high] = truncates ? [-Infinity, Infinity] : [quantile(sorted, trim), quantile(sorted, 1 - trim)]
  const n = kept.length
  const squares = sorted.map((z) => Math.min(high, Math.max(low, z)) ** 2)
  const phi = inPhi.length > 1 ? sumOf(squares) / n : null
  const weights = sumOf(kept.map((u) => u.weight))
  const spare = weights - sumOf(kept.map((u) => u.weight ** 2)) / weights
  const tau2 = phi === null ? null : n * phi < n - 1 ? 0 : Math.max(0, (n * phi - (n - 1)) / spare)
  const widened = how !== "none" && phi !== null && phi > 1

  const back = (x: number): number => {
    if (kind === "funnel_pr")
      return Math.sin(Math.min(Math.PI / 2, Math.max(0, Math.asin(Math.sqrt(target)) + x))) ** 2
    if (kind === "funnel_rc") return target * Math.exp(x)
    return target * (method === "SHMI" ? Math.exp(x) : Math.max(0, 1 + x) ** (method === "CQC" ? 1 : 2))
  }
  const variance = (u: Scored): number =>
    kind === "funnel_sr" ? (method === "SHMI" ? 1 / u.m : 1 / (4 * u.m)) : 1 / (4 * u.size)

  const plain = (u: Scored, side: -1 | 1, band: (typeof bands)[number]): number => {
    if (form === "normal") return back(side * band.rounded * Math.sqrt(variance(u)))
    if (form === "byar") {
      const m = side === -1 ? u.m : u.m + 1
      const cube = (1 - 1 / (9 * m) + (side * band.score) / (3 * Math.sqrt(m))) ** 3
      const limit = (m * Math.max(0, cube)) / u.size
      return kind === "funnel_pr" ? Math.min(1, limit) : limit
    }
    const share = side === -1 ? band.share : 1 - band.share
    if (kind === "funnel_sr") return gammaQuantile(side === -1 ? u.m : u.m + 1, share) / u.size
    const a = side === -1 ? u.m : u.m + 1
    if (kind === "funnel_pr") return betaQuantile(a, side === -1 ? u.size - u.m + 1 : u.size - u.m, share)
    const x = betaQuantile(a, side === -1 ? u.size + 1 : u.size, share)
    return x / (1 - x)
  }
  const adjusted = (u: Scored, side: -1 | 1, band: (typeof bands)[number]): number => {
    const s2 = variance(u)
    const width = how === "additive" ? s2 + (tau2 ?? 0) : how === "none" ? s2 : s2 * Math.max(1, phi ?? 1)
    return back(side * band.rounded * Math.sqrt(width))
  }

  return units.map((unit): Record<string, Cell> => {
    const u = scored.find((x) => x.unit === unit.unit)
    const limits = (f: typeof plain): ReadonlyArray<number | null> =>
      bands.flatMap((band) =>
        ([-1, 1] as const).map((side) => (u === undefined ? null : f(u, side, band) * by))
      )
    const [l95, u95, l998, u998] = limits(plain)
    const [ol95, ou95, ol998, ou998] = limits(adjusted)
    const value = u === undefined ? null : (u.o / u.e) * by
    const [most, fewest] = widened ? [ou998, ol998] : [u998, l998]
    return {
      unit: unit.unit,
      value,
      target: target * by,
      z: u?.z ?? null,
      phi: phi === null ? null : how === "none" ? 0 : phi,
      tau2: tau2 === null ? null : how === "none" ? 0 : tau2,
      lcl95: l95!,
      ucl95: u95!,
      lcl998: l998!,
      ucl998: u998!,
      od_lcl95: ol95!,
      od_ucl95: ou95!,
      od_lcl998: ol998!,
      od_ucl998: ou998!,
      outlier: value === null ? null : value > most! ? "high" : value < fewest! ? "low" : null,
      warning: [
        ...(unit.missing ? ["missing"] : []),
        ...(unit.e === 0 ? ["zero-denominator"] : []),
        ...(!unit.valid && Math.abs(unit.e) > 0 ? ["invalid"] : []),
        ...(kind === "funnel_sr" && unit.valid && unit.o === 0 ? ["no-events"] : []),
        ...(inPhi.length < 10 ? ["few-units"] : []),
        ...(phi !== null && phi > 1 + 2 * Math.sqrt(2 / n) ? ["overdispersed"] : []),
        ...(kind !== "funnel_pr" &&
        unit.valid &&
        (kind === "funnel_rc" || method === "CQC") &&
        (widened || form === "normal")
          ? ["narrow-limits"]
          : [])
      ]
    }
  })
}

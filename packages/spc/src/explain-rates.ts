import { falseAlarms } from "./false-alarms.ts"
import { profiles } from "./profiles.ts"

const sixDigits = (share: number): number => Number(share.toFixed(6))

/** `_rate(profile, baseline, "rule", lengths, ns, rates)`: how often a steady chart ever shows a rule, a list of rates by `ns` for each length. */
export const rulesRateSql: string = (() => {
  const rows = Map.groupBy(falseAlarms.ever, (r) => JSON.stringify([r.profile, r.baseline, r.rule]))
  return `_rate(profile, baseline, "rule", lengths, ns, rates, series) AS (VALUES ${[...rows.values()]
    .map((group) => {
      const { profile, baseline, rule, series } = group[0]!
      const byLength = [...Map.groupBy(group, (r) => r.length)].sort(([a], [b]) => (a ?? 0) - (b ?? 0))
      const lengths = byLength.map(([length]) => length ?? 0)
      const ns = byLength[0]![1].map((r) => r.n)
      const rates = byLength.map(([, of]) => `[${of.map((r) => sixDigits(r.rate)).join(",")}]`)
      return `('${profile}', '${baseline}', '${rule}', [${lengths.join(",")}], [${ns.join(",")}], [${rates.join(",")}]::DOUBLE[][], ${series})`
    })
    .join(", ")})`
})()

/**
 * `_now(profile, baseline, phis, ns, rates, concern, sideless)`: how often the latest point of a steady chart is
 * marked, a list by `ns` for each of `phis`; `concern`, by `ns` for independent values, on one given side or, where
 * the profile has rules without a side, by one of those.
 */
export const latestRateSql = (phis: "every" | "none"): string => {
  const groups = Map.groupBy(falseAlarms.lastPoint, (r) => JSON.stringify([r.profile, r.baseline]))
  return `_latest_rate(profile, baseline, phis, ns, rates, concern) AS (VALUES ${[...groups.values()]
    .map((group) => {
      const { profile, baseline } = group[0]!
      const rules = profiles.find((p) => p.name === profile)!
      const sideless =
        rules.runs || [rules.stratification, rules.alternation, rules.mixture].some((n) => n !== null)
      const byPhi = [...Map.groupBy(group, (r) => r.phi)].filter(([phi]) => phis === "every" || phi === 0)
      const steady = byPhi.find(([phi]) => phi === 0)![1]
      // Any mark but one on the other side; marks on both sides at once, and none by a rule without a side, are rare.
      const concern = steady.map((r) => sixDigits(sideless ? r.any - r.concern : r.concern))
      return `('${profile}', '${baseline}', [${byPhi.map(([phi]) => phi).join(",")}]::DOUBLE[], [${steady.map((r) => r.n).join(",")}], [${byPhi
        .map(([, of]) => `[${of.map((r) => sixDigits(r.any)).join(",")}]`)
        .join(",")}]::DOUBLE[][], [${concern.join(",")}]::DOUBLE[])`
    })
    .join(", ")})`
}

/** SQL for the position in `list` of the number nearest to `x`; the first of two equally near. */
export const nearest = (list: string, x: string): string =>
  `list_min(list_transform(${list}, lambda e, i: {'d': abs(e - ${x}), 'i': i})).i`

/** Kinds of chart whose false alarms were measured, or are near enough to those of single normal values to be quoted with that word. */
export const quotedCharts = ["xmr", "run", "xbar", "np", "p", "pp", "u", "up", "c"] as const

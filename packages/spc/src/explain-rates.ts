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
 * `_latest_rate(profile, baseline, "limits", phis, ns, rates, concern)`: how often the latest point of a steady
 * chart is marked, a list by `ns` for each of `phis`; `concern`, by `ns` for independent values, on one given side
 * or by a rule without a side. `limits` is false for run charts, which have none.
 */
export const latestRateSql = (phis: "every" | "none"): string => {
  const groups = Map.groupBy(falseAlarms.lastPoint, (r) => JSON.stringify([r.profile, r.baseline]))
  const limited = [...groups.values()].map((group) => {
    const { profile, baseline } = group[0]!
    const rules = profiles.find((p) => p.name === profile)!
    const sideless =
      rules.runs || [rules.stratification, rules.alternation, rules.mixture].some((n) => n !== null)
    const byPhi = [...Map.groupBy(group, (r) => r.phi)].filter(([phi]) => phis === "every" || phi === 0)
    const steady = byPhi.find(([phi]) => phi === 0)![1]
    // Any mark but one on the other side: marks on both sides at one point are rare.
    const concern = steady.map((r) => sixDigits(sideless ? r.any - r.concern : r.concern))
    return `('${profile}', '${baseline}', true, [${byPhi.map(([phi]) => phi).join(",")}]::DOUBLE[], [${steady.map((r) => r.n).join(",")}], [${byPhi
      .map(([, of]) => `[${of.map((r) => sixDigits(r.any)).join(",")}]`)
      .join(",")}]::DOUBLE[][], [${concern.join(",")}]::DOUBLE[])`
  })
  // The runs of a phase hold at its every point or at none: ever is now.
  const runs = Map.groupBy(
    falseAlarms.ever.filter((r) => r.profile === "anhoej" && r.rule === "runs"),
    (r) => r.baseline
  )
  const unlimited = [...runs].map(([baseline, group]) => {
    const rates = `[${group.map((r) => sixDigits(r.rate)).join(",")}]::DOUBLE[]`
    return `('anhoej', '${baseline}', false, [0]::DOUBLE[], [${group.map((r) => r.n).join(",")}], [${rates}], ${rates})`
  })
  return `_latest_rate(profile, baseline, "limits", phis, ns, rates, concern) AS (VALUES ${[...limited, ...unlimited].join(", ")})`
}

/** SQL for the position in `list` of the number nearest to `x`; the first of two equally near. */
export const nearest = (list: string, x: string): string =>
  `list_min(list_transform(${list}, lambda e, i: {'d': abs(e - ${x}), 'i': i})).i`

/** Kinds of chart whose false alarms were measured, or are near enough to those of single normal values to be quoted with that word. */
export const quotedCharts = ["xmr", "run", "xbar", "np", "p", "pp", "u", "up", "c"] as const

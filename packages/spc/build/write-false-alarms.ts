/**
 * Makes `src/false-alarm-table.ts`, `src/false-alarm-rule-table.ts` and `src/detection-delay-table.ts`.
 * Run by hand, from the root: `node packages/spc/build/write-false-alarms.ts`. The same seeds give the same files.
 */
import { writeFileSync } from "node:fs"

import { plainMdc, plainProfiles } from "./plain.ts"
import {
  baselines,
  fingerprint,
  frozenAt,
  lengthsOf,
  phis,
  pointsBefore,
  simulateDelays,
  simulateRates,
  simulateRules,
  steps,
  watched
} from "./simulate.ts"

const series = { rates: 100_000, ratesOfOthers: 40_000, rules: 100_000, delays: 40_000 }

const others = plainProfiles.filter((p) => p !== plainMdc)
const made = "// Made by build/write-false-alarms.ts; not to be edited."
const write = (name: string, text: string): void =>
  writeFileSync(new URL(`../src/${name}.ts`, import.meta.url), text)

/** Numbers in lines of up to 110 characters, as the formatter wants them. */
const filled = (numbers: ReadonlyArray<number>, indent: string): string => {
  const whole = `${indent}[${numbers.join(", ")}]`
  if (whole.length < 110) return whole
  const lines: string[] = []
  let line = `${indent}  `
  for (const [i, x] of numbers.entries()) {
    const item = i < numbers.length - 1 ? `${x},` : `${x}`
    if (line.trimEnd().length + 1 + item.length > 110) {
      lines.push(line.trimEnd())
      line = `${indent}  `
    }
    line += `${item} `
  }
  return `${indent}[\n${[...lines, line.trimEnd()].join("\n")}\n${indent}]`
}

const rates = phis.flatMap((phi) => {
  const few = phi === 0 ? series.rates : series.ratesOfOthers
  return [
    ...simulateRates(phi, series.rates, [plainMdc]).map((row) => ({ row, of: series.rates })),
    ...simulateRates(phi, few, others).map((row) => ({ row, of: few }))
  ]
})

write(
  "false-alarm-table",
  `${made}

/** Digest of a few series of the simulation that made these tables. */
export const simulatedFingerprint = "${fingerprint()}"

/** Points after which the limits of the scheme \`frozen\` no longer move. */
export const simulatedFreeze = ${frozenAt}

/** Valid points that each simulated profile asks for, and the numbers of points it was simulated with. */
export const simulatedProfiles: ReadonlyArray<{
  readonly name: string
  readonly minimum: number
  readonly lengths: ReadonlyArray<number>
}> = [
${plainProfiles
  .map((p) => {
    const lengths = `[${lengthsOf(p).join(", ")}]`
    const line = `  { name: "${p.name}", minimum: ${p.minimum}, lengths: ${lengths} }`
    return line.length < 110
      ? line
      : `  {\n    name: "${p.name}",\n    minimum: ${p.minimum},\n    lengths: ${filled(lengthsOf(p), "    ").trimStart()}\n  }`
  })
  .join(",\n")}
]

/**
 * Profile, autocorrelation, points, charts simulated; then for limits from all points, and for frozen ones: charts
 * marked at the latest point, its high and low marks counted each, and charts marked at any point.
 */
export const rateCounts: ReadonlyArray<
  readonly [string, number, number, number, number, number, number, number, number, number]
> = [
${rates
  .map(
    ({ row, of }) =>
      `  ["${row.profile}", ${[row.phi, row.n, of, ...[row.all, row.frozen].flatMap((c) => [c.last, c.sided, c.ever])].join(", ")}]`
  )
  .join(",\n")}
]
`
)

write(
  "false-alarm-rule-table",
  `${made}

/** Charts behind every count. */
export const ruleSeries = ${series.rules}

/**
 * Profile, rule, points in a row or null; then charts that ever show it, for limits from all points and for frozen
 * ones, by the numbers of points the profile was simulated with.
 */
export const ruleCounts: ReadonlyArray<
  readonly [string, string, number | null, ReadonlyArray<number>, ReadonlyArray<number>]
> = [
${simulateRules(series.rules)
  .map((r) => {
    const head = `"${r.profile}", "${r.rule}", ${r.length}`
    const line = `  [${head}, [${r.all.join(", ")}], [${r.frozen.join(", ")}]]`
    return line.length < 110
      ? line
      : `  [\n    ${head.replaceAll(", ", ",\n    ")},\n${filled(r.all, "    ")},\n${filled(r.frozen, "    ")}\n  ]`
  })
  .join(",\n")}
]
`
)

write(
  "detection-delay-table",
  `${made}

/** Charts behind every row. */
export const delaySeries = ${series.delays}

/** Steady points before the step. */
export const delayPointsBefore = ${pointsBefore}

/** Points after the step at which the watch ended; a chart not flagged by then counts as flagged there. */
export const delayWatched = ${watched}

/**
 * Profile, scheme of limits, step in sigma, median delay or null; sum of the delays, sum of their squares; charts
 * flagged within 12, 24 and ${watched} points.
 */
export const delayCounts: ReadonlyArray<
  readonly [string, "all" | "frozen", number, number | null, number, number, number, number, number]
> = [
${plainProfiles
  .flatMap((profile) =>
    baselines.flatMap((baseline) =>
      steps.map((step) => {
        const row = simulateDelays(profile, baseline, step, series.delays)
        return `  ["${profile.name}", "${baseline}", ${[step, row.median, row.sum, row.squares, ...row.within].join(", ")}]`
      })
    )
  )
  .join(",\n")}
]
`
)

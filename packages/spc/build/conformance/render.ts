import type { Case } from "./make.ts"

/** The version of the set: one more whenever a value of a case changes or a case goes. */
export const version = 1

const columns = (of: Readonly<Record<string, unknown>>, indent: string): string => {
  const lines = Object.entries(of).map(
    ([name, cells]) => `${indent}  ${JSON.stringify(name)}: ${JSON.stringify(cells)}`
  )
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`
}

const one = (of: Case): string => {
  const { data, expected, ...head } = of
  const fields = Object.entries(head).map(
    ([name, x]) => `      ${JSON.stringify(name)}: ${JSON.stringify(x)}`
  )
  return `    {
${fields.join(",\n")},
      "data": ${columns(data, "      ")},
      "expected": {
        "same": ${columns(expected.same, "        ")},
        "each": ${columns(expected.each, "        ")}
      }
    }`
}

const groups: Readonly<Record<string, string>> = {
  xbar: "subgroups",
  r: "subgroups",
  s: "subgroups",
  p: "proportions",
  pp: "proportions",
  p_auto: "proportions",
  np: "proportions",
  u: "rates",
  up: "rates",
  u_auto: "rates",
  c: "rates",
  g: "rare-events",
  t: "rare-events",
  ewma: "running-statistics",
  cusum: "running-statistics",
  funnel_pr: "funnels",
  funnel_rc: "funnels",
  funnel_sr: "funnels",
  run: "run-charts",
  xmr: "individual-values",
  mr: "moving-ranges"
}

/** The files of the set: name and text. */
export const render = (cases: ReadonlyArray<Case>): ReadonlyMap<string, string> => {
  const files = Map.groupBy(cases, (c) => `${groups[c.chart]}.json`)
  const texts = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, those]) => {
      const text = `{
  "$schema": "../schema.json",
  "format": 1,
  "version": ${version},
  "cases": [
${those.map(one).join(",\n")}
  ]
}
`
      return [`cases/${name}`, text] as const
    })
  const index = {
    format: 1,
    version,
    licence: "Apache-2.0",
    attribution: "Contains public sector information licensed under the Open Government Licence v3.0.",
    tolerance: { relative: 1e-9, absolute: 1e-13 },
    cases: cases.length,
    files: texts.map(([name]) => name)
  }
  return new Map([["index.json", `${JSON.stringify(index, null, 2)}\n`], ...texts])
}

import { DuckDBInstance } from "@duckdb/node-api"
import { similarSql } from "../../packages/quality/src/learning/similar.ts"
import { compare, timed } from "./comparison.ts"

interface Problem {
  readonly unit: string
  readonly kind: string
  readonly family: string | null
  readonly state: string
  readonly themes: ReadonlyMap<string, number>
}

const kinds = ["ward", "community-team", "back-office-team"]

/** A number from 0 to 1 that is the same each time. */
const drawn = (seed: number): number => {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

/** So many units, each with two problems in figures and one row of what is said, with five of twenty themes each. */
const service = (units: number): ReadonlyArray<Problem> =>
  Array.from({ length: units }, (_, unit) =>
    [null, `family-${unit % 40}`, `family-${(unit * 7 + 3) % 40}`].map((family, nth) => {
      const themes = new Map<string, number>()
      for (let at = 0; themes.size < 5; at++) {
        const seed = unit * 1000 + nth * 100 + at
        themes.set(`theme-${Math.floor(drawn(seed) * 20)}`, Math.round(drawn(seed + 50) * 40 + 1) / 100)
      }
      const state = family === null ? "said" : nth === 1 ? (unit % 3 === 0 ? "open" : "over") : "improved"
      return { unit: `unit-${unit}`, kind: kinds[unit % 3]!, family, state, themes }
    })
  ).flat()

const weights = { themes: 0.6, family: 0.25, kind: 0.15 }

/** The best so many units by a loop over all pairs, as the macro has it. */
const byLoop = (all: ReadonlyArray<Problem>, asked: string, most: number): ReadonlyArray<string> => {
  const norm = (themes: ReadonlyMap<string, number>): number => {
    let sum = 0
    for (const share of themes.values()) sum += share * share
    return Math.sqrt(sum)
  }
  const mine = all.filter((one) => one.unit === asked)
  const open = mine.filter((one) => one.state === "open")
  const own = open.length > 0 ? open : mine.filter((one) => one.state === "said")
  const best = new Map<string, { score: number; past: boolean }>()
  for (const one of own) {
    const length = norm(one.themes)
    for (const other of all) {
      if (other.unit === asked) continue
      let product = 0
      for (const [theme, share] of one.themes) product += share * (other.themes.get(theme) ?? 0)
      const isFamily = one.family !== null && other.family === one.family
      if (product === 0 && !isFamily) continue
      const score =
        weights.themes * Math.min(1, product / (length * norm(other.themes))) +
        (isFamily ? weights.family : 0) +
        (other.kind === one.kind ? weights.kind : 0)
      const past = other.state === "improved" || other.state === "over"
      const known = best.get(other.unit)
      if (known === undefined || score > known.score + 1e-12) best.set(other.unit, { score, past })
    }
  }
  return [...best]
    .sort((a, b) => b[1].score - a[1].score || (a[0] < b[0] ? -1 : 1))
    .slice(0, most)
    .map(([unit]) => unit)
}

/** `learning.similar` over so many units: who had the problem of one of them and got past it. */
export const similar = async (units: number): Promise<void> => {
  const all = service(units)
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" })
  const connection = await instance.connect()
  await connection.run(
    "CREATE SCHEMA learning; CREATE TABLE fed (place INTEGER, theme VARCHAR, share DOUBLE)"
  )
  await connection.run(
    "CREATE TABLE fed_problem (place INTEGER, microsystem VARCHAR, kind VARCHAR, family VARCHAR, state VARCHAR)"
  )
  const [problems, shares] = [
    await connection.createAppender("fed_problem"),
    await connection.createAppender("fed")
  ]
  for (const [at, one] of all.entries()) {
    problems.appendInteger(at)
    problems.appendVarchar(one.unit)
    problems.appendVarchar(one.kind)
    if (one.family === null) problems.appendNull()
    else problems.appendVarchar(one.family)
    problems.appendVarchar(one.state)
    problems.endRow()
    for (const [theme, share] of one.themes) {
      shares.appendInteger(at)
      shares.appendVarchar(theme)
      shares.appendDouble(share)
      shares.endRow()
    }
  }
  problems.closeSync()
  shares.closeSync()
  // As the relations of the module stand in the published file.
  await connection.run(
    `CREATE TABLE learning.problem AS SELECT p.microsystem, p.kind, p.family, p.state, DATE '2025-01-01' AS began, NULL::DATE AS over_on, t.themes,
       sqrt(list_sum(list_transform(t.themes, lambda x: x.share * x.share))) AS norm
     FROM fed_problem p JOIN (SELECT place, list({theme: theme, notes: 1::BIGINT, coded: 1::BIGINT, share: share} ORDER BY theme) AS themes FROM fed GROUP BY place) t USING (place);
     CREATE TABLE learning.setting AS SELECT * FROM (VALUES ('similar-themes', ${weights.themes}::DOUBLE), ('similar-family', ${weights.family}), ('similar-kind', ${weights.kind})) AS s(id, value)`
  )
  await connection.run(similarSql)
  for (const asked of ["unit-3", "unit-4"]) {
    const answer = await connection.runAndReadAll(
      `SELECT microsystem FROM learning.similar('${asked}', most := 20) ORDER BY place`
    )
    const found = answer.getRows().map(([unit]) => String(unit))
    const peer = byLoop(all, asked, 20)
    if (found.join() !== peer.join())
      throw new Error(`not the same units: ${found.join()} and ${peer.join()}`)
    const took: Array<{ readonly wall: number; readonly cpu: number }> = []
    const ask = `FROM learning.similar('${asked}', most := 20)`
    for (let run = 0; run < 11; run++) {
      const before = process.cpuUsage()
      const { seconds } = await timed(1, () => connection.runAndReadAll(ask))
      const { user, system } = process.cpuUsage(before)
      took.push({ wall: seconds * 1000, cpu: (user + system) / 1000 })
    }
    const told = (of: "wall" | "cpu"): string => {
      const each = took.map((one) => one[of]).sort((a, b) => a - b)
      return `${each[5]!.toFixed(0)} ms (${each[0]!.toFixed(0)}–${each[10]!.toFixed(0)})`
    }
    console.log(
      `similar problems of ${asked} among ${units.toLocaleString("en")} units, ${all.length.toLocaleString("en")} problems, planning included, 11 times: ` +
        `${told("wall")}, CPU ${told("cpu")}; goal < 200 ms`
    )
    await compare({
      what: `similar problems of ${asked}`,
      unit: "calls",
      beside: "a loop over all pairs in TypeScript, the shares at hand in maps",
      goal: "≥ 5 calls/s",
      runs: 7,
      ours: () => timed(1, () => connection.runAndReadAll(ask)),
      peer: () => timed(1, async () => byLoop(all, asked, 20))
    })
  }
  connection.closeSync()
  instance.closeSync()
}

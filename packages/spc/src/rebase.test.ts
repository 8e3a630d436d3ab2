import type { DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, expect, test } from "vitest"

import { openDatabase } from "../test/database.ts"

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await openDatabase(1)
})

interface Proposal {
  readonly series: string
  readonly phase: number | null
  readonly proposed_from: unknown
  readonly rule: string
  readonly side: string
  readonly variation: string
  readonly centre_before: number
  readonly centre_after: number
  readonly sigma_before: number | null
  readonly sigma_after: number | null
  readonly points_before: number
  readonly points_after: number
  readonly ready: boolean
  readonly reason: string
  readonly sentence: string
}

const read = async <A>(sql: string): Promise<ReadonlyArray<A>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as ReadonlyArray<A>

/** A series 'a' of counts out of 100 to 102, at 20 until point 20, at 40 from there, `n` points in all. */
const moved = async (n: number, more = "NULL AS direction", level = 20): Promise<void> => {
  await connection.run(
    `CREATE OR REPLACE TABLE mine AS SELECT 'a' AS series, DATE '2022-01-03' + i::INTEGER * 7 AS period, y AS value, y AS numerator, 100 + i % 3 AS denominator, ${more}
     FROM (SELECT unnest(range(${n})) AS i, 20 + i * 7 % 6 + CASE WHEN i >= 20 THEN ${level} ELSE 0 END AS y)`
  )
}

const proposals = async (call = "xmr('mine')", args = ""): Promise<ReadonlyArray<Proposal>> => {
  await connection.run(`CREATE OR REPLACE TABLE shown AS FROM spc.${call}`)
  return read<Proposal>(`FROM spc.propose_rebase('shown'${args})`)
}

test("a level that moved and stayed: from when, before and after, ready", async () => {
  await moved(36, "'down' AS direction")
  const [proposal, ...rest] = await proposals()
  expect(rest).toEqual([])
  expect(proposal).toMatchObject({
    series: "a",
    proposed_from: new Date("2022-05-23"),
    rule: "shift",
    side: "high",
    variation: "concern",
    points_before: 20,
    points_after: 16,
    ready: true,
    reason: "ready"
  })
  expect(proposal!.sentence).toBe(
    "16 points since 2022-05-23 lie on one side of the average, and limits of their own would hold them all: new limits from there can be considered."
  )
})

test("too few points, an unsteady new level, no level before: told, and not ready", async () => {
  await moved(30)
  expect((await proposals())[0]).toMatchObject({ points_after: 10, ready: false, reason: "few-points" })
  expect((await proposals("xmr('mine')", ", minimum := 10"))[0]).toMatchObject({
    ready: true,
    reason: "ready"
  })
  await moved(40)
  await connection.run("UPDATE mine SET value = 95 WHERE period = DATE '2022-08-01'")
  expect((await proposals())[0]).toMatchObject({ points_after: 20, ready: false, reason: "not-steady" })
  await moved(40, "20 AS centre", 0)
  await connection.run("UPDATE mine SET centre = 0")
  expect((await proposals())[0]).toMatchObject({ points_before: 0, ready: false, reason: "no-before" })
})

test("no lasting shift, no proposal: steady, ended, in an earlier phase, or not judged", async () => {
  await moved(40, "NULL AS direction", 0)
  expect(await proposals()).toEqual([])
  await moved(40)
  await connection.run("UPDATE mine SET value = 15 WHERE period > DATE '2022-09-20'")
  expect(await proposals()).toEqual([])
  await moved(40, "(i >= 36)::INTEGER AS phase")
  expect(await proposals()).toEqual([])
  await moved(12)
  expect(await proposals()).toEqual([])
})

test("the runs of a run chart: from the first point after the last one on the other side", async () => {
  await moved(40)
  await connection.run("UPDATE mine SET value = 10 WHERE period = DATE '2022-06-20'")
  const [proposal] = await proposals("run('mine')")
  expect(proposal).toMatchObject({ rule: "runs", side: "high", proposed_from: new Date("2022-06-27") })
  expect(proposal!.sigma_after).toBeNull()
  expect(proposal!.reason).toBe("ready-not-checked")
})

const accepted = `CREATE OR REPLACE VIEW my_charted AS
  SELECT p.*, (SELECT count(*)::INTEGER FROM accepted_rebases AS a WHERE a.series = p.series AND a.starts <= p.period) AS phase
  FROM mine AS p`

const ledger =
  "CREATE OR REPLACE TABLE accepted_rebases (series VARCHAR, starts DATE, reason VARCHAR, accepted_by VARCHAR, accepted_at TIMESTAMP)"

test.each(["xmr", "run", "p", "pp", "np", "u", "up", "c"])(
  "%s: nothing is redrawn until it is accepted; then the new limits are those that were shown",
  async (chart) => {
    await moved(40)
    await connection.run(ledger)
    await connection.run(accepted)
    const times = ["c", "np"].includes(chart) ? "" : ", multiply := 100"
    const call = `${chart}('my_charted'${times}${chart === "run" ? "" : ', "shift" := 7'})`
    const before = JSON.stringify(await read(`FROM spc.${call} ORDER BY period`))
    const [proposal] = await proposals(call)
    expect(proposal).toMatchObject({ proposed_from: new Date("2022-05-23"), points_after: 20 })
    expect(JSON.stringify(await read(`FROM spc.${call} ORDER BY period`))).toBe(before)

    await connection.run(
      "INSERT INTO accepted_rebases VALUES ('a', DATE '2022-05-23', 'new pump since May', 'ward meeting', TIMESTAMP '2023-01-05 10:00:00')"
    )
    const after = await read<{ phase: number; centre: number; sigma: number | null; signal: boolean }>(
      `SELECT phase::INTEGER AS phase, centre, sigma, signal FROM spc.${call} ORDER BY period`
    )
    expect(after.map((r) => r.phase)).toEqual(Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1)))
    const last = after.at(-1)!
    expect(proposal!.centre_after / last.centre).toBeCloseTo(1, 12)
    if (last.sigma === null) expect(proposal!.sigma_after).toBeNull()
    else expect(proposal!.sigma_after! / last.sigma).toBeCloseTo(1, 12)
    expect(await proposals(call)).toEqual([])

    await connection.run("DELETE FROM accepted_rebases")
    expect(JSON.stringify(await read(`FROM spc.${call} ORDER BY period`))).toBe(before)
  }
)

test("in another language", async () => {
  await moved(30)
  await connection.run(
    "CREATE OR REPLACE TABLE miens AS SELECT 'fr' AS lang, 'rebase.few-points' AS code, '{Count} points depuis {from} : il en faut {needed}.' AS text UNION ALL SELECT 'fr', 'number.10', 'dix'"
  )
  expect((await proposals("xmr('mine')", ", lang := 'fr', texts := 'miens'"))[0]!.sentence).toBe(
    "Dix points depuis 2022-05-23 : il en faut 13."
  )
})

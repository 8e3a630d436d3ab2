import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { planningWorld, unit } from "../../test/planning-world.ts"
import type { World } from "../../test/world.ts"
import { type Coding, codings } from "../control/index.ts"

// About 7,900 comments of the Friends and Family Test, coded by hand (MIT, NHS England). No comment is told here.
const source = fileURLToPath(
  new URL("../../../../../shared/data/culture/fft_comments_labelled.csv", import.meta.url)
)
const there = existsSync(source) || process.env["CI"] === "true"

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")

interface Comment {
  readonly id: string
  readonly trust: string
  readonly sentiment: string
  readonly status: string
  readonly themes: ReadonlyArray<string>
}

const comments = (): ReadonlyArray<Comment> => {
  const records: string[][] = [[]]
  for (const [, quoted, plain, end] of readFileSync(source, "utf8").matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g
  )) {
    records.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "")
    if (end !== ",") records.push([])
  }
  const [header = [], ...rows] = records.filter((row) => row.length > 1)
  return rows.map((row) => {
    const of = (name: string) => row[header.indexOf(name)]!
    return {
      id: of("id"),
      trust: of("trust").toLowerCase(),
      sentiment: of("sentiment"),
      status: of("label_status"),
      themes: [
        ...new Set(
          of("themes")
            .split("|")
            .filter((one) => one !== "")
            .map(slug)
        )
      ]
    }
  })
}

const coding = (one: Comment): Coding => ({
  note: one.id,
  pass: "first",
  coder: "c1",
  microsystem: one.trust,
  day: "2023-08-31",
  themes: one.themes,
  cannotBeCoded: one.status === "not_possible"
})

describe.skipIf(!there)(
  "negative comments of the Friends and Family Test (../shared/data, skipped where it is not there)",
  () => {
    let world: World
    beforeAll(async () => {
      const all = comments()
      const negative = all.filter((one) => ["4", "5"].includes(one.sentiment) && one.status === "labelled")
      const impossible = all.filter((one) => one.status === "not_possible")
      const themes = [...new Set(negative.flatMap((one) => one.themes))].map((id) => ({
        id,
        title: id,
        class: "open" as const
      }))
      world = await planningWorld({}, { themes })
      await world.define({ microsystems: [unit("neas"), unit("nhft")] }, "2023-10-01")
      await world.feed(codings, [...negative, ...impossible].map(coding))
      await world.compute()
    })
    afterAll(() => world.close())

    test("timeliness is 486 of 2,412 codings, and seven themes make 56.1 %", async () => {
      const rows = await world.rows<{ theme: string; codings: string; share: number; cumulative: number }>(
        "SELECT theme, codings, share, cumulative FROM planning.pareto WHERE microsystem IS NULL AND theme IS NOT NULL ORDER BY place"
      )
      expect(rows.reduce((sum, row) => sum + Number(row.codings), 0)).toBe(2412)
      expect(rows[0]).toEqual({
        theme: "timeliness-of-care",
        codings: "486",
        share: expect.closeTo(486 / 2412, 12),
        cumulative: expect.closeTo(486 / 2412, 12)
      })
      expect(rows.slice(0, 7).reduce((sum, row) => sum + Number(row.codings), 0)).toBe(1353)
      expect(rows[6]!.cumulative).toBeCloseTo(0.561, 3)
      expect(rows.at(-1)!.cumulative).toBe(1)
    })

    test("what cannot be coded stands outside, with no place and no share", async () => {
      expect(
        await world.rows(
          "SELECT title, place, codings, share, cumulative FROM planning.pareto WHERE microsystem IS NULL AND theme IS NULL"
        )
      ).toEqual([{ title: "cannot be coded", place: null, codings: "1684", share: null, cumulative: null }])
    })

    test("the units' own lists add up to the whole, where nothing is hidden", async () => {
      expect(
        await world.rows(
          `SELECT theme FROM planning.pareto WHERE theme IS NOT NULL GROUP BY theme
         HAVING sum(codings) FILTER (microsystem IS NULL) <> sum(codings) FILTER (microsystem IS NOT NULL) OR max(hidden_cells) > 0`
        )
      ).toEqual([])
    })
  }
)

import { existsSync, readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cultureWorld, type Released, releaseAll, unit, waveOf } from "../../test/culture-world.ts"
import type { World } from "../../test/world.ts"
import { iMatter } from "./instrument/keys/imatter.ts"
import { invitations } from "./waves.ts"

// Contains public sector information licensed under the Open Government Licence v3.0: the published results of iMatter.
const folder = new URL("../../../../../shared/data/culture/", import.meta.url)
const haveData = existsSync(folder) || process.env["CI"] === "true"
const table = (name: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const [head, ...lines] = readFileSync(new URL(name, folder), "utf8").trim().split("\n")
  const columns = head!.trim().split(",")
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((value, at) => [columns[at]!, value.trim()]))
  )
}
const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
const nation = "health-and-social-care"

describe.skipIf(!haveData)(
  `iMatter, 22 boards and seven waves${haveData ? "" : " (skipped: no ../shared/data)"}`,
  () => {
    let world: World
    beforeAll(async () => {
      const instrument = iMatter()
      const rows = table("imatter_boards_2017_2024.csv")
      const boards = [...new Set(rows.map((row) => slug(row["board"]!)))]
      const units = boards.map((id) => unit(id, id === nation ? null : nation))
      world = await cultureWorld({ instruments: [instrument] })
      await world.define({ microsystems: units }, "2025-01-15")
      const methods = table("imatter_response_by_method.csv").filter((row) => row["year"] === "2024")
      const released: Released[] = []
      for (const year of new Set(rows.map((row) => row["year"]!))) {
        const wave = waveOf(`imatter-${year}`, `${year}-06-01`, {
          survey: "imatter",
          instrument: instrument.id,
          instrumentVersion: instrument.version
        })
        const figures = rows
          .filter((row) => row["year"] === year)
          .map((row) => ({
            cell: slug(row["board"]!),
            figure: "mean",
            subject: "engagement",
            ...(row["eei_status"] === "reported"
              ? { value: Number(row["eei"]) }
              : { reason: row["eei_status"] === "no_report" ? "rule-of-that-year" : "not-asked" })
          }))
        const answered = methods.map((row) => Number(row["usable_responses"]))
        const all = answered.reduce((sum, n) => sum + n, 0)
        const issued = methods.reduce((sum, row) => sum + Number(row["issued"]), 0)
        const response =
          year === "2024"
            ? [
                {
                  cell: nation,
                  figure: "response",
                  subject: "people",
                  n: all,
                  value: (100 * all) / issued
                },
                ...methods.map((row, at) => ({
                  cell: `${nation}?mode=${row["method"]}`,
                  breakdown: `mode=${row["method"]}`,
                  figure: "response",
                  subject: "people",
                  n: answered[at]!,
                  bound: "exact" as const,
                  reason: null
                }))
              ]
            : []
        released.push({ wave, units, figures: [...figures, ...response] })
      }
      await releaseAll(world, released)
      await world.feed(
        invitations,
        methods.map((row) => ({
          wave: "imatter-2024",
          microsystem: nation,
          role: "all",
          mode: row["method"]!,
          invited: Number(row["issued"]),
          sent: "2024-06-01"
        }))
      )
      await world.compute()
    })
    afterAll(() => world.close())

    test("a blank says that a rule of that year hid it, or that nobody was asked", async () => {
      const rows = await world.rows(
        "SELECT wave, reason, count(*)::INTEGER AS boards FROM culture.survey_figure WHERE figure = 'mean' AND value IS NULL GROUP BY ALL ORDER BY ALL"
      )
      const told = rows.map((row) => [row["wave"], row["reason"], row["boards"]].join(" "))
      // Of 23 rows in 2018 the nation's own is one: 9 of 22 boards.
      expect(told).toEqual([
        "imatter-2017 not-asked 1",
        "imatter-2017 rule-of-that-year 3",
        "imatter-2018 not-asked 1",
        "imatter-2018 rule-of-that-year 10",
        "imatter-2019 not-asked 1",
        "imatter-2019 rule-of-that-year 4"
      ])
    })

    test("published scores without limits are shown side by side, and no change is claimed of them", async () => {
      const rows = await world.rows<{ microsystem: string; moved: number }>(
        `SELECT microsystem, (value - earlier_value)::INTEGER AS moved FROM culture.survey_change
         WHERE wave = 'imatter-2024' AND against = 'previous' AND subject = 'engagement' AND microsystem <> '${nation}'`
      )
      expect(rows.length).toBe(22)
      expect(rows.filter((row) => Math.abs(row.moved) <= 1).length).toBe(18)
      expect(
        Object.fromEntries(
          rows.filter((row) => Math.abs(row.moved) > 1).map((row) => [row.microsystem, row.moved])
        )
      ).toEqual({
        "healthcare-improvement-scotland": -5,
        "nhs-24": 3,
        "nhs-western-isles": -2,
        "public-health-scotland": 3
      })
      expect(
        await world.rows(
          "SELECT DISTINCT verdict, reason FROM culture.survey_change WHERE wave = 'imatter-2024' AND against = 'previous'"
        )
      ).toEqual([{ verdict: null, reason: "no-limits" }])
      expect(await world.rows("FROM plimsoll.signal")).toEqual([])
    })

    test("seven waves are no chart", async () => {
      expect(await world.rows("FROM culture.pulse")).toEqual([])
    })

    test("the response rate by the way in which people were asked: 60, 43 and 25 %", async () => {
      const rows = await world.rows<{ breakdown: string; rate: number }>(
        "SELECT breakdown, round(rate)::INTEGER AS rate FROM culture.response_rate WHERE wave = 'imatter-2024' AND rate IS NOT NULL ORDER BY breakdown"
      )
      expect(rows).toEqual([
        { breakdown: "all", rate: 58 },
        { breakdown: "mode=online", rate: 60 },
        { breakdown: "mode=paper", rate: 25 },
        { breakdown: "mode=sms", rate: 43 }
      ])
    })
  }
)

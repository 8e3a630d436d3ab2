import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openCore, publishedChecksum } from "@plimsoll/core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { ask, figures, standing } from "./answers.ts"
import { attendancesCsv, type AttendanceRow, example, Hospital, type Run } from "./hospital.ts"
import { logs } from "./logs.ts"

const minutes = 60_000
const facts = {
  attendances: "england.urgent-care.ae-attendances.v1",
  deaths: "england.population.weekly-deaths.v1",
  microsystems: "england.plimsoll.microsystem.v1",
  signals: "england.plimsoll.signal.v1"
}
const rowsOf = (name: string): number =>
  readFileSync(join(example, "data", name), "utf8")
    .trim()
    .split("\n").length - 1

/** What the first log led to, which every other must lead to as well. */
let same: ReadonlyArray<string> | undefined

for (const log of logs)
  log.describe(`the hospital on ${log.name}`, () => {
    let hospital: Hospital
    let first: Run

    beforeAll(async () => {
      hospital = new Hospital(await log.make())
      first = await hospital.run()
    }, 3 * minutes)
    afterAll(() => hospital.remove())

    test("takes every row of the files, and refuses none", async () => {
      const counts = first.sources.flatMap(({ streams }) => streams)
      expect(first.sources.map(({ failure }) => failure)).toEqual([null, null, null])
      for (const one of counts) expect(one.in).toBe(one.out + one.rejected + one.unchanged)
      expect(counts.map((one) => [one.stream, one.out, one.rejected])).toEqual([
        ["microsystem", rowsOf("organisations.csv"), 0],
        ["ae-attendances", rowsOf("ae_attendances.csv"), 0],
        ["weekly-deaths", rowsOf("weekly_deaths.csv"), 0]
      ])
      const records = await hospital.records()
      expect(records[facts.attendances]).toBe(rowsOf("ae_attendances.csv"))
      expect(records[facts.deaths]).toBe(rowsOf("weekly_deaths.csv"))
      // Two more stand in the config: England, and England and Wales.
      expect(records[facts.microsystems]).toBe(rowsOf("organisations.csv") + 2)
    })

    test("counts every row of a major department once, and computes the share from the file's own figures", async () => {
      const rows = hospital.read().filter(({ type }) => type === "1")
      const value = await ask<ReadonlyArray<{ readonly observations: number; readonly numerator: number }>>(
        hospital.published,
        `SELECT sum(observations)::INTEGER AS observations, sum(numerator)::INTEGER AS numerator
       FROM measure_value WHERE measure = 'four-hour'`
      )
      const seen = rows.reduce((sum, { figures: text }) => {
        const [attendances = 0, breaches = 0] = text.split(",").map(Number)
        return sum + attendances - breaches
      }, 0)
      expect(value).toEqual([{ observations: rows.length, numerator: seen }])
    })

    test("publishes what it publishes on every other log, and said its signals once", async () => {
      const published = await figures(hospital.published)
      const own = await hospital.openLog()
      await own.close()
      const butItsLog = published.filter((line) => line !== JSON.stringify(["log", own.id]))
      expect(butItsLog.length).toBe(published.length - 1)
      same ??= butItsLog
      expect(butItsLog).toEqual(same)
      const said = await hospital.signals()
      expect(said.length).toBeGreaterThan(50)
      expect(said.length).toBe(first.signals.opened + first.signals.ended + first.signals.withdrawn)
      expect(new Set(said).size).toBe(said.length)
    })

    test(
      "a second run appends no row, opens no signal, and shows the same",
      async () => {
        const [records, before] = [await hospital.records(), await figures(hospital.published)]
        const { signals, sources } = await hospital.run()
        expect(signals).toMatchObject({ opened: 0, ended: 0, withdrawn: 0 })
        expect(
          sources.flatMap(({ streams }) => streams.map(({ in: taken }) => taken)).filter((n) => n > 0)
        ).toEqual([])
        const after = await hospital.records()
        for (const topic of Object.values(facts))
          expect([topic, after[topic]]).toEqual([topic, records[topic]])
        expect(await figures(hospital.published)).toEqual(before)
      },
      3 * minutes
    )

    test(
      "without its working store it publishes the same again, and says no signal twice",
      async () => {
        const [records, before] = [await hospital.records(), await figures(hospital.published)]
        const store = join(hospital.folder, ".plimsoll/core.duckdb")
        rmSync(store)
        rmSync(`${store}.wal`, { force: true })
        const { signals } = await hospital.run()
        expect(signals).toMatchObject({ opened: 0, ended: 0, withdrawn: 0 })
        expect((await hospital.records())[facts.signals]).toBe(records[facts.signals])
        expect(await figures(hospital.published)).toEqual(before)

        // From the log alone, with no run in between, to the last figure: the published checksum.
        const log = await hospital.openLog()
        const core = await openCore({
          log,
          organisation: "england",
          project: "hospital",
          zone: "Europe/London",
          directory: join(hospital.folder, "from-the-log"),
          threads: 1
        })
        try {
          expect((await core.update()).signals).toEqual([])
          const again = await core.publish(join(hospital.folder, "again.duckdb"))
          expect(await publishedChecksum(again)).toBe(await publishedChecksum(hospital.published))
        } finally {
          await core.close()
          await log.close()
        }
      },
      3 * minutes
    )

    test(
      "a revised file under the same name takes the place of the old one",
      async () => {
        const rows = hospital.read()
        const shown = await standing(hospital.published, "four-hour")
        const isRevised = (row: AttendanceRow) =>
          row.orgCode === "RXN" && row.type === "1" && row.period === "2019-02-01"
        const isRemoved = (row: AttendanceRow) =>
          row.orgCode === "RXN" && row.type === "1" && row.period === "2019-03-01"
        const revised = rows
          .filter((row) => !isRemoved(row))
          .map((row) => (isRevised(row) ? { ...row, figures: "4000,1000,900" } : row))
        expect(rows.length - revised.length).toBe(1)
        writeFileSync(hospital.attendances, attendancesCsv(revised))
        const { sources } = await hospital.run()
        const counts = sources
          .flatMap(({ streams }) => streams)
          .find(({ stream }) => stream === "ae-attendances")!
        expect(counts.in).toBe(counts.out + counts.rejected + counts.unchanged)
        expect(counts.out).toBeGreaterThanOrEqual(revised.length)
        const values = await ask<ReadonlyArray<{ readonly period: string; readonly value: number | null }>>(
          hospital.published,
          `SELECT period::VARCHAR AS period, value FROM measure_value
         WHERE measure = 'four-hour' AND microsystem = 'RXN' AND period >= '2019-01-01' AND value IS NOT NULL ORDER BY period`
        )
        expect(values.map(({ period }) => period)).toEqual(["2019-01-01", "2019-02-01"])
        expect(values.at(-1)!.value).toBe(0.75)
        const [total] = await ask<ReadonlyArray<unknown>>(
          hospital.published,
          "SELECT sum(observations)::INTEGER AS n FROM measure_value WHERE measure = 'four-hour'"
        )
        expect(total).toEqual({ n: revised.filter(({ type }) => type === "1").length })
        // What was once so stays on the log.
        const records = await hospital.records()
        expect(records[facts.attendances]).toBeGreaterThanOrEqual(rows.length + revised.length)

        expect(await standing(hospital.published, "four-hour")).not.toEqual(shown)
        copyFileSync(join(example, "data/ae_attendances.csv"), hospital.attendances)
        await hospital.run()
        expect(await standing(hospital.published, "four-hour")).toEqual(shown)
      },
      5 * minutes
    )
  })

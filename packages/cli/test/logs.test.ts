import type { ChildProcess } from "node:child_process"
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { publishedChecksum } from "@plimsoll/core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { logs, putOnLog } from "../../../test/logs.ts"
import type { StatusReport } from "../src/board.ts"
import { newFolder, outcome, plimsoll, said, start, withoutModules } from "./project.ts"

// One project after another, each through the whole of its story: what does not touch the log is in command.test.ts.
const patience = 120_000

for (const log of logs) {
  log.describe(`a project on ${log.name}`, () => {
    let home = ""

    beforeAll(async () => {
      home = newFolder()
      expect(await plimsoll(home, "init", ".")).toMatchObject({ code: 0, err: "" })
      withoutModules(home)
      putOnLog(home, await log.make())
      const ran = await plimsoll(home, "run")
      expect(ran.err).toBe("")
      expect(ran.code).toBe(0)
      expect(ran.out).toContain("falls: falls: 60 rows taken\n")
      expect(ran.out).toContain("signals: 1 opened, 0 ended, 0 withdrawn\n")
    }, 120_000)
    let watching: ChildProcess | undefined
    afterAll(() => {
      watching?.kill("SIGKILL")
      rmSync(home, { recursive: true, force: true })
    }, patience)

    it(
      "has a log",
      async () => {
        const topics = await plimsoll(home, "log", "topics")
        // On Kafka the mark of a transaction takes an offset in each partition that it wrote to: two, here.
        const count = log.client === undefined ? 60 : 62
        expect(topics.out).toMatch(/^topic +partitions +cleanup +(records|offsets)$/m)
        expect(topics.out).toMatch(
          new RegExp(`^my-hospital\\.inpatient\\.falls\\.v1 +4 +keep +${count}$`, "m")
        )
        expect(topics.out.includes("records")).toBe(log.client === undefined)
        const rows = await plimsoll(
          home,
          "log",
          "read",
          "my-hospital.inpatient.falls.v1",
          "--json",
          "--limit",
          "100"
        )
        expect(rows.out.trim().split("\n").length).toBe(60)
        const read = await plimsoll(home, "log", "read", "my-hospital.plimsoll.signal.v1", "--json")
        expect(JSON.parse(read.out)).toMatchObject({ topic: "my-hospital.plimsoll.signal.v1", offset: 0 })
        const wrong = await plimsoll(home, "log", "read", "my-hospital.plimsoll.signl.v1")
        expect(wrong.code).toBe(2)
        expect(wrong.err).toContain('did you mean "my-hospital.plimsoll.signal.v1"?')
      },
      patience
    )

    it(
      "traces a figure to the row of the file, and says how to name a period",
      async () => {
        const [figure] = JSON.parse(
          (
            await plimsoll(
              home,
              "sql",
              "FROM plimsoll.measure_value WHERE observations > 0 ORDER BY ALL LIMIT 1",
              "--format",
              "json"
            )
          ).out
        ) as [
          { measure: string; microsystem: string; period: string; observations: string; numerator: number }
        ]
        const traced = await plimsoll(
          home,
          "trace",
          figure.measure,
          figure.microsystem,
          figure.period,
          "--json"
        )
        const events = JSON.parse(traced.out) as ReadonlyArray<{
          from: string
          row: number
          numerator: number
        }>
        expect(events.length).toBe(Number(figure.observations))
        expect(events.reduce((sum, event) => sum + event.numerator, 0)).toBe(figure.numerator)
        expect(events.every((event) => event.from.endsWith(".csv") && event.row >= 1)).toBe(true)
        expect((await plimsoll(home, "trace", figure.measure, figure.microsystem, "last March")).code).toBe(2)
      },
      patience
    )

    it(
      "is said to be fit by doctor",
      async () => {
        const { code, out } = await plimsoll(home, "doctor", "--json")
        const found = JSON.parse(out) as {
          readonly findings: ReadonlyArray<{ check: string; state: string }>
        }
        expect(found.findings.filter((one) => one.state === "bad")).toEqual([])
        expect(code).toBe(0)
      },
      patience
    )

    it(
      "gives the same tables and no signal when it is rebuilt",
      async () => {
        const before = await publishedChecksum(join(home, "plimsoll.duckdb"))
        const { code, out } = await plimsoll(home, "rebuild")
        expect(code).toBe(0)
        expect(out).toContain("rebuilt from the log; no signal emitted")
        expect(await publishedChecksum(join(home, "plimsoll.duckdb"))).toBe(before)
      },
      patience
    )

    it(
      "takes good rows, keeps bad ones as dead letters, and does not call that a failure",
      async () => {
        appendFileSync(join(home, "data/falls.csv"), "elm,2026-07-01,a lot,640\nelm,2026-07-01,5,640\n")
        const ran = await plimsoll(home, "run", "--json")
        expect(ran.code).toBe(0)
        expect(JSON.parse(ran.out)).toMatchObject({
          format: 1,
          exitCode: 0,
          sources: [{ instance: "falls", streams: [{ in: 2, out: 1, rejected: 1 }], failure: null }],
          signals: { opened: 0 }
        })
        const { out } = await plimsoll(home, "dead-letters", "list")
        expect(out).toContain("falls")
        expect(out).toMatch(/line 62/)
        expect(out).not.toContain("a lot")
        expect((await plimsoll(home, "status")).out).toContain("Dead letters: 1 row could not be read")
      },
      patience
    )

    it(
      "follows its sources with --watch, keeps others out, and ends cleanly on SIGINT",
      async () => {
        const config = join(home, log.client === undefined ? "plimsoll.config.ts" : "project.ts")
        writeFileSync(
          config,
          readFileSync(config, "utf8")
            .replace("2026-07-15", "2026-08-15")
            .replace('path: "data/falls.csv"', 'path: "data/falls.csv", pollMs: 50')
        )
        const child = start(home, "run", "--watch")
        watching = child
        const ended = outcome(child)
        await said(child, "watching 1 source")
        const refused = await plimsoll(home, "run")
        expect(refused.code).toBe(4)
        expect(refused.err).toContain(`pid ${child.pid}`)
        expect((await plimsoll(home, "status")).code).toBe(0)
        const opened = said(child, "opened: falls-rate · elm")
        appendFileSync(join(home, "data/falls.csv"), "elm,2026-07-01,60,640\n")
        await opened
        child.kill("SIGINT")
        const { code, err } = await ended
        expect(err).toContain("ended: everything that was read is computed and published")
        expect(code).toBe(0)
        expect(existsSync(join(home, ".plimsoll/lock"))).toBe(false)
        const after = await plimsoll(home, "status", "--json", "--microsystem", "elm")
        expect((JSON.parse(after.out) as StatusReport).counts.slipping).toBe(1)
      },
      patience
    )
  })
}

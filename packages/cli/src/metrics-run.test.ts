import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Core } from "@plimsoll/core"
import { type Log, openEmbeddedLog } from "@plimsoll/log"
import { expect, test } from "vitest"
import { Metrics } from "./metrics.ts"
import { RunMetrics } from "./metrics-run.ts"
import { parseAddress } from "./metrics-server.ts"

const temporaryLog = async () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-metrics-"))
  const log = await openEmbeddedLog(join(folder, "log.sqlite"))
  return {
    log,
    [Symbol.asyncDispose]: async () => {
      await log.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const counts = (taken: number, rejected: number) => {
  return { in: taken, out: taken - rejected, rejected, unchanged: 0, deleted: 0 }
}

test("counts of one run after another add up", async () => {
  await using on = await temporaryLog()
  const metrics = new RunMetrics(on.log, "embedded")
  for (const _ of [1, 2]) {
    const hear = metrics.listener("a")
    hear({ _tag: "Committed", stream: "s", counts: counts(10, 1) })
    hear({ _tag: "Committed", stream: "s", counts: counts(25, 4) })
    hear({ _tag: "Retry", stream: "s", code: "source-slow", milliseconds: 100 })
  }
  const text = await metrics.text()
  expect(text).toContain('plimsoll_rows_in_total{plimsoll_instance="a",plimsoll_stream="s"} 50\n')
  expect(text).toContain('plimsoll_rows_rejected_total{plimsoll_instance="a",plimsoll_stream="s"} 8\n')
  expect(text).toMatch(/plimsoll_source_retries_total\{.*error_type="source-slow"\} 2\n/)
})

test("a log that does not answer is told, and keeps nobody from the metrics", async () => {
  await using on = await temporaryLog()
  const silent: Log = {
    ...({} as Log),
    id: on.log.id,
    topics: () => new Promise(() => undefined),
    latest: () => new Promise(() => undefined)
  }
  const metrics = new RunMetrics(silent, "kafka")
  await metrics.landed({ landed: () => Promise.resolve(new Map()) } as unknown as Core)
  const url = await metrics.serve(parseAddress("0"))
  const health = url.replace("metrics", "healthz")
  const hear = metrics.listener("a")
  expect(await (await fetch(health)).text()).toBe("ok\n")
  hear({ _tag: "LogAway", code: "log-unreachable", tries: 1, away: 60_000, milliseconds: 1_000 })
  hear({ _tag: "LogAway", code: "log-unreachable", tries: 2, away: 61_000, milliseconds: 2_000 })
  const began = performance.now()
  const text = await (await fetch(url)).text()
  expect(performance.now() - began).toBeLessThan(10_000)
  const away = Number(/plimsoll_log_away_seconds\{plimsoll_instance="a"\} (\S+)/.exec(text)![1])
  expect(away).toBeGreaterThanOrEqual(60)
  expect(away).toBeLessThan(75)
  expect(await (await fetch(health)).text()).toContain("does not answer")
  hear({ _tag: "LogBack", away: 65_000 })
  expect(await metrics.text()).toContain('plimsoll_log_away_seconds{plimsoll_instance="a"} 0\n')
  await metrics.close()
}, 30_000)

test("what passes through the log is counted, and what it refused with its code", async () => {
  await using on = await temporaryLog()
  const metrics = new RunMetrics(on.log, "embedded")
  const { log } = metrics
  await log.ensureTopics([{ topic: "t", partitions: 1, cleanup: "keep" }])
  const first = await log.writer("w")
  const record = { key: null, value: "{}", partitionKey: "k", headers: {} }
  const groups = [{ topic: "t", headers: {}, records: [record, record, record] }]
  await first.append(groups)
  const second = await log.writer("w")
  await expect(first.append(groups)).rejects.toMatchObject({ code: "log-fenced" })
  expect((await log.read("t", 0, 0)).records).toHaveLength(3)
  await Promise.all([first.close(), second.close()])
  const text = await metrics.text()
  const of = (name: string, operation: string, more = "") =>
    `${name}{messaging_system="embedded",messaging_operation_name="${operation}",messaging_destination_name="t"${more}} 3\n`
  expect(text).toContain(of("messaging_client_sent_messages_total", "send"))
  expect(text).toContain(of("messaging_client_sent_messages_total", "send", ',error_type="log-fenced"'))
  expect(text).toContain(of("messaging_client_consumed_messages_total", "receive"))
})

test("a gauge as a whole forgets what is there no more", () => {
  const metrics = new Metrics()
  metrics.setAll("signals", [
    [3, { "plimsoll.state": "opened" }],
    [1, { "plimsoll.state": 'a "quoted" \\ state\n' }]
  ])
  expect(metrics.text()).toContain('plimsoll_signals{plimsoll_state="a \\"quoted\\" \\\\ state\\n"} 1\n')
  metrics.setAll("signals", [[0, { "plimsoll.state": "opened" }]])
  expect(metrics.text().split("\n").slice(2)).toEqual(['plimsoll_signals{plimsoll_state="opened"} 0', ""])
})

test("addresses", () => {
  expect(parseAddress("9464")).toEqual({ host: "127.0.0.1", port: 9464 })
  expect(parseAddress("0.0.0.0:9464")).toEqual({ host: "0.0.0.0", port: 9464 })
  expect(parseAddress("[::1]:9464")).toEqual({ host: "::1", port: 9464 })
  for (const text of ["", "host", "65536", ":9464", "a:b:1", "-1", "1 2", "http://a:1"])
    expect(() => parseAddress(text), text).toThrow("is no address for metrics")
})

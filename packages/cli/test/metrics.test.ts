import { appendFileSync, readFileSync, rmSync } from "node:fs"
import { once } from "node:events"
import { request } from "node:http"
import { createServer } from "node:net"
import { join } from "node:path"
import { contractRecords, encodeRecord, openEmbeddedLog } from "@plimsoll/log"
import { contractOf, ticks } from "@plimsoll/schema"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { catalogue, prometheusName } from "../src/metrics-catalogue.ts"
import { newFolder, outcome, plimsoll, said, start, withoutModules } from "./project.ts"
import { families, type Family, isSkipped, reason } from "./prometheus.ts"

let home = ""
let page = ""

/** The page of metrics, as soon as `is` says that it is as it should be. */
const metrics = async (url: string, is: (text: string) => boolean): Promise<string> => {
  for (;;) {
    const response = await fetch(url)
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    const text = await response.text()
    if (is(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const raw = (url: string, path: string, method: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    request({ hostname, port, path, method }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
      .on("error", reject)
      .end()
  })

beforeAll(async () => {
  home = newFolder()
  expect((await plimsoll(home, "init", ".")).code).toBe(0)
  withoutModules(home)
  const child = start(home, "run", "--watch", "--metrics", "0")
  const ended = outcome(child)
  let err = ""
  child.stderr!.on("data", (chunk) => (err += String(chunk)))
  await said(child, "watching 1 source")
  const url = /^metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)$/m.exec(err)![1]!
  const before = await metrics(url, (text) => text.includes("plimsoll_signals"))
  expect(before).toContain(
    'plimsoll_rows_in_total{plimsoll_instance="falls",plimsoll_stream="inpatient.falls.v1"} 60\n'
  )
  // A row of a ward that nobody knows, with a value that is none.
  appendFileSync(join(home, "data/falls.csv"), "Canary Ward,2026-07-01,canaryvalue,70\n")
  page = await metrics(url, (text) => /plimsoll_rows_rejected_total\{.*\} 1\n/.test(text))
  expect(await (await fetch(url.replace("metrics", "healthz"))).text()).toBe("ok\n")
  expect((await fetch(url.replace("metrics", "else"))).status).toBe(404)
  expect(await raw(url, "//", "GET")).toBe(404)
  expect(await raw(url, "/metrics?x=1", "HEAD")).toBe(200)
  expect(await raw(url, "/metrics", "POST")).toBe(405)
  child.kill("SIGINT")
  expect((await ended).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
}, 120_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe.skipIf(isSkipped)(`as the parser of Prometheus reads them${reason}`, () => {
  let found: ReadonlyArray<Family> = []
  beforeAll(() => {
    found = families(page)
  })
  const samples = (name: string) => found.flatMap((one) => one.samples).filter((one) => one.name === name)

  test("every family has the name, the type and the labels of the catalogue", () => {
    const specs = new Map(Object.values(catalogue).map((spec) => [prometheusName(spec), spec]))
    for (const { name, type, help, samples: own } of found) {
      const spec = specs.get(type === "counter" ? `${name}_total` : name)!
      expect(spec, name).toBeDefined()
      expect([type, help]).toEqual([spec.instrument, spec.description])
      const allowed = new Set(["le", ...spec.attributes.map((attribute) => attribute.replaceAll(".", "_"))])
      for (const { labels } of own)
        expect(Object.keys(labels).filter((label) => !allowed.has(label))).toEqual([])
    }
    expect(new Set(found.map(({ name }) => name)).size).toBe(found.length)
  })

  test("the figures are those of the run", () => {
    const stream = { plimsoll_instance: "falls", plimsoll_stream: "inpatient.falls.v1" }
    for (const [kind, value] of [
      ["in", 61],
      ["out", 60],
      ["rejected", 1],
      ["unchanged", 0]
    ] as const)
      expect(samples(`plimsoll_rows_${kind}_total`)).toEqual([
        { name: `plimsoll_rows_${kind}_total`, labels: stream, value }
      ])
    const sent = samples("messaging_client_sent_messages_total")
    expect(
      sent.find(({ labels }) => labels["messaging_destination_name"] === "my-hospital.inpatient.falls.v1")
    ).toMatchObject({ value: 60, labels: { messaging_system: "embedded", messaging_operation_name: "send" } })
    expect(
      samples("plimsoll_signals").find(({ labels }) => labels["plimsoll_state"] === "opened")!.value
    ).toBe(1)
    expect(samples("plimsoll_log_away_seconds").map(({ value }) => value)).toEqual([0, 0])
    expect(samples("plimsoll_publish_age_seconds")[0]!.value).toBeGreaterThan(0)
    const durations = samples("messaging_client_operation_duration_seconds_count")
    expect(durations.map(({ labels }) => labels["messaging_operation_name"]).sort()).toEqual([
      "receive",
      "send"
    ])
  })

  test("the histogram is one: its buckets rise to its count", () => {
    const buckets = samples("messaging_client_operation_duration_seconds_bucket").filter(
      ({ labels }) => labels["messaging_operation_name"] === "send"
    )
    const values = buckets.map(({ value }) => value)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(buckets.at(-1)!.labels["le"]).toBe("+Inf")
    expect(buckets).toHaveLength(15)
  })
})

test("no label and no value tells of a row, a microsystem or a file", () => {
  expect(page).not.toMatch(/canary|oak|falls\.csv/i)
})

test("docs/metrics.md has them all, each as it is", () => {
  const doc = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8")
  for (const spec of Object.values(catalogue)) {
    const attributes = spec.attributes.map((one) => `\`${one}\``).join(" ")
    const line = `| \`${spec.name}\` | \`${prometheusName(spec)}\` | ${spec.instrument} | ${spec.unit} | ${attributes} | ${spec.description} |`
    expect(doc.replaceAll(/ +/g, " ")).toContain(line.replaceAll(/ +/g, " "))
  }
})

test("the lag is told once, too, and grows with what is on the log", async () => {
  const none = await plimsoll(home, "metrics", "--json")
  expect(none.code).toBe(0)
  expect(JSON.parse(none.out)).toMatchObject({ format: 1, lag: 0 })
  const log = await openEmbeddedLog(join(home, ".plimsoll/log.sqlite"))
  const author = { organisation: "my-hospital", name: "test", instance: "here" }
  const writer = await log.writer("plimsoll.test.here")
  const contract = contractOf("my-hospital", ticks as never)
  await writer.append([
    ...(await contractRecords(log, [contract], "/plimsoll/test/here")),
    encodeRecord(author, ticks, [{ day: "2026-07-15" }, { day: "2026-07-15" }])
  ])
  await writer.close()
  await log.close()
  const table = await plimsoll(home, "metrics")
  expect(table.out).toMatch(/my-hospital\.plimsoll\.tick\.v1 +\d+ +\d+ +2\n/)
  const text = await plimsoll(home, "metrics", "--prometheus")
  expect(text.out).toMatch(/^plimsoll_consumer_lag\{.*plimsoll\.tick\.v1",.*\} 2$/m)
}, 60_000)

test("an address that cannot be is refused, and so are metrics of a run that ends", async () => {
  for (const [args, words] of [
    [["--watch", "--metrics", "nine"], '"nine" is no address for metrics'],
    [["--metrics", "9464"], "--metrics is for a run that goes on"]
  ] as const) {
    const { code, err } = await plimsoll(home, "run", ...args)
    expect(code).toBe(2)
    expect(err).toContain(words)
  }
  const other = createServer().listen(0, "127.0.0.1")
  await once(other, "listening")
  const { port } = other.address() as { port: number }
  const { code, err } = await plimsoll(home, "run", "--watch", "--metrics", `127.0.0.1:${port}`)
  other.close()
  expect(code).toBe(2)
  expect(err).toContain("EADDRINUSE")
}, 60_000)

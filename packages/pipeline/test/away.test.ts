import type { Emit } from "@plimsoll/connector"
import { ConnectorError } from "@plimsoll/connector"
import type { Log, LogWriter } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import fc from "fast-check"
import { setImmediate as turn } from "node:timers/promises"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { type Progress, runConnector } from "../src/index.ts"
import {
  connectorOf,
  fall,
  falls,
  given,
  json,
  type Read,
  readRows,
  recordsOf,
  temporaryLog
} from "./source.ts"

const topic = "trust.inpatient.falls.v1"
const runsTopic = "trust.plimsoll.run.v1"
const many = (count: number) => Array.from({ length: count }, (_, at) => fall(at + 1, String(at)))

// Pauses take a two-hundredth of what they are.
const real = setTimeout
beforeAll(() => {
  const quick = (work: () => void, milliseconds = 0) => real(work, milliseconds / 200)
  vi.stubGlobal("setTimeout", quick)
})
afterAll(() => vi.unstubAllGlobals())

/** What becomes of one call. `done`: it is done, and nobody hears of it. */
type Fate = "answers" | "done" | "not-done"

const unreachable = () =>
  new PlimsollError({ code: "log-unreachable", message: "no answer", suggestion: "wait", transient: true })

const fated = async <A>(told: Fate | Promise<Fate>, work: () => Promise<A>): Promise<A> => {
  const fate = await told
  if (fate === "not-done") throw unreachable()
  const result = await work()
  if (fate === "done") throw unreachable()
  return result
}

/** The real log behind a line that fails as it is told. */
const behind = (log: Log, fateOf: (call: "writer" | "append" | "other") => Fate | Promise<Fate>): Log => {
  const writer = async (id: string): Promise<LogWriter> => {
    const inner = await fated(fateOf("writer"), () => log.writer(id))
    let dead = false
    let last: Promise<unknown> = Promise.resolve()
    return {
      id: inner.id,
      epoch: inner.epoch,
      close: () => inner.close(),
      append: (groups) => {
        const appended = last.then(async () => {
          if (dead) throw unreachable()
          return fated(fateOf("append"), () => inner.append(groups)).catch((error: unknown) => {
            dead = true
            throw error
          })
        })
        last = appended.catch(() => undefined)
        return appended
      }
    }
  }
  return {
    id: log.id,
    writer,
    ensureTopics: (topics) => fated(fateOf("other"), () => log.ensureTopics(topics)),
    topics: (names) => fated(fateOf("other"), () => log.topics(names)),
    read: (...args) => fated(fateOf("other"), () => log.read(...args)),
    latest: (name) => fated(fateOf("other"), () => log.latest(name)),
    settled: (topics) => fated(fateOf("other"), () => log.settled(topics)),
    changed: (milliseconds, signal) => log.changed(milliseconds, signal),
    lease: (id, options) => log.lease(id, options),
    close: () => log.close()
  }
}

/** Two files of rows, some of which do not fit, deletions among them, and the ends of their generations. */
const mixed: Read = async function* (from) {
  for (const partition of ["a.csv", "b.csv"]) {
    const start = Number(from.get(partition)?.["row"] ?? 0)
    for (let row = start + 1; row <= 60; row++) {
      const at = { generation: row <= 30 ? 1 : 2, row }
      const cursor = { row }
      await turn()
      if (row % 10 === 9) {
        const key = { ward: "w1", day: "2020-01-02" }
        yield { _tag: "Delete", partition, key, at, cursor } satisfies Emit
      } else {
        const { fields } = fall(row, row % 7 === 0 ? "2.6" : String(row))
        yield { _tag: "Rows", partition, rows: [{ fields, at }], cursor } satisfies Emit
      }
      if (row === 30) yield { _tag: "GenerationEnd", partition, generation: 1, cursor } satisfies Emit
      // Longer than a batch stays open, so that there are many.
      if (row % 6 === 0) await new Promise((resolve) => real(resolve, 6))
    }
  }
}

const rowsOn = async (log: Log) => {
  const found = [...(await recordsOf(log, topic)), ...(await recordsOf(log, `${topic}.dlq`))]
  return found.map(({ partition, offset, key, value, headers }) => {
    const { plimsoll_run: _, ...same } = headers
    return { partition, offset, key, value, same }
  })
}

const runsOn = async (log: Log) =>
  (await recordsOf(log, runsTopic)).map(json).map(({ state, in: taken, out, rejected, error }) => {
    return { state, taken, out, rejected, error }
  })

const countsOf = ({
  in: taken,
  out,
  rejected,
  unchanged,
  deleted
}: { [name in "in" | "out" | "rejected" | "unchanged" | "deleted"]: number }) => ({
  taken,
  out,
  rejected,
  unchanged,
  deleted
})

test("however the log comes and goes, the same records are on it in the end, and the counts are exact", async () => {
  await using undisturbed = await temporaryLog()
  const [plain] = await runConnector(connectorOf(mixed), { ...given, log: undisturbed.log })
  const wanted = await rowsOn(undisturbed.log)
  expect(plain).toMatchObject({ in: 120, deleted: 12 })
  let lapses = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Fate>("answers", "answers", "answers", "done", "not-done"), {
        minLength: 10,
        maxLength: 40
      }),
      async (fates) => {
        await using on = await temporaryLog()
        let call = 0
        const log = behind(on.log, () => {
          const fate = fates[call++] ?? "answers"
          if (fate !== "answers") lapses++
          return fate
        })
        const seen: Progress[] = []
        const [report] = await runConnector(connectorOf(mixed), {
          ...given,
          log,
          onProgress: (progress) => seen.push(progress)
        })
        expect(await rowsOn(on.log)).toEqual(wanted)
        expect(countsOf(report!)).toEqual(countsOf(plain!))
        const { in: taken, out, rejected } = plain!
        expect(await runsOn(on.log)).toEqual([
          { state: "started", taken: 0, out: 0, rejected: 0, error: null },
          { state: "finished", taken, out, rejected, error: null }
        ])
        const counts = seen.flatMap((one) => (one._tag === "Committed" ? [one.counts.in] : []))
        expect(counts).toEqual([...counts].sort((a, b) => a - b))
      }
    ),
    { numRuns: 12 }
  )
  expect(lapses).toBeGreaterThan(20)
}, 120_000)

test("a log that is away at the start is waited for, until the patience is spent", async () => {
  await using on = await temporaryLog()
  const seen: Progress[] = []
  const onProgress = (progress: Progress) => seen.push(progress)
  const away = behind(on.log, () => "not-done")
  const connector = connectorOf(readRows(many(5)))
  await expect(
    runConnector(connector, { ...given, log: away, patience: 100, onProgress })
  ).rejects.toMatchObject({
    code: "log-unreachable"
  })
  expect(seen.length).toBeGreaterThan(1)
  const waits = seen.flatMap((one) => (one._tag === "LogAway" ? [one] : []))
  expect(waits.map((one) => one.tries)).toEqual(seen.map((_, at) => at + 1))
  expect(waits.every((one) => one.milliseconds <= 100)).toBe(true)
  expect(await on.log.topics()).toEqual([])
})

test("pauses double from a second to half a minute, and end with the first commit", async () => {
  await using on = await temporaryLog()
  const waits: number[] = []
  const backs: number[] = []
  const onProgress = (progress: Progress) => {
    if (progress._tag === "LogAway") waits.push(progress.milliseconds)
    if (progress._tag === "LogBack") backs.push(progress.away)
  }
  let call = 0
  const log = behind(on.log, () => (call++ < 7 ? "not-done" : "answers"))
  await runConnector(connectorOf(readRows(many(5))), { ...given, log, onProgress })
  expect(backs).toHaveLength(1)
  const wanted = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
  expect(waits).toHaveLength(wanted.length)
  waits.forEach((wait, at) => {
    expect(wait).toBeGreaterThanOrEqual(wanted[at]! * 0.8)
    expect(wait).toBeLessThanOrEqual(wanted[at]! * 1.2)
  })
})

test("the signal ends the wait, and the next run tells of the one that was left", async () => {
  await using on = await temporaryLog()
  const stop = new AbortController()
  let appends = 0
  const log = behind(on.log, (call) => (call === "append" && ++appends > 2 ? "not-done" : "answers"))
  const run = runConnector(connectorOf(mixed), {
    ...given,
    log,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress._tag === "LogAway") stop.abort()
    }
  })
  await expect(run).rejects.toMatchObject({ code: "log-unreachable" })
  const before = (await rowsOn(on.log)).filter(({ same }) => same["plimsoll_row"] !== undefined).length
  expect(before).toBeGreaterThan(0)
  const [next] = await runConnector(connectorOf(mixed), { ...given, log: on.log })
  expect(next!.in).toBe(120 - before)
  // The two runs may stand in different partitions, so their records have no order between them.
  const all = await runsOn(on.log)
  const failed = all.find((one) => one.state === "failed")
  expect(failed).toMatchObject({ error: "interrupted", taken: before })
  expect(all.map((one) => one.state).toSorted()).toEqual(["failed", "finished", "started", "started"])
})

test("in watch mode the wait has no end, and a stream whose source is silent goes on too", async () => {
  await using on = await temporaryLog()
  const stop = new AbortController()
  let away = false
  let waits = 0
  let reads = 0
  const busy: Read = async function* (from, context) {
    const start = Number(from.get("a")?.["row"] ?? 0)
    for (let row = start + 1; !context.signal.aborted; row++) {
      if (row === 40 && waits === 0) away = true
      yield { _tag: "Rows", partition: "a", rows: [fall(row, "1")], cursor: { row } }
      await new Promise((resolve) => real(resolve, 3))
    }
  }
  const silent: Read = async function* (from, context) {
    reads++
    if (from.size === 0) yield { _tag: "Rows", partition: "b", rows: [fall(1, "1")], cursor: { row: 1 } }
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve))
  }
  const made = connectorOf(busy)
  const other = connectorOf(silent, { definition: { ...falls, name: "others" } })
  const log = behind(on.log, () => (away ? "not-done" : "answers"))
  const run = runConnector(
    { ...made, streams: [...made.streams, ...other.streams] },
    {
      ...given,
      log,
      watch: true,
      signal: stop.signal,
      onProgress: (progress) => {
        if (progress._tag === "LogAway" && ++waits === 9) away = false
      }
    }
  )
  while ((await recordsOf(on.log, topic)).length < 80) await on.log.changed(1_000)
  stop.abort()
  const reports = await run
  const rows = (await recordsOf(on.log, topic)).map((record) => Number(record.headers["plimsoll_row"]))
  expect(new Set(rows).size).toBe(rows.length)
  expect(reports).toMatchObject([
    { out: rows.length, aborted: true },
    { out: 1, aborted: true }
  ])
  expect(reads).toBe(2)
  expect(waits).toBeGreaterThanOrEqual(9)
}, 30_000)

test("while the log is away the source is not read", async () => {
  await using on = await temporaryLog()
  let appends = 0
  let away = 0
  let pulled = 0
  const most: number[] = []
  const connector = connectorOf(async function* (from) {
    const start = Number(from.get("a")?.["row"] ?? 0)
    pulled = start
    for (; pulled < 40; pulled++) {
      const rows = Array.from({ length: 1_000 }, (_, at) => fall(pulled * 1_000 + at + 1, "1"))
      yield { _tag: "Rows", partition: "a", rows, cursor: { row: pulled + 1 } } satisfies Emit
    }
  })
  const log = behind(on.log, (call) => {
    if (call === "append" && ++appends === 4) away = 8
    return away-- > 0 ? "not-done" : "answers"
  })
  const run = runConnector(connector, {
    ...given,
    log,
    onProgress: (progress) => {
      if (progress._tag === "LogAway") most.push(pulled)
    }
  })
  expect(await run).toMatchObject([{ in: 40_000, out: 40_000 }])
  expect(most.length).toBeGreaterThan(5)
  expect(new Set(most).size).toBe(1)
  // Two batches of five emits were durable before; no more than two were with the writer, and one in the making.
  expect(most[0]).toBeLessThanOrEqual(25)
  expect(await recordsOf(on.log, topic)).toHaveLength(40_000)
}, 60_000)

test("a run that took over while the log was away is not fenced out in turn", async () => {
  await using on = await temporaryLog()
  let appends = 0
  let other: Promise<unknown> | undefined
  const underWay = Promise.withResolvers<Fate>()
  const log = behind(on.log, (call) => {
    if (call === "append") return ++appends === 3 ? "done" : "answers"
    return other === undefined ? "answers" : underWay.promise
  })
  const first = runConnector(connectorOf(mixed), {
    ...given,
    log,
    onProgress: (progress) => {
      if (progress._tag !== "LogAway") return
      other = runConnector(connectorOf(mixed), {
        ...given,
        log: on.log,
        onProgress: () => underWay.resolve("answers")
      })
    }
  })
  await expect(first).rejects.toMatchObject({ code: "log-fenced" })
  await other
  await using undisturbed = await temporaryLog()
  await runConnector(connectorOf(mixed), { ...given, log: undisturbed.log })
  expect(await rowsOn(on.log)).toEqual(await rowsOn(undisturbed.log))
  expect((await runsOn(on.log)).map((one) => `${String(one.state)} ${String(one.error)}`).sort()).toEqual([
    "failed interrupted",
    "finished null",
    "started null",
    "started null"
  ])
})

test.each(["done", "not-done"] as const)(
  "why a source failed is told, though the log was away just then (%s)",
  async (fate) => {
    await using on = await temporaryLog()
    const connector = connectorOf(async function* (from, context) {
      yield* readRows(many(12))(from, context)
      throw new ConnectorError("config", { code: "source-broken", message: "broken", suggestion: "mend it" })
    })
    let appends = 0
    const log = behind(on.log, (call) => (call === "append" && ++appends === 3 ? fate : "answers"))
    await expect(runConnector(connector, { ...given, log })).rejects.toMatchObject({ code: "source-broken" })
    expect(await runsOn(on.log)).toMatchObject([
      { state: "started" },
      { state: "failed", error: "source-broken", taken: 12, out: 12 }
    ])
    expect(await recordsOf(on.log, topic)).toHaveLength(12)
  }
)

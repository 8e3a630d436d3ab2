import type { Emit } from "@plimsoll/connector"
import type { Log, LogWriter } from "@plimsoll/log"
import { expect, test } from "vitest"
import { logs } from "../../../test/logs.ts"
import { runConnector } from "../src/index.ts"
import { connectorOf, fall, given, readRows, recordsOf, temporaryLog } from "./source.ts"

const topic = "trust.inpatient.falls.v1"
const many = (count: number) => Array.from({ length: count }, (_, at) => fall(at + 1, String(at)))
const rowsOn = async (log: Log) =>
  (await recordsOf(log, topic)).map((record) => Number(record.headers["plimsoll_row"])).sort((a, b) => a - b)

for (const log of logs)
  log.describe(`delivery to ${log.name}`, () => {
    test("an aborted run keeps what it read, and the next one goes on from there", async () => {
      await using on = await temporaryLog(log)
      const rows = many(30)
      const stop = new AbortController()
      const connector = connectorOf(async function* (from, context) {
        for await (const emit of readRows(rows, 4)(from, context)) {
          if (emit._tag === "Rows" && Number(emit.cursor["row"]) > 16 && from.size === 0) {
            stop.abort()
            await new Promise(() => undefined)
          }
          yield emit
        }
      })
      const [report] = await runConnector(connector, { ...given, log: on.log, signal: stop.signal })
      expect(report).toMatchObject({ in: 16, out: 16, aborted: true })
      expect(await rowsOn(on.log)).toEqual(rows.slice(0, 16).map((row) => row.at.row))
      expect(await runConnector(connector, { ...given, log: on.log })).toMatchObject([
        { in: 14, out: 14, aborted: false }
      ])
      expect(await rowsOn(on.log)).toEqual(rows.map((row) => row.at.row))
    })

    test("in watch mode a row is on the log while the source is silent", async () => {
      await using on = await temporaryLog(log)
      const stop = new AbortController()
      const connector = connectorOf(async function* (from, context) {
        yield* readRows(many(1))(from, context)
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve))
      })
      const run = runConnector(connector, { ...given, log: on.log, watch: true, signal: stop.signal })
      while ((await recordsOf(on.log, topic)).length === 0) await on.log.changed(1_000)
      stop.abort()
      expect(await run).toMatchObject([{ in: 1, out: 1, aborted: true }])
    })

    test("a second run of one instance fences the first out, and no row is there twice", async () => {
      await using on = await temporaryLog(log)
      const rows = many(30)
      let goOn = () => {}
      const held = new Promise<void>((resolve) => (goOn = resolve))
      const slow = connectorOf(async function* (from, context) {
        let emits = 0
        for await (const emit of readRows(rows, 5)(from, context)) {
          yield emit
          if (++emits === 2) await held
        }
      })
      const first = runConnector(slow, { ...given, log: on.log })
      first.catch(() => undefined)
      while ((await on.log.latest("plimsoll._schemas")).size === 0) await on.log.changed(100)
      const second = await runConnector(connectorOf(readRows(rows, 5)), { ...given, log: on.log })
      goOn()
      await expect(first).rejects.toMatchObject({ code: "log-fenced" })
      // A busy broker ends a transaction for readers a while after it has acknowledged it.
      await expect.poll(() => rowsOn(on.log), { timeout: 20_000 }).toEqual(rows.map((row) => row.at.row))
      expect(second[0]!.out).toBeLessThanOrEqual(30)
    })
  })

/** The real log, with a writer that takes its time. */
const slowed = (log: Log, wait: () => Promise<void>, seen: (inFlight: number) => void): Log => {
  let inFlight = 0
  return new Proxy(log, {
    get: (target, name) =>
      name !== "writer"
        ? typeof Reflect.get(target, name, target) === "function"
          ? (Reflect.get(target, name, target) as () => unknown).bind(target)
          : Reflect.get(target, name, target)
        : async (id: string): Promise<LogWriter> => {
            const writer = await target.writer(id)
            return {
              id: writer.id,
              epoch: writer.epoch,
              close: () => writer.close(),
              append: async (groups) => {
                seen(++inFlight)
                await wait()
                return writer.append(groups).finally(() => inFlight--)
              }
            }
          }
  })
}

test("a slow log stops the source from being read", async () => {
  await using on = await temporaryLog()
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  let appends = 0
  let most = 0
  let pulled = 0
  const log = slowed(
    on.log,
    () => (++appends === 1 ? Promise.resolve() : gate),
    (inFlight) => (most = Math.max(most, inFlight))
  )
  const emits = 40
  const connector = connectorOf(async function* () {
    for (; pulled < emits; pulled++) {
      const rows = Array.from({ length: 1_000 }, (_, at) => fall(pulled * 1_000 + at + 1, "1"))
      yield { _tag: "Rows", partition: "a", rows, cursor: { row: pulled } } satisfies Emit
    }
  })
  const run = runConnector(connector, { ...given, log })
  let before = -1
  while (before !== pulled) {
    before = pulled
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  // Two batches of five emits are with the writer, and nothing more has been asked for.
  expect(pulled).toBeLessThanOrEqual(10)
  open()
  expect(await run).toMatchObject([{ in: 40_000, out: 40_000 }])
  expect(most).toBe(2)
}, 60_000)

test("when the log fails, nothing after it is written, and the error is the log's", async () => {
  await using on = await temporaryLog()
  let appends = 0
  const log = slowed(
    on.log,
    () =>
      ++appends === 3
        ? Promise.reject(Object.assign(new Error("full"), { code: "log-disk-full" }))
        : Promise.resolve(),
    () => undefined
  )
  const run = runConnector(connectorOf(readRows(many(20_000), 1_000)), { ...given, log })
  await expect(run).rejects.toMatchObject({ code: "log-disk-full" })
  expect(await rowsOn(on.log)).toHaveLength(5_000)
  expect(
    await runConnector(connectorOf(readRows(many(20_000), 1_000)), { ...given, log: on.log })
  ).toMatchObject([{ in: 15_000 }])
  expect(await rowsOn(on.log)).toEqual(many(20_000).map((row) => row.at.row))
}, 60_000)

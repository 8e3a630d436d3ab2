import { contractRecords, encodeRecord, type Log, streamTopics } from "@plimsoll/log"
import {
  checkExpression,
  contractOf,
  defineStream,
  type Measure,
  measure,
  type Microsystem,
  PlainDate,
  sql,
  type StreamDefinition
} from "@plimsoll/schema"
import { Schema } from "effect"

/** The organisation of the benchmark. */
export const organisation = "bench"

/** One row of a unit and month: how many were seen, and so many counts of them. */
export interface WideRow {
  readonly unit: string
  readonly month: string
  readonly seen: number
  readonly [count: `c${number}`]: number
}

const names = (measures: number): ReadonlyArray<`c${number}`> =>
  Array.from({ length: measures }, (_, nth) => `c${nth}` as const)

/** A stream whose rows feed every measure of a unit and month at once. */
export const wideStream = (measures: number) => {
  const counts = names(measures)
  const fields = Object.fromEntries(counts.map((name) => [name, Schema.Int]))
  return defineStream({
    name: "wide",
    domain: organisation,
    version: 1,
    title: "Counts of a month",
    schema: Schema.Struct({ unit: Schema.String, month: PlainDate, seen: Schema.Int, ...fields }),
    key: ["unit", "month"],
    microsystem: "unit",
    occurredAt: "month",
    covers: "month",
    sensitivity: {
      unit: "open",
      month: "open",
      seen: "open",
      ...Object.fromEntries(counts.map((name) => [name, "open" as const]))
    }
  })
}

/** A measure for each count: in turn a value, a share and a rate, charted as such. */
export const wideMeasures = (measures: number): ReadonlyArray<Measure> => {
  const from = wideStream(measures)
  return names(measures).map((name, nth) => {
    const chart = (["xmr", "p", "u"] as const)[nth % 3]!
    return measure({
      id: name,
      version: 1,
      title: `Count ${nth}`,
      from,
      at: "month",
      period: "month",
      microsystem: sql`unit`,
      numerator: checkExpression(name),
      ...(chart === "xmr" ? {} : { denominator: sql`seen` }),
      empty: "missing",
      chart,
      direction: "down",
      kind: "outcome",
      class: "open"
    })
  })
}

export const unitOf = (nth: number): string => `unit-${String(nth).padStart(5, "0")}`

/** The first day of the nth month. */
export const monthOf = (nth: number): string =>
  `${2020 + Math.floor(nth / 12)}-${String((nth % 12) + 1).padStart(2, "0")}-01`

export const wideUnits = (units: number): ReadonlyArray<Microsystem> =>
  Array.from({ length: units }, (_, nth) => ({
    id: unitOf(nth),
    name: unitOf(nth),
    kind: "ward",
    parent: null,
    since: "2000-01-01"
  }))

/** Uniform in (0, 1], the same for the same seed: the mixing steps of MurmurHash3. */
const uniform = (seed: number): number => {
  let mixed = seed >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (((mixed ^ (mixed >>> 16)) >>> 0) + 1) / 4294967296
}

/** A steady row: each count a share of those seen that differs by measure, with its sampling error. */
export const wideRow = (unit: number, month: number, measures: number): WideRow => {
  const cell = (unit * 1009 + month) * 211
  const seen = 200 + Math.floor(uniform(cell) * 50)
  const counts = names(measures).map((name, nth) => {
    const share = 0.1 + (nth % 10) * 0.03
    const normal =
      Math.sqrt(-2 * Math.log(uniform(cell + 2 * nth + 1))) *
      Math.cos(2 * Math.PI * uniform(cell + 2 * nth + 2))
    return [name, Math.max(0, Math.round(seen * share + Math.sqrt(seen * share * (1 - share)) * normal))]
  })
  return { unit: unitOf(unit), month: monthOf(month), seen, ...Object.fromEntries(counts) } as WideRow
}

/** Tells a log of the stream, and gives what appends rows to it. */
export const wideFeed = async (log: Log, measures: number) => {
  const stream = wideStream(measures)
  const contract = contractOf(organisation, stream as unknown as StreamDefinition)
  await log.ensureTopics(streamTopics(contract))
  const writer = await log.writer("plimsoll.bench.wide")
  await writer.append(await contractRecords(log, [contract], "/plimsoll/bench/bench"))
  const author = { organisation, name: "bench", instance: "bench" }
  return {
    append: (rows: ReadonlyArray<WideRow>) => writer.append([encodeRecord(author, stream, rows as never)]),
    close: () => writer.close()
  }
}

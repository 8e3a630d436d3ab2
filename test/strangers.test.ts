import { execFileSync } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Published, publishedChecksum } from "@plimsoll/core"
import { afterAll, expect, test } from "vitest"
import { newFolder, plimsoll, withoutModules } from "../packages/cli/test/project.ts"
import { describeKafka, sharedKafka } from "./kafka-broker.ts"
import { root } from "./workspace.ts"

const python = process.env["PLIMSOLL_PYTHON"] ?? (process.platform === "win32" ? "python" : "python3")
const inCi = process.env["CI"] === "true"

const works = (program: string, ...args: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(program, args, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}
const hasPython = works(python, "-c", "import confluent_kafka")
const hasKcat = works("kcat", "-V")

interface Row {
  readonly ward: string
  readonly month: string
  readonly falls: number
  readonly bedDays: number
}

/** A row of a month before those that the sample has. */
const row = (month: number, falls: number): Row => ({
  ward: "oak",
  month: `2023-${String(month).padStart(2, "0")}-01`,
  falls,
  bedDays: 800
})

interface Sent {
  readonly what: string
  readonly key?: string
  readonly value: string | Buffer | null
  readonly headers?: { readonly [name: string]: string }
  readonly abort?: boolean
}

const keyOf = ({ ward, month }: Row): string => JSON.stringify([ward, month])
const json = JSON.stringify
/** How Confluent's serialisers mark a value: a zero, and the number of a schema. */
const mark = Buffer.from([0, 0, 0, 0, 7])

const rows: ReadonlyArray<Sent> = [
  { what: "no key, no headers", value: json(row(1, 1)) },
  { what: "a key", key: keyOf(row(2, 2)), value: json(row(2, 2)) },
  {
    what: "our headers",
    key: keyOf(row(3, 3)),
    value: json(row(3, 3)),
    headers: {
      ce_specversion: "1.0",
      ce_id: "one",
      ce_source: "/elsewhere",
      ce_type: "inpatient.falls.upserted",
      ce_partitionkey: "oak",
      "content-type": "application/json"
    }
  },
  { what: "headers of others", value: json(row(4, 4)), headers: { "x-trace": "naïve", plimsoll: "" } },
  {
    what: "blanks, and fields in another order",
    value: `\n { "falls": 5, "bedDays": 800, "month": "2023-05-01", "ward": "oak" } `
  },
  {
    what: "a byte order mark",
    value: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(json(row(6, 6)))])
  },
  { what: "Confluent's mark", value: Buffer.concat([mark, Buffer.from(json(row(7, 7)))]) },
  { what: "a field that the schema does not have", value: json({ ...row(8, 8), shift: "night" }) },
  { what: "a row that is deleted next", key: keyOf(row(9, 9)), value: json(row(9, 9)) },
  { what: "a tombstone", key: keyOf(row(9, 9)), value: null },
  { what: "a transaction that is given up", key: keyOf(row(10, 10)), value: json(row(10, 10)), abort: true }
]
const landed = [1, 2, 3, 4, 5, 6, 7, 8]

const letters: ReadonlyArray<Sent & { readonly code: string }> = [
  { what: "no text", value: Buffer.from([0xff, 0xfe, 0x00, 0x41]), code: "encoding" },
  {
    what: "half a letter",
    value: Buffer.from(json({ ...row(11, 1), ward: "naïve" }), "latin1"),
    code: "encoding"
  },
  {
    what: "Avro behind the mark",
    value: Buffer.concat([mark, Buffer.from([0x06, 0xc3, 0x28])]),
    code: "encoding"
  },
  { what: "no JSON", value: "oak,2023-11-01,1,800", code: "not-json" },
  { what: "half of it", value: json(row(11, 1)).slice(0, 20), code: "not-json" },
  { what: "nothing", value: "", code: "not-json" },
  { what: "JSON, and no object", value: json([row(11, 1)]), code: "not-json" },
  { what: "a number as text", value: json({ ...row(11, 1), falls: "1" }), code: "does-not-fit" },
  { what: "half a fall", value: json({ ...row(11, 1), falls: 2.6 }), code: "does-not-fit" },
  { what: "a day there is not", value: json({ ...row(11, 1), month: "2023-02-30" }), code: "does-not-fit" },
  {
    what: "a field that is missing",
    value: json({ ward: "oak", month: "2023-11-01" }),
    code: "does-not-fit"
  },
  { what: "a tombstone without a key", value: null, code: "no-key" },
  { what: "a tombstone of another key", key: "oak", value: null, code: "no-key" }
]

const base64 = (value: string | Buffer | null | undefined): string | null =>
  value === null || value === undefined ? null : Buffer.from(value).toString("base64")

const byPython = (brokers: ReadonlyArray<string>, topic: string, sent: ReadonlyArray<Sent>): void => {
  const records = sent.map(({ key, value, headers = {}, abort = false }) => ({
    key: base64(key),
    value: base64(value),
    headers,
    abort
  }))
  execFileSync(python, [join(root, "test/produce.py")], {
    input: json({ brokers: brokers.join(","), topic, records }),
    stdio: ["pipe", "inherit", "inherit"]
  })
}

const folders: string[] = []
const answer = async (folder: string, query: string) => {
  const file = await Published.open(join(folder, "plimsoll.duckdb"))
  try {
    return (await file.query(query)).rows
  } finally {
    file.close()
  }
}

/** A project that has run once, and the topic of its stream on the cluster. */
const project = async (name: string) => {
  const { brokers } = await sharedKafka()
  const prefix = `strangers-${name}-${process.pid}.`
  const folder = newFolder()
  folders.push(folder)
  expect((await plimsoll(folder, "init", ".", "--kafka", brokers.join(","))).code).toBe(0)
  withoutModules(folder)
  const config = join(folder, "plimsoll.config.ts")
  writeFileSync(
    config,
    readFileSync(config, "utf8").replace(/kafka: \{.*\}/, `kafka: ${json({ brokers, prefix })}`)
  )
  expect(await plimsoll(folder, "run")).toMatchObject({ code: 0, err: "" })
  return { brokers, folder, topic: `${prefix}my-hospital.inpatient.falls.v1` }
}

const figures =
  "SELECT month(period)::INTEGER, numerator::INTEGER FROM plimsoll.measure_value WHERE year(period) = 2023 AND observations > 0 ORDER BY ALL"
const found = "SELECT code, count(*)::INTEGER FROM plimsoll.dead_letter GROUP BY code ORDER BY code"

describeKafka("rows that others put on a stream's topic", () => {
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  test.skipIf(!hasPython && !inCi)(
    `by librdkafka: each is a row, or a dead letter with its reason${hasPython ? "" : " (skipped: no Python with confluent-kafka; name one in PLIMSOLL_PYTHON)"}`,
    { timeout: 180_000 },
    async () => {
      const { brokers, folder, topic } = await project("python")
      byPython(brokers, topic, [...rows, ...letters])
      const ran = await plimsoll(folder, "run", "--json")
      expect(ran.code, ran.err).toBe(0)
      expect(await answer(folder, figures)).toEqual(landed.map((month) => [month, month]))
      const codes = letters.map(({ code }) => code)
      const counts = [...new Set(codes)]
        .toSorted()
        .map((code) => [code, codes.filter((one) => one === code).length])
      expect(await answer(folder, found)).toEqual(counts)
      expect(await answer(folder, "FROM plimsoll.dead_letter WHERE reason IS NULL OR reason = ''")).toEqual(
        []
      )

      const before = await publishedChecksum(join(folder, "plimsoll.duckdb"))
      expect((await plimsoll(folder, "rebuild")).code).toBe(0)
      expect(await publishedChecksum(join(folder, "plimsoll.duckdb"))).toBe(before)
    }
  )

  test.skipIf(!hasKcat && !inCi)(
    `from a shell, by kcat: lines of JSON, and what is none${hasKcat ? "" : " (skipped: there is no kcat)"}`,
    { timeout: 180_000 },
    async () => {
      const { brokers, folder, topic } = await project("shell")
      const lines = [json(row(1, 1)), json(row(2, 2)), "oak fell twice", json({ ...row(3, 3), falls: "3" })]
      execFileSync("kcat", ["-P", "-b", brokers.join(","), "-t", topic], { input: `${lines.join("\n")}\n` })
      const keyed = [`${keyOf(row(4, 4))}\t${json(row(4, 4))}`, `${keyOf(row(2, 2))}\t`]
      execFileSync("kcat", ["-P", "-b", brokers.join(","), "-t", topic, "-K", "\t", "-Z"], {
        input: `${keyed.join("\n")}\n`
      })
      const ran = await plimsoll(folder, "run", "--json")
      expect(ran.code, ran.err).toBe(0)
      const shown = await answer(folder, figures)
      // kcat puts rows and tombstone where it likes: between two partitions there is no order.
      expect(shown.filter(([month]) => month !== 2)).toEqual([
        [1, 1],
        [4, 4]
      ])
      expect(await answer(folder, found)).toEqual([
        ["does-not-fit", 1],
        ["not-json", 1]
      ])
    }
  )
})

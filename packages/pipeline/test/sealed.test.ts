import type { RawRow } from "@plimsoll/connector"
import {
  type Log,
  openVaultKeys,
  type OpenedRecord,
  readSealed,
  readSealedLetters,
  Sealer,
  type WireRow
} from "@plimsoll/log"
import { contractOf, defineStream, PlainDate } from "@plimsoll/schema"
import { Schema } from "effect"
import { hash } from "node:crypto"
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, inject, test } from "vitest"
import { filesOf, foundBelow } from "../../../test/canary.ts"
import { isOfAnother, logs, type OwnLog, recordsOf } from "../../../test/logs.ts"
import { runConnector } from "../src/index.ts"
import { connectorOf, given, readRows, temporaryFolder, temporaryLog } from "./source.ts"

const answers = defineStream({
  name: "answer",
  domain: "test",
  version: 1,
  title: "Answers",
  schema: Schema.Struct({
    wave: Schema.String.check(Schema.isPattern(/^w\d+$/)),
    respondent: Schema.NonEmptyString,
    team: Schema.NonEmptyString,
    day: PlainDate,
    score: Schema.Int,
    said: Schema.NullOr(Schema.String)
  }),
  key: ["wave", "respondent"],
  microsystem: "team",
  occurredAt: "day",
  access: "sealed",
  sealedBy: "wave",
  sensitivity: {
    wave: "open",
    respondent: "confidential",
    team: "confidential",
    day: "open",
    score: "confidential",
    said: "confidential"
  }
})
const contract = contractOf("trust", answers)
const canaries = ["Quillfeather-Zebedee", "token-5591-aaaa", "team-Umbrafell", "shouted-at-me-4471"] as const
const [name, token, team, words] = canaries

const fields = (nth: number, change: object = {}) => ({
  wave: "w1",
  respondent: `${token}-${nth}`,
  team,
  day: "2026-03-01",
  score: String(nth % 5),
  said: `${words} ${name}`,
  ...change
})
const row = (nth: number, change: object = {}): RawRow => ({
  fields: fields(nth, change),
  at: { generation: 1, row: nth, place: `line ${nth + 1}` }
})

const found = (folder: string, own?: OwnLog): ReadonlyArray<string> =>
  foundBelow(folder, canaries, own && isOfAnother(own))

const rowsOf = async (log: Log, folder: string): Promise<ReadonlyArray<WireRow>> => {
  const all: WireRow[] = []
  for await (const { rows } of readSealed(log, openVaultKeys(folder), contract)) all.push(...(rows ?? []))
  return all.sort((a, b) => (String(a["respondent"]) < String(b["respondent"]) ? -1 : 1))
}

const read = async (log: Log, vault: string, rows: ReadonlyArray<RawRow>, extra?: RawRow) => {
  const connector = connectorOf(
    async function* (from, context) {
      yield* readRows(rows)(from, context)
      if (extra === undefined) return
      yield {
        _tag: "Reject" as const,
        partition: "a.csv",
        reason: `a quote is not closed after ${name}`,
        raw: `"${words}`,
        at: extra.at,
        cursor: { row: extra.at.row }
      }
    },
    { definition: answers }
  )
  return runConnector(connector, { ...given, log, sealer: new Sealer(openVaultKeys(vault)) })
}

for (const log of logs)
  log.describe(`sealed on ${log.name}`, () => {
    test("what is sealed is on no disk in the clear, opens with the vault, and is gone with its key", async () => {
      await using on = await temporaryLog(log)
      using vault = temporaryFolder()
      const disk = log.client === undefined ? on.folder : inject("kafkaFolder")
      const many = Array.from({ length: 40 }, (_, nth) => row(nth + 1))
      const bad = [
        row(41, { score: words }),
        row(42, { wave: name }),
        row(43, { wave: "w2", respondent: `${token}-other` })
      ]
      const [report] = await read(on.log, vault.path, [...many, ...bad], row(44))
      expect(report).toMatchObject({ in: 44, out: 41, rejected: 3 })
      expect(await rowsOf(on.log, vault.path)).toHaveLength(41)
      expect((await rowsOf(on.log, vault.path))[0]).toEqual({ ...fields(1), score: 1 })
      const letters: WireRow[] = []
      for await (const all of readSealedLetters(on.log, openVaultKeys(vault.path), contract)) {
        letters.push(...(all ?? []))
      }
      expect(letters.map((one) => one["code"]).sort()).toEqual([
        "decode-failed",
        "decode-failed",
        "unreadable"
      ])
      const heads = await recordsOf(on.log, contract.topic)
      expect(new Set(heads.map(({ key }) => key))).toEqual(new Set(["w1", "w2"]))
      for (const { headers } of heads) {
        expect(Object.keys(headers).sort()).toEqual([
          "ce_id",
          "ce_partitionkey",
          "ce_source",
          "ce_specversion",
          "ce_time",
          "ce_type",
          "content-type",
          "plimsoll_schema",
          "plimsoll_sealed"
        ])
        expect(headers["ce_time"]).toMatch(/T00:00:00Z$/)
      }
      expect(found(vault.path)).toEqual([])
      expect(found(disk, on.own)).toEqual([])
      if (on.own !== undefined) {
        const searched = filesOf(disk, isOfAnother(on.own))
        expect(searched.some((path) => path.includes(contract.topic) && path.endsWith(".log"))).toBe(true)
      }

      expect(openVaultKeys(vault.path).erase("test.answer.v1", "w1")).toBe(true)
      const left = await rowsOf(on.log, vault.path)
      expect(left.map((one) => one["wave"])).toEqual(["w2"])
      await expect(read(on.log, vault.path, [...many, ...bad, row(44), row(45)])).rejects.toMatchObject({
        code: "sealed-erased"
      })
      expect(found(disk, on.own)).toEqual([])
      expect(found(vault.path)).toEqual([])
    })
  })

test("the search finds what does stand in a file, in each of its shapes", () => {
  const shapes = [
    Buffer.from(words),
    Buffer.from(hash("sha256", name, "hex")),
    hash("sha256", name, "buffer"),
    ...["", "a", "ab"].map((before) => Buffer.from(Buffer.from(`${before}${team}b`).toString("base64")))
  ]
  for (const shape of shapes) {
    using folder = temporaryFolder()
    writeFileSync(
      join(folder.path, "some.bin"),
      Buffer.concat([Buffer.from("..."), shape, Buffer.from("...")])
    )
    expect(found(folder.path)).toHaveLength(1)
  }
})

describe("keys", () => {
  test("a destroyed key is in no file of the vault any more, and its name is never used again", () => {
    using vault = temporaryFolder()
    const keys = openVaultKeys(vault.path)
    const { key } = keys.sealing("test.answer.v1", "w1")
    const shapes = [key.toString("base64"), key.toString("latin1"), key.toString("hex")]
    const text = () =>
      filesOf(vault.path)
        .map((path) => readFileSync(path, "latin1"))
        .join("")
    expect(shapes.some((shape) => text().includes(shape))).toBe(true)
    keys.erase("test.answer.v1", "w1")
    expect(shapes.some((shape) => text().includes(shape))).toBe(false)
    expect(() => keys.sealing("test.answer.v1", "w1")).toThrow(
      expect.objectContaining({ code: "sealed-erased" })
    )
    expect(keys.erase("test.answer.v1", "never")).toBe(false)
    expect(keys.scopes()).toEqual([
      { stream: "test.answer.v1", scope: "never", erased: true },
      { stream: "test.answer.v1", scope: "w1", erased: true }
    ])
  })

  test("two who ask for the same key at once get the same, and only the owner may read it", () => {
    using vault = temporaryFolder()
    const [a, b] = [openVaultKeys(vault.path), openVaultKeys(vault.path)]
    expect(a.sealing("s.t.v1", "w1")).toEqual(b.sealing("s.t.v1", "w1"))
    expect(a.sealing("s.t.v1", "w1")).not.toEqual(a.sealing("s.t.v1", "w2"))
    for (const path of filesOf(vault.path)) expect(statSync(path).mode & 0o077).toBe(0)
  })
})

describe("what is not as it was sealed", () => {
  const sealedOnce = async () => {
    const on = await temporaryLog()
    const vault = temporaryFolder()
    await read(on.log, vault.path, [row(1)])
    const [record] = await recordsOf(on.log, contract.topic)
    return { on, vault, record: record! }
  }

  test("a changed byte, and a record under another name, do not open and tell nothing", async () => {
    const { on, vault, record } = await sealedOnce()
    const { key, sealed } = JSON.parse(record.value!) as { key: string; sealed: string }
    const bytes = Buffer.from(sealed, "base64")
    bytes[20]! ^= 1
    const writer = await on.log.writer("plimsoll.test.stranger")
    const { topic, headers } = record
    const value = JSON.stringify({ key, sealed: bytes.toString("base64") })
    await writer.append([
      { topic, headers, records: [{ key: "w1", value, partitionKey: "w1", headers: {} }] }
    ])
    await expect(rowsOf(on.log, vault.path)).rejects.toMatchObject({ code: "sealed-damaged" })
    await writer.close()
    await on[Symbol.asyncDispose]()
    vault[Symbol.dispose]()
  })

  test("what a stranger put on the topic in the clear is named by its place", async () => {
    const { on, vault, record } = await sealedOnce()
    const writer = await on.log.writer("plimsoll.test.stranger")
    const value = JSON.stringify({ wave: "w1", said: words })
    const { topic, headers } = record
    await writer.append([
      { topic, headers, records: [{ key: "w1", value, partitionKey: "w1", headers: {} }] }
    ])
    const failed = rowsOf(on.log, vault.path)
    await expect(failed).rejects.toMatchObject({ code: "sealed-foreign" })
    await expect(failed).rejects.not.toThrow(words)
    await writer.close()
    await on[Symbol.asyncDispose]()
    vault[Symbol.dispose]()
  })

  test("a key that cannot be read is named, and not its content", async () => {
    const { on, vault } = await sealedOnce()
    for (const path of filesOf(vault.path)) writeFileSync(path, "{")
    await expect(rowsOf(on.log, vault.path)).rejects.toMatchObject({ code: "vault-damaged" })
    await on[Symbol.asyncDispose]()
    vault[Symbol.dispose]()
  })

  test("without its vault the log opens to nobody", async () => {
    const { on, vault } = await sealedOnce()
    rmSync(vault.path, { recursive: true })
    const all: OpenedRecord[] = []
    for await (const one of readSealed(on.log, openVaultKeys(vault.path), contract)) all.push(one)
    expect(all.map(({ rows }) => rows)).toEqual([undefined])
    await on[Symbol.asyncDispose]()
  })
})

test("rows of one scope go together in an order that is not that of the source", async () => {
  await using on = await temporaryLog()
  using vault = temporaryFolder()
  const many = Array.from({ length: 300 }, (_, nth) => row(nth + 1))
  await read(on.log, vault.path, many)
  const each: OpenedRecord[] = []
  for await (const one of readSealed(on.log, openVaultKeys(vault.path), contract)) each.push(one)
  const order = each.flatMap(({ rows }) =>
    rows!.map((one) => Number(String(one["respondent"]).split("-").at(-1)))
  )
  expect([...order].sort((a, b) => a - b)).toEqual(many.map((_, nth) => nth + 1))
  expect(order).not.toEqual([...order].sort((a, b) => a - b))
})

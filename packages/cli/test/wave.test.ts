import { appendFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setTimeout as sleep } from "node:timers/promises"
import { openEmbeddedLog } from "@plimsoll/log"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { filesOf, foundBelow, foundIn } from "../../../test/canary.ts"
import { isOfAnother, logs, putOnLog, recordsOf } from "../../../test/logs.ts"
import { copyOf, outcome, type Outcome, plimsoll, start } from "./project.ts"
import { canaries, everyone, line, strangeItem, surveyProject, type SurveyProject } from "./survey-project.ts"

/** Whatever the commands said, of every kind. */
let heard = ""
const ask = async (folder: string, ...args: ReadonlyArray<string>): Promise<Outcome> => {
  const done = await plimsoll(folder, ...args)
  heard += done.out + done.err
  return done
}
const asked = async (folder: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { code, out, err } = await ask(folder, ...args)
  expect([code, err]).toEqual([0, ""])
  return out
}
const figures = async (folder: string): Promise<string> =>
  asked(folder, "sql", "FROM culture.survey_figure ORDER BY ALL", "--format", "json")
const closedJson = {
  counted: 74,
  again: 0,
  aside: { "other-version": 1, "unknown-item": 1, "unknown-unit": 1, "out-of-scale": 1, twice: 1 }
}

/** Waits until a query of the log's own file finds something, or the command has ended. */
const until = async (log: string, sql: string, ended: Promise<unknown>): Promise<void> => {
  let over = false
  void ended.then(() => (over = true))
  for (;;) {
    if (over) return
    try {
      const database = new DatabaseSync(log, { readOnly: true })
      try {
        if (database.prepare(sql).get() !== undefined) return
      } finally {
        database.close()
      }
    } catch {
      // It is not there yet, or another process is making it.
    }
    await sleep(2)
  }
}

/** Kills a command as soon as the log's file shows that it has come so far. */
const killAt = async (folder: string, sql: string, ...args: ReadonlyArray<string>): Promise<void> => {
  const child = start(folder, ...args)
  const ended = outcome(child)
  await until(join(folder, ".plimsoll/log.sqlite"), sql, ended)
  child.kill("SIGKILL")
  const { out, err } = await ended
  heard += out + err
}

/** Where the sealed answers of w1 stand, `partition/offset`. */
const sealedPlaces = async (folder: string): Promise<ReadonlyArray<string>> => {
  const read = await asked(folder, "log", "read", "trust.culture.answer.v1", "--json")
  return read
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one) as { partition: number; offset: number; key: string })
    .filter(({ key }) => key === "w1")
    .map(({ partition, offset }) => `${partition}/${offset}`)
}

/** Puts the first sealed record of w1 on the log again, as somebody who writes to its topic could; gives its place. */
const appendAgain = async (folder: string): Promise<string> => {
  const log = await openEmbeddedLog(join(folder, ".plimsoll/log.sqlite"))
  try {
    const topic = "trust.culture.answer.v1"
    const sealed = (await recordsOf(log, topic)).find(({ key }) => key === "w1")!
    const writer = await log.writer("a-stranger")
    const [{ partition, first }] = (await writer.append([
      {
        topic,
        headers: {},
        records: [{ key: "w1", value: sealed.value, partitionKey: "w1", headers: sealed.headers }]
      }
    ])) as unknown as [{ readonly partition: number; readonly first: number }]
    await writer.close()
    return `${partition}/${first}`
  } finally {
    await log.close()
  }
}

/** Changes a sealed record in the log's own file. */
const changeSealed = (folder: string, place: string, from: string, to: string): void => {
  const [partition, offset] = place.split("/").map(Number) as [number, number]
  const database = new DatabaseSync(join(folder, ".plimsoll/log.sqlite"))
  const { changes } = database
    .prepare(
      `UPDATE record SET value = replace(value, ?, ?) WHERE "offset" = ? AND part IN
         (SELECT p.id FROM part p JOIN topic t ON t.id = p.topic WHERE t.name LIKE '%culture.answer.v1' AND p.partition = ?)`
    )
    .run(from, to, offset, partition)
  database.close()
  expect(changes).toBe(1)
}

describe("a survey on the embedded log", () => {
  let survey: SurveyProject
  let home = ""
  const copies: string[] = []
  beforeAll(() => {
    survey = surveyProject()
    home = survey.home
  })
  afterAll(() => {
    for (const folder of [home, survey.inbox, ...copies]) rmSync(folder, { recursive: true, force: true })
  })
  const nowhere = (folder: string = home): void => {
    expect(filesOf(folder).length).toBeGreaterThan(5)
    expect(foundBelow(folder, canaries)).toEqual([])
    expect(foundIn(heard, canaries)).toEqual([])
  }

  it("the search finds what does stand in the file that the answers come from", () => {
    expect(new Set(foundBelow(survey.inbox, canaries).map((one) => one.split(" in ")[0]))).toEqual(
      new Set(canaries)
    )
  })

  it("killed in the middle of a run, and run again, has every answer once and tells no word of any", async () => {
    const sealed = `SELECT 1 FROM record r JOIN part p ON p.id = r.part JOIN topic t ON t.id = p.topic WHERE t.name LIKE '%culture.answer.v1'`
    await killAt(home, sealed, "run")
    nowhere()
    const ran = await asked(home, "run")
    expect(ran).not.toContain("failed")
    nowhere()
    const letters = await ask(home, "dead-letters", "list")
    expect(letters).toMatchObject({ code: 0, out: "None but sealed ones.\n" })
    expect(letters.err).toContain("answer (plimsoll vault letters)")
    const opened = JSON.parse(await asked(home, "vault", "letters", "--json")) as {
      readonly letters: ReadonlyArray<object>
    }
    expect(opened.letters).toHaveLength(3)
    expect(opened.letters).toEqual(
      expect.arrayContaining([
        { stream: "answer", place: "line 81", code: "decode-failed", fields: ["answers"] },
        { stream: "answer", place: "line 82", code: "decode-failed", fields: ["wave"] },
        { stream: "answer", place: "line 83", code: "unreadable", fields: [] }
      ])
    )
    const lag = JSON.parse(await asked(home, "metrics", "--json")) as {
      readonly lag: number
      readonly partitions: ReadonlyArray<{ readonly topic: string }>
    }
    expect(lag.lag).toBe(0)
    expect(lag.partitions.some(({ topic }) => topic.includes("answer"))).toBe(false)
    nowhere()
  })

  it("says why a wave cannot be closed, or verified, and what to do", async () => {
    const list = JSON.parse(await asked(home, "wave", "list", "--json")) as {
      readonly waves: ReadonlyArray<{ readonly wave: string; readonly state: string }>
    }
    expect(list.waves.map(({ wave, state }) => [wave, state])).toEqual([
      ["w1", "to-close"],
      ["w2", "open"]
    ])
    for (const [args, error, cure] of [
      [["wave", "close", "w2"], 'wave "w2" cannot be closed: its last day is not over', "--now"],
      [["wave", "verify", "w1"], 'wave "w1" is not released', "plimsoll wave list"],
      [["wave", "withdraw", "w1", "--reason", "no"], 'wave "w1" is not released', "plimsoll wave list"],
      [["vault", "erase", "culture.answer.v1", "w9"], 'no key for "w9"', "plimsoll vault list"],
      [["vault", "erase", "culture.answer.v1", "w1"], "could never be read again", "--yes"]
    ] as const) {
      const { code, out, err } = await ask(home, ...args)
      expect([code, out]).toEqual([2, ""])
      expect(err).toContain(error)
      expect(err.split("do: ")[1]).toContain(cure)
    }
  })

  it("without its vault it is not closed, as if nobody had answered", async () => {
    const copy = copyOf(home)
    copies.push(copy)
    rmSync(join(copy, ".plimsoll/vault"), { recursive: true })
    const { code, err } = await ask(copy, "wave", "close", "w1")
    expect(code).toBe(2)
    expect(err).toContain("has no key for its answers")
    expect(JSON.parse(await figures(copy))).toEqual([])
  })

  it("with a record that does not open it is closed only without that one, and the release says so", async () => {
    const copy = copyOf(home)
    copies.push(copy)
    const [whole] = await sealedPlaces(copy)
    const spoilt = await appendAgain(copy)
    expect(spoilt).not.toBe(whole)
    changeSealed(copy, spoilt, '"sealed":"', '"sealed":"AAAA')
    const refused = await ask(copy, "wave", "close", "w1")
    expect(refused.code).toBe(6)
    expect(refused.err).toContain(`trust.culture.answer.v1/${spoilt} does not open with its key`)
    expect(refused.err.split("do: ")[1]).toContain("--leave-out PARTITION/OFFSET")
    for (const [place, error] of [
      [whole!, `has no record at ${whole} that does not open`],
      ["one", '"one" is not the place of a record']
    ] as const) {
      const { code, err } = await ask(copy, "wave", "close", "w1", "--leave-out", spoilt, place)
      expect([place, code]).toEqual([place, 2])
      expect(err).toContain(error)
    }
    expect(JSON.parse(await figures(copy))).toEqual([])
    expect(await asked(copy, "wave", "close", "w1", "--leave-out", spoilt)).toContain(
      `left out, as the release says: ["${spoilt}"]`
    )
    const told = "SELECT left_out FROM culture.release"
    expect(await asked(copy, "sql", told, "--format", "json")).toContain(spoilt)
    expect(await asked(copy, "wave", "verify", "w1")).toContain("the sealed answers give each of them again")
    changeSealed(copy, spoilt, '"sealed":"AAAA', '"sealed":"')
    const mended = await ask(copy, "wave", "verify", "w1")
    expect(mended.code).toBe(8)
    expect(mended.out).toContain(`record ${spoilt} was left out, and opens`)
    nowhere(copy)
  })

  it("killed in the middle of a close, is released once, with what did not fit set aside", async () => {
    await killAt(home, "SELECT 1 FROM writer WHERE id LIKE '%.wave-w1'", "wave", "close", "w1")
    nowhere()
    const closed = await ask(home, "wave", "close", "w1", "--json")
    if (closed.code === 0) expect(JSON.parse(closed.out)).toMatchObject(closedJson)
    else expect(closed.err).toContain("a wave is released once")
    const read = await asked(home, "log", "read", "trust.culture.release.v1", "--json")
    expect(read.trim().split("\n")).toHaveLength(1)
    expect(JSON.parse(await figures(home)).length).toBeGreaterThan(80)
    const again = await ask(home, "wave", "close", "w1")
    expect(again.code).toBe(2)
    expect(again.err).toContain("a wave is released once")
    expect(await asked(home, "wave", "verify", "w1")).toContain("the sealed answers give each of them again")
    nowhere()
  })

  it("an answer after the close counts nowhere, and the vault's holder is told of it", async () => {
    appendFileSync(survey.answers, `${line(950, "c")}\n`)
    await asked(home, "run", "--only", "connectors")
    expect(JSON.parse(await asked(home, "wave", "verify", "w1", "--json"))).toEqual({
      format: 1,
      wave: "w1",
      holds: true,
      wrong: [],
      late: 1,
      unopened: 0
    })
  })

  it("reported and rebuilt from the log, it tells the same and no word more", async () => {
    const before = await figures(home)
    expect(await ask(home, "report", "assurance", "--out", "report")).toMatchObject({ code: 0 })
    expect(await ask(home, "rebuild")).toMatchObject({ code: 0 })
    expect(await figures(home)).toBe(before)
    nowhere()
  })

  it("verify names a sealed record that was changed, with exit code 8, and a figure that was", async () => {
    const copy = copyOf(home)
    copies.push(copy)
    const [place] = await sealedPlaces(copy)
    changeSealed(copy, place!, '"sealed":"', '"sealed":"AAAA')
    const { code, out } = await ask(copy, "wave", "verify", "w1")
    expect(code).toBe(8)
    expect(out).toMatch(/the sealed record at trust\.culture\.answer\.v1\/\d\/0 does not open with its key/)
  })

  it("erased, its answers are gone for good and its figures stay until they are withdrawn", async () => {
    const before = await figures(home)
    expect(await asked(home, "vault", "erase", "culture.answer.v1", "w1", "--yes")).toContain("is erased")
    expect(await asked(home, "vault", "erase", "culture.answer.v1", "w1")).toContain("was erased before")
    const scopes = JSON.parse(await asked(home, "vault", "list", "--json")) as { readonly scopes: unknown }
    expect(scopes.scopes).toEqual([
      { stream: "culture.answer.v1", scope: "quarantine", erased: false },
      { stream: "culture.answer.v1", scope: "w1", erased: true }
    ])
    const verified = await ask(home, "wave", "verify", "w1")
    expect(verified.code).toBe(8)
    expect(verified.out).toContain("its answers were erased")
    expect(await figures(home)).toBe(before)
    expect(await ask(home, "wave", "withdraw", "w1", "--reason", "asked with the wrong key")).toMatchObject({
      code: 0
    })
    appendFileSync(survey.answers, `${line(951, "c")}\n`)
    const refused = await ask(home, "run")
    expect(refused.code).toBe(3)
    expect(refused.err).toContain('holds of "w1" was erased')
    expect(JSON.parse(await figures(home))).toEqual([])
    nowhere()
  })
})

for (const log of logs.filter(({ client }) => client === "platformatic")) {
  log.describe(`a survey on ${log.name}`, () => {
    it("is closed and verified there, and no word of an answer is in its segments, before or after erasure", async () => {
      const survey = surveyProject()
      try {
        const own = await log.make()
        putOnLog(survey.home, own)
        const closed = JSON.parse(await asked(survey.home, "wave", "close", "w1", "--json")) as object
        expect(closed).toMatchObject(closedJson)
        expect(await asked(survey.home, "wave", "verify", "w1")).toContain("give each of them again")
        await asked(survey.home, "vault", "erase", "culture.answer.v1", "w1", "--yes")
        for (const folder of [survey.home, inject("kafkaFolder")]) {
          expect(foundBelow(folder, canaries, isOfAnother(own))).toEqual([])
        }
        expect(foundIn(heard, canaries)).toEqual([])
      } finally {
        for (const folder of [survey.home, survey.inbox]) rmSync(folder, { recursive: true, force: true })
      }
    })
  })
}

it("the words that are looked for are in what was read", () => {
  expect(foundIn(everyone().join("\n"), canaries)).toEqual(canaries)
  expect(canaries).toContain(strangeItem)
})

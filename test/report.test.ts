import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { DuckDBInstance } from "@duckdb/node-api"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { copyOf, newFolder, type Outcome, plimsoll } from "../packages/cli/test/project.ts"
import { reportConfig } from "./report-config.ts"
import { elementsOf } from "./report-html.ts"
import { root } from "./workspace.ts"

const patience = 300_000

interface Verdict {
  readonly holds: boolean
  readonly checked: {
    readonly relations: number
    readonly cells: number
    readonly figures: number
    readonly records: number
  }
  readonly cells: ReadonlyArray<{
    readonly relation: string
    readonly key: { readonly [column: string]: unknown }
    readonly column: string | null
    readonly inReport: unknown
    readonly recomputed: unknown
    readonly file: string
  }>
  readonly figures: ReadonlyArray<{
    readonly figure: string
    readonly inReport?: string
    readonly recomputed?: string
  }>
  readonly files: ReadonlyArray<{ readonly file: string; readonly reason: string }>
  readonly broken: ReadonlyArray<{
    readonly topic: string
    readonly partition: number
    readonly reason: string
  }>
  readonly signals: ReadonlyArray<{ readonly measure: string; readonly state: string }>
}
type Row = { readonly [column: string]: unknown }

let home = ""
const folders: string[] = []
const fine = async (folder: string, ...args: ReadonlyArray<string>): Promise<Outcome> => {
  const outcome = await plimsoll(folder, ...args)
  expect(outcome).toMatchObject({ code: 0, err: expect.not.stringContaining("error:") as string })
  return outcome
}
const verify = async (
  folder: string,
  report: string
): Promise<Verdict & { readonly code: number | null }> => {
  const { code, out, err } = await plimsoll(folder, "report", "verify", report, "--json")
  expect(err).not.toContain("error:")
  return { ...(JSON.parse(out) as Verdict), code }
}
/** A copy of the project, its report included, that a test may spoil. */
const copied = (): string => {
  const folder = copyOf(home)
  folders.push(folder)
  return folder
}
const editFile = (path: string, edit: (text: string) => string): void => {
  const before = readFileSync(path, "utf8")
  const after = edit(before)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}
const packOf = (folder: string, report: string): ReadonlyMap<string, ReadonlyArray<Row>> => {
  const pack = join(folder, report, "pack")
  const names = readdirSync(pack).filter((name) => name.endsWith(".json") && name !== "manifest.json")
  return new Map(
    names.map((name) => [
      name.replace(/\.json$/, ""),
      JSON.parse(readFileSync(join(pack, name), "utf8")) as ReadonlyArray<Row>
    ])
  )
}
/** Changes the log behind everybody's back, and deletes all that was made from it. */
const tamper = (folder: string, statement: string): number => {
  for (const name of readdirSync(join(folder, ".plimsoll")))
    if (name.startsWith("core.duckdb")) rmSync(join(folder, ".plimsoll", name))
  rmSync(join(folder, "plimsoll.duckdb"))
  const log = new DatabaseSync(join(folder, ".plimsoll/log.sqlite"))
  try {
    return Number(log.prepare(statement).run().changes)
  } finally {
    log.close()
  }
}
const partOf = (topic: string) =>
  `part IN (SELECT p.id FROM part p JOIN topic t ON t.id = p.topic WHERE t.name = '${topic}')`

beforeAll(async () => {
  home = newFolder()
  folders.push(home)
  symlinkSync(
    realpathSync(join(root, "packages/quality")),
    join(home, "node_modules/@plimsoll/quality"),
    "junction"
  )
  await fine(home, "init", ".")
  writeFileSync(join(home, "plimsoll.config.ts"), reportConfig("few"))
  const rows = readFileSync(join(home, "data/falls.csv"), "utf8").split("\n")
  const larch = rows.filter((row) => row.startsWith("elm,")).map((row) => row.replace("elm", "larch"))
  appendFileSync(join(home, "data/falls.csv"), `${larch.join("\n")}\n`)
  await fine(home, "run")
  await fine(home, "report", "assurance", "--out", "report")
}, patience)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe("a report", () => {
  test(
    "holds, and is the same bytes again, from a store made anew too",
    async () => {
      expect(await verify(home, "report")).toMatchObject({
        holds: true,
        code: 0,
        cells: [],
        figures: [],
        files: []
      })
      const said = await fine(home, "report", "verify", "report")
      expect(said.out).toMatch(
        /^OK: \d+ figures of the page, [\d,]+ cells of \d+ relations, \d+ hash chains over \d+ records, and every signal, are what the log gives\n$/
      )
      const folder = copied()
      tamper(folder, "DELETE FROM record WHERE 0")
      await fine(folder, "report", "assurance", "--out", "again")
      for (const name of [
        "index.html",
        ...readdirSync(join(folder, "report/pack")).map((one) => `pack/${one}`)
      ]) {
        expect(
          readFileSync(join(folder, "again", name)).equals(readFileSync(join(folder, "report", name)))
        ).toBe(true)
      }
    },
    patience
  )

  test(
    "still holds when the log has grown, and the day is another",
    async () => {
      const folder = copied()
      appendFileSync(join(folder, "data/falls.csv"), "oak,2026-07-01,30,800\n")
      editFile(join(folder, "plimsoll.config.ts"), (text) =>
        text.replace('clock: "2026-07-15"', 'clock: "2026-08-15"')
      )
      await fine(folder, "run")
      expect(await verify(folder, "report")).toMatchObject({ holds: true, code: 0 })
    },
    patience
  )

  test("is one page that needs nothing else, closes what it opens, and can be heard", () => {
    const page = readFileSync(join(home, "report/index.html"), "utf8")
    expect(page).not.toMatch(/https?:|src=|@import|url\(|<script|\bon\w+=/i)
    const elements = elementsOf(page)
    const ids = elements.flatMap(({ attributes }) => attributes.get("id") ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    const links = elements.flatMap(({ name, attributes }) => (name === "a" ? [attributes.get("href")!] : []))
    expect(
      links.filter(
        (link) => !(link.startsWith("#") ? ids.includes(link.slice(1)) : link === "pack/methods.md")
      )
    ).toEqual([])
    expect(elements[0]).toMatchObject({ name: "html", attributes: new Map([["lang", "en"]]) })
    const levels = elements.flatMap(({ name }) => (/^h\d$/.test(name) ? [Number(name[1])] : []))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([])
    for (const { name, attributes, firstChild } of elements) {
      if (name === "table") expect(firstChild).toBe("caption")
      if (name === "svg") expect(attributes.get("aria-label")!.length).toBeGreaterThan(20)
      if (name === "th") expect(["col", "row"]).toContain(attributes.get("scope"))
    }
    expect(
      elements.filter(({ name }) => name === "h2").map(({ attributes }) => attributes.get("id"))
    ).toEqual(["short", "direction", "execution", "impact", "scoring", "verify"])
    expect(elements.filter(({ attributes }) => attributes.get("class") === "unknown").length).toBe(4)
  })

  test("says in words what it is, of whom, and what is simulated wherever that shows", () => {
    const page = readFileSync(join(home, "report/index.html"), "utf8")
    expect(page).toContain("<h1>Hospital &lt;of&gt; Saint Anne &amp; Co</h1>")
    expect(page).toContain('<time datetime="2026-07-15">15 Jul 2026</time>')
    expect(page).toContain("Oak ward")
    const shows = page.split("Larch ward").slice(1)
    expect(shows.length).toBeGreaterThan(0)
    for (const after of shows) expect(after).toMatch(/^ <span class="simulated">simulated<\/span>/)
  })

  test(
    "without a component says so in words",
    async () => {
      const folder = copied()
      editFile(join(folder, "plimsoll.config.ts"), (text) =>
        text.replace("modules: [statistics(), assurance(held)]", "modules: []")
      )
      await fine(folder, "run")
      await fine(folder, "report", "assurance", "--out", "bare")
      const page = readFileSync(join(folder, "bare/index.html"), "utf8")
      for (const component of ["assurance", "control", "vision", "system"])
        expect(page).toContain(`The component “${component}” is not in use here, so `)
      elementsOf(page)
      expect(await verify(folder, "bare")).toMatchObject({ holds: true, code: 0 })
    },
    patience
  )
})

test("a report of all components shows where work leads, who looks, and what the whole hides; and it holds", async () => {
  const folder = copied()
  tamper(folder, "DELETE FROM record WHERE 0")
  writeFileSync(join(folder, "plimsoll.config.ts"), reportConfig("all"))
  await fine(folder, "run")
  await fine(folder, "report", "assurance", "--out", "all")
  const page = readFileSync(join(folder, "all/index.html"), "utf8")
  elementsOf(page)
  const words = page.replaceAll(/<[^>]*>/g, "")
  expect(words).toContain("Of 2 pieces of work, 1 (50.0\u00a0%) can be followed all the way up")
  expect(words).toContain("Posters simulated")
  expect(words).toMatch(/0 of 3 units had quality control as part of their daily work/)
  expect(words).toMatch(
    /Falls per 1,000 bed-days: Hospital &lt;of&gt; Saint Anne &amp; Co \(1 of 3 units are simulated\)/
  )
  expect(words).toMatch(/more than chance \(I²|How far units differ beyond chance is not known/)
  expect(words).toContain("Between groups of people: not known: no breakdown is declared.")
  expect(words).not.toContain("is not in use here")
  expect(await verify(folder, "all")).toMatchObject({ holds: true, code: 0 })
}, 600_000)

describe("a report in which somebody edited", () => {
  test(
    "a figure of the page fails, and the figure is named",
    async () => {
      const folder = copied()
      const figure = /<data id="(plimsoll\.series\.value:[^"]*)" value="[^"]*">(8\.805[^<]*)<\/data>/
      const [, id, shown] = figure.exec(readFileSync(join(folder, "report/index.html"), "utf8"))!
      editFile(join(folder, "report/index.html"), (text) =>
        text.replace(`>${shown!}<`, `>${shown!.replace("8.8", "3.8")}<`)
      )
      const found = await verify(folder, "report")
      expect(found).toMatchObject({ holds: false, code: 8, cells: [], broken: [] })
      expect(found.figures).toMatchObject([
        { figure: id, inReport: expect.stringContaining("3.805") as string }
      ])
      expect(found.files.map(({ file }) => file)).toEqual(["index.html"])
      const told = await plimsoll(folder, "report", "verify", "report")
      expect(told.code).toBe(8)
      expect(told.out).toContain(`  ${id!}: in the report 3.805`)
    },
    patience
  )

  test(
    "words of the page fails, and the line is named",
    async () => {
      const folder = copied()
      editFile(join(folder, "report/index.html"), (text) =>
        text.replace("Nobody has answered.", "All is well.")
      )
      expect((await verify(folder, "report")).files).toMatchObject([
        { file: "index.html", reason: expect.stringContaining("SHA-256") as string },
        { file: "index.html", reason: expect.stringMatching(/from line \d+ on/) as string }
      ])
    },
    patience
  )

  test(
    "a cell of the pack, as JSON and as Parquet, fails, and the cell is named",
    async () => {
      const folder = copied()
      const pack = join(folder, "report/pack")
      editFile(join(pack, "assurance.score.json"), (text) => {
        const lines = text.split("\n")
        const at = lines.findIndex(
          (line) =>
            line.includes('"part":"direction"') &&
            line.includes('"kind":"self"') &&
            line.includes('"microsystem":null')
        )
        lines[at] = lines[at]!.replace(/"points":[\d.]+/, '"points":199')
        return lines.join("\n")
      })
      const parquet = join(pack, "assurance.finding.parquet")
      cpSync(parquet, join(folder, "old.parquet"))
      const database = await DuckDBInstance.create()
      const connection = await database.connect()
      await connection.run(
        `COPY (SELECT * REPLACE (CASE finding WHEN 'f1' THEN 0 ELSE days_overdue END AS days_overdue) FROM '${join(folder, "old.parquet")}') TO '${parquet}' (FORMAT parquet)`
      )
      connection.closeSync()
      database.closeSync()
      const found = await verify(folder, "report")
      expect(found).toMatchObject({ holds: false, code: 8, figures: [], broken: [] })
      expect(found.cells).toMatchObject([
        {
          file: "pack/assurance.finding.parquet",
          relation: "assurance.finding",
          key: { finding: "f1" },
          column: "days_overdue"
        },
        {
          file: "pack/assurance.score.json",
          relation: "assurance.score",
          key: { part: "direction", kind: "self" },
          column: "points",
          inReport: 199
        }
      ])
      expect(found.cells[0]!.inReport).not.toEqual(found.cells[0]!.recomputed)
    },
    patience
  )

  test(
    "the manifest fails, and so does one that reaches less far than the figures",
    async () => {
      const folder = copied()
      editFile(join(folder, "report/pack/manifest.json"), (text) => {
        const manifest = JSON.parse(text) as {
          readonly partitions: ReadonlyArray<{ topic: string; end: number }>
        }
        for (const one of manifest.partitions)
          if (one.topic === "my-hospital.inpatient.falls.v1") one.end = Math.min(one.end, 5)
        return JSON.stringify(manifest, undefined, 2)
      })
      const found = await verify(folder, "report")
      expect(found.code).toBe(8)
      expect(found.files).toContainEqual({
        file: "pack/manifest.json",
        reason: "its digest is not that of what it says"
      })
      expect(found.broken.length).toBeGreaterThan(0)
      expect(found.cells.some(({ relation }) => relation === "plimsoll.measure_value")).toBe(true)
    },
    patience
  )

  test("nothing, but that is no report, is refused with the cure", async () => {
    const { code, err } = await plimsoll(home, "report", "verify", "data")
    expect(code).toBe(2)
    expect(err).toContain("do: name the folder that `plimsoll report assurance --out DIR` wrote")
  })
})

describe("a log that was changed after the report, with the store deleted", () => {
  const falls = "my-hospital.inpatient.falls.v1"

  test(
    "one fact edited: the cells that it made are named, and the partition whose chain broke",
    async () => {
      const folder = copied()
      const changed = tamper(
        folder,
        `UPDATE record SET value = replace(value, '"falls":', '"falls":1') WHERE ${partOf(falls)} AND key = '["oak","2024-02-01"]'`
      )
      expect(changed).toBe(1)
      const found = await verify(folder, "report")
      expect(found).toMatchObject({ holds: false, code: 8 })
      const values = found.cells.filter(
        ({ relation, file }) => relation === "plimsoll.measure_value" && file.endsWith(".json")
      )
      expect(values).toMatchObject([
        { key: { period: "2024-02-01" }, column: "numerator", inReport: 5, recomputed: 15 },
        { key: { period: "2024-02-01" }, column: "value" }
      ])
      expect(found.broken).toMatchObject([
        { topic: falls, reason: "has a record that was changed since the report was made" }
      ])
      expect(found.figures.map(({ figure }) => figure)).toContain("log:fingerprint")
      const told = await plimsoll(folder, "report", "verify", "report")
      expect(told.out).toMatch(
        /plimsoll\.measure_value \[.*period=2024-02-01.*\] numerator: in the report 5, recomputed 15 \(pack\/plimsoll\.measure_value\.json, pack\/plimsoll\.measure_value\.parquet\)/
      )
    },
    patience
  )

  test(
    "one event dropped: exactly what rests on it vanishes",
    async () => {
      const folder = copied()
      const topic = "my-hospital.assurance.evidence.v1"
      const log = new DatabaseSync(join(folder, ".plimsoll/log.sqlite"), { readOnly: true })
      const { partition, offset } = log
        .prepare(
          `SELECT p.partition, r."offset" FROM record r JOIN part p ON p.id = r.part WHERE r.${partOf(topic)} AND r.key = '["own-improvement-elm"]'`
        )
        .get() as { readonly partition: number; readonly offset: number }
      log.close()
      const event = `evidence/${partition}/${offset}`
      expect(
        tamper(folder, `DELETE FROM record WHERE ${partOf(topic)} AND key = '["own-improvement-elm"]'`)
      ).toBe(1)

      const found = await verify(folder, "report")
      expect(found).toMatchObject({ holds: false, code: 8 })
      expect(found.broken).toMatchObject([{ topic, partition }])
      await fine(folder, "report", "assurance", "--out", "after")
      const [before, after] = [packOf(folder, "report"), packOf(folder, "after")]
      expect([...after.keys()]).toEqual([...before.keys()])
      const resting: string[] = []
      const vanished: string[] = []
      for (const [relation, rows] of before) {
        const left = new Set(after.get(relation)!.map((row) => JSON.stringify(row)))
        for (const row of rows) {
          const text = JSON.stringify(row)
          if (Array.isArray(row["events"]) && row["events"].includes(event))
            resting.push(`${relation} ${text}`)
          if (!left.has(text)) vanished.push(`${relation} ${text}`)
        }
      }
      expect(resting.length).toBeGreaterThan(3)
      expect(vanished.sort()).toEqual(resting.sort())
      expect(
        [...after.values()]
          .flat()
          .filter((row) => Array.isArray(row["events"]) && row["events"].includes(event))
      ).toEqual([])
    },
    patience
  )

  test(
    "one signal dropped: what the rules give and the log no longer says is named, and no new report is made",
    async () => {
      const folder = copied()
      const topic = "my-hospital.plimsoll.signal.v1"
      expect(
        tamper(folder, `DELETE FROM record WHERE ${partOf(topic)} AND value LIKE '%"measure":"falls-rate"%'`)
      ).toBe(1)
      const found = await verify(folder, "report")
      expect(found).toMatchObject({ holds: false, code: 8 })
      expect(found.signals).toMatchObject([{ measure: "falls-rate", state: "opened" }])
      expect(found.broken).toMatchObject([{ topic }])
      const refused = await plimsoll(folder, "report", "assurance", "--out", "after")
      expect(refused.code).toBe(6)
      expect(refused.err).toContain("do: run `plimsoll run` first: it says them")
    },
    patience
  )
})

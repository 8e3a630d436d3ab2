import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { newFolder } from "./project.ts"

const quality = fileURLToPath(new URL("../../quality", import.meta.url))

/** Ids and words that must be nowhere but in the source and, sealed, on the log. */
export const canaries = [
  "canary-Quillfeather-0001",
  "canary-Quillfeather-0040",
  "Umbrafell-nights",
  "shouted-at-me-4471",
  "Zebedee Quillfeather"
] as const
export const [, , strangeTeam, strangeItem, name] = canaries

const items = ["A1", "A2", "A3", "A4"]
const high = { A1: 5, A2: 4, A3: 4, A4: 2 }
const low = { A1: 2, A2: 3, A3: 2, A4: 4 }

/** Teams of which fewer than ten people answer. */
export const small = ["c", "d", "e", "f", "g", "h", "i", "j"]
const sizes: { readonly [team: string]: number } = {
  a: 24,
  b: 18,
  ...Object.fromEntries(small.map((id) => [id, 4]))
}

const tokenOf = (nth: number): string => `canary-Quillfeather-${String(nth).padStart(4, "0")}`

/** A line of the file of answers. */
export const line = (
  nth: number,
  team: string,
  given: object = high,
  { wave = "w1", version = "1" }: { readonly wave?: string; readonly version?: string } = {}
): string =>
  [
    wave,
    tokenOf(nth),
    version,
    team,
    "",
    "",
    "",
    "2026-03-01",
    `"${JSON.stringify(given).replaceAll('"', '""')}"`
  ].join(",")

/** 74 people, and what does not fit: of a scale, an item, a version, a team, a second answer; and what cannot be read. */
export const everyone = (): ReadonlyArray<string> => {
  let nth = 0
  return [
    ...Object.entries(sizes).flatMap(([team, people]) =>
      Array.from({ length: people }, (_, at) => line(++nth, team, at * 2 < people ? high : low))
    ),
    line(901, "a", { ...high, A4: 9 }),
    line(902, "a", { ...high, [strangeItem]: 3 }),
    line(903, "a", high, { version: "2" }),
    line(904, strangeTeam),
    line(1, "a", low),
    line(905, "a", { ...high, A1: strangeItem }),
    line(906, "a", high, { wave: `"${name}"` }),
    `w1,${tokenOf(907)}`
  ]
}

export const header = "wave,respondent,instrument_version,microsystem,role,mode,half,opened,answers"

/** A project with a survey, and the file of its answers, which lies in a folder of its own. */
export interface SurveyProject {
  readonly home: string
  readonly inbox: string
  readonly answers: string
}

/** Writes a survey of four items, one scale, and waves that are over and under way. */
export const surveyProject = (): SurveyProject => {
  const home = newFolder()
  symlinkSync(realpathSync(quality), join(home, "node_modules/@plimsoll/quality"), "junction")
  const inbox = realpathSync(mkdtempSync(join(tmpdir(), "plimsoll-inbox-")))
  const answers = join(inbox, "answers.csv")
  writeFileSync(answers, [header, ...everyone(), ""].join("\n"))
  mkdirSync(join(home, "data"))
  const asked = Object.entries(sizes).map(([team, people]) => `w1,${team},all,all,${people + 5},2026-03-01`)
  writeFileSync(
    join(home, "data/invitations.csv"),
    ["wave,microsystem,role,mode,invited,sent", ...asked, ""].join("\n")
  )
  writeFileSync(
    join(home, "plimsoll.config.ts"),
    `import { readFileSync } from "node:fs"
import files from "@plimsoll/connector-files"
import { answers, defineModule, instrumentRow, instruments, invitations, releasedFigures, releases, waves } from "@plimsoll/quality"
import { defineConfig } from "plimsoll"

const safety = {
  id: "safety", version: "1", title: "Safety", source: "made for this test", licence: "Apache-2.0", wording: "by-user",
  items: ${JSON.stringify(items)}.map((id) => ({
    id, min: 1, max: 5, reversed: id === "A4", notApplicable: null, alone: false, labels: {}, wording: null, citation: "seen"
  })),
  scales: [
    { id: "speaking-up", title: "Speaking up", items: ${JSON.stringify(items)}, scoring: { kind: "percent-positive", threshold: 4 } }
  ]
}
const wave = { title: "Spring", survey: "staff", instrument: "safety", instrumentVersion: "1", opened: "2026-03-01", closes: "2026-03-31", k: 10 }

export default defineConfig({
  project: "survey",
  organisation: "trust",
  zone: "Europe/London",
  clock: "2026-04-01",
  connectors: [
    files({ instance: "answers", stream: answers, path: ${JSON.stringify(answers)} }),
    files({ instance: "invitations", stream: invitations, path: "data/invitations.csv" })
  ],
  microsystems: [
    { id: "trust", name: "Trust", kind: "service" },
    ...${JSON.stringify(Object.keys(sizes))}.map((id) => ({ id, name: id, kind: "ward", parent: "trust" }))
  ],
  modules: [
    defineModule({
      name: "culture",
      version: 1,
      title: "Culture",
      streams: [waves, invitations, releases, releasedFigures, instruments],
      declares: [
        { stream: instruments, rows: [instrumentRow(safety)] },
        { stream: waves, rows: [{ ...wave, id: "w1" }, { ...wave, id: "w2", closes: "2026-06-30" }] }
      ],
      views: readFileSync(${JSON.stringify(join(quality, "src/culture/waves.sql"))}, "utf8")
    })
  ]
})
`
  )
  return { home, inbox, answers }
}

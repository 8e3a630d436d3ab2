// The story of this example, as its people would live it: each chapter brings new figures, the command is run, and what it
// says leads to what is said next. Node alone, so that every system has it; the commands are the ones a reader would type.
import { spawn } from "node:child_process"
import { appendFileSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import "./simulate.ts"
import { chapters, streams } from "./story.ts"

const home = fileURLToPath(new URL(".", import.meta.url))
const main = import.meta.resolve("plimsoll")
const reader = process.env.INIT_CWD ?? process.cwd()
const bin = fileURLToPath(new URL(main.endsWith(".ts") ? "bin.ts" : "bin.js", main))
const story = join(home, "story")

let day = ""
/** Runs `plimsoll` in this folder and gives what it answered. Its errors are shown as they are. */
const plimsoll = (...parameters) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, bin, ...parameters], {
      cwd: home,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, STORY_DAY: day }
    })
    const answer = []
    child.stdout.on("data", (bytes) => answer.push(bytes))
    child.on("close", (code) => {
      if (code !== 0) process.exit(code ?? 1)
      resolve(Buffer.concat(answer).toString())
    })
  })

const say = (text) => process.stdout.write(`${text}\n`)
const show = async (...parameters) => {
  say(`\n$ plimsoll ${parameters.map((one) => (/[\s"]/.test(one) ? JSON.stringify(one) : one)).join(" ")}`)
  say((await plimsoll(...parameters)).trimEnd())
}
/** A new chapter: its day, the figures that have come since the last one, and what people have said meanwhile. */
const chapter = async (number, on, title, said = []) => {
  day = on
  for (const [name, ending] of [
    ["doses", "csv"],
    ["shifts", "csv"],
    ["codings", "jsonl"]
  ]) {
    copyFileSync(
      join(home, `data/chapter-${number}/${name}.${ending}`),
      join(story, `${name}-${number}.${ending}`)
    )
  }
  say(`\n── ${on} · ${title} ──`)
  await tell(said)
}
/** Appends what people say, as a source would. */
const tell = async (said) => {
  for (const { stream, rows } of said) {
    appendFileSync(join(story, `${stream}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""))
  }
  await plimsoll("--quiet", "run")
}
const slippingOf = async (ward) => {
  const found = JSON.parse(
    await plimsoll(
      "sql",
      `SELECT signal FROM plimsoll.signal WHERE measure = 'late-doses' AND microsystem = '${ward}' AND variation = 'concern' AND state NOT IN ('ended', 'withdrawn') ORDER BY first_period, signal LIMIT 1`,
      "--format",
      "json"
    )
  )
  return found[0].signal
}

// A story begins at its beginning.
for (const name of [".plimsoll", "plimsoll.duckdb", "report", "story"])
  rmSync(join(home, name), { recursive: true, force: true })
mkdirSync(story)
for (const { name } of streams) writeFileSync(join(story, `${name}.jsonl`), "")

say("Six wards that do not exist. All that follows is simulated.")
await chapter(1, "2024-12-04", "Oak slips")
const oak = await slippingOf("oak")
await plimsoll("--quiet", "signal", "acknowledge", oak, "--team", "oak")
await plimsoll("--quiet", "signal", "explain", oak, "--team", "oak", "--cause", "changed-process")
await tell(chapters.plan(oak))
await show("huddle", "oak")
await show("plan")

await chapter(2, "2025-08-13", "Oak has tried something, and Elm slips", [
  ...chapters.improve(oak),
  ...chapters.learn(oak)
])
await show("project", "show", "protected-rounds")
await plimsoll("--quiet", "chart", "late-doses", "oak", "--svg", "late-doses-oak.svg")
await show("learn", "similar", "elm")
const elm = await slippingOf("elm")
await plimsoll("--quiet", "signal", "acknowledge", elm, "--team", "elm")
await plimsoll("--quiet", "signal", "explain", elm, "--team", "elm", "--cause", "changed-process")

await chapter(3, "2026-05-06", "Elm has used what Oak learnt", chapters.reuse(elm))
await show("project", "show", "elm-rounds")
await plimsoll("--quiet", "report", "assurance", "--out", "report")
await show("report", "verify", "report")
await show("trace", oak.slice(0, 6))
await show("trace", "elm-uses-red-apron")
say(`\nThe chart of Oak, for a browser: ${relative(reader, join(home, "late-doses-oak.svg"))}`)

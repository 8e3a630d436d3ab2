// The story of this example: a board for a huddle, a signal answered, an indicator with its spread, a line of sight, and a
// report that anybody can check. Node alone, so that every system has it; the commands are the ones a reader would type.
import { spawn } from "node:child_process"
import { rmSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const home = fileURLToPath(new URL(".", import.meta.url))
const main = import.meta.resolve("plimsoll")
const reader = process.env.INIT_CWD ?? process.cwd()
const bin = fileURLToPath(new URL(main.endsWith(".ts") ? "bin.ts" : "bin.js", main))

/** Runs `plimsoll` in this folder and gives what it answered. Its errors are shown as they are. */
const plimsoll = (...parameters) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, bin, ...parameters], {
      cwd: home,
      stdio: ["ignore", "pipe", "inherit"]
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

// A story begins at its beginning.
for (const name of [".plimsoll", "plimsoll.duckdb", "report"])
  rmSync(join(home, name), { recursive: true, force: true })

say("Twenty organisations: their attendances are real, all notes and answers are simulated.")
await plimsoll("--quiet", "run")
const [signal] = JSON.parse(
  await plimsoll(
    "sql",
    "SELECT signal FROM plimsoll.signal WHERE measure = 'four-hour' AND microsystem = 'RXN' AND rule = 'trend'",
    "--format",
    "json"
  )
)
await plimsoll("--quiet", "signal", "acknowledge", signal.signal, "--team", "RXN")
await plimsoll("--quiet", "signal", "explain", signal.signal, "--team", "RXN", "--cause", "more-demand")
await plimsoll("--quiet", "run")
await show("huddle", "RXN")
await show("indicator", "four-hour")
await plimsoll("--quiet", "indicator", "four-hour", "--svg", "four-hour.svg")
await show("line-of-sight", "discharge-lounge")
await show("report", "assurance", "--out", "report")
await show("report", "verify", "report")
say(`\nThe report, for a browser: ${relative(reader, join(home, "report/index.html"))}`)
say("Contains public sector information licensed under the Open Government Licence v3.0.")

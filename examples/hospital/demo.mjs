// The story of this example: read the files, say what is slipping, draw a few charts. Node alone, so that every
// system has it; the commands are the ones a reader would type.
import { spawn } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const home = fileURLToPath(new URL(".", import.meta.url))
const main = import.meta.resolve("plimsoll")
// Paths are told as seen from the folder in which the reader typed the command.
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

say("$ plimsoll run")
say(await plimsoll("run"))

const { series, measures } = JSON.parse(await plimsoll("status", "--json"))
const worst = series.filter((row) => row.status === "slipping").slice(0, 3)
const drawn = [
  ...worst.map((row) => [row.measure, row.microsystem, "slipping"]),
  ...worst.slice(0, 1).map((row) => ["attendances", row.microsystem, "are there more patients to see?"]),
  [
    "four-hour-p",
    "R1H",
    "what goes wrong on big denominators: the limits are too narrow, so it is not judged"
  ],
  ["weekly-deaths", "england-and-wales", "seasonal, so it is not judged"]
]
const charts = join(home, "charts")
rmSync(charts, { recursive: true, force: true })
mkdirSync(charts)
const files = await Promise.all(
  drawn.map(async ([measure, unit, why]) => {
    const file = join(charts, `${measure}-${unit}.svg`)
    await plimsoll("--quiet", "chart", measure, unit, "--svg", file)
    return [relative(reader, file), why]
  })
)

const { judged, slipping, byLuck } = measures.find((one) => one.id === "four-hour").expectation
say(
  `${slipping} of ${judged} organisations are slipping; about ${byLuck.toFixed(1)} would be by luck alone (README.md says why there are more).`
)
say("\nCharts, for a browser:")
const widest = Math.max(...files.map(([file]) => file.length))
for (const [file, why] of files) say(`  ${file.padEnd(widest)}  ${why}`)
say(`\nThe figures, for a notebook: ${relative(reader, join(home, "plimsoll.duckdb"))}`)
say("Contains public sector information licensed under the Open Government Licence v3.0.")

import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { kafkaProblems } from "../kafka-config.ts"
import { starterFiles } from "../starter.ts"
import type { Terminal } from "../terminal.ts"

const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "") || "my-project"

const brokersOf = (text: string): ReadonlyArray<string> => {
  const brokers = text.split(",").map((broker) => broker.trim())
  if (kafkaProblems({ brokers }).length === 0) return brokers
  throw new PlimsollError({
    code: "usage-kafka",
    message: "--kafka wants one or more brokers, each host:port, with commas between",
    suggestion: "plimsoll init my-project --kafka localhost:9092"
  })
}

/** `plimsoll init`: a project that runs at once. Writes nothing where any of its files is there. */
export const init = (
  folder: string,
  version: string,
  terminal: Terminal,
  flags: { readonly kafka?: string } = {}
): ExitCode => {
  const home = resolve(folder)
  const kafka = flags.kafka === undefined ? undefined : { brokers: brokersOf(flags.kafka) }
  const files = starterFiles(packageName(home), version, kafka)
  const there = [...files.keys()].filter((name) => existsSync(join(home, name)))
  if (there.length > 0) {
    throw new PlimsollError({
      code: "usage-files-there",
      message: `${home} already has ${there.join(", ")}; nothing was written`,
      suggestion: "name another folder: plimsoll init my-project"
    })
  }
  for (const [name, text] of files) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    // Should the file have come into being just now, it is not touched either.
    writeFileSync(join(home, name), text, { flag: "wx" })
  }
  const here = relative(process.cwd(), home)
  terminal.out(
    [
      `Wrote ${[...files.keys()].join(", ")} to ${here === "" ? "this folder" : here}.`,
      "",
      "Next:",
      ...(here === "" ? [] : [`  cd ${here}`]),
      "  npm install",
      "  npx plimsoll run",
      "  npx plimsoll chart falls-rate oak"
    ].join("\n")
  )
  return exitCodes.fine
}

import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { openEmbeddedLog } from "../src/index.ts"
import { logContract, type LogUnderTest } from "./log-contract.ts"

const makeEmbedded = (thread: boolean) => async (): Promise<LogUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-log-"))
  const path = join(folder, "log.sqlite")
  return {
    open: () => openEmbeddedLog(path, { thread }),
    opener: {
      module: new URL(thread ? "./embedded-opener.ts" : "./inline-opener.ts", import.meta.url).href,
      argument: path
    },
    remove: () => rm(folder, { recursive: true, force: true })
  }
}

logContract("the embedded log", makeEmbedded(true), { kills: 10, runs: 15 })
logContract("the embedded log on the calling thread", makeEmbedded(false), { kills: 3, runs: 60 })

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openCore } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { land } from "../../packages/core/src/landing.ts"
import { openStore } from "../../packages/core/src/store.ts"
import { compare, type Rate, timed } from "./comparison.ts"
import { logInMemory } from "./log-in-memory.ts"
import { visits, writeVisits } from "./visits.ts"

/** Records in memory → typed rows, decoded by DuckDB, beside the same decoded by JavaScript. */
export const decoding = async (rows: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  try {
    await writeVisits(join(folder, "visits.csv"), rows)
    const log = await openEmbeddedLog(join(folder, "log.sqlite"))
    const source = { log, organisation: "bench", project: "bench" }
    await runConnector(files({ instance: "visits", stream: visits, path: join(folder, "visits.csv") }), {
      ...source,
      configPath: "connectors[0]"
    })
    const held = await logInMemory(log)
    let run = 0
    const landing = async (textFrom: number): Promise<Rate> => {
      const directory = join(folder, `store-${run++}`)
      // A core makes the tables of the system's own streams.
      await (await openCore({ ...source, zone: "Europe/London", directory })).close()
      const store = await openStore(join(directory, "core.duckdb"))
      try {
        return await timed(rows, () => land(store, held, { zone: "Europe/London", textFrom }))
      } finally {
        store.end()
        rmSync(directory, { recursive: true })
      }
    }
    await compare({
      what: `records in memory → typed rows, decoded by DuckDB (${rows.toLocaleString("en")} rows)`,
      unit: "rows",
      beside: "decoded by JavaScript",
      goal: "> 1",
      runs: 5,
      ours: () => landing(1000),
      peer: () => landing(Number.POSITIVE_INFINITY)
    })
    await log.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

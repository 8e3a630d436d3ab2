import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openCore } from "@plimsoll/core"
import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { compare, timed } from "./comparison.ts"
import { visits, writeVisits } from "./visits.ts"

/** Log → typed rows in DuckDB, exactly once, guards included, beside a bare consumer that only counts. */
export const logToCore = async (rows: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  try {
    await writeVisits(join(folder, "visits.csv"), rows)
    const log = await openEmbeddedLog(join(folder, "log.sqlite"))
    await runConnector(files({ instance: "visits", stream: visits, path: join(folder, "visits.csv") }), {
      log,
      organisation: "bench",
      project: "bench",
      configPath: "connectors[0]"
    })
    let run = 0
    await compare({
      what: `log → typed rows in DuckDB (${rows.toLocaleString("en")} rows)`,
      unit: "rows",
      beside: "a consumer that only counts",
      goal: "≥ 200,000 rows/s and ratio ≥ 0.4",
      ours: async () => {
        const directory = join(folder, `store-${run++}`)
        const core = await openCore({
          log,
          organisation: "bench",
          project: "bench",
          zone: "Europe/London",
          directory
        })
        try {
          return await timed(rows, () => core.update())
        } finally {
          await core.close()
          rmSync(directory, { recursive: true })
        }
      },
      peer: () =>
        timed(rows, async () => {
          let count = 0
          for (const topic of await log.topics()) {
            for (const { partition, end } of topic.offsets) {
              for (let from = 0; from < end;) {
                const batch = await log.read(topic.topic, partition, from, { limit: 20_000, until: end })
                count += batch.records.length
                from = batch.records.length === 0 ? end : batch.next
              }
            }
          }
          if (count < rows) throw new Error("the log lost a row")
        })
    })
    await log.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

import { createReadStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import files from "@plimsoll/connector-files"
import { openEmbeddedLog } from "@plimsoll/log"
import { runConnector } from "@plimsoll/pipeline"
import { parse } from "csv-parse"
import { compare, timed } from "./comparison.ts"
import { visits, writeVisits } from "./visits.ts"

/** CSV file → log, decode included, beside csv-parse that only parses the same file. */
export const fileToLog = async (rows: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
  const path = join(folder, "visits.csv")
  try {
    await writeVisits(path, rows)
    let run = 0
    await compare({
      what: `CSV file → log (${rows.toLocaleString("en")} rows)`,
      unit: "rows",
      beside: "csv-parse alone",
      goal: "≥ 80,000 rows/s and ratio ≥ 0.6",
      ours: async () => {
        const log = await openEmbeddedLog(join(folder, `log-${run++}.sqlite`))
        try {
          return await timed(rows, async () => {
            const [report] = await runConnector(files({ instance: "visits", stream: visits, path }), {
              log,
              organisation: "bench",
              project: "bench",
              configPath: "connectors[0]"
            })
            if (report!.out !== rows) throw new Error(`${report!.out} of ${rows} rows arrived`)
          })
        } finally {
          await log.close()
        }
      },
      peer: () =>
        timed(rows, async () => {
          let count = 0
          for await (const _ of createReadStream(path).pipe(parse({ columns: true }))) count++
          if (count !== rows) throw new Error("csv-parse lost a row")
        })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

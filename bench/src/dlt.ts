import { execFile } from "node:child_process"
import { once } from "node:events"
import { createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { Rate } from "./comparison.ts"

const exec = promisify(execFile)
const version = "1.31.0"

const script = `
import json, sys, time
import dlt

path, folder, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])

@dlt.resource(name="visits", write_disposition="append", primary_key="visit")
def visits():
    batch = []
    with open(path) as lines:
        for line in lines:
            batch.append(json.loads(line))
            if len(batch) == 5000:
                yield batch
                batch = []
    if batch:
        yield batch

pipeline = dlt.pipeline(pipeline_name="bench", pipelines_dir=folder + "/pipelines",
    destination=dlt.destinations.duckdb(folder + "/peer.duckdb"), dataset_name="rows")
start = time.time()
pipeline.run(visits())
seconds = time.time() - start
with pipeline.sql_client() as client:
    found = client.execute_sql("SELECT count(*) FROM visits")[0][0]
if found != rows:
    raise SystemExit(f"{found} of {rows} rows arrived")
print(json.dumps({"units": rows, "seconds": seconds}))
`

/** A Python with dlt and its DuckDB; undefined where it cannot be had. */
const pythonWithDlt = async (): Promise<string | undefined> => {
  const tools =
    process.env["PLIMSOLL_TOOLS"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "plimsoll")
  const folder = join(tools, `python-dlt-${version}`)
  const python = join(folder, "bin", "python")
  try {
    if (!existsSync(python)) await exec("python3", ["-m", "venv", folder])
    await exec(python, ["-c", "import dlt, duckdb"]).catch(() =>
      exec(python, ["-m", "pip", "install", "--quiet", `dlt[duckdb]==${version}`])
    )
    return python
  } catch {
    return undefined
  }
}

/** How fast dlt brings so many of the rows from a file of JSON lines into DuckDB: its own time, without its start. */
export const dltRate = async (folder: string, rows: number): Promise<(() => Promise<Rate>) | undefined> => {
  const python = await pythonWithDlt()
  if (python === undefined) return undefined
  const path = join(folder, "visits.jsonl")
  const file = createWriteStream(path)
  for (let row = 0; row < rows; row++) {
    const day = new Date(Date.UTC(2020, 0, 1 + (row % 1460))).toISOString().slice(0, 10)
    const visit = `V${String(row).padStart(9, "0")}`
    const fields = { unit: `unit-${row % 200}`, day, visit, seen: 1, minutes: (row * 7919) % 240 }
    if (!file.write(`${JSON.stringify({ ...fields, outcome: "discharged home with letter" })}\n`))
      await once(file, "drain")
  }
  file.end()
  await once(file, "close")
  writeFileSync(join(folder, "bench.py"), script)
  let run = 0
  return async () => {
    const own = join(folder, `dlt-${run++}`)
    mkdirSync(own)
    try {
      const { stdout } = await exec(python, [join(folder, "bench.py"), path, own, String(rows)])
      return JSON.parse(stdout.trim().split("\n").at(-1)!) as Rate
    } finally {
      rmSync(own, { recursive: true, force: true })
    }
  }
}

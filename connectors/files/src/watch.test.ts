import type { Emit } from "@plimsoll/connector"
import { appendFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import files from "./index.ts"
import { context, folder, options, write } from "../test/falls.ts"

const header = "ward,day,falls,opened_by\n"
const line = (ward: string) => `${ward},2026-01-01,1,x\n`

const watching = (path: string, stillMs = 0) => {
  const stop = new AbortController()
  const connector = files(options(path, { pollMs: 20, stillMs }))
  const read = connector.streams[0]!.read(new Map(), context({ watch: true, signal: stop.signal }))
  const told: string[] = []
  const ended = (async () => {
    for await (const emit of read as AsyncIterable<Emit>) {
      if (emit._tag === "Rows") {
        for (const row of emit.rows) told.push(`${emit.partition} ${row.fields["ward"]} ${row.at.generation}`)
      } else if (emit._tag === "GenerationEnd") told.push(`end ${emit.generation}`)
      else if (emit._tag === "Notice") told.push(emit.code)
    }
  })()
  const until = async (...wanted: string[]) => {
    await expect.poll(() => told, { timeout: 5000 }).toEqual(wanted)
    told.length = 0
  }
  return { stop, ended, until, told }
}

describe("watching", () => {
  it("gives new, grown and replaced files, and ends at once when told", async () => {
    const where = folder()
    const path = write(where, "a.csv", header + line("W1"))
    const { stop, ended, until } = watching(where)
    await until("a.csv W1 1")
    appendFileSync(path, line("W2"))
    await until("a.csv W2 1")
    write(where, "b.csv", header + line("W3"))
    await until("b.csv W3 1")
    writeFileSync(path, header + line("V1"))
    await until("a.csv V1 2", "end 2")
    rmSync(path)
    await until("file-gone")
    const started = Date.now()
    stop.abort()
    await ended
    expect(Date.now() - started).toBeLessThan(1000)
  })

  it("waits for the first file of a folder", async () => {
    const where = folder()
    const { stop, ended, until } = watching(join(where, "*.csv"))
    await until("no-file-yet")
    write(where, "a.csv", header + line("W1"))
    await until("a.csv W1 1")
    stop.abort()
    await ended
  })

  it("ends a generation, and a line without a newline, only when the file has been still", async () => {
    const path = write(folder(), "a.csv", header + line("W1"))
    const { stop, ended, until, told } = watching(path, 600)
    await until("a.csv W1 1")
    writeFileSync(path, `${header}${line("V1")}V2,2026-01-01,1,half`)
    await until("a.csv V1 2")
    expect(told).toEqual([])
    await until("a.csv V2 2", "end 2")
    stop.abort()
    await ended
  })
})

import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { spcSql } from "@plimsoll/spc"
import { expect, test } from "vitest"

const file = join(import.meta.dirname, "../packages/spc/dist/spc.sql")
const built = existsSync(file)

test.skipIf(!built && process.env["CI"] !== "true")(
  `packages/spc/dist/spc.sql is the whole pack, run by a DuckDB that knows nothing else${built ? "" : " (skipped: not built; npm test builds it)"}`,
  async () => {
    const text = readFileSync(file, "utf8")
    expect(text === spcSql).toBe(true)
    const instance = await DuckDBInstance.create(":memory:")
    const connection = await instance.connect()
    try {
      await connection.run(text)
      await connection.run(
        "CREATE TABLE mine AS SELECT 'a' AS series, n AS period, 10 + n % 3 + CASE WHEN n = 20 THEN 50 ELSE 0 END AS value, 'down' AS direction FROM range(24) t(n)"
      )
      const rows = (
        await connection.runAndReadAll("SELECT period, variation FROM spc.xmr('mine') WHERE beyond_limits")
      ).getRowsJson()
      expect(rows).toEqual([["20", "concern"]])
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
)

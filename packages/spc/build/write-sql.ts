/** Last step of the package's build: the pack as one file that any DuckDB from 1.5 on runs by itself. */
import { writeFileSync } from "node:fs"

import { spcSql } from "../src/index.ts"

writeFileSync(new URL("../dist/spc.sql", import.meta.url), spcSql)

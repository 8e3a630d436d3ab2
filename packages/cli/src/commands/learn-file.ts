import type { Published } from "@plimsoll/core"
import { PlimsollError } from "@plimsoll/schema"

/** Throws `usage-not-computed` where the project has no such module, or the file is older than it. */
export const learningOrRefused = async (published: Published): Promise<void> => {
  const { rows } = await published.query(
    "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'learning' AND table_name = 'problem'"
  )
  if (rows.length > 0) return
  throw new PlimsollError({
    code: "usage-not-computed",
    message: "the published file has no learning system",
    suggestion: "run `plimsoll run` once; modules in the config must have learning()"
  })
}

/** A text as it may stand in a line of the terminal: what would move the cursor is a space. */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, " ")

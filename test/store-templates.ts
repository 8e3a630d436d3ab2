import { cpSync, existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { inject } from "vitest"

/**
 * Empty stores, and the files that published ones begin as, by what they are made from, for all processes of a test run: making
 * them takes longer than most tests.
 */
export const storeTemplate = (name: string): string => join(inject("storeTemplates"), name)

/** Puts a copy where another process may put the same: the first is kept, and nobody sees half of one. */
export const keepTemplate = (from: string, to: string): void => {
  if (existsSync(to)) return
  const fresh = `${to}.${process.pid}`
  cpSync(from, fresh, { recursive: true })
  try {
    renameSync(fresh, to)
  } catch {
    rmSync(fresh, { recursive: true, force: true })
  }
}

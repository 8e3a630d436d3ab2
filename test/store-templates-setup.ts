import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** Where the tests of a run keep empty stores for one another. */
    readonly storeTemplates: string
  }
}

const setup = (project: TestProject): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-stores-"))
  project.provide("storeTemplates", folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
export default setup

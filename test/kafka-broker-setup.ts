import { existsSync, rmSync } from "node:fs"
import type { TestProject } from "vitest/node"
import { removeCluster, temporaryFolder } from "../scripts/kafka/folder.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Where the broker of this test run lies, once a test has asked for it. */
    readonly kafkaFolder: string
  }
}

/** Before the run only a name is chosen; what the tests made under that name is ended after it. */
const setup = (project: TestProject): (() => void) => {
  const folder = temporaryFolder()
  project.provide("kafkaFolder", folder)
  return () => {
    if (existsSync(folder)) removeCluster(folder)
    rmSync(`${folder}.reason`, { force: true })
  }
}
export default setup

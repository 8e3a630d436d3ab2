import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Log } from "@plimsoll/log"
import type { ChainedPartition, ReportComparison } from "@plimsoll/quality"
import type { SignalEvent } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import { openLogThatIsThere } from "../project-log.ts"
import type { Project } from "../project.ts"
import type { Terminal } from "../terminal.ts"
import { checkChains } from "./report-chain.ts"
import { reportContext } from "./report-context.ts"
import { type Verdict, verdictText } from "./report-verdict.ts"

/** A store of its own, from the log alone up to where the report read it; the working store is not asked. */
const recomputed = async (
  project: Project,
  log: Log,
  terminal: Terminal,
  folder: string,
  told: ReadonlyArray<ChainedPartition>,
  chains: ReadonlyArray<ChainedPartition>
): Promise<{ readonly comparison: ReportComparison; readonly unsaid: ReadonlyArray<SignalEvent> }> => {
  const scratch = mkdtempSync(join(tmpdir(), "plimsoll-verify-"))
  try {
    const ends = new Map<string, Map<number, number>>()
    for (const { topic, partition, end } of chains) {
      ends.set(topic, (ends.get(topic) ?? new Map<number, number>()).set(partition, end))
    }
    const { config } = project
    const [{ openCore, Published }, { compareReport }] = await Promise.all([
      import("@plimsoll/core"),
      import("@plimsoll/quality")
    ])
    const core = await openCore({
      log,
      organisation: config.organisation,
      project: config.project,
      zone: config.zone,
      directory: scratch,
      modules: await project.modules(),
      until: ends,
      threads: config.core?.threads,
      memoryLimit: config.core?.memoryLimit,
      onProgress: ({ topic, landed, total }) =>
        terminal.progress(`landing ${topic}: ${landed.toLocaleString("en")} of ${counted(total, "record")}`)
    })
    let path: string
    let unsaid: ReadonlyArray<SignalEvent>
    try {
      unsaid = (await core.compute()).unsaid
      path = await core.publish(join(scratch, "plimsoll.duckdb"))
    } finally {
      await core.close()
    }
    const published = await Published.open(path)
    try {
      // A partition that is gone keeps its line in the fingerprint, without a hash: it is told of by the chains.
      const partitions = told.map(
        (one) =>
          chains.find(({ topic, partition }) => topic === one.topic && partition === one.partition) ?? {
            ...one,
            records: 0,
            hash: ""
          }
      )
      const context = await reportContext(project, published, partitions)
      return { comparison: await compareReport(published, folder, context), unsaid }
    } finally {
      published.close()
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** `plimsoll report verify`: computes a report again from the events, and names what does not hold. Writes nothing, on the log neither. */
export const reportVerify = async (
  project: Project,
  terminal: Terminal,
  dir: string,
  flags: { readonly json?: boolean }
): Promise<ExitCode> => {
  const folder = resolve(dir)
  const { readManifest } = await import("@plimsoll/quality")
  const manifest = readManifest(folder)
  const log = await openLogThatIsThere(project)
  try {
    const { chains, broken } = await checkChains(log, manifest.partitions)
    const { comparison, unsaid } = await recomputed(
      project,
      log,
      terminal,
      folder,
      manifest.partitions,
      chains
    )
    const sameLog = log.id === manifest.log
    const { cellDifferences, figureDifferences, fileDifferences } = comparison
    const wrong = [cellDifferences, figureDifferences, fileDifferences, broken, unsaid]
    const holds = sameLog && wrong.every((one) => one.length === 0)
    const records = chains.reduce((sum, one) => sum + one.records, 0)
    const verdict: Verdict = { holds, manifest, comparison, records, broken, unsaid, sameLog }
    if (flags.json === true) {
      const { relations, cells, figures } = comparison
      terminal.out(
        JSON.stringify({
          holds,
          clock: manifest.clock,
          digest: manifest.digest,
          checked: { relations, cells, figures, partitions: chains.length, records },
          cells: cellDifferences,
          figures: figureDifferences,
          files: fileDifferences,
          broken,
          signals: unsaid.map(({ signal, state, measure, microsystem }) => ({
            signal,
            state,
            measure,
            microsystem
          })),
          sameLog
        })
      )
    } else terminal.out(verdictText(verdict))
    return holds ? exitCodes.fine : exitCodes.report
  } finally {
    await log.close()
  }
}

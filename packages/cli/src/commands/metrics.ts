import { existsSync } from "node:fs"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { type Lag, lagOf, meterLag } from "../metrics-lag.ts"
import type { Project } from "../project.ts"
import { openCoreAsItIs, withLog } from "../session.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"

/** The flags of `plimsoll metrics`. */
export interface MetricsFlags {
  readonly prometheus?: boolean
  readonly json?: boolean
}

const lagText = (lags: ReadonlyArray<Lag>): string => {
  const topics = [...new Set(lags.map(({ topic }) => topic))]
  const sum = (topic: string, of: "end" | "landed" | "lag") =>
    lags.filter((one) => one.topic === topic).reduce((total, one) => total + one[of], 0)
  return tableText(
    ["topic", "end", "landed", "lag"],
    topics.map((topic) => [topic, sum(topic, "end"), sum(topic, "landed"), sum(topic, "lag")])
  )
}

/** `plimsoll metrics`: how far the store is behind the log. */
export const metrics = (project: Project, terminal: Terminal, flags: MetricsFlags): Promise<ExitCode> =>
  withLog(project, "metrics", async (log) => {
    // A store that is not there yet has landed nothing; asking must not make one.
    const core = existsSync(project.store) ? await openCoreAsItIs(project, log, terminal) : undefined
    try {
      const lags = await lagOf(log, (await core?.landed()) ?? new Map())
      if (flags.prometheus === true) {
        const { Metrics } = await import("../metrics.ts")
        const all = new Metrics()
        meterLag(all, lags)
        terminal.out(all.text().trimEnd())
      } else if (flags.json === true) {
        terminal.out(
          JSON.stringify({ format: 1, lag: lags.reduce((sum, one) => sum + one.lag, 0), partitions: lags })
        )
      } else terminal.out(lagText(lags))
      return exitCodes.fine
    } finally {
      core?.close()
    }
  })

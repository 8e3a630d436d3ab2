import type { TracedEvent } from "@plimsoll/core"
import type { Log } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { exitCodes, type ExitCode } from "../exit-code.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import { openCoreAsItIs, withLog } from "../session.ts"
import { tableText } from "../table-text.ts"
import type { Terminal } from "../terminal.ts"

/** The flags of `plimsoll trace`. */
export interface TraceFlags {
  readonly stratum?: string
  readonly json?: boolean
}

interface PlacedEvent extends TracedEvent {
  /** The part of the source, such as the file; null for events that came from no connector. */
  readonly from: string | null
  /** How often that part had been replaced. */
  readonly generation: number | null
  /** The number of the row in it. */
  readonly row: number | null
  readonly run: string | null
}

const place = async (log: Log, event: TracedEvent): Promise<PlacedEvent> => {
  const { records } = await log.read(event.topic, event.partition, event.offset, { limit: 1 })
  const headers = records[0]?.headers ?? {}
  const number = (name: string) => (headers[name] === undefined ? null : Number(headers[name]))
  return {
    ...event,
    from: headers["plimsoll_partition"] ?? null,
    generation: number("plimsoll_generation"),
    row: number("plimsoll_row"),
    run: headers["plimsoll_run"] ?? null
  }
}

/** `plimsoll trace`: the events that one figure was made from, back to the row of the file. */
export const trace = async (
  project: Project,
  terminal: Terminal,
  figure: { readonly measure: string; readonly microsystem: string; readonly period: string },
  flags: TraceFlags
): Promise<ExitCode> => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(figure.period)) {
    throw new PlimsollError({
      code: "usage-period",
      message: "a period is told by its first day, YYYY-MM-DD",
      suggestion: `plimsoll trace ${figure.measure} ${figure.microsystem} 2019-03-01`
    })
  }
  return withLog(project, "trace", async (log) => {
    const core = await openCoreAsItIs(project, log, terminal)
    try {
      const events = await core.trace({ ...figure, stratum: flags.stratum })
      const placed: PlacedEvent[] = []
      for (const event of events) placed.push(await place(log, event))
      if (flags.json === true) {
        terminal.out(JSON.stringify(placed))
        return exitCodes.fine
      }
      terminal.out(
        tableText(
          ["topic", "partition", "offset", "from", "generation", "row", "numerator", "denominator"],
          placed.map((one) => [
            one.topic,
            one.partition,
            one.offset,
            one.from,
            one.generation,
            one.row,
            one.numerator,
            one.denominator
          ])
        )
      )
      terminal.note(
        `${counted(placed.length, "event")}; \`plimsoll log read TOPIC --partition N --from OFFSET --limit 1\` shows one`
      )
      return exitCodes.fine
    } finally {
      await core.close()
    }
  })
}

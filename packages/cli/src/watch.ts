import { setTimeout as sleep } from "node:timers/promises"
import { complaintsOf, complaintText } from "./complaints.ts"
import { type ExitCode, exitCodes } from "./exit-code.ts"
import { counted } from "./figure-text.ts"
import { leaseLost } from "./leased-log.ts"
import type { Session } from "./session.ts"
import { readSource, type SourceResult, sourcesExitCode } from "./sources.ts"

const least = 60_000

/** Says when to publish: at most every 60 seconds, and at most a tenth of the time. */
export class PublishPace {
  #changed = false
  #next: number

  /** `now` and all times in milliseconds. */
  constructor(now: number) {
    this.#next = now + least
  }

  change(): void {
    this.#changed = true
  }

  /** Milliseconds until the next publication is due; Infinity while there is nothing new. */
  wait(now: number): number {
    return this.#changed ? Math.max(0, this.#next - now) : Infinity
  }

  /** Whether anything waits to be published. */
  get pending(): boolean {
    return this.#changed
  }

  done(began: number, ended: number): void {
    this.#changed = false
    this.#next = ended + Math.max(least, 10 * (ended - began))
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)

const isPassing = (error: unknown): boolean =>
  complaintsOf(error)[0].transient === true || complaintsOf(error)[0].code === "disk-full"

/**
 * Goes on after a run: sources are watched, the core follows the log, the file is published at its pace. Ends
 * when it is asked to (after what was read has been computed and published), or when every source has failed. Fails
 * with `run-lost`, at once, when the lease is lost.
 */
export const watchProject = async (session: Session, soFar: ExitCode): Promise<ExitCode> => {
  const { project, terminal, log, core, delivery, stop, metrics, patient, connectors, lost } = session
  const ended = new AbortController()
  const signal = AbortSignal.any([session.signal, ended.signal])
  let running = connectors.length
  const sources: Promise<SourceResult>[] = connectors.map(async (connector, at) => {
    const result = await readSource(connector, at, { project, log, watch: true, signal, terminal, metrics })
    if (result.failure !== undefined && !lost.aborted) console.error(complaintText(result.failure))
    running--
    if (running === 0 && result.failure !== undefined) ended.abort()
    return result
  })
  const watched = connectors.length === 0 ? "the log" : counted(connectors.length, "source")
  terminal.note(`watching ${watched} (Ctrl-C ends it)`)

  const pace = new PublishPace(performance.now())
  let delivered: ExitCode = exitCodes.fine
  let day = project.today()
  const follow = async (last: boolean): Promise<void> => {
    if (project.today() !== day) {
      day = project.today()
      await core.tick(day)
      pace.change()
    }
    const update = await core.update()
    if (update.landed > 0) pace.change()
    for (const event of update.signals) {
      terminal.note(`${event.state}: ${event.measure} · ${event.microsystem}: ${event.words}`)
    }
    const failure = (await delivery?.deliver(() => !last && stop.signal.aborted))?.failure
    if (failure !== undefined) console.error(complaintText(failure))
    delivered = failure === undefined ? exitCodes.fine : exitCodes.onSignal
  }
  const publish = async (): Promise<void> => {
    const began = performance.now()
    const published = await core.publish(project.published)
    await metrics?.published(published)
    pace.done(began, performance.now())
  }
  try {
    while (!signal.aborted) {
      // The wait begins before the work, so that what is appended meanwhile is not slept through.
      const changed = log.changed(Math.min(10_000, Math.max(1, pace.wait(performance.now()))), signal)
      try {
        await patient(() => follow(false))
        await metrics?.landed(core)
        if (pace.wait(performance.now()) === 0) await publish()
      } catch (error) {
        if (!isPassing(error)) throw error
        console.error(complaintText(complaintsOf(error)[0]))
        await pause(5_000, signal)
      }
      await changed
    }
  } finally {
    ended.abort()
    await Promise.all(sources)
  }
  if (lost.aborted) throw leaseLost()
  const results = await Promise.all(sources)
  await follow(true)
  if (pace.pending) await publish()
  terminal.note("ended: everything that was read is computed and published")
  const failed = sourcesExitCode(results)
  return failed === exitCodes.fine ? (delivered === exitCodes.fine ? soFar : delivered) : failed
}

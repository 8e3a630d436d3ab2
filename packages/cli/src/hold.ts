import { setTimeout as sleep } from "node:timers/promises"
import type { Lease, Log } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { complaintsOf } from "./complaints.ts"
import { type LeasedLog, leasedLog, leaseLost } from "./leased-log.ts"
import { type Lock, takeLock } from "./lock.ts"
import type { Project } from "./project.ts"
import type { Terminal } from "./terminal.ts"

/** The right to be the one core of a project: the lease on its log, and the lock on its folder. */
export interface Hold {
  /** The log for as long as the lease is held. */
  readonly log: LeasedLog
  /** Aborts when the lease is lost for good. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** What {@link takeHold} needs. */
export interface HoldOptions {
  readonly log: Log
  /** For who asks who has the project. */
  readonly command: string
  /** Whether to stand by while another has it; else that is `run-locked`. */
  readonly wait: boolean
  /** Whether to take the lease again where it is lost, for as long as nobody else has it: else it is lost for good. */
  readonly renew: boolean
  /** Ends the wait. */
  readonly signal: AbortSignal
  readonly terminal: Terminal
}

const between = 100

/** The id of the lease on the core of a project. It is the id of the core's writer as well. */
export const coreOf = (project: Project): string => `plimsoll.${project.config.project}.core`

/**
 * How long who does not stand by waits for the lease, in milliseconds: a holder that was killed on another machine, or
 * just now on this one, keeps it on Kafka until its session runs out.
 */
const patienceOf = ({ config: { kafka } }: Project): number =>
  kafka === undefined
    ? 1_000
    : // By KIP-848 the brokers say how long a session is: 45 s, unless they are told otherwise.
      (kafka.groupProtocol === "consumer" ? 45_000 : (kafka.sessionTimeout ?? 10_000)) + 5_000

const taken = (id: string): PlimsollError =>
  new PlimsollError({
    code: "run-locked",
    message: `another process is the core of this project: it holds the lease ${id} on the log`,
    suggestion:
      "wait until it has ended, or let this one wait: plimsoll run --wait; one core may run at a time"
  })

/** The lease, or `run-locked` if somebody has it and keeps it. */
const leaseSoon = async (
  project: Project,
  { log, signal, terminal }: Pick<HoldOptions, "log" | "signal" | "terminal">
): Promise<Lease> => {
  const id = coreOf(project)
  const patience = patienceOf(project)
  const enough = new AbortController()
  let timer: NodeJS.Timeout | undefined
  try {
    return await log.lease(id, {
      signal: AbortSignal.any([signal, enough.signal]),
      onWait: () => {
        timer = setTimeout(() => enough.abort(taken(id)), patience)
        if (patience > 1_000)
          terminal.note(
            `another process holds the lease ${id} on the log; if it has died, it is free within ${patience / 1000} s`
          )
      }
    })
  } finally {
    clearTimeout(timer)
  }
}

/** Does it again while that fails with one of these codes. */
const until = async <A>(
  work: () => Promise<A>,
  again: (code: string) => boolean,
  signals: ReadonlyArray<AbortSignal>
): Promise<A> => {
  const stop = AbortSignal.any([...signals])
  for (;;) {
    stop.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!again(complaintsOf(error)[0].code)) throw error
      await sleep(between, undefined, { signal: stop }).catch(() => undefined)
    }
  }
}

/**
 * Takes a project for its core. The lease comes first and the lock on the folder second, which the last holder may keep
 * for a while after its lease is lost. Who does not wait takes the lock first, since it tells the pid of the holder.
 *
 * Rejects with the reason of the signal when that aborts first, with `run-locked` where it is not to wait, and with
 * `run-lost` where the lease is lost again before the lock is free.
 */
export const takeHold = async (project: Project, options: HoldOptions): Promise<Hold> => {
  const { log, command, wait, signal, terminal } = options
  const id = coreOf(project)
  let lock: Lock | undefined
  let lease: Lease | undefined
  const letGo = async (): Promise<void> => {
    lock?.release()
    await lease?.release()
  }
  try {
    if (wait) {
      const standBy = () =>
        terminal.note(
          "standing by: another process is the core of this project; this one takes over when it ends"
        )
      let told = false
      lease = await log.lease(id, {
        signal,
        onWait: () => {
          if (!told) standBy()
          told = true
        }
      })
      const { lost } = lease
      lock = await until(
        async () => {
          if (lost.aborted) throw leaseLost()
          return takeLock(project.directory, command)
        },
        (code) => {
          if (code === "run-locked" && !told) standBy()
          told ||= code === "run-locked"
          return code === "run-locked"
        },
        [signal]
      )
    } else {
      lock = await takeLock(project.directory, command)
      lease = await leaseSoon(project, options)
    }
    const lost = options.renew ? new AbortController().signal : lease.lost
    let renewing: Promise<void> | undefined
    const renew = async (): Promise<void> => {
      if (lease?.lost.aborted !== true) return
      renewing ??= leaseSoon(project, options)
        .then((again) => {
          lease = again
        })
        .finally(() => (renewing = undefined))
      await renewing
    }
    const leased = leasedLog(log, options.renew ? { lost, renew } : { lost })
    // From here on a core that had the lease before is fenced, should it still be at work.
    await leased.writer(id)
    return {
      log: leased,
      lost,
      release: async () => {
        await leased.close()
        await letGo()
      }
    }
  } catch (error) {
    await letGo()
    throw error
  }
}

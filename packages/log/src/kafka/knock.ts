import { setTimeout as sleep } from "node:timers/promises"

import { KafkaFault } from "./client.ts"

/** How long brokers may take to answer the first knock, in milliseconds. */
const patience = 5_000

/** Between two tries, in milliseconds. */
const between = 250

/** Reasons that pass where a broker is just starting, and that else say that it will not have us as we come. */
const turnedAway = new Set(["CLOSED_AT_ONCE", "TLS_HANDSHAKE_FAILED"])

/**
 * Knocks until a broker answers, once, before anything is asked: a wrong password, certificate or port is then told at
 * once, where a client would try again for minutes what cannot succeed.
 */
export const knock = async (attempt: () => Promise<void>, mostTime: number): Promise<void> => {
  for (const until = performance.now() + Math.min(patience, mostTime); ;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof KafkaFault) || error.kind !== "unreachable") throw error
      if (performance.now() + between > until)
        throw turnedAway.has(error.reason) ? new KafkaFault("refused", error.reason, error) : error
      await sleep(between)
    }
  }
}

import { Base } from "@platformatic/kafka"

import { KafkaFault } from "../client.ts"
import { knock } from "../knock.ts"
import type { KafkaLogOptions } from "../options.ts"
import { anyConnection, connectionOptions, tidy } from "./connection.ts"
import { toFault } from "./fault.ts"

/** Whether an error, or one that it stands for, says this. */
const says = (error: unknown, words: string): boolean =>
  error instanceof Error &&
  (error.message.includes(words) ||
    says(error.cause, words) ||
    ("errors" in error && Array.isArray(error.errors) && error.errors.some((one) => says(one, words))))

const faultFor = (error: unknown): KafkaFault => {
  const fault = toFault(error)
  if (fault.kind !== "unreachable") return fault
  if (says(error, "Broker requires TLS")) return new KafkaFault("refused", "TLS_REQUIRED", error)
  if (says(error, "TLS handshake failed")) return new KafkaFault("unreachable", "TLS_HANDSHAKE_FAILED", error)
  return says(error, "Connection closed") ? new KafkaFault("unreachable", "CLOSED_AT_ONCE", error) : fault
}

/** See {@link knock}. */
export const knockAt = (options: KafkaLogOptions): Promise<void> => {
  const { requestTimeout = 30_000 } = options
  return knock(async () => {
    const most = Math.min(5_000, requestTimeout)
    const base = tidy(new Base({ ...connectionOptions(options), retries: 0, requestTimeout: most }))
    try {
      // With encryption and credentials, if there are to be any.
      await anyConnection(base)
      await base.metadata({ topics: [] })
    } catch (error) {
      throw faultFor(error)
    } finally {
      await base.close().catch(() => undefined)
    }
  }, requestTimeout)
}

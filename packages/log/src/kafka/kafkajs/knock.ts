import { KafkaFault } from "../client.ts"
import { knock } from "../knock.ts"
import type { KafkaLogOptions } from "../options.ts"
import { Brokers } from "./brokers.ts"
import { toFault } from "./fault.ts"

const faultFor = (fault: KafkaFault, { tls }: KafkaLogOptions): KafkaFault => {
  const { reason } = fault
  if (/^ERR_SSL_.*ALERT/.test(reason)) return new KafkaFault("refused", "CERTIFICATE_REFUSED", fault)
  if (reason === "KafkaJSConnectionClosedError") return new KafkaFault("unreachable", "CLOSED_AT_ONCE", fault)
  const isTls = tls !== undefined && tls !== false
  return isTls && (reason === "ECONNRESET" || reason.startsWith("ERR_SSL_"))
    ? new KafkaFault("unreachable", "TLS_HANDSHAKE_FAILED", fault)
    : fault
}

/** See {@link knock}. */
export const knockAt = (options: KafkaLogOptions): Promise<void> => {
  const { requestTimeout = 30_000 } = options
  return knock(async () => {
    const brokers = new Brokers(options, Math.min(5_000, requestTimeout))
    try {
      await brokers.metadata("all")
    } catch (error) {
      throw faultFor(toFault(error), options)
    } finally {
      await brokers.close()
    }
  }, requestTimeout)
}

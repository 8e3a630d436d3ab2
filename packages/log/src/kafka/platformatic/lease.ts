import type { Lease } from "../../log.ts"
import { KafkaFault } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"

export const holdLease = async (
  _options: KafkaLogOptions,
  _group: string,
  _topic: string,
  _how: { readonly signal?: AbortSignal | undefined; readonly onWait?: (() => void) | undefined }
): Promise<Lease> => {
  throw new KafkaFault("unsupported", "LEASE")
}

import { type KafkaClient, KafkaFault } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"

export const openClient = (_options: KafkaLogOptions): KafkaClient => {
  throw new KafkaFault("unsupported", "KAFKAJS")
}

import { PlimsollError } from "@plimsoll/schema"

import type { KafkaClient } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { installedVersion, knownVersion } from "./internals.ts"
import { KafkajsClient } from "./kafkajs-client.ts"

export const openClient = (options: KafkaLogOptions): KafkaClient => {
  if (installedVersion !== knownVersion)
    throw new PlimsollError({
      code: "log-unsupported",
      message: `the log is on Kafka by kafkajs ${installedVersion}, and only ${knownVersion} is known inside`,
      configPath: "kafka.client",
      suggestion: `npm install kafkajs@${knownVersion}, or take client: "platformatic"`
    })
  return new KafkajsClient(options)
}

export { knockAt } from "./knock.ts"

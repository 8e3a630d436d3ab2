import type { KafkaClient } from "../client.ts"
import type { KafkaLogOptions } from "../options.ts"
import { PlatformaticClient } from "./platformatic-client.ts"

export const openClient = (options: KafkaLogOptions): KafkaClient => new PlatformaticClient(options)

export { knockAt } from "./knock.ts"

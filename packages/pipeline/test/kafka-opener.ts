import { type KafkaLogOptions, openKafkaLog } from "@plimsoll/log"
import type { LogsModule } from "../src/testing/index.ts"

export const openLog: LogsModule["openLog"] = (argument) =>
  openKafkaLog(JSON.parse(argument) as KafkaLogOptions)

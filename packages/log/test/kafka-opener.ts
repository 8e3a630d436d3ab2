import { type KafkaLogOptions, openKafkaLog } from "../src/index.ts"

export const openLog = (argument: string) => openKafkaLog(JSON.parse(argument) as KafkaLogOptions)

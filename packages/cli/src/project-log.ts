import { existsSync, mkdirSync } from "node:fs"
import type { KafkaLogOptions, Log } from "@plimsoll/log"
import { PlimsollError } from "@plimsoll/schema"
import { complaintsOf } from "./complaints.ts"
import type { Project } from "./project.ts"

/** Where a log is kept. */
export type LogKind = "embedded" | "kafka"

/** Where the log of a project is, by its config. */
export const logKindOf = (project: Project): LogKind =>
  project.config.kafka === undefined ? "embedded" : "kafka"

const missing = (where: string, cause?: unknown): PlimsollError =>
  new PlimsollError(
    { code: "log-missing", message: `there is no log ${where} yet`, suggestion: "run `plimsoll run` first" },
    { cause }
  )

/** Opens the log of a project, or its log of the other kind; makes it where it is not there yet. */
export const openLogOf = async (project: Project, kind: LogKind = logKindOf(project)): Promise<Log> => {
  const { openEmbeddedLog, openKafkaLog } = await import("@plimsoll/log")
  if (kind === "kafka") return openKafkaLog(kafkaOf(project))
  mkdirSync(project.directory, { recursive: true })
  return openEmbeddedLog(project.log)
}

/** Fails with `log-missing` where the log of a project is a file that is not there; one on Kafka is not asked for. */
export const requireLogFile = (project: Project, kind: LogKind = logKindOf(project)): void => {
  if (kind === "embedded" && !existsSync(project.log)) throw missing(`at ${project.log}`)
}

/** Opens the log of a project for a look: fails with `log-missing` where there is none, and makes nothing. */
export const openLogThatIsThere = async (
  project: Project,
  kind: LogKind = logKindOf(project)
): Promise<Log> => {
  const { openEmbeddedLog, openKafkaLog } = await import("@plimsoll/log")
  if (kind === "kafka") {
    try {
      return await openKafkaLog(kafkaOf(project), { make: false })
    } catch (error) {
      if (complaintsOf(error)[0].code !== "log-topic-missing") throw error
      const prefix = project.config.kafka?.prefix
      throw missing(
        prefix === undefined ? "on the cluster" : `with the prefix "${prefix}" on the cluster`,
        error
      )
    }
  }
  requireLogFile(project, kind)
  return openEmbeddedLog(project.log)
}

const kafkaOf = (project: Project): KafkaLogOptions => {
  const { kafka } = project.config
  if (kafka !== undefined) return kafka
  throw new PlimsollError({
    code: "config-invalid",
    message: "the config names no log on Kafka",
    configPath: "kafka",
    suggestion: 'say where it is: kafka: { brokers: ["localhost:9092"] }'
  })
}

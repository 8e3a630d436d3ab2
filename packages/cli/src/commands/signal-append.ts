import type { RecordGroup } from "@plimsoll/log"
import {
  contractOf,
  type Instant,
  parseInstant,
  PlimsollError,
  type StreamDefinition
} from "@plimsoll/schema"
import type { Project } from "../project.ts"
import { withLog } from "./log.ts"

/** Rows of one stream. */
export interface Said<S extends StreamDefinition["schema"] = StreamDefinition["schema"]> {
  readonly stream: StreamDefinition<S>
  readonly rows: ReadonlyArray<S["Type"]>
}

/** Rows of one stream, held to its schema. */
export const said = <S extends StreamDefinition["schema"]>(
  stream: StreamDefinition<S>,
  row: S["Type"]
): Said => ({ stream: stream as unknown as StreamDefinition, rows: [row] })

/**
 * Appends what somebody says to the log, all or nothing; the next `plimsoll run` computes with it. It takes no lock: a run
 * may be at work. Errors: `log-missing`, `row-invalid`.
 */
export const append = (project: Project, all: ReadonlyArray<Said>): Promise<void> =>
  withLog(project, async (log) => {
    const { contractRecords, encodeRecord, streamTopics } = await import("@plimsoll/log")
    const { organisation, project: name, partitions } = project.config
    const author = { organisation, name: "cli", instance: name }
    const contracts = all.map(({ stream }) => contractOf(organisation, stream))
    await log.ensureTopics(contracts.flatMap((contract) => streamTopics(contract, partitions)))
    const writer = await log.writer(`plimsoll.${name}.cli`)
    try {
      const groups: RecordGroup[] = [...(await contractRecords(log, contracts, `/plimsoll/cli/${name}`))]
      for (const { stream, rows } of all) groups.push(encodeRecord(author, stream, rows))
      await writer.append(groups)
    } finally {
      await writer.close()
    }
  })

/** Now; with historic data, noon of the day that it is taken to be. */
export const momentOf = (project: Project): Instant => {
  const { clock, zone } = project.config
  const text = clock === undefined ? new Date().toISOString() : `${clock}T12:00:00Z`
  return parseInstant(`${text}[${zone}]`)!
}

/** Refuses to go on in a project without the component `control`, and tells whether its notes are open. */
export const controlOf = async (project: Project): Promise<{ readonly notesOpen: boolean }> => {
  const control = (await project.modules()).find((one) => one.name === "control")
  if (control === undefined) {
    throw new PlimsollError({
      code: "usage-no-control",
      message: "this project keeps no quality control: its config has modules, and control is not among them",
      configPath: "modules",
      suggestion: "add control() of @plimsoll/quality to modules"
    })
  }
  return { notesOpen: control.streams.find((one) => one.name === "note")?.access === "open" }
}

/** Refuses words where notes are sealed. */
export const requireOpenNotes = async (project: Project): Promise<void> => {
  if ((await controlOf(project)).notesOpen) return
  throw new PlimsollError({
    code: "usage-notes-sealed",
    message: "the notes of this project are sealed, and this version cannot seal: nothing was written",
    configPath: "modules",
    suggestion:
      'leave the words out, or declare notes open to all who have the published file: control({ notes: "open" })'
  })
}

import type { QualityModule } from "@plimsoll/core"
import type { RecordGroup } from "@plimsoll/log"
import {
  contractOf,
  type Instant,
  notes,
  openNotes,
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
    const { contractRecords, encodeRecord, openVaultKeys, Sealer, sealRecords, streamTopics } =
      await import("@plimsoll/log")
    const { organisation, project: name, partitions } = project.config
    const author = { organisation, name: "cli", instance: name }
    const contracts = all.map(({ stream }) => contractOf(organisation, stream))
    await log.ensureTopics(contracts.flatMap((contract) => streamTopics(contract, partitions)))
    const writer = await log.writer(`plimsoll.${name}.cli`)
    try {
      const groups: RecordGroup[] = [...(await contractRecords(log, contracts, `/plimsoll/cli/${name}`))]
      const sealer = new Sealer(openVaultKeys(project.vault))
      for (const { stream, rows } of all) {
        if (stream.access === "sealed") groups.push(...sealRecords(author, stream, rows, sealer))
        else groups.push(encodeRecord(author, stream, rows))
      }
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

/** The component `control` of a project; refuses to go on without it. */
export const controlOf = async (project: Project): Promise<QualityModule> => {
  const control = (await project.modules()).find((one) => one.name === "control")
  if (control !== undefined) return control
  throw new PlimsollError({
    code: "usage-no-control",
    message: "this project keeps no quality control: its config has modules, and control is not among them",
    configPath: "modules",
    suggestion: "add control() of @plimsoll/quality to modules"
  })
}

/** The stream that keeps a project's words: sealed, or open. */
export const noteStreamOf = async (project: Project): Promise<StreamDefinition<(typeof notes)["schema"]>> => {
  const { streams } = await controlOf(project)
  return streams.find((one) => one.name === "note")?.access === "open" ? openNotes : notes
}

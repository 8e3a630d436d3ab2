import type { Connector } from "@plimsoll/connector"
import type { Log } from "@plimsoll/log"
import type { Policies } from "../policy.ts"

/** What a source holds, as its maker knows it. */
export interface ConformanceSource {
  /** Rows that are as the schema wants them. */
  readonly rows: number
  /** Rows that are not: at least one, so that dead letters are seen. */
  readonly poison: number
}

/**
 * The module that {@link connectorConformance} is given, by its address, since processes of their own import it too.
 */
export interface ConformanceModule {
  /** Writes the source into the folder. The same each time. */
  readonly prepare: (folder: string) => Promise<ConformanceSource> | ConformanceSource
  /** The connector that reads it. */
  readonly make: (folder: string) => Promise<Connector> | Connector
  /** For streams with identifiable fields. */
  readonly policies?: { readonly [stream: string]: Policies }
}

/** A module that opens logs: what {@link ConformanceLogs.module} leads to. */
export interface LogsModule {
  readonly openLog: (argument: string) => Promise<Log>
}

/** Where the kit gets its logs from. */
export interface ConformanceLogs {
  /** Of a {@link LogsModule}; processes of their own import it too. */
  readonly module: URL
  /** What `openLog` is told to open a log that nobody has used. */
  readonly argument: () => Promise<string> | string
}

/** What every run of the kit is given beside the log. */
export const given = { organisation: "conformance", project: "kit", configPath: "connectors[0]" } as const

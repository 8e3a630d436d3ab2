import type { Connector } from "@plimsoll/connector"
import type { QualityModule } from "@plimsoll/core"
import type { KafkaLogOptions } from "@plimsoll/log"
import type { RunOptions } from "@plimsoll/pipeline"
import type { Measure, Microsystem } from "@plimsoll/schema"

/** A unit that does the work, as a config writes it. */
export interface MicrosystemConfig {
  readonly id: string
  readonly name: string
  readonly kind: Microsystem["kind"]
  /** The id of the unit above. Default: none, it is a root. */
  readonly parent?: string
  /** The day from which this holds, `YYYY-MM-DD`. Default: 0001-01-01. */
  readonly since?: string
}

/** A project: where its data come from, what is measured, and where its files lie. */
export interface PlimsollConfig {
  /** Tells this project's writers from others on one log. Lower-case words joined by hyphens. */
  readonly project: string
  /** The first part of every topic's name. Lower-case words joined by hyphens. */
  readonly organisation: string
  /** The IANA zone in which days, weeks and months are counted: `Europe/London`. */
  readonly zone: string
  /** The folder of the log and the working store. Default: `.plimsoll`. */
  readonly directory?: string
  /** The file that analysts and notebooks open. Default: `plimsoll.duckdb`. */
  readonly published?: string
  /** For historic data: the day it is taken to be, `YYYY-MM-DD`. Default: today, in the zone. */
  readonly clock?: string
  /** Partitions of each topic that is made. Default: 4. */
  readonly partitions?: number
  /** The units that do the work, and those above them. Rows about any other unit wait as "unplaced". */
  readonly microsystems?: ReadonlyArray<MicrosystemConfig>
  /** Where data come from. */
  readonly connectors: ReadonlyArray<Connector>
  /** What is counted and judged. */
  readonly measures?: ReadonlyArray<Measure>
  /**
   * The components of the quality management system that compute here. Default: all that come with Plimsoll, as `components()` of
   * `@plimsoll/quality` gives them; to give them options, or to add one: `[...components({ … }), mine]`.
   */
  readonly modules?: ReadonlyArray<QualityModule>
  /** What becomes of fields marked identifiable; without a policy such a field stops the run. */
  readonly policies?: NonNullable<RunOptions["policies"]>
  /**
   * Where the event log is, if on Kafka. Its client's package, `@platformatic/kafka` or `kafkajs`, must be installed
   * beside `plimsoll`. Default: none, the log is a file in `directory`.
   */
  readonly kafka?: KafkaLogOptions
  /** How much of the machine the analytic core may take. */
  readonly core?: {
    /** Default: as many as the machine has cores. The figures do not depend on it. */
    readonly threads?: number
    /** `512MB`, `4GB`. Default: 80 % of the machine's memory. */
    readonly memoryLimit?: string
  }
}

/**
 * Types a project's config and gives it back as it is; `plimsoll` checks it when it loads the file. Relative
 * paths are relative to the folder of the config.
 *
 * ```ts
 * import { defineConfig } from "plimsoll"
 *
 * export default defineConfig({
 *   project: "falls",
 *   organisation: "city-hospital",
 *   zone: "Europe/London",
 *   connectors: []
 * })
 * ```
 */
export const defineConfig = <const Config extends PlimsollConfig>(config: Config): Config => config

import type { QualityModule } from "@plimsoll/core"
import type { ChainedPartition } from "./manifest.ts"

/** What a report needs to know beside the published file. */
export interface ReportContext {
  readonly project: string
  readonly modules: ReadonlyArray<QualityModule>
  /** Of the packages that computed it. */
  readonly versions: { readonly [name: string]: string }
  /** The chains over the log, up to where the published file has read it. */
  readonly partitions: ReadonlyArray<ChainedPartition>
}

import { readFileSync } from "node:fs"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { type DeclaredVision, declaredVision } from "./declared.ts"
import { visionLinks, visionNodes, visionVersions } from "./events.ts"
import { lineOfSightSql } from "./line-of-sight.ts"

/** What {@link vision} takes. */
export interface VisionOptions extends DeclaredVision {
  /**
   * Whether `vision.failure_demand` is computed, from the notes that `control()` has coded: needs that module beside it.
   * Default: false.
   */
  readonly failureDemand?: boolean
}

const sql = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), "utf8")

/**
 * Clear vision and purpose: what the service is for, and what is done for it, as a graph from purpose to work. A part
 * that is not given is left to connectors. Errors: `vision-cycle`, `vision-invalid`.
 *
 * ```ts test
 * import { vision } from "@plimsoll/quality"
 *
 * const clear = vision({
 *   nodes: [
 *     { id: "why", kind: "purpose", title: "People live well at home" },
 *     { id: "2030", kind: "vision", title: "Nobody waits in a bed for want of help at home" }
 *   ],
 *   links: [{ node: "2030", serves: "why" }],
 *   versions: [{ number: 1, day: "2026-01-01" }]
 * })
 * clear.declares.map((one) => one.rows.length) // => [2, 1, 1]
 * ```
 */
export const vision = (options: VisionOptions = {}): QualityModule =>
  defineModule({
    name: "vision",
    version: 1,
    title: "Clear vision and purpose",
    streams: [visionNodes, visionLinks, visionVersions],
    declares: declaredVision(options),
    macros: lineOfSightSql,
    views: [
      sql("graph.sql"),
      sql("line.sql"),
      sql("meaning.sql"),
      ...(options.failureDemand === true ? [sql("failure-demand.sql")] : [])
    ].join("\n"),
    signals: ["signal"]
  })

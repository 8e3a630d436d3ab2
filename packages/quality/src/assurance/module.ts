import { readFileSync } from "node:fs"
import { declaredRows } from "../declared-rows.ts"
import { defineModule, type QualityModule } from "@plimsoll/core"
import { PlimsollError, type StreamDefinition } from "@plimsoll/schema"
import { type EvidenceSource, sourceViews } from "./evidence-source.ts"
import {
  type Assessment,
  assessments,
  type Claim,
  claims,
  type Criterion,
  criteria,
  type Evidence,
  evidence,
  type Finding,
  type FindingAction,
  findingActions,
  findings,
  type ScoreWeight,
  scoreWeights,
  type Standard,
  standards
} from "./events.ts"

type Dated<Row> = Omit<Row, "since"> & { readonly since?: string }

/** A standard in the config. `since` is 0001-01-01 where it is left out, here and below. */
export type StandardRow = Dated<Standard>
/** A criterion in the config. `weight` is 1 and `draws` is empty where they are left out. */
export type CriterionRow = Omit<Dated<Criterion>, "weight" | "draws"> & {
  readonly weight?: number
  readonly draws?: ReadonlyArray<string>
}
/** The points of a part in the config. */
export type ScoreWeightRow = Dated<ScoreWeight>

/** What {@link assurance} takes. What is left out may come from connectors, by the module's streams. */
export interface AssuranceOptions {
  readonly standards?: ReadonlyArray<StandardRow>
  readonly criteria?: ReadonlyArray<CriterionRow>
  /** The points of each part; those of a standard add up to 1000, or to 1: otherwise its score is withheld. */
  readonly weights?: ReadonlyArray<ScoreWeightRow>
  readonly evidence?: ReadonlyArray<Evidence>
  readonly assessments?: ReadonlyArray<Assessment>
  readonly findings?: ReadonlyArray<Finding>
  readonly actions?: ReadonlyArray<FindingAction>
  readonly claims?: ReadonlyArray<Claim>
  /** Relations of other components from which criteria draw evidence; their modules must be there too. Default: none. */
  readonly sources?: ReadonlyArray<EvidenceSource>
}

const since = "0001-01-01"

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8")

const declared = (
  option: string,
  stream: StreamDefinition,
  rows: ReadonlyArray<{ readonly [field: string]: unknown }> | undefined
) =>
  declaredRows(
    option,
    stream,
    rows,
    (message, suggestion, configPath) =>
      new PlimsollError({ code: "assurance-invalid", message, configPath, suggestion })
  )

/**
 * The module of quality assurance: standards, evidence that expires, assessments, findings, and what is not known. Its
 * relations are in the schema `assurance`; it signals `evidence-expired` and `action-overdue`. Needs the module
 * `statistics` beside it. Errors: `assurance-invalid` where a row of the options does not fit its stream.
 *
 * ```ts test
 * import { assurance, ownStandard } from "@plimsoll/quality"
 *
 * assurance(ownStandard()).schema // => "assurance"
 * ```
 */
export const assurance = (options: AssuranceOptions = {}): QualityModule =>
  defineModule({
    name: "assurance",
    version: 1,
    title: "Quality assurance",
    streams: [standards, criteria, scoreWeights, evidence, assessments, findings, findingActions, claims],
    declares: [
      ...declared(
        "standards",
        standards,
        options.standards?.map((row) => ({ since, ...row }))
      ),
      ...declared(
        "criteria",
        criteria,
        options.criteria?.map((row) => ({ since, weight: 1, draws: [], ...row }))
      ),
      ...declared(
        "weights",
        scoreWeights,
        options.weights?.map((row) => ({ since, ...row }))
      ),
      ...declared("evidence", evidence, options.evidence),
      ...declared("assessments", assessments, options.assessments),
      ...declared("findings", findings, options.findings),
      ...declared("actions", findingActions, options.actions),
      ...declared("claims", claims, options.claims)
    ],
    views: [
      sourceViews(options.sources ?? []),
      ...["./views.sql", "./score.sql", "./finding.sql", "./not-known.sql"].map(text)
    ].join("\n"),
    byMicrosystem: ["latest_figure", "held"],
    signals: ["expired_signal", "overdue_signal"]
  })

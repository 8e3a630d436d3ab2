import { checkInstrument } from "../check.ts"
import type { Instrument, InstrumentItem, InstrumentScale, InstrumentScoring } from "../instrument.ts"

// Only their number and their sense were to hand under terms that let us keep them: codes of our own, no wording.
const individual = [
  "duties-clear",
  "dignity-and-respect",
  "treated-fairly",
  "sense-of-achievement",
  "information-needed",
  "support-needed",
  "ideas-listened-to",
  "appreciated",
  "helpful-feedback",
  "time-to-learn",
  "ideas-acted-upon",
  "involved-in-own-job"
]

const team = {
  "manager-approachable": "My direct line manager is sufficiently approachable",
  "manager-cares": "I feel my direct line manager cares about my health and well-being",
  "manager-trusted": "I have confidence and trust in my direct line manager",
  "team-recommended": "I would recommend my team as a good one to be a part of",
  "team-works-well": "My team works well together",
  "team-performance": "I am confident performance is managed well within my team",
  "involved-in-team": "I feel involved in decisions relating to my team"
}

const organisation = {
  "role-and-goals": "I understand how my role contributes to the goals of my organisation",
  "friend-or-relative": "I would be happy for a friend or relative to access services within my organisation",
  "organisation-recommended": "I would recommend my organisation as a good place to work",
  "organisation-cares": "I feel my organisation cares about my health and wellbeing",
  "help-from-other-teams":
    "I get the help and support I need from other teams and services within the organisation to do my job",
  "organisation-performance": "I am confident performance is managed well within my organisation",
  "senior-managers-trusted":
    "I have confidence and trust in senior managers/Board Members responsible for the wider organisation",
  "senior-managers-visible":
    "I feel senior managers/Board Members responsible for the wider organisation are sufficiently visible",
  "involved-in-organisation": "I feel involved in decisions relating to my organisation"
}

const item = (id: string, wording: string | null, section?: "overall"): InstrumentItem => ({
  id,
  min: section === "overall" ? 0 : 1,
  max: section === "overall" ? 10 : 6,
  reversed: false,
  notApplicable: null,
  alone: section === "overall",
  labels: {},
  wording,
  citation: "seen"
})

/** What {@link iMatter} takes. */
export interface IMatterOptions {
  /**
   * How a mean of 1 to 6 becomes a score. Default: times 100/6, so that the lowest score is 16.7: this fits the published
   * shares of bands best, but is inferred. `{ subtract: 1, multiply: 20 }` would run from 0 to 100.
   */
  readonly transform?: { readonly subtract: number; readonly multiply: number }
}

/**
 * The key to iMatter, the staff experience survey of Scotland: 28 items of six answers in three sections, and one of 0 to
 * 10. The wording of 16 items is bundled under the Open Government Licence v3.0.
 *
 * ```ts test
 * import { iMatter } from "@plimsoll/quality"
 *
 * iMatter().items.filter((item) => item.wording !== null).length // => 16
 * ```
 */
export const iMatter = (options: IMatterOptions = {}): Instrument => {
  const { subtract = 0, multiply = 100 / 6 } = options.transform ?? {}
  const scoring: InstrumentScoring = { kind: "transform", subtract, multiply, positiveFrom: null }
  const sections = {
    individual: individual.map((id) => item(id, null)),
    team: Object.entries(team).map(([id, wording]) => item(id, wording)),
    organisation: Object.entries(organisation).map(([id, wording]) => item(id, wording))
  }
  const scale = (id: string, title: string, items: ReadonlyArray<InstrumentItem>): InstrumentScale => ({
    id,
    title,
    items: items.map((one) => one.id),
    scoring
  })
  const all = [...sections.individual, ...sections.team, ...sections.organisation]
  return checkInstrument({
    id: "imatter",
    version: "2024",
    title: "iMatter",
    source:
      "Scottish Government, iMatter Health & Social Care Staff Experience Survey 2024, pages 5, 8 and 9 (scoring, team, organisation); the survey of 2025, page 7 (individual); report of 2018, appendix 1 (the item of 0 to 10)",
    licence:
      "Contains public sector information licensed under the Open Government Licence v3.0 (Crown copyright)",
    wording: "bundled",
    items: [...all, item("overall-experience", null, "overall")],
    scales: [
      scale("engagement", "Employee Engagement Index", all),
      scale("individual", "Experience as an individual", sections.individual),
      scale("team", "My team and direct line manager", sections.team),
      scale("organisation", "My organisation", sections.organisation)
    ]
  })
}

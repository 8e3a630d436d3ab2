import type { CriterionRow, ScoreWeightRow, StandardRow } from "./module.ts"

/** What {@link ownStandard} gives: to be spread into the options of `assurance`. */
export interface OwnStandard {
  readonly standards: ReadonlyArray<StandardRow>
  readonly criteria: ReadonlyArray<CriterionRow>
  readonly weights: ReadonlyArray<ScoreWeightRow>
}

const standard = "plimsoll"

const criteria: ReadonlyArray<Omit<CriterionRow, "standard">> = [
  {
    id: "own-vision",
    title: "Everybody can say what the service is for, and every piece of work leads back to it",
    part: "direction",
    attribute: "reasoned",
    weight: 2,
    askedOf: "organisation"
  },
  {
    id: "own-needs",
    title: "Goals answer what people need underneath, not only what they come with",
    part: "direction",
    attribute: "checked",
    askedOf: "organisation"
  },
  {
    id: "own-culture",
    title: "Those who lead ask, listen and keep what they promise, and it is safe to speak up",
    part: "direction",
    attribute: "carried-out",
    weight: 2,
    askedOf: "units"
  },
  {
    id: "own-control",
    title: "The team watches its own figures and words, sees a change first, and acts on it",
    part: "execution",
    attribute: "carried-out",
    weight: 2,
    askedOf: "units"
  },
  {
    id: "own-learning",
    title: "What one team has learnt reaches the teams that have the same problem",
    part: "execution",
    attribute: "improved",
    askedOf: "organisation"
  },
  {
    id: "own-planning",
    title: "Few goals are chosen, from evidence, with a measured start; and it is said what will not be done",
    part: "execution",
    attribute: "reasoned",
    askedOf: "organisation"
  },
  {
    id: "own-relationships",
    title: "Every group that works here is heard, and every idea gets an answer",
    part: "execution",
    attribute: "carried-out",
    askedOf: "units"
  },
  {
    id: "own-codesign",
    title: "People who use the service shape it from the first question on, and see what changed",
    part: "execution",
    attribute: "carried-out",
    askedOf: "organisation"
  },
  {
    id: "own-improvement",
    title:
      "Changes are tried small, with a prediction, and kept only where figures over time show that they work",
    part: "execution",
    attribute: "improved",
    askedOf: "units"
  },
  {
    id: "own-assurance",
    title: "We say how good we are by evidence that is still valid, and let others check it",
    part: "execution",
    attribute: "checked",
    askedOf: "organisation"
  },
  {
    id: "own-outcomes",
    title: "The care does people good and little harm, steadily, and the team knows its figures",
    part: "impact",
    attribute: "steady",
    weight: 2,
    askedOf: "units"
  },
  {
    id: "own-experience",
    title: "People say that they were treated well, and that what matters to them was done",
    part: "impact",
    attribute: "relevant",
    askedOf: "units"
  },
  {
    id: "own-staff",
    title: "Those who work here are well, stay, and would have their own family cared for here",
    part: "impact",
    attribute: "on-target",
    askedOf: "organisation"
  },
  {
    id: "own-equity",
    title: "No group is served worse than another, and the gaps are known",
    part: "impact",
    attribute: "compared",
    askedOf: "organisation"
  }
]

/**
 * A small standard of our own for the nine components, in our own words: Direction 200, Execution 400, Impact 400 points.
 * `draws` connects its criteria to the project's measures and components, by the id of the criterion.
 *
 * ```ts test
 * import { ownStandard } from "@plimsoll/quality"
 *
 * const own = ownStandard({ draws: { "own-outcomes": ["measure:falls-rate"] } })
 * own.criteria.find((one) => one.id === "own-outcomes")?.draws // => ["measure:falls-rate"]
 * ```
 */
export const ownStandard = (
  options: { readonly draws?: { readonly [criterion: string]: ReadonlyArray<string> } } = {}
): OwnStandard => ({
  standards: [
    {
      id: standard,
      title: "Plimsoll's own standard",
      edition: "1",
      source: "the Plimsoll project",
      sourceLicence: "Apache-2.0"
    }
  ],
  criteria: criteria.map((one) => ({ ...one, standard, draws: options.draws?.[one.id] ?? [] })),
  weights: [
    { standard, part: "direction", points: 200 },
    { standard, part: "execution", points: 400 },
    { standard, part: "impact", points: 400 }
  ]
})

import type { ActionKind } from "../assurance/events.ts"
import type { CultureActionKind } from "./events.ts"

type Kind = Pick<CultureActionKind, "strength" | "title">

const strong = (title: string): Kind => ({ strength: "strong", title })
const intermediate = (title: string): Kind => ({ strength: "intermediate", title })
const weak = (title: string): Kind => ({ strength: "weak", title })

// The kinds that findings of assurance have, too: one hierarchy for both.
const kinds: { readonly [kind in typeof ActionKind.Type]: Kind } = {
  "redesign-place": strong("The room, the building or the layout is changed."),
  "remove-hazard": strong("What does the harm is taken away."),
  "forcing-function": strong("The wrong act is made impossible."),
  "simplify-process": strong("Steps that nobody needs are taken out."),
  "standardise-equipment": strong("One device or one way for all."),
  "leaders-take-part": strong("Those who lead go, see and change something."),
  staffing: intermediate("More people, or less work at once."),
  "second-safeguard": intermediate("A second barrier catches what gets through."),
  "software-aid": intermediate("The computer helps or warns."),
  checklist: intermediate("A list to work through."),
  "fewer-distractions": intermediate("Fewer interruptions and less noise."),
  simulation: intermediate("Training in lifelike conditions, repeated."),
  "double-check": weak("A second person looks again."),
  warning: weak("A label, a sign or an alert."),
  policy: weak("A rule or a paper is written."),
  retrain: weak("People are taught again."),
  remind: weak("People are told to take care.")
}

/**
 * The kinds of action with their strength, after the action hierarchy of RCA² (National Patient Safety Foundation 2015,
 * from the VA National Center for Patient Safety), in our own words. Training is weak, which is no blame; a sanction is in
 * no hierarchy, and so not classed.
 */
export const publishedActionKinds: ReadonlyArray<CultureActionKind> = Object.entries(kinds).map(
  ([id, kind]) => ({
    id,
    ...kind,
    source: "RCA², National Patient Safety Foundation 2015, after the VA National Center for Patient Safety",
    since: "0001-01-01"
  })
)

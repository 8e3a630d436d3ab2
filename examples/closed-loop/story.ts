// What the people of the story say, chapter by chapter, as rows of the streams of the components. None of it happened.
import {
  adoptions,
  aims,
  changeIdeas,
  contributoryFactors,
  drivers,
  goals,
  insightEvidence,
  insights,
  interventions,
  issues,
  lessons,
  needs,
  pdsas,
  priorityWeights,
  progressClaims,
  projectMeasures,
  projects,
  reuses
} from "@plimsoll/quality"
import type { StreamDefinition } from "@plimsoll/schema"

/** All streams that the story says something on, each in a file of its own. */
export const streams: ReadonlyArray<StreamDefinition> = [
  needs,
  issues,
  contributoryFactors,
  priorityWeights,
  interventions,
  goals,
  projects,
  aims,
  drivers,
  changeIdeas,
  projectMeasures,
  pdsas,
  progressClaims,
  adoptions,
  insights,
  insightEvidence,
  lessons,
  reuses
] as unknown as ReadonlyArray<StreamDefinition>

interface Said<S extends StreamDefinition["schema"] = StreamDefinition["schema"]> {
  readonly stream: string
  readonly rows: ReadonlyArray<S["Type"]>
}

const say = <S extends StreamDefinition["schema"]>(
  { name }: StreamDefinition<S>,
  ...rows: ReadonlyArray<S["Type"]>
): Said => ({ stream: name, rows })

const cycle = {
  project: "protected-rounds",
  microsystem: "oak",
  idea: "red-apron",
  measure: "late-doses",
  predicted: "better",
  learned: true,
  note: null
} as const

/** Oak has seen that it slips, and why: that becomes an issue, a goal, and a project. */
const plan = (oak: string): ReadonlyArray<Said> => [
  say(needs, {
    id: "medicine-on-time",
    title: "Medicine comes when it is due (simulated)",
    microsystem: "oak",
    kind: "users-voice",
    theme: "late-doses",
    dimension: null,
    group: null,
    node: null,
    finding: null,
    status: "active",
    day: "2024-12-03"
  }),
  say(
    issues,
    {
      id: "oak-late-doses",
      title: "One dose in eight comes late at Oak (simulated)",
      microsystem: "oak",
      measure: "late-doses",
      needs: ["medicine-on-time"],
      signals: [oak],
      status: "open",
      day: "2024-12-04"
    },
    {
      id: "oak-noise",
      title: "It is loud at night at Oak (simulated)",
      microsystem: "oak",
      measure: null,
      needs: [],
      signals: [],
      status: "open",
      day: "2024-12-04"
    }
  ),
  say(contributoryFactors, {
    issue: "oak-late-doses",
    factor: "interrupted-rounds",
    title: "Rounds are interrupted (simulated)",
    frame: "local",
    day: "2024-12-04"
  }),
  say(
    priorityWeights,
    ...(
      [
        ["oak-late-doses", "preventability", 0.6],
        ["oak-late-doses", "equity", 1],
        ["oak-late-doses", "confidence", 0.7],
        ["oak-late-doses", "effort", 300],
        ["oak-noise", "burden", 60],
        ["oak-noise", "preventability", 0.3],
        ["oak-noise", "equity", 1],
        ["oak-noise", "confidence", 0.5],
        ["oak-noise", "effort", 200]
      ] as const
    ).map(([issue, factor, value]) => ({ issue, factor, value, basis: "agreed" as const, day: "2024-12-04" }))
  ),
  say(
    interventions,
    {
      id: "protected-rounds",
      title: "Nobody speaks to whoever gives out medicine (simulated)",
      issue: "oak-late-doses",
      factors: ["interrupted-rounds"],
      actionClass: "intermediate",
      actionAim: "process",
      effect: 0.4,
      effectLow: 0.2,
      effectHigh: 0.55,
      day: "2024-12-04"
    },
    {
      id: "remind-everybody",
      title: "Everybody is reminded to be on time (simulated)",
      issue: "oak-late-doses",
      factors: [],
      actionClass: "weak",
      actionAim: "person",
      effect: null,
      effectLow: null,
      effectHigh: null,
      day: "2024-12-04"
    }
  ),
  say(goals, {
    id: "oak-doses-on-time",
    title: "At most one dose in twenty comes late at Oak by the end of 2025 (simulated)",
    microsystem: "oak",
    measure: "late-doses",
    needs: ["medicine-on-time"],
    issues: ["oak-late-doses"],
    insights: [],
    override: null,
    baselineFrom: "2024-01-01",
    baselineUntil: "2024-09-22",
    target: 0.05,
    due: "2025-12-31",
    status: "active",
    day: "2024-12-04"
  })
]

/** Oak tries it: in one shift, on one ward, and keeps it. */
const improve = (oak: string): ReadonlyArray<Said> => [
  say(projects, {
    id: "protected-rounds",
    title: "Protected rounds at Oak (simulated)",
    microsystem: "oak",
    goal: "oak-doses-on-time",
    intervention: "protected-rounds",
    lesson: null,
    started: "2025-01-06",
    ended: null
  }),
  say(aims, {
    id: "protected-rounds-aim",
    project: "protected-rounds",
    microsystem: "oak",
    measure: "late-doses",
    target: 0.05,
    due: "2025-12-31",
    forWhom: "everybody who gets medicine at Oak",
    motivatedFrom: "2024-09-23",
    signals: [oak],
    day: "2025-01-06"
  }),
  say(drivers, {
    id: "attention",
    project: "protected-rounds",
    kind: "primary",
    drives: null,
    title: "Whoever gives out medicine can attend to it (simulated)",
    measure: null,
    day: "2025-01-06"
  }),
  say(changeIdeas, {
    id: "red-apron",
    project: "protected-rounds",
    driver: "attention",
    title: "A red apron says: do not speak to me (simulated)",
    day: "2025-01-06"
  }),
  say(
    projectMeasures,
    { project: "protected-rounds", measure: "late-doses", role: "outcome", day: "2025-01-06" },
    { project: "protected-rounds", measure: "overtime", role: "balancing", day: "2025-01-06" }
  ),
  say(
    pdsas,
    {
      ...cycle,
      id: "apron-one-shift",
      scale: "one-shift",
      day: "2025-01-20",
      planned: "2025-01-20",
      did: "2025-01-27",
      doneUntil: "2025-01-27",
      studied: "2025-01-30",
      acted: "2025-01-31",
      found: "cannot-tell",
      points: 1,
      decision: "adapt"
    },
    {
      ...cycle,
      id: "apron-one-ward",
      scale: "one-unit",
      day: "2025-03-10",
      planned: "2025-03-10",
      did: "2025-03-24",
      doneUntil: "2025-07-13",
      studied: "2025-07-21",
      acted: "2025-07-28",
      found: "better",
      points: 16,
      decision: "adopt"
    }
  ),
  say(progressClaims, { project: "protected-rounds", day: "2025-08-04", score: 5 })
]

/** Oak says what it has learnt. */
const learn = (oak: string): ReadonlyArray<Said> => [
  say(insights, {
    id: "protected-rounds-help",
    title: "Doses come on time where nobody interrupts the round (simulated)",
    microsystem: "oak",
    question: null,
    answer: null,
    measure: "late-doses",
    themes: ["late-doses", "interruptions"],
    confidence: "medium",
    author: "simulated-1",
    status: "standing",
    day: "2025-08-12"
  }),
  say(
    insightEvidence,
    {
      id: "protected-rounds-help-1",
      insight: "protected-rounds-help",
      microsystem: "oak",
      kind: "signal",
      reference: oak,
      unit: null,
      period: null,
      day: "2025-08-12"
    },
    {
      id: "protected-rounds-help-2",
      insight: "protected-rounds-help",
      microsystem: "oak",
      kind: "note",
      reference: "simulated-oak-2024-11-18",
      unit: null,
      period: null,
      day: "2025-08-12"
    }
  ),
  say(lessons, {
    id: "red-apron-lesson",
    title: "A red apron keeps rounds free of interruptions (simulated)",
    microsystem: "oak",
    insights: ["protected-rounds-help"],
    project: "protected-rounds",
    worked: true,
    status: "shared",
    day: "2025-08-13"
  })
]

/** Elm has the same problem, and uses it. */
const reuse = (elm: string): ReadonlyArray<Said> => [
  say(issues, {
    id: "elm-late-doses",
    title: "One dose in eight comes late at Elm (simulated)",
    microsystem: "elm",
    measure: "late-doses",
    needs: ["medicine-on-time"],
    signals: [elm],
    status: "open",
    day: "2025-08-18"
  }),
  say(goals, {
    id: "elm-doses-on-time",
    title: "At most one dose in twenty comes late at Elm by the end of 2026 (simulated)",
    microsystem: "elm",
    measure: "late-doses",
    needs: ["medicine-on-time"],
    issues: ["elm-late-doses"],
    insights: ["protected-rounds-help"],
    override: null,
    baselineFrom: "2024-01-01",
    baselineUntil: "2025-05-18",
    target: 0.05,
    due: "2026-12-31",
    status: "active",
    day: "2025-09-08"
  }),
  say(adoptions, {
    project: "protected-rounds",
    microsystem: "elm",
    offered: "2025-08-13",
    adopted: "2025-10-20",
    ended: null
  }),
  say(projects, {
    id: "elm-rounds",
    title: "Protected rounds at Elm (simulated)",
    microsystem: "elm",
    goal: "elm-doses-on-time",
    intervention: "protected-rounds",
    lesson: "red-apron-lesson",
    started: "2025-09-15",
    ended: null
  }),
  say(aims, {
    id: "elm-rounds-aim",
    project: "elm-rounds",
    microsystem: "elm",
    measure: "late-doses",
    target: 0.05,
    due: "2026-12-31",
    forWhom: "everybody who gets medicine at Elm",
    motivatedFrom: "2025-05-19",
    signals: [elm],
    day: "2025-09-15"
  }),
  say(drivers, {
    id: "elm-attention",
    project: "elm-rounds",
    kind: "primary",
    drives: null,
    title: "Whoever gives out medicine can attend to it (simulated)",
    measure: null,
    day: "2025-09-15"
  }),
  say(changeIdeas, {
    id: "elm-red-apron",
    project: "elm-rounds",
    driver: "elm-attention",
    title: "Oak's red apron, by night only (simulated)",
    day: "2025-09-15"
  }),
  say(projectMeasures, {
    project: "elm-rounds",
    measure: "late-doses",
    role: "outcome",
    day: "2025-09-15"
  }),
  say(pdsas, {
    ...cycle,
    id: "elm-apron",
    project: "elm-rounds",
    microsystem: "elm",
    idea: "elm-red-apron",
    scale: "one-unit",
    day: "2025-10-06",
    planned: "2025-10-06",
    did: "2025-10-20",
    doneUntil: "2026-02-01",
    studied: "2026-02-09",
    acted: "2026-02-10",
    found: "better",
    points: 15,
    decision: "adopt"
  }),
  say(reuses, {
    id: "elm-uses-red-apron",
    lesson: "red-apron-lesson",
    microsystem: "elm",
    changed: true,
    project: "elm-rounds",
    day: "2025-10-20"
  })
]

/** What follows after the signal of each ward is known. */
export const chapters = { plan, improve, learn, reuse }

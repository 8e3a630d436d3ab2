import { type ComponentsOptions, ownStandard } from "@plimsoll/quality"

const own = ownStandard()

/** What this project tells the components. All of it is made up, and says "simulated" wherever it is shown. */
export const quality: ComponentsOptions = {
  control: {
    notes: "open",
    themes: [
      { id: "waiting", title: "Waiting (simulated notes)", measures: ["four-hour"] },
      {
        id: "chasing",
        title: "Chasing, coming again (simulated notes)",
        measures: ["four-hour"],
        kind: "failure-demand"
      },
      { id: "kindness", title: "Kindness (simulated notes)" },
      { id: "premises", title: "Premises (simulated notes)" }
    ]
  },
  system: {
    indicators: [{ id: "four-hour", balancing: ["attendances"] }, { id: "attendances" }]
  },
  vision: {
    versions: [{ number: 1, day: "2017-04-01" }],
    nodes: [
      { id: "purpose", kind: "purpose", title: "People in an emergency get the help they need (simulated)" },
      { id: "vision", kind: "vision", title: "Nobody waits for want of a place to go next (simulated)" },
      { id: "aim-flow", kind: "aim", title: "Every patient moves on when ready (simulated)" },
      { id: "aim-kind", kind: "aim", title: "Every patient is kept informed (simulated)" },
      { id: "goal-four", kind: "goal", title: "95 % within four hours by March 2020 (simulated)" },
      { id: "goal-told", kind: "goal", title: "Nobody has to ask how long it takes (simulated)" },
      { id: "four-hour", kind: "measure", title: "Seen within four hours" },
      { id: "attendances", kind: "measure", title: "Attendances" },
      {
        id: "need-beds",
        kind: "need",
        title: "Waiting for a bed (simulated)",
        presenting: "long waits in the department",
        underlying: "wards discharge late in the day"
      },
      {
        id: "discharge-lounge",
        kind: "work",
        title: "Discharge lounge at RXN (simulated)",
        owner: "RXN",
        hours: 320,
        started: "2018-10-01",
        intervention: "discharge lounge"
      },
      {
        id: "early-rounds",
        kind: "work",
        title: "Ward rounds before ten at RGT (simulated)",
        owner: "RGT",
        hours: 180,
        started: "2018-06-01",
        intervention: "early ward rounds"
      },
      {
        id: "screens",
        kind: "work",
        title: "New screens in the waiting room (simulated)",
        owner: "RXN",
        hours: 60,
        started: "2018-11-01",
        intervention: "screens"
      }
    ],
    links: [
      { node: "vision", serves: "purpose" },
      { node: "aim-flow", serves: "vision" },
      { node: "aim-kind", serves: "vision" },
      { node: "goal-four", serves: "aim-flow" },
      { node: "goal-told", serves: "aim-kind" },
      { node: "goal-four", serves: "need-beds", answers: "presenting" },
      { node: "four-hour", serves: "goal-four" },
      { node: "attendances", serves: "goal-four" },
      { node: "discharge-lounge", serves: "goal-four" },
      { node: "early-rounds", serves: "goal-four", relation: "weak" }
    ]
  },
  assurance: {
    ...own,
    evidence: [
      {
        id: "walk-round",
        criterion: "own-vision",
        microsystem: "trust",
        kind: "observation",
        title: "Walk-round of March 2019 (simulated)",
        validFrom: "2019-03-12",
        validUntil: "2020-03-11"
      },
      {
        id: "old-policy",
        criterion: "own-culture",
        microsystem: "RXN",
        kind: "document",
        title: "Speaking-up policy (simulated)",
        validFrom: "2017-04-01",
        validUntil: "2019-03-31"
      }
    ],
    assessments: own.criteria.slice(0, 6).flatMap(({ id }, at) => [
      {
        id: `self-${id}`,
        criterion: id,
        microsystem: "trust",
        kind: "self" as const,
        score: 70 - 5 * at,
        level: 4 - Math.floor(at / 2),
        assessor: "the trust itself (simulated)",
        day: "2019-02-01"
      },
      {
        id: `external-${id}`,
        criterion: id,
        microsystem: "trust",
        kind: "external" as const,
        score: 55 - 4 * at,
        level: 3 - Math.floor(at / 3),
        assessor: "a neighbouring trust (simulated)",
        day: "2019-03-20"
      }
    ]),
    findings: [
      {
        id: "finding-1",
        standard: "plimsoll",
        criterion: "own-control",
        microsystem: "RXN",
        kind: "requirement",
        title: "Half of the signals of last winter had no answer (simulated)",
        day: "2019-03-20",
        due: "2019-04-20"
      }
    ],
    actions: [
      {
        id: "action-1",
        finding: "finding-1",
        title: "Signals open the morning huddle (simulated)",
        kind: "checklist",
        aim: "process",
        agreed: "2019-03-25",
        due: "2019-04-15",
        done: null
      }
    ]
  }
}

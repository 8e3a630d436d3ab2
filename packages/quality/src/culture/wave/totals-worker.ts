// The thread that adds up. Imports no other package, so that it runs from source without a resolve condition.
import { parentPort, workerData } from "node:worker_threads"
import { Crowd, type CrowdMemory } from "./crowd.ts"
import type { Scoring } from "./scoring.ts"
import type { SumsMemory } from "./sums.ts"
import { Totals, type TotalsMemory } from "./totals.ts"

/** What the thread is started with. */
export interface TotalsAssignment {
  readonly units: number
  readonly scoring: Scoring
  readonly breakdowns: number
  readonly most: number
  readonly totals: TotalsMemory
  readonly crowds: ReadonlyArray<CrowdMemory>
}

/** A crowd to add up, and the groups that were made since the last one. */
export interface FullCrowd {
  readonly crowd: number
  readonly count: number
  readonly opened: ReadonlyArray<{ readonly breakdown: number; readonly memory: SumsMemory }>
}

const { units, scoring, breakdowns, most, totals: memory, crowds } = workerData as TotalsAssignment
const totals = new Totals(units, scoring, breakdowns, memory)
const held = crowds.map((one) => new Crowd(units, scoring, breakdowns, most, one))

parentPort!.on("message", ({ crowd, count, opened }: FullCrowd) => {
  for (const one of opened) totals.open(one.breakdown, one.memory)
  held[crowd]!.count = count
  totals.add(held[crowd]!)
  parentPort!.postMessage(crowd)
})

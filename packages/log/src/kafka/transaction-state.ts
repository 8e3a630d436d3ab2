import { type Decision, type KafkaFault, type Place, type Places, placesOf } from "./client.ts"

/** What the coordinator's word for the state of a transaction means for it; undefined where it knows of none. */
export const decisionOf = (state: string | undefined): Decision =>
  state === "PrepareCommit" || state === "CompleteCommit" ? "commit" : "abort"

/** What a broker says of one producer in one partition. */
export interface SaidOfProducer extends Place {
  readonly error: KafkaFault | undefined
  /** Whether a transaction of the producer is open there. */
  readonly open: boolean
}

/** Where it is open. A topic that the user may not read is none that a writer of his has written. */
export const unmarkedIn = (all: ReadonlyArray<SaidOfProducer>): Places => {
  for (const { error } of all) if (error !== undefined && error.kind !== "refused") throw error
  return placesOf(all.filter(({ open }) => open))
}

/** What a node of the graph can be, from the top down; a need stands beside it. */
export const visionKinds = ["purpose", "vision", "aim", "goal", "measure", "work", "need"] as const
/** One of {@link visionKinds}. */
export type VisionKind = (typeof visionKinds)[number]

/**
 * Which kinds a node of a kind may serve. Nobody skips a step: work that served an aim directly could not say by which
 * goal. A kind that may serve its own kind is where circles can be.
 */
export const mayServe: { readonly [K in VisionKind]: ReadonlyArray<VisionKind> } = {
  purpose: [],
  vision: ["purpose", "vision"],
  aim: ["vision", "aim"],
  goal: ["aim", "goal", "need"],
  measure: ["aim", "goal"],
  work: ["goal", "measure", "work"],
  need: []
}

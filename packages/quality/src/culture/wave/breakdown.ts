/** A way to group people of the whole organisation: each has at most one value of it. */
export type Breakdown = "role" | "mode" | "half"

/** In the order in which a crowd keeps the groups of a person. */
export const breakdowns: ReadonlyArray<Breakdown> = ["role", "mode", "half"]

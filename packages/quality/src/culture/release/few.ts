/**
 * People whose number is not told: one unit, one cell, or several that could not be pooled further down. The number
 * lies between `low` and `high` for whoever knows the rules and what was published.
 */
export interface Few {
  readonly n: number
  readonly low: number
  readonly high: number
  /** The largest number of people that one of the members can have. */
  readonly most: number
  readonly members: ReadonlyArray<number>
}

/**
 * Whether the sum of several hidden numbers may be told. It may if everybody who knows one of the members still faces at
 * least `k` people, and if any set of fewer than `k` others may still be empty for him. Only the sum is looked at and what
 * is known anyway, so that the refusal tells no more than on which side of the two borders the sum lies; `passed` carries
 * that on.
 */
export const judgeFew = (
  all: ReadonlyArray<Few>,
  k: number,
  ownTeam: boolean
): { readonly released: boolean; readonly passed: Few } => {
  let n = 0
  let low = 0
  let high = 0
  let most = 0
  for (const one of all) {
    n += one.n
    low += one.low
    high += one.high
    most = Math.max(most, one.most)
  }
  const members = all.flatMap((one) => one.members)
  const fewest = ownTeam ? k + most : k
  const greatest = high - (k - 1) - (ownTeam ? most : 0)
  const released = n >= fewest && n <= greatest
  const couldBe = greatest >= fewest
  return {
    released,
    passed: {
      n,
      low: couldBe && n > greatest ? Math.max(low, greatest + 1) : low,
      high: couldBe && n < fewest ? Math.min(high, fewest - 1) : high,
      most,
      members
    }
  }
}

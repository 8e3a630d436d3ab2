/** What plain least squares say of the date of a step. */
export interface StepDate {
  /** The place of the first value of the new level. */
  readonly at: number
  /** The first and last place of the 95 % set. */
  readonly low: number
  readonly high: number
  readonly places: number
  readonly before: number
  readonly after: number
}

const meanOf = (part: ReadonlyArray<number>): number => part.reduce((a, b) => a + b, 0) / part.length
const squares = (part: ReadonlyArray<number>): number =>
  part.reduce((sum, one) => sum + (one - meanOf(part)) ** 2, 0)

/** Dates a step by trying every place, with two values or more on either side; 7.351874 = -2 ln(1 - sqrt(.95)), Hansen 2000. */
export const stepDate = (values: ReadonlyArray<number>): StepDate => {
  const splits = values
    .map((_, at) => ({ at, left: squares(values.slice(0, at)) + squares(values.slice(at)) }))
    .slice(2, values.length - 1)
  const best = splits.reduce((a, b) => (b.left < a.left ? b : a))
  const within = splits.filter((one) => values.length * Math.log(one.left / best.left) <= 7.351874)
  return {
    at: best.at,
    low: within[0]!.at,
    high: within.at(-1)!.at,
    places: within.length,
    before: meanOf(values.slice(0, best.at)),
    after: meanOf(values.slice(best.at))
  }
}

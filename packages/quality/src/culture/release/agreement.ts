/** Where r_wg(J) has its borders: below the first people disagree. */
export const agreementBorders: ReadonlyArray<number> = [0, 0.7, 0.9, 1]

/** People who agree less than this have no common mean. */
export const leastAgreement = 0.7

/**
 * r_wg(J), James, Demaree and Wolf (1984), against answers spread evenly over the options, from the ratio of the mean
 * variance of the items to that of even answers, which counts as at most 1.
 */
export const rwgJ = (items: number, ratio: number): number => {
  const r = Math.min(1, ratio)
  const agreed = items * (1 - r)
  return agreed / (agreed + r)
}

/** The variance of answers that are spread evenly over the options from `min` to `max`. */
export const evenVariance = (min: number, max: number): number => ((max - min + 1) ** 2 - 1) / 12

/** The band in which an agreement lies. */
export const bandOf = (agreement: number): readonly [low: number, high: number] =>
  agreement < agreementBorders[1]!
    ? [agreementBorders[0]!, agreementBorders[1]!]
    : agreement < agreementBorders[2]!
      ? [agreementBorders[1]!, agreementBorders[2]!]
      : [agreementBorders[2]!, agreementBorders[3]!]

/** Tail probabilities of a normal distribution beyond 3, 2 and 1 sigma, as the rules of small counts take them. */
const tails = { 3: 0.00135, 2: 0.02275, 1: 0.15866 } as const

/**
 * Limits from the list `f` of probabilities of 0, 1, 2 … events, in events divided by `per`: the last counts on
 * either side whose tail is still above that of the sigma in question. Without a list, none.
 */
const quantiles = (
  f: string,
  per: string,
  centre: string,
  sigma: string
): string => `list_transform([${f}], lambda f: list_transform(
    [list_transform(f, lambda m, i: list_sum(f[1:i]))], lambda c: {'c': ${centre}, 's': ${sigma}, ${(
      [3, 2, 1] as const
    )
      .map((k) => `'l${k}': len(list_filter(c, lambda x: x <= ${tails[k]})) / ${per}`)
      .join(", ")}, ${([1, 2, 3] as const)
      .map((k) => `'u${k}': len(list_filter(c[:len(c) - 1], lambda x: 1 - x > ${tails[k]})) / ${per}`)
      .join(", ")}})[1])[1]`

/**
 * SQL for the exact limits of a binomial count of `n` at probability `q`, as shares, or of counts where `per` is
 * '1'. The list of masses stops where nothing of weight is left.
 */
export const binomialLimits = (n: string, q: string, per: string, centre: string, sigma: string): string =>
  quantiles(
    `CASE WHEN ${n} > 0 THEN list_transform(range(0, 1 + least(floor(${n}), ceil(${n} * ${q} + 9 * sqrt(${n} * ${q} * (1 - ${q})) + 14))::BIGINT),
      lambda k: exp(lgamma(${n} + 1) - lgamma(k + 1) - lgamma(${n} - k + 1) + CASE WHEN k > 0 THEN k * ln(${q}) ELSE 0 END + CASE WHEN ${n} > k THEN (${n} - k) * ln(1 - ${q}) ELSE 0 END)) END`,
    per,
    centre,
    sigma
  )

/** SQL for the exact limits of a Poisson count with mean `m`, divided by `per`. */
export const poissonLimits = (m: string, per: string, centre: string, sigma: string): string =>
  quantiles(
    `CASE WHEN ${m} > 0 THEN list_transform(range(0, 1 + ceil(${m} + 9 * sqrt(${m}) + 14)::BIGINT),
      lambda k: exp(k * ln(${m}) - ${m} - lgamma(k + 1))) END`,
    per,
    centre,
    sigma
  )

/** Tail probabilities of a normal distribution beyond 3, 2 and 1 sigma, as the rules of small counts take them. */
export const tails = { 3: 0.00135, 2: 0.02275, 1: 0.15866 } as const
const sigmas = [3, 2, 1] as const

/** Counts expected above which a normal limit is exact enough (and a list of masses too long to be worth it). */
const enough = 1e6

/**
 * Limits from the probability of each count from `from` on, of mean `mean` and variance `variance`, divided by
 * `per`: the last counts on either side whose tail is still above that of the sigma in question. One pass over the
 * masses counts, for every limit, how many counts lie beyond it.
 */
const quantiles = (
  mass: (k: string) => string,
  mean: string,
  variance: string,
  most: string,
  per: string,
  centre: string,
  sigma: string
): string => {
  const start = `greatest(0, floor(${mean} - 9 * sqrt(${variance}) - 14))`
  // Beyond this the tail is under 0.00135 whatever the mean, by Bernstein's inequality.
  const end = `least(${most}, ceil(${mean} + 4.5 * sqrt(${variance}) + 6))`
  const state = (p: string, count: string): string =>
    `{'p': ${p}, ${sigmas.map((k) => `'l${k}': ${count}, 'u${k}': ${count}`).join(", ")}}`
  const next = `{'p': c.p + x.p, ${sigmas
    .map(
      (k) =>
        `'l${k}': c.l${k} + (c.p + x.p <= ${tails[k]})::DOUBLE, 'u${k}': c.u${k} + (1 - c.p - x.p > ${tails[k]})::DOUBLE`
    )
    .join(", ")}}`
  return `list_transform(list_transform([{'a': ${start}, 'b': ${end}}], lambda f:
      list_reduce(list_prepend(${state("0::DOUBLE", "f.a")}, list_transform(range(f.a::BIGINT, f.b::BIGINT + 1), lambda k: ${state(mass("k"), "0::DOUBLE")})), lambda c, x: ${next})),
      lambda q: {'c': ${centre}, 's': ${sigma}, ${sigmas.map((k) => `'l${k}': q.l${k} / ${per}`).join(", ")}, ${[1, 2, 3].map((k) => `'u${k}': q.u${k} / ${per}`).join(", ")}})[1]`
}

/** Whether a count of this expectation is judged by its exact tail. */
export const tellable = (mean: string): string => `${mean} > 0 AND ${mean} <= ${enough}`

/** SQL for the exact limits of a binomial count of `n` (0 < `q` < 1), divided by `per`. */
export const binomialLimits = (n: string, q: string, per: string, centre: string, sigma: string): string =>
  quantiles(
    (k) =>
      `exp(lgamma(floor(${n}) + 1) - lgamma(${k} + 1) - lgamma(floor(${n}) - ${k} + 1) + ${k} * ln(${q}) + (floor(${n}) - ${k}) * ln(1 - ${q}))`,
    `floor(${n}) * ${q}`,
    `(floor(${n}) * ${q} * (1 - ${q}))`,
    `floor(${n})`,
    per,
    centre,
    sigma
  )

/** SQL for the exact limits of a Poisson count with mean `m`, divided by `per`. */
export const poissonLimits = (m: string, per: string, centre: string, sigma: string): string =>
  quantiles(
    (k) => `exp(${k} * ln(${m}) - ${m} - lgamma(${k} + 1))`,
    m,
    m,
    "'inf'::DOUBLE",
    per,
    centre,
    sigma
  )

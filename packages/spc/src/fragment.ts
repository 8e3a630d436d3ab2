/** How far beyond a limit still counts as on it: 1e-9 of the limit, or of sigma where the limit is near 0. */
export const slack = (limit: string, sigma: string): string =>
  `1e-9 * greatest(abs(${limit}), coalesce(${sigma}, 0))`

/** The differences of neighbours in a list: each element less the one before. */
export const steps = (list: string): string =>
  `list_transform(list_zip(${list}[2:], ${list}[:len(${list}) - 1]), lambda e: e[1] - e[2])`

/** The elements of a list beside the points (see `points.ts`) that belong to the baseline. */
export const ofBaseline = (list: string): string =>
  `CASE WHEN _pre THEN ${list}[:_nb] ELSE list_filter(${list}[:_n], lambda x, i: _ms[i] = 3) END`

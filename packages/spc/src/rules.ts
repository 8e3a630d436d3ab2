import { above, far, farAt, outAt, sideAt, sides, someOut, zoneAt } from "./limits.ts"
import type { Limits } from "./limits.ts"

/** The rules in the order of their bits and of their numbers in a run. */
export const ruleNames = [
  "beyond-limits",
  "shift",
  "trend",
  "two-of-three",
  "four-of-five",
  "stratification",
  "alternation",
  "mixture"
] as const

/** A list of 1 and 0 as the bits of an integer, for phases of up to 62 points. */
const asBits = (list: string): string =>
  `CASE WHEN _n BETWEEN 2 AND 62 THEN list_reduce(${list}, lambda a, x: (a << 1) | x, 0::BIGINT) END`

/**
 * Whether 62 bits may hold a row of `length` equal ones. Most phases hold no run at all, and a few shifts of one
 * integer say so without walking the list. True where it cannot tell (longer phases, other lengths).
 */
const mayHold = (bits: string, length: string): string => {
  const row = (x: string): string => `((${x}) & ((${x}) >> (${length} - 4))) <> 0`
  const four = (m: string): string => `(${m} & (${m} >> 1) & (${m} >> 2) & (${m} >> 3))`
  return `(_n > 62 OR ${length} NOT BETWEEN 4 AND 8 OR ${row(four(bits))} OR ${row(four(`xor(${bits}, 4611686018427387903)`))})`
}

/** The positions where a class of points ends and another begins, 1 and `count` + 1 included. */
const edges = (list: string): string =>
  `list_filter(range(1, len(${list}) + 2), lambda i: i = 1 OR i > len(${list}) OR ${list}[i] <> ${list}[i - 1])`

/** Starts and ends of what follows on itself in a list: positions in the list. */
const firsts = (list: string, follows: (j: string) => string): string =>
  `list_filter(range(1, len(${list}) + 1), lambda j: j = 1 OR NOT (${follows("j")}))`
const lasts = (list: string, follows: (j: string) => string): string =>
  `list_filter(range(1, len(${list}) + 1), lambda j: j = len(${list}) OR NOT (${follows("j + 1")}))`

/**
 * From `_zone` to `_found`: `_r`, the maximal runs of each rule as positions in the phase: `r` the rule's number,
 * `u` whether it is high (null: neither), `a` first, `c` the point that completed the rule, `b` last, `n` how many
 * points, and `k` the points that are marked (null: all of a to b).
 *
 * The whole phase is worked on as one list, because a window over many phases would add floating sums in an
 * order that depends on its neighbours, and needs a pass for every level of nesting. `skewed` charts (g, t) ask
 * for two of three only where the profile's own tool does.
 */
export const rules = (limits: Limits, skewed = false): string => {
  const side = (i: string): string => sideAt(limits, i)
  const zone = (i: string): string => zoneAt(limits, i)
  const chained = (j: string): string =>
    `_win[${j}] IS NOT NULL AND _win[${j} - 1] IS NOT NULL AND _fs[${j} + 1] = _fs[${j}]`
  const beside = (j: string): string =>
    `t.p[${j}] = t.p[${j} - 1] + 1 AND (t.r = 8 OR ${side(`t.p[${j}]`)} = ${side(`t.p[${j} - 1]`)})`
  const twoOfThree = skewed ? "_p.two_of_three IN ('pbi', 'current')" : "_p.two_of_three IS NOT NULL"
  return `
_bits AS (
  SELECT *,
    ${asBits(above(limits))} AS _above,
    ${asBits("list_transform(_diff, lambda x: (x > 0)::BIGINT)")} AS _rising,
    CASE WHEN _p.two_of_three IS NOT NULL THEN ${asBits(far(limits))} END AS _beyond,
    CASE WHEN _judged AND (_p.four_of_five OR _p.stratification IS NOT NULL OR _p.mixture IS NOT NULL) THEN list_transform(range(1, _n + 1), lambda i: ${zone("i")}) END AS _zx
  FROM _zone
),
_side AS (
  SELECT *,
    CASE WHEN _judged AND ((_p.two_of_three IS NOT NULL AND (_n > 62 OR (_beyond & ((_beyond >> 1) | (_beyond >> 2))) <> 0)) OR ${someOut(limits)}) THEN list_filter(range(1, _n + 1), lambda i: ${farAt(limits, "i")}) END AS _distant,
    CASE WHEN _judged AND (_p.runs OR (_n >= _p.shift AND ${mayHold("_above", "_p.shift")})) THEN ${sides(limits)} END AS _sd,
    CASE WHEN _judged AND ((_n >= _p.trend AND ${mayHold("_rising", "(_p.trend - 1)")}) OR _n >= _p.alternation) THEN list_transform(_diff, lambda x, i: CASE
        WHEN abs(x) <= 1e-9 * greatest(abs(_y[i]), abs(_y[i + 1])) THEN 0 WHEN x > 0 THEN 1 ELSE -1 END::TINYINT) END AS _step
  FROM _bits
),
_track AS (
  SELECT *,
    CASE WHEN _sd IS NOT NULL OR _step IS NOT NULL OR _zx IS NOT NULL THEN list_filter([
      {'r': 2, 'k': _p.shift, 'x': 0, 'l': _sd},
      {'r': 3, 'k': _p.trend - 1, 'x': 1, 'l': _step},
      {'r': 6, 'k': _p.stratification, 'x': 0, 'l': list_transform(_zx, lambda z: (abs(z) <= 1)::TINYINT)},
      {'r': 7, 'k': _p.alternation - 2, 'x': 2, 'l': CASE WHEN _p.alternation IS NOT NULL THEN list_transform(_step[2:], lambda x, i: (x * _step[i] = -1)::TINYINT) END}
    ], lambda t: len(t.l) >= t.k) END AS _tracks,
    CASE WHEN len(_distant) > 0 OR _zx IS NOT NULL THEN list_filter([
      {'r': 1, 'w': 1, 'p': CASE WHEN _p.beyond_limits THEN list_filter(_distant, lambda i: ${outAt(limits, "i")}) END},
      {'r': 5, 'w': 5, 'p': CASE WHEN _p.four_of_five THEN list_filter(range(5, _n + 1), lambda i: abs(_zx[i]) >= 2
        AND len(list_filter(_zx[i - 4:i], lambda z: abs(z) >= 2 AND sign(z) = sign(_zx[i]))) >= 4) END},
      {'r': 8, 'w': _p.mixture, 'p': CASE WHEN _p.mixture IS NOT NULL THEN list_filter(range(_p.mixture, _n + 1), lambda i: list_min(list_transform(_zx[i - _p.mixture + 1:i], lambda z: abs(z))) >= 2
        AND list_min(_zx[i - _p.mixture + 1:i]) < 0 AND list_max(_zx[i - _p.mixture + 1:i]) > 0) END}
    ], lambda t: len(t.p) > 0) END AS _spots,
    CASE WHEN ${twoOfThree} AND len(_distant) > 1 THEN CASE WHEN _p.two_of_three = 'between' THEN list_filter(_distant, lambda i: abs(${zone("i")}) = 3) ELSE _distant END END AS _far,
    CASE WHEN _p.runs THEN list_filter(_sd, lambda x: x <> 0) END AS _offc
  FROM _side
),
_cut AS (
  SELECT *,
    list_transform(_tracks, lambda t: ${edges("t.l")}) AS _ends,
    list_transform(_spots, lambda t: list_zip(${firsts("t.p", beside)}, ${lasts("t.p", beside)})) AS _spans,
    list_transform(_far, lambda i: ${side("i")}) AS _fs,
    CASE WHEN _offc IS NOT NULL THEN ${edges("_offc")} END AS _ab
  FROM _track
),
_window AS (
  SELECT *, list_transform(range(1, len(_far)), lambda j: CASE
      WHEN _p.two_of_three = 'current' THEN CASE WHEN _far[j + 1] > 2
        AND ((_far[j + 1] - _far[j] <= 2 AND _fs[j] = _fs[j + 1]) OR (j > 1 AND coalesce(_far[j + 1] - _far[j - 1] = 2 AND _fs[j - 1] = _fs[j + 1], false))) THEN _far[j + 1] END
      WHEN _fs[j] <> _fs[j + 1] OR _far[j + 1] - _far[j] > 2 THEN NULL
      WHEN _p.two_of_three = 'pbi' THEN CASE
        WHEN _far[j + 1] - _far[j] = 2 OR coalesce(_far[j - 1] <> _far[j] - 1 OR _fs[j - 1] = _fs[j], true) THEN _far[j + 1]
        WHEN _far[j + 1] < _n AND coalesce(_far[j + 2] <> _far[j + 1] + 1 OR _fs[j + 2] = _fs[j], true) THEN _far[j + 1] + 1 END
      WHEN _far[j + 1] - _far[j] = 2 THEN CASE WHEN ${side("_far[j] + 1")} = _fs[j] THEN _far[j + 1] END
      WHEN _far[j] > 1 AND ${side("_far[j] - 1")} = _fs[j] THEN _far[j + 1]
      WHEN _far[j + 1] < _n AND ${side("_far[j + 1] + 1")} = _fs[j] THEN _far[j + 1] + 1 END) AS _win
  FROM _cut
),
_found AS (
  SELECT _q, _n, _y, _p, _judged, ${limits === "varying" ? "_c, _w, _last" : "_c, _sg, _l3, _l2, _l1, _u1, _u2, _u3"},
    list_sort(list_concat(
      flatten(list_transform(list_zip(_spots, _spans), lambda z: list_transform(z[2], lambda e: {'r': z[1].r, 'a': z[1].p[e[1]] - z[1].w + 1, 'c': z[1].p[e[1]], 'b': z[1].p[e[2]],
        'n': z[1].p[e[2]] - z[1].p[e[1]] + z[1].w, 'u': CASE WHEN z[1].r < 8 THEN ${side("z[1].p[e[1]]")} > 0 END,
        'k': CASE WHEN z[1].r = 5 OR (z[1].r = 8 AND _p.marks = 'completing') THEN z[1].p[e[1]:e[2]] END}))),
      flatten(list_transform(list_zip(_tracks, _ends), lambda z: list_transform(list_filter(range(1, len(z[2])), lambda j: z[2][j + 1] - z[2][j] >= z[1].k AND z[1].l[z[2][j]] <> 0), lambda j:
        {'r': z[1].r, 'a': z[2][j], 'c': z[2][j] + z[1].k + z[1].x - 1, 'b': z[2][j + 1] - 1 + z[1].x, 'n': z[2][j + 1] - z[2][j] + z[1].x,
        'u': CASE WHEN z[1].r < 4 THEN z[1].l[z[2][j]] > 0 END, 'k': CASE WHEN _p.marks = 'completing' THEN range(z[2][j] + z[1].k + z[1].x - 1, z[2][j + 1] + z[1].x) END}))),
      list_transform(list_zip(list_filter(${firsts("_win", chained)}, lambda j: _win[j] IS NOT NULL), list_filter(${lasts("_win", chained)}, lambda j: _win[j] IS NOT NULL)), lambda e:
        {'r': 4, 'a': CASE WHEN _fs[e[1]] = _fs[e[1] + 1] THEN _far[e[1]] ELSE _far[e[1] - 1] END, 'c': _win[e[1]], 'b': _far[e[2] + 1], 'n': e[2] - e[1] + 2,
        'u': _fs[e[1] + 1] > 0, 'k': CASE WHEN _p.two_of_three = 'current' THEN _win[e[1]:e[2]] ELSE _far[e[1]:e[2] + 1] END})
    ), 'ASC', 'NULLS LAST') AS _r,
    len(_offc) AS _useful,
    len(_ab) - 2 AS _cross,
    list_max(list_transform(_ab[2:], lambda x, i: x - _ab[i])) AS _longest
  FROM _window
)`
}

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
const edges = (count: string, classOf: (i: string) => string): string =>
  `list_filter(range(1, ${count} + 2), lambda i: i = 1 OR i > ${count} OR ${classOf("i")} <> ${classOf("i - 1")})`

/** Which stretches between edges are at least `length` long and not of class 0. */
const stretches = (at: string, length: string, classOf: (i: string) => string): string =>
  `list_filter(range(1, len(${at})), lambda j: ${at}[j + 1] - ${at}[j] >= ${length} AND ${classOf(`${at}[j]`)} <> 0)`

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
  const bent = (i: string): string => `_bend[${i}]`
  const inside = (i: string): string => `(abs(_zx[${i}]) <= 1)::INT`
  const mixes = (j: string): string => `_mix[${j}] = _mix[${j} - 1] + 1`
  const alone = (j: string): string =>
    `_out[${j}] = _out[${j} - 1] + 1 AND ${side(`_out[${j}]`)} = ${side(`_out[${j} - 1]`)}`
  const chained = (j: string): string =>
    `_win[${j}] IS NOT NULL AND _win[${j} - 1] IS NOT NULL AND ${side(`_far[${j} + 1]`)} = ${side(`_far[${j}]`)}`
  const fives = (j: string): string =>
    `_five[${j}] = _five[${j} - 1] + 1 AND sign(_zx[_five[${j}]]) = sign(_zx[_five[${j} - 1]])`
  const twoOfThree = skewed ? "_p.two_of_three IN ('pbi', 'current')" : "_p.two_of_three IS NOT NULL"
  const marked = "CASE WHEN _p.marks = 'completing' THEN range"
  const stretch = (
    rule: number,
    list: string,
    at: string,
    extra: number,
    length: string,
    high: string
  ): string =>
    `list_transform(${list}, lambda j: {'r': ${rule}, 'u': ${high}, 'a': ${at}[j], 'c': ${at}[j] + ${length} - 1, 'b': ${at}[j + 1] - 1 + ${extra},
        'n': ${at}[j + 1] - ${at}[j] + ${extra}, 'k': ${marked}(${at}[j] + ${length} - 1, ${at}[j + 1] + ${extra}) END})`
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
    CASE WHEN _judged AND ((_p.two_of_three IS NOT NULL AND (_n > 62 OR (_beyond & ((_beyond >> 1) | (_beyond >> 2))) <> 0)) OR ${someOut(limits)}) THEN list_filter(range(1, _n + 1), lambda i: ${farAt(limits, "i")}) ELSE [] END AS _far0,
    CASE WHEN _judged AND (_p.runs OR (_n >= _p.shift AND ${mayHold("_above", "_p.shift")})) THEN ${sides(limits)} END AS _sd FROM _bits
),
_edge AS (
  SELECT *,
    CASE WHEN _p.beyond_limits THEN list_filter(_far0, lambda i: ${outAt(limits, "i")}) ELSE [] END AS _out,
    CASE WHEN ${twoOfThree} THEN CASE WHEN _p.two_of_three = 'between' THEN list_filter(_far0, lambda i: abs(${zone("i")}) = 3) ELSE _far0 END ELSE [] END AS _far,
    CASE WHEN _sd IS NOT NULL AND _p.shift IS NOT NULL THEN ${edges("_n", (i) => `_sd[${i}]`)} ELSE [] END AS _sb,
    CASE WHEN _judged AND ((_n >= _p.trend AND ${mayHold("_rising", "(_p.trend - 1)")}) OR _n >= _p.alternation) THEN list_transform(_diff, lambda x, i: CASE
        WHEN abs(x) <= 1e-9 * greatest(abs(_y[i]), abs(_y[i + 1])) THEN 0 WHEN x > 0 THEN 1 ELSE -1 END::TINYINT) ELSE [] END AS _step,
    CASE WHEN _zx IS NOT NULL AND _p.four_of_five THEN list_filter(range(5, _n + 1), lambda i: abs(_zx[i]) >= 2
        AND len(list_filter(_zx[i - 4:i], lambda z: abs(z) >= 2 AND sign(z) = sign(_zx[i]))) >= 4) ELSE [] END AS _five,
    CASE WHEN _p.stratification IS NOT NULL AND _zx IS NOT NULL THEN ${edges("_n", inside)} ELSE [] END AS _ib,
    CASE WHEN _zx IS NOT NULL AND _p.mixture IS NOT NULL THEN list_filter(range(_p.mixture, _n + 1), lambda i: list_min(list_transform(_zx[i - _p.mixture + 1:i], lambda z: abs(z))) >= 2
        AND list_min(_zx[i - _p.mixture + 1:i]) < 0 AND list_max(_zx[i - _p.mixture + 1:i]) > 0) ELSE [] END AS _mix,
    CASE WHEN _p.runs THEN list_filter(_sd, lambda x: x <> 0) END AS _offc
  FROM _side
),
_cut AS (
  SELECT *,
    ${firsts("_out", alone)} AS _oa, ${lasts("_out", alone)} AS _ob,
    ${stretches("_sb", "_p.shift", (i) => `_sd[${i}]`)} AS _sj,
    CASE WHEN len(_step) > 0 AND _p.trend IS NOT NULL THEN ${edges("len(_step)", (i) => `_step[${i}]`)} ELSE [] END AS _tb,
    CASE WHEN len(_step) > 1 AND _p.alternation IS NOT NULL THEN list_transform(_step[2:], lambda x, i: (x * _step[i] = -1)::INT) ELSE [] END AS _bend,
    list_transform(range(1, len(_far)), lambda j: CASE
      WHEN _p.two_of_three = 'current' THEN CASE WHEN _far[j + 1] > 2
        AND ((_far[j + 1] - _far[j] <= 2 AND ${side("_far[j]")} = ${side("_far[j + 1]")})
          OR (j > 1 AND coalesce(_far[j + 1] - _far[j - 1] = 2 AND ${side("_far[j - 1]")} = ${side("_far[j + 1]")}, false))) THEN _far[j + 1] END
      WHEN ${side("_far[j]")} <> ${side("_far[j + 1]")} OR _far[j + 1] - _far[j] > 2 THEN NULL
      WHEN _p.two_of_three = 'pbi' THEN CASE
        WHEN _far[j + 1] - _far[j] = 2 OR coalesce(_far[j - 1] <> _far[j] - 1 OR ${side("_far[j - 1]")} = ${side("_far[j]")}, true) THEN _far[j + 1]
        WHEN _far[j + 1] < _n AND coalesce(_far[j + 2] <> _far[j + 1] + 1 OR ${side("_far[j + 2]")} = ${side("_far[j]")}, true) THEN _far[j + 1] + 1 END
      WHEN _far[j + 1] - _far[j] = 2 THEN CASE WHEN ${side("_far[j] + 1")} = ${side("_far[j]")} THEN _far[j + 1] END
      WHEN _far[j] > 1 AND ${side("_far[j] - 1")} = ${side("_far[j]")} THEN _far[j + 1]
      WHEN _far[j + 1] < _n AND ${side("_far[j + 1] + 1")} = ${side("_far[j]")} THEN _far[j + 1] + 1 END) AS _win,
    ${firsts("_five", fives)} AS _fa, ${lasts("_five", fives)} AS _fb,
    ${stretches("_ib", "_p.stratification", inside)} AS _ij,
    ${firsts("_mix", mixes)} AS _ma, ${lasts("_mix", mixes)} AS _mb,
    CASE WHEN _offc IS NOT NULL THEN ${edges("len(_offc)", (i) => `_offc[${i}]`)} END AS _ab
  FROM _edge
),
_turn AS (
  SELECT *,
    ${stretches("_tb", "(_p.trend - 1)", (i) => `_step[${i}]`)} AS _tj,
    list_filter(${firsts("_win", chained)}, lambda j: _win[j] IS NOT NULL) AS _wa,
    list_filter(${lasts("_win", chained)}, lambda j: _win[j] IS NOT NULL) AS _wb,
    CASE WHEN len(_bend) > 0 THEN ${edges("len(_bend)", bent)} ELSE [] END AS _bb
  FROM _cut
),
_found AS (
  SELECT _q, _n, _y, _p, _judged, ${limits === "varying" ? "_c, _w" : "_c, _sg, _l3, _l2, _l1, _u1, _u2, _u3"},
    list_concat(
      list_transform(_oa, lambda j, q: {'r': 1, 'u': ${side("_out[j]")} > 0, 'a': _out[j], 'c': _out[j], 'b': _out[_ob[q]], 'n': _ob[q] - j + 1, 'k': NULL::BIGINT[]}),
      ${stretch(2, "_sj", "_sb", 0, "_p.shift", "_sd[_sb[j]] > 0")},
      ${stretch(3, "_tj", "_tb", 1, "_p.trend", "_step[_tb[j]] > 0")},
      list_transform(_wa, lambda j, q: {'r': 4, 'u': ${side("_far[j + 1]")} > 0, 'a': CASE WHEN ${side("_far[j]")} = ${side("_far[j + 1]")} THEN _far[j] ELSE _far[j - 1] END, 'c': _win[j], 'b': _far[_wb[q] + 1], 'n': _wb[q] - j + 2,
        'k': CASE WHEN _p.two_of_three = 'current' THEN _win[j:_wb[q]] ELSE _far[j:_wb[q] + 1] END}),
      list_transform(_fa, lambda j, q: {'r': 5, 'u': _zx[_five[j]] > 0, 'a': _five[j] - 4, 'c': _five[j], 'b': _five[_fb[q]], 'n': _five[_fb[q]] - _five[j] + 5, 'k': _five[j:_fb[q]]}),
      ${stretch(6, "_ij", "_ib", 0, "_p.stratification", "NULL::BOOLEAN")},
      ${stretch(7, `CASE WHEN len(_bb) > 0 THEN ${stretches("_bb", "(_p.alternation - 2)", bent)} ELSE [] END`, "_bb", 2, "_p.alternation", "NULL::BOOLEAN")},
      list_transform(_ma, lambda j, q: {'r': 8, 'u': NULL::BOOLEAN, 'a': _mix[j] - _p.mixture + 1, 'c': _mix[j], 'b': _mix[_mb[q]], 'n': _mix[_mb[q]] - _mix[j] + _p.mixture,
        'k': CASE WHEN _p.marks = 'completing' THEN _mix[j:_mb[q]] END})
    ) AS _r,
    len(_offc) AS _useful,
    len(_ab) - 2 AS _cross,
    list_max(list_transform(_ab[2:], lambda x, i: x - _ab[i])) AS _longest
  FROM _turn
)`
}

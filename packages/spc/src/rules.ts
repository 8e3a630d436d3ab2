import { byProfile, profileIs } from "./fragment.ts"

const sign = (x: string): string => `sign(_z[${x}])`

/**
 * Whether 62 bits may hold a row of `length` equal ones. Most phases hold no run at all, and a few shifts of one
 * integer say so without walking the list. True where it cannot tell (longer phases, other lengths).
 */
const mayHold = (bits: string, length: string): string => {
  const row = (x: string): string => `((${x}) & ((${x}) >> (${length} - 4))) <> 0`
  const four = (m: string): string => `(${m} & (${m} >> 1) & (${m} >> 2) & (${m} >> 3))`
  return `(_n > 62 OR ${length} NOT BETWEEN 4 AND 8 OR ${row(four(bits))} OR ${row(four(`xor(${bits}, 4611686018427387903)`))})`
}

/** A list of conditions as the bits of an integer, for phases of up to 62 points. */
const asBits = (list: string, condition: string): string =>
  `CASE WHEN _n <= 62 THEN coalesce(list_bit_or(list_transform(${list}, lambda x, i: (${condition})::BIGINT << (i - 1))), 0) END`

/**
 * From the zones of the points (`_z`: 3, 2, 1 above the centre, 0 on it, −1, −2, −3 below) to the maximal runs
 * of each rule, as positions in the phase: `a` first, `c` the point that completed the rule, `b` last.
 *
 * The whole phase is worked on as one list, because a window over many phases would add floating sums in an
 * order that depends on its neighbours, and needs a pass for every level of nesting.
 */
export const rules = `
_bits AS (
  SELECT *, ${asBits("_z", "x > 0")} AS _above, ${asBits("_y[2:]", "x > _y[i]")} AS _rising
  FROM _zone
),
_edge AS (
  SELECT *,
    CASE WHEN _judged THEN list_filter(range(1, _n + 1), lambda i: abs(_z[i]) = 3) ELSE [] END AS _out,
    CASE WHEN _judged AND NOT ${profileIs((p) => p.shift === null)} AND _n >= _shift_n AND ${mayHold("_above", "_shift_n")}
      THEN list_filter(range(1, _n + 2), lambda i: i = 1 OR i > _n OR ${sign("i")} <> ${sign("i - 1")}) ELSE [] END AS _sb,
    CASE WHEN _judged AND NOT ${profileIs((p) => p.trend === null)} AND _n >= _trend_n AND ${mayHold("_rising", "(_trend_n - 1)")}
      THEN list_transform(_y[2:], lambda x, i: CASE
        WHEN abs(x - _y[i]) <= 1e-9 * greatest(abs(x), abs(_y[i])) THEN 0 WHEN x > _y[i] THEN 1 ELSE -1 END::TINYINT) ELSE [] END AS _step,
    CASE WHEN _judged AND NOT ${profileIs((p) => p.twoOfThree === null)}
      THEN list_filter(range(1, _n + 1), lambda i: abs(_z[i]) IN (2, ${byProfile((p) => (p.twoOfThree === "beyond" ? "3" : "2"))})) ELSE [] END AS _far,
    CASE WHEN ${profileIs((p) => p.anhoej)} THEN list_filter(list_transform(_z, lambda x: sign(x)), lambda x: x <> 0) END AS _side
  FROM _bits
),
_cut AS (
  SELECT *,
    list_filter(_out, lambda i: i = 1 OR _z[i - 1] <> _z[i]) AS _oa,
    list_filter(_out, lambda i: i = _n OR _z[i + 1] <> _z[i]) AS _ob,
    list_filter(range(1, len(_sb)), lambda j: _sb[j + 1] - _sb[j] >= _shift_n AND _z[_sb[j]] <> 0) AS _sj,
    CASE WHEN len(_step) > 0 THEN list_filter(range(1, len(_step) + 2), lambda i: i = 1 OR i > len(_step) OR _step[i] <> _step[i - 1]) ELSE [] END AS _tb,
    list_transform(range(1, len(_far)), lambda j: CASE
      WHEN ${sign("_far[j]")} <> ${sign("_far[j + 1]")} THEN NULL
      WHEN _far[j + 1] - _far[j] = 2 AND ${sign("_far[j] + 1")} = ${sign("_far[j]")} THEN _far[j + 1]
      WHEN _far[j + 1] - _far[j] > 1 THEN NULL
      WHEN _far[j] > 1 AND ${sign("_far[j] - 1")} = ${sign("_far[j]")} THEN _far[j + 1]
      WHEN _far[j + 1] < _n AND ${sign("_far[j + 1] + 1")} = ${sign("_far[j]")} THEN _far[j + 1] + 1 END) AS _win,
    CASE WHEN _side IS NOT NULL THEN list_filter(range(1, len(_side) + 2), lambda i: i = 1 OR i > len(_side) OR _side[i] <> _side[i - 1]) END AS _ab
  FROM _edge
),
_turn AS (
  SELECT *,
    list_filter(range(1, len(_tb)), lambda j: _tb[j + 1] - _tb[j] >= _trend_n - 1 AND _step[_tb[j]] <> 0) AS _tj,
    list_filter(range(1, len(_win) + 1), lambda j: _win[j] IS NOT NULL AND (j = 1 OR _win[j - 1] IS NULL)) AS _wa,
    list_filter(range(1, len(_win) + 1), lambda j: _win[j] IS NOT NULL AND (j = len(_win) OR _win[j + 1] IS NULL)) AS _wb
  FROM _cut
),
_found AS (
  SELECT *,
    list_concat(
      list_transform(_oa, lambda a, j: {'r': 1, 'u': _z[a] > 0, 'a': a, 'c': a, 'b': _ob[j], 'k': _ob[j] - a + 1}),
      list_transform(_sj, lambda j: {'r': 2, 'u': _z[_sb[j]] > 0, 'a': _sb[j], 'c': _sb[j] + _shift_n - 1, 'b': _sb[j + 1] - 1, 'k': _sb[j + 1] - _sb[j]}),
      list_transform(_tj, lambda j: {'r': 3, 'u': _step[_tb[j]] > 0, 'a': _tb[j], 'c': _tb[j] + _trend_n - 1, 'b': _tb[j + 1], 'k': _tb[j + 1] - _tb[j] + 1}),
      list_transform(_wa, lambda j, q: {'r': 4, 'u': _z[_far[j]] > 0, 'a': _far[j], 'c': _win[j], 'b': _far[_wb[q] + 1], 'k': _wb[q] - j + 2})
    ) AS _r,
    len(_side) AS _useful,
    len(_ab) - 2 AS _cross,
    list_max(list_transform(_ab[2:], lambda x, i: x - _ab[i])) AS _longest
  FROM _turn
)`

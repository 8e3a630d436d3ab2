import { slack } from "./fragment.ts"
import { argument, runningFrom, sequential, sequentialWarnings, startsOf, stretches } from "./sequential.ts"
import { type Form, judgeOwn } from "./verdict.ts"

const step = (before: string, x: string): string => `${before} + weight::DOUBLE * (${x} - ${before})`

const widths = [
  ["l3", "-"],
  ["l2", "- 2.0 / 3 *"],
  ["l1", "- 1.0 / 3 *"],
  ["u1", "+ 1.0 / 3 *"],
  ["u2", "+ 2.0 / 3 *"],
  ["u3", "+"]
] as const

/**
 * The body of `spc.ewma`: the exponentially weighted moving average of the values (Roberts 1959), started at the
 * centre, between limits that widen to their steady state (Lucas and Saccucci 1990). The average is judged, not the value.
 */
export const ewma = (form: Form): string => `${sequential},
_weigh AS (
  SELECT *, ${argument("weight", "weight > 0 AND weight <= 1", "lie above 0 and be at most 1")} AS _weight,
    ${argument("nsigmas", "nsigmas > 0 AND isfinite(nsigmas::DOUBLE)", "lie above 0")} AS _width, ${stretches("_y")} AS _blocks
  FROM _level
),
_begin AS (
  SELECT *, ${startsOf("_blocks", "_c", step)} AS _starts FROM _weigh
),
_average AS (
  SELECT *, ${runningFrom("_blocks", "_starts", step)} AS _e,
    list_transform(range(1, len(_ys) + 1), lambda i: CASE WHEN i <= _n THEN _sg * sqrt(_weight / (2 - _weight) * (1 - (1 - _weight) ** (2 * i))) END) AS _se
  FROM _begin
),
_limit AS (
  SELECT *, list_transform(_se, lambda s: {'c': _c, 's': s, ${widths.map(([name, way]) => `'${name}': _c ${way} _width * s`).join(", ")}}) AS _w
  FROM _average
),
_hit AS (
  SELECT *, _n >= _p.minimum AND _c IS NOT NULL AS _judged,
    CASE WHEN _p.beyond_limits AND _n >= _p.minimum THEN list_transform(list_zip(_e, _w[:_n]), lambda e: CASE
      WHEN e[1] > e[2].u3 + ${slack("e[2].u3", "e[2].s")} THEN 1 WHEN e[1] < e[2].l3 - ${slack("e[2].l3", "e[2].s")} THEN -1 ELSE 0 END::TINYINT) END AS _z
  FROM _limit
),
_edge AS (
  SELECT *,
    list_filter(range(1, len(_z) + 1), lambda i: _z[i] <> 0 AND (i = 1 OR _z[i - 1] <> _z[i])) AS _entry,
    list_filter(range(1, len(_z) + 1), lambda i: _z[i] <> 0 AND (i = len(_z) OR _z[i + 1] <> _z[i])) AS _exit
  FROM _hit
),
_seen AS (
  SELECT *, coalesce(list_transform(list_zip(_entry, _exit), lambda e: {'r': 1, 'u': _z[e[1]] > 0, 'a': e[1], 'c': e[1], 'b': e[2], 'n': e[2] - e[1] + 1, 'k': NULL::BIGINT[]}), []) AS _r
  FROM _edge
),${judgeOwn(form, { chart: "ewma", limits: "varying", warnings: sequentialWarnings, own: { ewma: "_e" } })}`

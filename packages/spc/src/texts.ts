/**
 * The English sentences of `spc.explain`, by code. `{…}` is filled in; `docs/spc-contract.md` lists what each may
 * hold. A line whose code begins with the name of a chart and a point (`ewma.beyond-limits.high`) wins on that chart.
 */
const english: ReadonlyArray<readonly [code: string, text: string]> = [
  ["beyond-limits.high", "{Count} {units} in a row above the upper limit."],
  ["beyond-limits.high.one", "One {unit} above the upper limit."],
  ["beyond-limits.low", "{Count} {units} in a row below the lower limit."],
  ["beyond-limits.low.one", "One {unit} below the lower limit."],
  ["ewma.beyond-limits.high", "The weighted average of the latest points is above its upper limit."],
  ["ewma.beyond-limits.high.one", "The weighted average of the latest points is above its upper limit."],
  ["ewma.beyond-limits.low", "The weighted average of the latest points is below its lower limit."],
  ["ewma.beyond-limits.low.one", "The weighted average of the latest points is below its lower limit."],
  ["cusum.beyond-limits.high", "Small moves upwards have added up to more than the limit."],
  ["cusum.beyond-limits.high.one", "Small moves upwards have added up to more than the limit."],
  ["cusum.beyond-limits.low", "Small moves downwards have added up to more than the limit."],
  ["cusum.beyond-limits.low.one", "Small moves downwards have added up to more than the limit."],
  ["shift.high", "{Count} {units} in a row above the {middle}."],
  ["shift.low", "{Count} {units} in a row below the {middle}."],
  ["trend.high", "{Count} {units} in a row going up."],
  ["trend.low", "{Count} {units} in a row going down."],
  [
    "two-of-three.high",
    "Two of three {units} in a row far above the {middle}, near the upper limit or beyond it."
  ],
  [
    "two-of-three.low",
    "Two of three {units} in a row far below the {middle}, near the lower limit or beyond it."
  ],
  ["four-of-five.high", "Four of five {units} in a row well above the {middle}."],
  ["four-of-five.low", "Four of five {units} in a row well below the {middle}."],
  ["stratification", "{Count} {units} in a row unusually close to the {middle}."],
  ["alternation", "{Count} {units} in a row going up and down in turn."],
  ["mixture", "{Count} {units} in a row away from the {middle}, some above and some below."],
  [
    "runs.longest",
    "{Count} points in a row on one side of the {middle}: with {useful} points off it, {limit} at most are usual."
  ],
  [
    "runs.crossings",
    "Crossings of the {middle}: {count}. With {useful} points off it, {limit} or more are usual."
  ],
  ["odds.one", "On a steady chart of {n} points this happens by luck on about 1 chart in {odds}."],
  ["odds.many", "On a steady chart of {n} points this happens by luck on about {odds} charts in 100."],
  ["odds.one.fewer", "On a steady chart of {n} points this happens by luck on fewer than 1 chart in {odds}."],
  [
    "odds.many.fewer",
    "On a steady chart of {n} points this happens by luck on fewer than {odds} charts in 100."
  ],
  ["odds.individual", "This was measured on charts of single values."],
  ["odds.none", "How often a steady chart shows this was not measured."],
  ["way.concern.up", "That is the wrong way: higher is better here."],
  ["way.concern.down", "That is the wrong way: lower is better here."],
  ["way.improvement.up", "That is the right way: higher is better here."],
  ["way.improvement.down", "That is the right way: lower is better here."],
  ["both", "Some of these points also show a change the other way; both are there."],
  ["ended", "This no longer holds at the latest point."],
  ["warning.few-points", "Only {count} points: with fewer than 13 the limits are rough."],
  ["warning.few-points.not-judged", "Only {count} {units}: {needed} are needed before anything is judged."],
  ["warning.few-points.not-judged.own", "Only {count} {units}: too few for anything to be judged."],
  ["warning.few-points.none", "There is no point with a value: nothing is judged."],
  [
    "warning.missing",
    "A value is missing: that point is not judged, and no limit was worked out across the gap."
  ],
  ["warning.negative", "A figure below 0 cannot be: that point is left out."],
  [
    "warning.above-one",
    "One point has more cases than it has people at risk: it is drawn and not judged. Where one person can count twice, use a u chart."
  ],
  ["warning.zero-denominator", "A denominator is 0: that point has no value and is not judged."],
  ["warning.constant", "All values are the same: any other value would be a signal."],
  [
    "warning.too-little-variation",
    "Most points equal the one before, so the limits are rough: look at the few changes themselves."
  ],
  [
    "warning.autocorrelated",
    "Each point leans on the one before: more false alarms are likely: about {percent} % of steady charts like this have one at their latest point, against {usual} % where points do not lean on each other."
  ],
  ["warning.autocorrelated.none", "Each point leans on the one before: more false alarms are likely."],
  [
    "warning.overdispersed",
    "The points vary more than their sizes explain, so the limits are too narrow: use a p′ or u′ chart."
  ],
  [
    "warning.laney-chosen",
    "The points vary more than their sizes explain, so the limits were widened (p′ or u′)."
  ],
  [
    "warning.large-subgroups",
    "A subgroup has more than 100 members, so its range says little and counts in no limit: use a chart of standard deviations (s)."
  ],
  [
    "warning.small-counts",
    "The counts are small, so a single case matters much: consider longer periods, or a chart of the cases (g) or the time (t) between events."
  ],
  [
    "warning.can-only-show-worse",
    "The limits leave room on one side only: a single point can show that things are worse, but not that they are better."
  ],
  [
    "warning.can-only-show-better",
    "The limits leave room on one side only: a single point can show that things are better, but not that they are worse."
  ],
  [
    "warning.dominant-denominator",
    "One point holds more than half of all that was counted: the average is mostly that point."
  ],
  [
    "assurance.pass",
    "The target lies outside the limits, on the side that is met: while nothing changes it will be met every time."
  ],
  [
    "assurance.fail",
    "The target lies outside the limits, on the side that is missed: while nothing changes it will be missed every time."
  ],
  [
    "assurance.hit-or-miss",
    "The target lies within the limits: while nothing changes it will be met sometimes and missed sometimes, by luck."
  ],
  ["assurance.not-stable", "But the latest point shows a signal: things are changing, so this may not hold."],
  ["middle.mean", "average"],
  ["middle.median", "middle (median)"],
  ["middle.given", "centre line"],
  ...["point", "day", "week", "month", "quarter", "year"].flatMap((unit) => [
    [`unit.${unit}`, unit] as const,
    [`units.${unit}`, `${unit}s`] as const
  ]),
  ...["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"].map(
    (word, i) => [`number.${i + 1}`, word] as const
  ),
  ["thousands", ","],
  [
    "rebase.ready",
    "{Count} points since {from} lie on one side of the {middle}, and limits of their own would hold them all: new limits from there can be considered."
  ],
  [
    "rebase.ready-not-checked",
    "{Count} points since {from} lie on one side of the {middle}: new limits from there can be considered. Whether those would hold all the points was not checked."
  ],
  [
    "rebase.few-points",
    "{Count} points since {from} lie on one side of the {middle}: {needed} are needed before new limits can be considered."
  ],
  [
    "rebase.not-steady",
    "{Count} points since {from} lie on one side of the {middle}, but they are not steady yet: limits of their own would not hold them all."
  ],
  ["rebase.no-before", "The shift began with the first point of its phase: there is no level before it."]
]

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Rows of the built-in texts for SQL: `lang, code, text`. */
export const textRows: string = english
  .map(([code, text]) => `('en', ${quoted(code)}, ${quoted(text)})`)
  .join(", ")

/** The body of `spc.texts()`. */
export const textsSql = `SELECT lang, code, "text" FROM (VALUES ${textRows}) AS _v(lang, code, "text")`

/**
 * Common table expressions that end in `_text`: one row with `_m`, a map from code to text in the language `lang`.
 * Lines of the caller's table `texts` win over built-in ones; what neither has in that language is English.
 */
export const textSql = `
_none AS (SELECT NULL::VARCHAR AS lang, NULL::VARCHAR AS code, NULL::VARCHAR AS "text" WHERE false),
_line AS (
  SELECT _b.lang, _b.code, _b."text", 1 AS _rank FROM (VALUES ${textRows}) AS _b(lang, code, "text")
  UNION ALL
  SELECT _u.lang::VARCHAR, _u.code::VARCHAR, _u."text"::VARCHAR, 0 FROM query_table(texts) AS _u
),
_said AS (
  SELECT _l.code, arg_min(_l."text", _l._rank + CASE WHEN _l.lang = _w._lang THEN 0 ELSE 2 END) AS _said, bool_or(_l.lang = _w._lang) AS _known
  FROM _line AS _l, (SELECT lang::VARCHAR AS _lang) AS _w WHERE _l.lang IN (_w._lang, 'en') AND _l.code IS NOT NULL AND _l."text" IS NOT NULL GROUP BY _l.code
),
_text AS (
  SELECT CASE WHEN bool_or(_known) THEN map_from_entries(list({'k': code, 'v': _said} ORDER BY code))
    ELSE error('spc: there are no texts in this language; spc.texts() lists those there are, and a table of lang, code, text named by texts adds one') END AS _m
  FROM _said
)`

/** SQL for a text with its `{…}` filled in. */
export const filled = (text: string, holes: Readonly<Record<string, string>>): string =>
  Object.entries(holes).reduce(
    (sql, [hole, value]) => `replace(${sql}, '{${hole}}', coalesce((${value})::VARCHAR, ''))`,
    text
  )

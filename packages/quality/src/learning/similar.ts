/**
 * The macro `learning.similar('unit')`: units that have or had a problem like one that this unit has now, the likest first, each
 * with the reasons. Likeness = weight × cosine of the shares of themes + weight where the family of measures is the same +
 * weight where the kind of unit is; the weights are settings. A unit that shares neither theme nor family is not listed.
 *
 * `problems` and `settings` name the relations, for a reader who has attached the file under a name: a macro cannot see its
 * neighbours there. `most` is how many units there are at most.
 */
export const similarSql = `CREATE OR REPLACE MACRO learning.similar(asked, most := 20, problems := 'learning.problem', settings := 'learning.setting') AS TABLE
WITH weight AS (
  SELECT max(value) FILTER (id = 'similar-themes') AS themes, max(value) FILTER (id = 'similar-family') AS family, max(value) FILTER (id = 'similar-kind') AS kind
  FROM query_table(settings)
),
problem AS (
  SELECT row_number() OVER (ORDER BY microsystem, family) AS n, microsystem, kind, family, state, began, over_on, themes,
    sqrt(list_sum(list_transform(themes, lambda x: x.share * x.share))) AS norm
  FROM query_table(problems)
),
own AS (
  SELECT * FROM problem WHERE microsystem = asked AND state IN ('open', 'said')
  QUALIFY state = 'open' OR NOT bool_or(state = 'open') OVER ()
),
own_theme AS (SELECT n, norm, unnest(themes) AS theme FROM own),
other_theme AS (
  SELECT n, norm, unnest(themes) AS theme FROM problem WHERE microsystem <> asked
),
shared AS (
  SELECT o.n AS own, p.n AS other, list({theme: o.theme.theme, own_share: o.theme.share, share: p.theme.share} ORDER BY o.theme.theme) AS themes,
    list_sum(list(o.theme.share * p.theme.share ORDER BY o.theme.theme)) / (any_value(o.norm) * any_value(p.norm)) AS cosine
  FROM own_theme o JOIN other_theme p ON p.theme.theme = o.theme.theme GROUP BY o.n, p.n
),
pair AS (
  SELECT own, other FROM shared
  UNION
  SELECT o.n, p.n FROM own o JOIN problem p ON p.family = o.family AND p.microsystem <> asked
),
scored AS (
  SELECT p.microsystem, p.kind, o.family AS own_family, p.family, p.state, p.state IN ('improved', 'over') AS past, p.began, p.over_on,
    least(coalesce(s.cosine, 0), 1) AS cosine, coalesce(s.themes, []) AS shared_themes, coalesce(p.family = o.family, false) AS same_family, p.kind = o.kind AS same_kind,
    round(w.themes * least(coalesce(s.cosine, 0), 1) + CASE WHEN p.family = o.family THEN w.family ELSE 0 END + CASE WHEN p.kind = o.kind THEN w.kind ELSE 0 END, 12) AS score
  FROM pair r JOIN own o ON o.n = r.own JOIN problem p ON p.n = r.other CROSS JOIN weight w LEFT JOIN shared s ON s.own = r.own AND s.other = r.other
),
best AS (
  SELECT * FROM scored QUALIFY row_number() OVER (PARTITION BY microsystem ORDER BY score DESC, past DESC, family NULLS LAST, own_family NULLS LAST) = 1
)
SELECT row_number() OVER (ORDER BY score DESC, past DESC, microsystem) AS place, *,
  list_filter([
    CASE WHEN len(shared_themes) > 0 THEN 'the same is said: ' || array_to_string(list_transform(shared_themes, lambda x:
      x.theme || ' (' || round(100 * x.own_share)::INTEGER || ' % here, ' || round(100 * x.share)::INTEGER || ' % there)'), ', ') END,
    CASE WHEN same_family THEN 'the same figures: ' || family END,
    CASE WHEN same_kind THEN 'the same kind of unit: ' || kind END], lambda x: x IS NOT NULL) AS reasons
FROM best QUALIFY row_number() OVER (ORDER BY score DESC, past DESC, microsystem) <= most ORDER BY place`

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
problem AS MATERIALIZED (
  SELECT row_number() OVER () AS n, microsystem, kind, family, state, state IN ('improved', 'over') AS past, began, over_on, themes, norm FROM query_table(problems)
),
own AS MATERIALIZED (
  SELECT * FROM problem WHERE microsystem = asked AND state IN ('open', 'said') QUALIFY state = 'open' OR NOT bool_or(state = 'open') OVER ()
),
own_theme AS (SELECT n, unnest(themes) AS one FROM own),
other_theme AS (SELECT n, unnest(themes) AS one FROM problem WHERE microsystem <> asked),
-- Whole numbers of a tiny unit, so that no order of adding can change the sum.
product AS (
  SELECT o.n AS own, p.n AS other, sum((o.one.share * p.one.share * 1e15)::BIGINT)::DOUBLE / 1e15 AS product
  FROM own_theme o JOIN other_theme p ON p.one.theme = o.one.theme GROUP BY o.n, p.n
),
scored AS (
  SELECT p.microsystem, p.past, p.family, o.family AS own_family, o.n AS own, p.n AS other, least(coalesce(d.product / (o.norm * p.norm), 0), 1) AS cosine,
    round(w.themes * cosine + CASE WHEN p.family = o.family THEN w.family ELSE 0 END + CASE WHEN p.kind = o.kind THEN w.kind ELSE 0 END, 12) AS score
  FROM own o CROSS JOIN weight w JOIN problem p ON p.microsystem <> asked LEFT JOIN product d ON d.own = o.n AND d.other = p.n
  WHERE d.product > 0 OR p.family = o.family
),
best AS (
  SELECT microsystem, max({score: score, past: past, family: coalesce(family, ''), own_family: coalesce(own_family, ''), cosine: cosine, own: own, other: other}) AS best
  FROM scored GROUP BY microsystem
),
first AS (SELECT microsystem, best FROM best ORDER BY best.score DESC, best.past DESC, microsystem LIMIT most),
joined AS (
  SELECT f.microsystem, p.kind, o.family AS own_family, p.family, p.state, p.past, p.began, p.over_on, f.best.cosine AS cosine,
    list_transform(list_filter(o.themes, lambda x: list_contains(list_transform(p.themes, lambda y: y.theme), x.theme)), lambda x:
      {theme: x.theme, own_share: x.share, share: list_filter(p.themes, lambda y: y.theme = x.theme)[1].share}) AS shared_themes,
    coalesce(p.family = o.family, false) AS same_family, p.kind = o.kind AS same_kind, f.best.score AS score
  FROM first f JOIN own o ON o.n = f.best.own JOIN problem p ON p.n = f.best.other
)
SELECT row_number() OVER (ORDER BY score DESC, past DESC, microsystem) AS place, *,
  list_filter([
    CASE WHEN len(shared_themes) > 0 THEN 'the same is said: ' || array_to_string(list_transform(shared_themes, lambda x:
      x.theme || ' (' || round(100 * x.own_share)::INTEGER || ' % here, ' || round(100 * x.share)::INTEGER || ' % there)'), ', ') END,
    CASE WHEN same_family THEN 'the same figures: ' || family END,
    CASE WHEN same_kind THEN 'the same kind of unit: ' || kind END], lambda x: x IS NOT NULL) AS reasons
FROM joined ORDER BY place`

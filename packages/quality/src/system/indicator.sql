-- The roll-up contract: one row for every indicator and every unit with two or more below it.

CREATE VIEW whole_system.indicator AS
WITH unit AS MATERIALIZED (FROM whole_system.unit_full),
level AS MATERIALIZED (FROM whole_system.level),
broken_down AS (SELECT DISTINCT indicator FROM current.equity_stratum),
grown AS MATERIALIZED (
  SELECT indicator, parent, count(*) FILTER (hidden)::INTEGER AS hidden_units, sum(hidden_periods)::INTEGER AS hidden_points,
    count(funnel_z)::INTEGER AS funnel_units, count(outside)::INTEGER AS outside, count(outlier)::INTEGER AS outliers, any_value(phi) AS phi
  FROM unit GROUP BY indicator, parent
),
listed AS MATERIALIZED (
  SELECT indicator, parent, any_value(tau2) AS tau2, list_sum(list_sort(list(reliability))) / count(reliability) AS reliability,
    list_sort(list({'y': y, 'w': 1 / v})) AS l
  FROM unit WHERE v > 0 GROUP BY indicator, parent HAVING count(*) > 1
),
centred AS (SELECT *, list_sum(list_transform(l, lambda r: r.y * r.w)) / list_sum(list_transform(l, lambda r: r.w)) AS mean FROM listed),
spread AS MATERIALIZED (
  SELECT indicator, parent, tau2, reliability,
    coalesce(greatest(0, 1 - (len(l) - 1) / nullif(list_sum(list_transform(l, lambda r: r.w * pow(r.y - mean, 2))), 0)), 0) AS i2
  FROM centred
),
missing AS MATERIALIZED (
  SELECT indicator, coalesce(parent, '') AS parent, count(*)::INTEGER AS units,
    list(reason ORDER BY reason) AS reasons
  FROM whole_system.missing GROUP BY ALL
),
end_of AS MATERIALIZED (
  SELECT indicator, parent, any_value(ranked_units) AS ranked,
    arg_min({'unit': unit, 'value': shrunken, 'low': shrunken_low, 'high': shrunken_high}, {'r': rank_low + rank_high, 'u': unit}) AS best,
    arg_max({'unit': unit, 'value': shrunken, 'low': shrunken_low, 'high': shrunken_high}, {'r': rank_low + rank_high, 'u': unit}) AS worst,
    max(rank_low) > min(rank_high) AS apart
  FROM unit WHERE ranked_units IS NOT NULL GROUP BY indicator, parent
),
gap AS MATERIALIZED (
  SELECT indicator, coalesce(parent, '') AS parent, count(*)::INTEGER AS gaps,
    any_value({'dimension': dimension, 'kind': kind, 'group': "group", 'reference': reference, 'difference': difference, 'low': low, 'high': high, 'ratio': ratio, 'q': q})
      FILTER (largest) AS largest
  FROM whole_system.equity GROUP BY ALL
),
balance AS MATERIALIZED (
  SELECT indicator, parent, list({'measure': measure, 'verdict': verdict, 'judged': judged, 'slipping': slipping, 'by_luck': by_luck} ORDER BY measure) AS measures
  FROM whole_system.balance GROUP BY ALL
),
reversed AS MATERIALIZED (
  SELECT indicator, coalesce(parent, '') AS parent, list(comparison || ', by ' || parts ORDER BY comparison, parts) AS comparisons
  FROM whole_system.simpson WHERE reversed GROUP BY ALL
)
SELECT g.indicator, d.measure, d.title, d.standard, nullif(g.parent, '') AS parent, coalesce(u.name, 'everything') AS parent_name, d.unit, d.direction, d.target, d.scale,
  d.last_period AS period, now.value, now.low, now.high, CASE WHEN NOT d.is_ratio THEN now.numerator END AS total, coalesce(now.units, 0) AS units,
  coalesce(x.units, 0) AS missing_units, coalesce(x.reasons, []) AS missing_reasons, g.hidden_units, g.hidden_points,
  d.first_period AS pooled_from, d.periods AS pooled_periods, pooled.value AS pooled_value, pooled.low AS pooled_low, pooled.high AS pooled_high, coalesce(pooled.units, 0) AS pooled_units,
  s.tau2, s.i2, s.reliability, g.phi, g.funnel_units, g.outside, g.outliers,
  r.judged, r.slipping, r.improving, r.changed, r.by_luck, r.measured AS by_luck_charts, r.p AS luck_p, r.stands_out, r.autocorrelated,
  CASE WHEN e.apart THEN e.worst END AS worst, CASE WHEN e.apart THEN e.best END AS best, e.ranked AS ranked_units,
  CASE WHEN e.apart THEN 'told apart' WHEN e.ranked IS NOT NULL THEN 'cannot be told apart'
    WHEN d.direction = 'neutral' THEN 'not ranked: no direction is better' WHEN s.reliability IS NULL THEN 'cannot be told apart: how far units vary by chance is not known'
    ELSE 'cannot be told apart: the reliability of the figures is below .70' END AS comparison,
  q.largest AS largest_gap,
  CASE WHEN q.largest IS NOT NULL THEN 'a gap can be told apart' WHEN q.gaps IS NOT NULL THEN 'no gap can be told apart'
    WHEN NOT d.is_ratio THEN 'not known: the measure has no denominator'
    WHEN t.indicator IS NULL THEN 'not known: no breakdown is declared'
    ELSE 'not known: fewer than two groups of the declared breakdown show figures' END AS equity,
  coalesce(b.measures, []) AS balancing,
  CASE WHEN len(d.balancing) = 0 THEN 'none declared' WHEN list_contains(list_transform(b.measures, lambda m: m.verdict), 'worse') THEN 'worse'
    WHEN list_contains(list_transform(b.measures, lambda m: m.verdict), 'changed') THEN 'changed'
    WHEN list_contains(list_transform(b.measures, lambda m: m.verdict), 'no harm seen') THEN 'no harm seen' ELSE 'not known' END AS balance,
  coalesce(v.comparisons, []) AS reversed, d.events
FROM grown g
JOIN whole_system.due d ON d.indicator = g.indicator
LEFT JOIN plimsoll.microsystem u ON u.id = g.parent
LEFT JOIN level now ON now.latest AND now.indicator = g.indicator AND now.parent = g.parent
LEFT JOIN level pooled ON NOT pooled.latest AND pooled.indicator = g.indicator AND pooled.parent = g.parent
LEFT JOIN spread s ON s.indicator = g.indicator AND s.parent = g.parent
LEFT JOIN whole_system.surprise r ON r.measure = d.measure AND r.parent = g.parent
LEFT JOIN missing x ON x.indicator = g.indicator AND x.parent = g.parent
LEFT JOIN end_of e ON e.indicator = g.indicator AND e.parent = g.parent
LEFT JOIN broken_down t ON t.indicator = g.indicator
LEFT JOIN gap q ON q.indicator = g.indicator AND q.parent = g.parent
LEFT JOIN balance b ON b.indicator = g.indicator AND b.parent = g.parent
LEFT JOIN reversed v ON v.indicator = g.indicator AND v.parent = g.parent;
COMMENT ON VIEW whole_system.indicator IS 'One row for every indicator and every unit with two or more units below it that have the measure: the figure, and what it hides.';
COMMENT ON COLUMN whole_system.indicator.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.indicator.measure IS 'Its measure.';
COMMENT ON COLUMN whole_system.indicator.title IS 'The name for people.';
COMMENT ON COLUMN whole_system.indicator.standard IS 'The standard, or group of an assurance report, that it belongs to.';
COMMENT ON COLUMN whole_system.indicator.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.indicator.parent_name IS 'Its name.';
COMMENT ON COLUMN whole_system.indicator.unit IS 'The unit of the value; % means a share between 0 and 1.';
COMMENT ON COLUMN whole_system.indicator.direction IS 'Which way is better: up, down or neutral.';
COMMENT ON COLUMN whole_system.indicator.target IS 'The target of the measure.';
COMMENT ON COLUMN whole_system.indicator.scale IS 'How units vary by chance: share, rate, observed-expected or value.';
COMMENT ON COLUMN whole_system.indicator.period IS 'The latest complete period.';
COMMENT ON COLUMN whole_system.indicator.value IS 'The figure of that period over the units that show one: ratio of sums, or the mean of the units where there is no denominator.';
COMMENT ON COLUMN whole_system.indicator.low IS 'The lower end of its 95 % interval: cluster-robust by unit, t with units - 1 degrees of freedom.';
COMMENT ON COLUMN whole_system.indicator.high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.indicator.total IS 'Where there is no denominator: the sum over the units that show a figure.';
COMMENT ON COLUMN whole_system.indicator.units IS 'How many units show a figure for that period.';
COMMENT ON COLUMN whole_system.indicator.missing_units IS 'How many do not; each with its reason in whole_system.missing.';
COMMENT ON COLUMN whole_system.indicator.missing_reasons IS 'The reason of each.';
COMMENT ON COLUMN whole_system.indicator.hidden_units IS 'How many of those are hidden for small counts, in no total.';
COMMENT ON COLUMN whole_system.indicator.hidden_points IS 'Hidden points of all units among the pooled periods, in no total.';
COMMENT ON COLUMN whole_system.indicator.pooled_from IS 'The first of the pooled periods, over which units are compared.';
COMMENT ON COLUMN whole_system.indicator.pooled_periods IS 'How many periods are pooled.';
COMMENT ON COLUMN whole_system.indicator.pooled_value IS 'The figure over those periods.';
COMMENT ON COLUMN whole_system.indicator.pooled_low IS 'The lower end of its 95 % interval.';
COMMENT ON COLUMN whole_system.indicator.pooled_high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.indicator.pooled_units IS 'How many units show a figure in those periods.';
COMMENT ON COLUMN whole_system.indicator.tau2 IS 'The variance between units beyond chance: of logits (share), logarithms (rate, observed-expected) or figures (value).';
COMMENT ON COLUMN whole_system.indicator.i2 IS 'The share of the variation among units that is not chance, 0 to 1.';
COMMENT ON COLUMN whole_system.indicator.reliability IS 'The mean share of a unit''s distance from the others that is not chance: what ICC(2) is for means. Below .70 nobody is ranked.';
COMMENT ON COLUMN whole_system.indicator.phi IS 'How much more units vary than chance, in the funnel.';
COMMENT ON COLUMN whole_system.indicator.funnel_units IS 'Units in the funnel.';
COMMENT ON COLUMN whole_system.indicator.outside IS 'Units beyond the 99.8 % limits of chance alone; one in 500 would be by luck.';
COMMENT ON COLUMN whole_system.indicator.outliers IS 'Units beyond the limits with the adjustment for overdispersion: unlike the others even so.';
COMMENT ON COLUMN whole_system.indicator.judged IS 'Units whose chart has enough points to be judged.';
COMMENT ON COLUMN whole_system.indicator.slipping IS 'Of those, with a special cause in the direction of concern now.';
COMMENT ON COLUMN whole_system.indicator.improving IS 'Of those, with one in the direction of improvement now.';
COMMENT ON COLUMN whole_system.indicator.changed IS 'Of those, with one that is neither.';
COMMENT ON COLUMN whole_system.indicator.by_luck IS 'How many would be slipping (without direction: changed) if all charts were steady: the sum of the simulated rates.';
COMMENT ON COLUMN whole_system.indicator.by_luck_charts IS 'Over how many charts that sum is.';
COMMENT ON COLUMN whole_system.indicator.luck_p IS 'How often luck alone would make so many, or more (Poisson).';
COMMENT ON COLUMN whole_system.indicator.stands_out IS 'Charts that stand out among all charts of the project (Benjamini-Hochberg, q at most .05).';
COMMENT ON COLUMN whole_system.indicator.autocorrelated IS 'Judged charts whose baseline is autocorrelated: more false signals than by_luck are likely.';
COMMENT ON COLUMN whole_system.indicator.worst IS 'The unit at the worse end, its shrunken figure and interval; null unless told apart.';
COMMENT ON COLUMN whole_system.indicator.best IS 'The unit at the better end; null unless told apart.';
COMMENT ON COLUMN whole_system.indicator.ranked_units IS 'How many units have a rank interval; null: nobody is ranked.';
COMMENT ON COLUMN whole_system.indicator.comparison IS 'told apart, cannot be told apart (with the reason), or not ranked.';
COMMENT ON COLUMN whole_system.indicator.largest_gap IS 'The largest gap between groups among those with q below .05.';
COMMENT ON COLUMN whole_system.indicator.equity IS 'Whether a gap can be told apart, or why that is not known.';
COMMENT ON COLUMN whole_system.indicator.balancing IS 'Each balancing measure with its verdict: worse, changed, no harm seen, not judged, cannot tell or unknown measure.';
COMMENT ON COLUMN whole_system.indicator.balance IS 'The verdict over all of them.';
COMMENT ON COLUMN whole_system.indicator.reversed IS 'Comparisons in which the whole goes one way and most of its parts the other (Simpson''s paradox).';
COMMENT ON COLUMN whole_system.indicator.events IS 'The events that declare the indicator; what a figure is made of: plimsoll trace.';

CREATE VIEW whole_system.refused AS
SELECT 'indicator' AS kind, g.indicator AS id,
  CASE WHEN m.id IS NULL THEN 'there is no measure "' || g.measure || '"' WHEN m.class = 'team-only' THEN 'its measure is for its own teams alone'
    WHEN g.scale NOT IN ('auto', 'value') AND m.denominator IS NULL THEN 'its measure has no denominator, so the scale "' || g.scale || '" does not fit'
    ELSE 'no two units below one above show figures' END AS reason
FROM whole_system.given g LEFT JOIN plimsoll.measure m ON m.id = g.measure
LEFT JOIN (SELECT DISTINCT indicator FROM whole_system.member) x ON x.indicator = g.indicator
WHERE m.id IS NULL OR m.class = 'team-only' OR (g.scale NOT IN ('auto', 'value') AND m.denominator IS NULL)
  OR x.indicator IS NULL
UNION ALL
SELECT 'equity-stratum', e.indicator || ' ' || e.dimension,
  CASE WHEN g.indicator IS NULL THEN 'there is no such indicator' ELSE 'the reference group is none of its groups' END
FROM current.equity_stratum e LEFT JOIN whole_system.given g ON g.indicator = e.indicator
WHERE g.indicator IS NULL OR NOT list_contains(e.groups::JSON::VARCHAR[], coalesce(e.reference, (e.groups::JSON::VARCHAR[])[-1]))
UNION ALL
SELECT 'composite', composite, reason FROM whole_system.composite_withheld;
COMMENT ON VIEW whole_system.refused IS 'What is declared and cannot be computed, and why.';
COMMENT ON COLUMN whole_system.refused.kind IS 'indicator, equity-stratum or composite.';
COMMENT ON COLUMN whole_system.refused.id IS 'Its id; for a breakdown that of the indicator, and the dimension.';
COMMENT ON COLUMN whole_system.refused.reason IS 'Why.';

-- Whether a need is met: by figures and by words. Follows the rules 14 and 15 of README.md.

-- Where each series stands: runs that include its latest judged point, and signals that are open.
CREATE VIEW codesign.move AS
WITH run AS (
  SELECT measure, microsystem, side, variation, first_period FROM plimsoll.special_cause WHERE active AND stratum IS NULL AND rule <> 'silence'
  UNION ALL
  SELECT measure, microsystem, side, variation, first_period FROM plimsoll.signal
  WHERE state IN ('opened', 'acknowledged', 'explained') AND stratum IS NULL AND rule <> 'silence' AND NOT contains(rule, '/')),
moved AS (
  SELECT measure, microsystem, bool_or(variation = 'improvement') AS better, bool_or(variation = 'concern') AS worse,
    bool_or(variation = 'improvement' OR (variation = 'changed' AND side = 'low')) AS low,
    bool_or(variation = 'concern' OR (variation = 'changed' AND side = 'high')) AS high, min(first_period) AS since
  FROM run GROUP BY measure, microsystem)
SELECT s.measure, s.microsystem, coalesce(m.better, false) AS better, coalesce(m.worse, false) AS worse, coalesce(m.low, false) AS low,
  coalesce(m.high, false) AS high, m.since, s.status NOT IN ('not-judged', 'unjudged') AS judged
FROM plimsoll.series s LEFT JOIN moved m USING (measure, microsystem) WHERE s.stratum IS NULL;

CREATE VIEW codesign.theme_measure AS
SELECT id AS theme, title, unnest(from_json(measures, '["VARCHAR"]')) AS measure, 'theme/' || _partition || '/' || _offset AS event FROM current.theme;

CREATE VIEW codesign.theme AS
WITH latest AS (SELECT max(quarter) AS quarter FROM codesign.story_figure),
pair AS (
  SELECT c.microsystem, c.theme FROM codesign.story_count c SEMI JOIN latest l ON l.quarter = c.quarter
  UNION
  SELECT m.microsystem, t.id FROM codesign.move m JOIN current.theme t ON m.measure = 'theme-' || t.id)
SELECT p.microsystem, p.theme, t.title, l.quarter, CASE WHEN c.theme IS NULL THEN 0 ELSE c.stories END AS stories, coalesce(c.hidden, false) AS hidden,
  CASE WHEN w.measure IS NULL THEN 'no-figures' WHEN NOT w.judged THEN 'not-judged' WHEN w.low AND w.high THEN 'both' WHEN w.low THEN 'fell'
    WHEN w.high THEN 'rose' ELSE 'no-run' END AS words_move,
  x.measure, CASE WHEN x.measure IS NULL THEN NULL WHEN f.measure IS NULL THEN 'no-figures' WHEN NOT f.judged THEN 'not-judged'
    WHEN f.better AND f.worse THEN 'both' WHEN f.better THEN 'improved' WHEN f.worse THEN 'worsened' WHEN f.since IS NOT NULL THEN 'changed'
    ELSE 'no-run' END AS figures_move,
  list_sort(list_concat(coalesce(c.events, []), CASE WHEN x.event IS NULL THEN [] ELSE [x.event] END)) AS events
FROM pair p CROSS JOIN latest l
LEFT JOIN current.theme t ON t.id = p.theme
LEFT JOIN codesign.story_count c ON c.microsystem = p.microsystem AND c.theme = p.theme AND c.quarter = l.quarter
LEFT JOIN codesign.move w ON w.microsystem = p.microsystem AND w.measure = 'theme-' || p.theme
LEFT JOIN codesign.theme_measure x ON x.theme = p.theme
LEFT JOIN codesign.move f ON f.microsystem = p.microsystem AND f.measure = x.measure;
COMMENT ON VIEW codesign.theme IS 'Stories by theme beside the chart of the theme and the measures that speak of the same.';
COMMENT ON COLUMN codesign.theme.microsystem IS 'The unit.';
COMMENT ON COLUMN codesign.theme.theme IS 'The theme.';
COMMENT ON COLUMN codesign.theme.title IS 'Its name for people; null: nobody has declared it.';
COMMENT ON COLUMN codesign.theme.quarter IS 'The first day of the latest quarter with stories; null: there are none.';
COMMENT ON COLUMN codesign.theme.stories IS 'Stories of that quarter, as in codesign.story_count; null: hidden.';
COMMENT ON COLUMN codesign.theme.hidden IS 'Whether their number is hidden.';
COMMENT ON COLUMN codesign.theme.words_move IS 'What the chart theme-<id> shows now: fell, rose, both, no-run, not-judged or no-figures.';
COMMENT ON COLUMN codesign.theme.measure IS 'A measure that the theme is mapped to; null: none is.';
COMMENT ON COLUMN codesign.theme.figures_move IS 'What its chart shows now: improved, worsened, both, changed, no-run, not-judged or no-figures.';
COMMENT ON COLUMN codesign.theme.events IS 'The events of the listed stories and of the theme: stream/partition/offset.';

CREATE VIEW codesign.need_met AS
WITH goal_measure AS (
  SELECT l.serves AS goal, m.measure, m.events || [l.event] AS events FROM vision.link l
  JOIN vision.node m ON m.id = l.node AND m.kind = 'measure' WHERE l.link_state = 'holds' AND l.serves_kind = 'goal'),
goal_theme AS (SELECT g.goal, t.theme, t.event FROM goal_measure g JOIN codesign.theme_measure t USING (measure)),
place AS (
  SELECT n.need, n.goal, n.goal_owner AS microsystem FROM vision.need n WHERE n.goal_owner IS NOT NULL
  UNION
  SELECT n.need, n.goal, v.microsystem FROM vision.need n JOIN goal_measure g ON g.goal = n.goal JOIN codesign.move v ON v.measure = g.measure
  WHERE n.goal_owner IS NULL),
figures AS (
  SELECT g.goal, v.microsystem, bool_or(v.better) AND NOT bool_or(v.worse) AS improved, bool_or(v.judged) AS judged, min(v.since) FILTER (v.better) AS since
  FROM goal_measure g JOIN codesign.move v ON v.measure = g.measure GROUP BY g.goal, v.microsystem),
told AS (
  SELECT g.goal, v.microsystem, bool_or(v.low) AND NOT bool_or(v.high) AS fell, bool_or(v.judged) AS judged, min(v.since) FILTER (v.low) AS since
  FROM (SELECT DISTINCT goal, theme FROM goal_theme) g JOIN codesign.move v ON v.measure = 'theme-' || g.theme GROUP BY g.goal, v.microsystem),
joined AS (
  SELECT n.need, n.title, n.goal, p.microsystem,
    (SELECT list_sort(list_distinct(list(g.measure))) FROM goal_measure g WHERE g.goal = n.goal) AS measures,
    (SELECT list_sort(list_distinct(list(t.theme))) FROM goal_theme t WHERE t.goal = n.goal) AS themes,
    coalesce(f.improved, false) AS improved, coalesce(f.judged, false) AS figures_judged, f.since AS improved_since,
    coalesce(t.fell, false) AS fell, coalesce(t.judged, false) AS words_judged, t.since AS fell_since,
    list_concat(n.events, coalesce((SELECT flatten(list(g.events)) FROM goal_measure g WHERE g.goal = n.goal), []),
      coalesce((SELECT list(x.event) FROM goal_theme x WHERE x.goal = n.goal), [])) AS events
  FROM vision.need n LEFT JOIN place p ON p.need = n.need AND p.goal = n.goal
  LEFT JOIN figures f ON f.goal = n.goal AND f.microsystem = p.microsystem
  LEFT JOIN told t ON t.goal = n.goal AND t.microsystem = p.microsystem),
judged AS (
  SELECT *, CASE WHEN goal IS NULL THEN 'no-goal' WHEN measures IS NULL THEN 'no-measure' WHEN themes IS NULL THEN 'no-theme'
    WHEN improved AND fell THEN 'met' WHEN improved THEN 'words-missing' WHEN fell THEN 'figures-missing' ELSE 'both-missing' END AS verdict
  FROM joined)
SELECT need, title, goal, microsystem, verdict = 'met' AS met, verdict, coalesce(measures, []) AS measures, coalesce(themes, []) AS themes,
  improved, CASE WHEN improved THEN improved_since END AS improved_since, fell, CASE WHEN fell THEN fell_since END AS fell_since,
  CASE verdict WHEN 'no-goal' THEN 'no goal answers it' WHEN 'no-measure' THEN 'its goal has no measure'
    WHEN 'no-theme' THEN 'no theme speaks of the measures of its goal'
    WHEN 'met' THEN 'the measure of its goal has improved, and people speak of it less'
    ELSE CASE WHEN improved THEN 'the measure of its goal has improved' WHEN figures_judged THEN 'the measure of its goal has not improved'
        ELSE 'the measure of its goal cannot be judged yet' END || CASE WHEN improved = fell THEN ', and ' ELSE ', but ' END
      || CASE WHEN fell THEN 'people speak of it less' WHEN words_judged THEN 'people do not speak of it less'
        ELSE 'what people say of it cannot be judged yet' END END AS words,
  list_sort(list_distinct(events)) AS events
FROM judged;
COMMENT ON VIEW codesign.need_met IS 'Whether each need is met: the measure of a goal that answers it has improved by the rules of its chart, and the theme that speaks of that measure has fallen by those of its own.';
COMMENT ON COLUMN codesign.need_met.need IS 'The need.';
COMMENT ON COLUMN codesign.need_met.title IS 'What it is.';
COMMENT ON COLUMN codesign.need_met.goal IS 'A goal that answers it; null: none does.';
COMMENT ON COLUMN codesign.need_met.microsystem IS 'The unit: the goal''s own, or each that has figures of its measures where it is nobody''s. Null: none.';
COMMENT ON COLUMN codesign.need_met.met IS 'Whether both are there.';
COMMENT ON COLUMN codesign.need_met.verdict IS 'met, figures-missing, words-missing, both-missing, no-goal, no-measure or no-theme.';
COMMENT ON COLUMN codesign.need_met.measures IS 'The measures that serve the goal.';
COMMENT ON COLUMN codesign.need_met.themes IS 'The themes that are mapped to them.';
COMMENT ON COLUMN codesign.need_met.improved IS 'Whether one of the measures shows a run for the better now, and none one for the worse.';
COMMENT ON COLUMN codesign.need_met.improved_since IS 'The first period of that run.';
COMMENT ON COLUMN codesign.need_met.fell IS 'Whether one of the themes shows a run for the better, or on the low side, now, and none one the other way.';
COMMENT ON COLUMN codesign.need_met.fell_since IS 'The first period of that run.';
COMMENT ON COLUMN codesign.need_met.words IS 'What is there and what is missing, in words.';
COMMENT ON COLUMN codesign.need_met.events IS 'The events that say need, goal, measures and themes: stream/partition/offset. Those of the figures are behind the measures.';

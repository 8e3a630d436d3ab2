-- One page: what will be done and why, what will not, and what does not hold together.

-- What the interventions on an issue are expected to avoid together: each acts on what the others leave.
CREATE VIEW planning.impact AS
WITH acted AS (
  SELECT issue, list(intervention ORDER BY intervention) AS interventions, list_aggregate(list(1 - effect ORDER BY intervention), 'product') AS rest,
    list({e: effect, s: (effect_high - effect_low) / 3.919927969080108e0} ORDER BY intervention) AS effects, flatten(list(events)) AS events
  FROM planning.intervention WHERE effect IS NOT NULL GROUP BY issue),
summed AS (
  SELECT *, 1 - rest AS effect, rest * sqrt(list_sum(list_transform(effects, lambda one: pow(one.s / (1 - one.e), 2)))) AS se FROM acted)
SELECT b.issue, s.interventions, b.burden, b.standard, s.effect, b.burden * s.effect AS avoided,
  CASE WHEN b.se IS NOT NULL THEN greatest(0, b.burden * s.effect - 1.959963984540054e0 * planning.product_error(b.burden, b.se, s.effect, s.se)) END AS avoided_low,
  CASE WHEN b.se IS NOT NULL THEN b.burden * s.effect + 1.959963984540054e0 * planning.product_error(b.burden, b.se, s.effect, s.se) END AS avoided_high,
  list_sort(list_distinct(list_concat(b.events, s.events))) AS events
FROM summed s JOIN planning.burden b ON b.issue = s.issue WHERE b.burden IS NOT NULL;
COMMENT ON VIEW planning.impact IS 'Cases a year that the interventions on each open issue are expected to avoid together, each acting on what the others leave. Never added over issues: cases of two measures are not the same.';
COMMENT ON COLUMN planning.impact.issue IS 'The issue.';
COMMENT ON COLUMN planning.impact.interventions IS 'Its interventions with an expected effect.';
COMMENT ON COLUMN planning.impact.burden IS 'Cases a year, as in planning.burden.';
COMMENT ON COLUMN planning.impact.standard IS 'What they are cases more than: target, best-fifth or declared.';
COMMENT ON COLUMN planning.impact.effect IS 'The share of it that they are expected to take away.';
COMMENT ON COLUMN planning.impact.avoided IS 'burden × effect.';
COMMENT ON COLUMN planning.impact.avoided_low IS 'The lower end of its 95 % interval: the error of a product of two independent figures (Goodman 1960). Null where the burden has no interval.';
COMMENT ON COLUMN planning.impact.avoided_high IS 'The upper end.';
COMMENT ON COLUMN planning.impact.events IS 'The events of issue, interventions and factors: stream/partition/offset.';

CREATE VIEW planning.plan AS
WITH factor AS (SELECT issue, array_to_string(list(factor ORDER BY len(signals) DESC, factor), ', ') AS factors, flatten(list(events)) AS events FROM planning.factor GROUP BY issue),
voiced AS (SELECT id AS issue, unnest(from_json(needs, '["VARCHAR"]')) AS need FROM planning.open_issue),
needed AS (SELECT v.issue, array_to_string(list(n.title ORDER BY n.need), '; ') AS needs, flatten(list(n.events)) AS events FROM voiced v JOIN planning.need n ON n.need = v.need AND n.status = 'active' GROUP BY v.issue),
taken AS (
  SELECT x.issue, list_sort(list(g.goal)) AS goals, flatten(list(g.events)) AS events
  FROM (SELECT id, unnest(from_json(issues, '["VARCHAR"]')) AS issue FROM current.goal) x JOIN planning.goal g ON g.goal = x.id AND g.status = 'active' GROUP BY x.issue),
tried AS (SELECT issue, array_to_string(list(title ORDER BY intervention), '; ') AS titles, flatten(list(events)) AS events FROM planning.intervention GROUP BY issue),
line AS (
  SELECT 'do' AS section, p.place, 'issue' AS kind, p.issue AS id, p.title, p.microsystem,
    'Score ' || planning.told(p.score, '') || ', among the first three in ' || planning.told(p.top_three_share, '%') || ' of draws'
      || CASE WHEN len(p.ties) > 0 THEN '; a tie with ' || array_to_string(p.ties, ', ') ELSE '' END || '. ' || planning.told(p.burden, '') || ' cases a year '
      || CASE b.standard WHEN 'target' THEN 'more than at the target' WHEN 'best-fifth' THEN 'more than the best fifth of units would have' ELSE 'as declared' END
      || CASE WHEN b.low IS NULL THEN '' ELSE ' (' || planning.told(b.low, '') || ' to ' || planning.told(b.high, '') || ')' END || '.'
      || coalesce(' Needed: ' || n.needs || '.', ' It answers no need.') || coalesce(' Contributory factors: ' || f.factors || '.', ' Nobody has said what contributes to it.')
      || coalesce(' To be done: ' || w.titles || '.', ' Nobody has said what to do.')
      || coalesce(' Goals: ' || array_to_string(t.goals, ', ') || '.', ' No goal takes it up.') AS words,
    i.avoided, i.avoided_low, i.avoided_high,
    list_concat(p.events, coalesce(i.events, []), coalesce(w.events, []), coalesce(f.events, []), coalesce(n.events, []), coalesce(t.events, [])) AS events
  FROM planning.priority p JOIN planning.burden b ON b.issue = p.issue LEFT JOIN planning.impact i ON i.issue = p.issue
  LEFT JOIN factor f ON f.issue = p.issue LEFT JOIN tried w ON w.issue = p.issue LEFT JOIN needed n ON n.issue = p.issue LEFT JOIN taken t ON t.issue = p.issue
  WHERE p.chosen
  UNION ALL
  SELECT 'goal', row_number() OVER (ORDER BY due, goal), 'goal', goal, title, microsystem, words, avoided, avoided_low, avoided_high, events FROM planning.goal WHERE status = 'active' AND supported
  UNION ALL
  SELECT 'not', row_number() OVER (ORDER BY score DESC NULLS LAST, issue), 'issue', issue, title, microsystem, reason, NULL, NULL, NULL, events FROM planning.priority WHERE NOT chosen
  UNION ALL
  SELECT 'mind', 1, 'goal', goal, title, microsystem, 'Unsupported: ' || array_to_string(list_transform(reasons, lambda one: CASE one
      WHEN 'no-need' THEN 'it answers no need that is known' WHEN 'no-baseline' THEN 'it has no baseline' WHEN 'unknown-measure' THEN 'nobody has told of its measure'
      ELSE 'its baseline has too few figures, or none that may be told' END), '; ') || '.', NULL, NULL, NULL, events
  FROM planning.goal WHERE status = 'active' AND NOT supported
  UNION ALL
  SELECT 'mind', 2, 'goal', goal, title, microsystem, CASE flag WHEN 'no-better' THEN 'The target is no better than the baseline.' WHEN 'past-due' THEN 'Its day is over.'
    ELSE 'Its baseline has fewer than 12 figures: no later change could be credited.' END, NULL, NULL, NULL, events
  FROM (SELECT *, unnest(flags) AS flag FROM planning.goal WHERE status = 'active' AND supported)
  UNION ALL
  SELECT 'mind', 3, 'goal', o.goal, g.title, o.microsystem, CASE o.kind WHEN 'duplicate' THEN 'Duplicate of ' ELSE 'In conflict with ' END || o.other || ': ' || o.words || '.', NULL, NULL, NULL, o.events
  FROM planning.goal_overlap o JOIN planning.goal g ON g.goal = o.goal
  UNION ALL
  SELECT 'mind', 4, 'need', need, title, microsystem, 'No goal answers it: ' || words || '.', NULL, NULL, NULL, events FROM planning.need WHERE status = 'active' AND goals = 0
  UNION ALL
  SELECT 'mind', 5, 'issue', p.issue, p.title, p.microsystem, 'In the plan, and cannot be told apart from ' || t.issue || ', which is not.', NULL, NULL, NULL, list_concat(p.events, q.events)
  FROM (SELECT issue AS chosen, other AS issue FROM planning.tie WHERE tie UNION ALL SELECT other, issue FROM planning.tie WHERE tie) t
  JOIN planning.priority p ON p.issue = t.chosen AND p.chosen JOIN planning.priority q ON q.issue = t.issue AND NOT q.chosen
  UNION ALL
  SELECT 'mind', 6, 'intervention', v.intervention, v.title, i.microsystem, concat_ws(' ', CASE WHEN v.no_factor THEN 'It acts on no contributory factor of its issue.' END,
    CASE WHEN v.person_only THEN 'It is aimed at persons, and leaves the work as it is.' END), NULL, NULL, NULL, v.events
  FROM planning.intervention v JOIN planning.open_issue i ON i.id = v.issue WHERE v.no_factor OR v.person_only)
SELECT section, row_number() OVER (PARTITION BY section ORDER BY place, id, words) AS position, kind, id, title, microsystem, words, avoided, avoided_low, avoided_high,
  list_sort(list_distinct(events)) AS events
FROM line;
COMMENT ON VIEW planning.plan IS 'The plan on one page: what will be done and why, the goals, what will not be done and why, and what to keep in mind.';
COMMENT ON COLUMN planning.plan.section IS 'do, goal, not or mind.';
COMMENT ON COLUMN planning.plan.position IS 'The place within the section.';
COMMENT ON COLUMN planning.plan.kind IS 'issue, goal, need or intervention.';
COMMENT ON COLUMN planning.plan.id IS 'Its id.';
COMMENT ON COLUMN planning.plan.title IS 'What it says.';
COMMENT ON COLUMN planning.plan.microsystem IS 'The unit.';
COMMENT ON COLUMN planning.plan.words IS 'Why, in plain words.';
COMMENT ON COLUMN planning.plan.avoided IS 'Expected impact, cases a year avoided: of an issue by its interventions (planning.impact), of a goal once its target is reached (planning.goal). The two are not added.';
COMMENT ON COLUMN planning.plan.avoided_low IS 'The lower end of its 95 % interval.';
COMMENT ON COLUMN planning.plan.avoided_high IS 'The upper end.';
COMMENT ON COLUMN planning.plan.events IS 'The events that it rests on: stream/partition/offset. Those of figures are behind the measures.';

CREATE VIEW planning.link AS
WITH goal AS (SELECT g.*, 'goal/' || g._partition || '/' || g._offset AS event FROM current.goal g SEMI JOIN plimsoll.microsystem u ON u.id = g.microsystem),
arrow AS (
  SELECT 'signal' AS cause_kind, x.signal AS cause, 'raised' AS relation, 'issue' AS effect_kind, x.id AS effect, x.day, [x.event] AS events
  FROM (SELECT *, unnest(from_json(signals, '["VARCHAR"]')) AS signal FROM planning.known_issue) x SEMI JOIN plimsoll.signal s ON s.signal = x.signal
  UNION ALL
  SELECT 'response', response, 'explains', 'issue', issue, day, events FROM planning.explained
  UNION ALL
  SELECT 'need', x.need, 'not met because of', 'issue', x.id, x.day, [x.event] FROM (SELECT *, unnest(from_json(needs, '["VARCHAR"]')) AS need FROM planning.known_issue) x SEMI JOIN current.need n ON n.id = x.need
  UNION ALL
  SELECT 'need', x.need, 'answered by', 'goal', x.id, x.day, [x.event] FROM (SELECT * EXCLUDE (needs), unnest(from_json(needs, '["VARCHAR"]')) AS need FROM goal) x SEMI JOIN current.need n ON n.id = x.need
  UNION ALL
  SELECT 'issue', x.issue, 'taken up by', 'goal', x.id, x.day, [x.event] FROM (SELECT *, unnest(from_json(issues, '["VARCHAR"]')) AS issue FROM goal) x SEMI JOIN planning.known_issue i ON i.id = x.issue
  UNION ALL
  SELECT 'insight', x.insight, 'rested on by', 'goal', x.id, x.day, [x.event] FROM (SELECT *, unnest(from_json(insights, '["VARCHAR"]')) AS insight FROM goal) x
  UNION ALL
  SELECT 'issue', v.issue, 'acted on by', 'intervention', v.id, v.day, ['intervention/' || v._partition || '/' || v._offset] FROM current.intervention v SEMI JOIN planning.known_issue i ON i.id = v.issue)
SELECT cause_kind, cause, relation, effect_kind, effect, day, list_sort(list_distinct(events)) AS events FROM arrow;
COMMENT ON VIEW planning.link IS 'What led to what in planning: one row for each arrow, from what came first to what followed from it.';
COMMENT ON COLUMN planning.link.cause_kind IS 'signal, response, need, issue or insight.';
COMMENT ON COLUMN planning.link.cause IS 'The id of what came first.';
COMMENT ON COLUMN planning.link.relation IS 'raised, explains, not met because of, answered by, taken up by, rested on by or acted on by.';
COMMENT ON COLUMN planning.link.effect_kind IS 'issue, goal or intervention.';
COMMENT ON COLUMN planning.link.effect IS 'The id of what followed.';
COMMENT ON COLUMN planning.link.day IS 'The day of what followed; of an explanation, its own.';
COMMENT ON COLUMN planning.link.events IS 'The events that say so: stream/partition/offset.';

CREATE VIEW planning.refused AS
WITH named AS (
  SELECT 'need' AS stream, id, 'is known from something that nobody has told of' AS reason, source AS names, list_filter(events, lambda one: starts_with(one, 'need/'))[1] AS event
  FROM (SELECT need AS id, source, events FROM planning.known_need WHERE NOT known)
  UNION ALL
  SELECT 'issue', i.id, 'names a measure that nobody has told of', i.measure, i._partition::VARCHAR || '/' || i._offset FROM current.issue i ANTI JOIN plimsoll.measure m ON m.id = i.measure WHERE i.measure IS NOT NULL
  UNION ALL
  SELECT 'issue', x.id, 'names a need that nobody has told of', x.need, x.at FROM (SELECT id, unnest(from_json(needs, '["VARCHAR"]')) AS need, _partition || '/' || _offset AS at FROM current.issue) x ANTI JOIN current.need n ON n.id = x.need
  UNION ALL
  SELECT 'issue', x.id, 'names a signal that there is not', x.signal, x.at FROM (SELECT id, unnest(from_json(signals, '["VARCHAR"]')) AS signal, _partition || '/' || _offset AS at FROM current.issue) x ANTI JOIN plimsoll.signal s ON s.signal = x.signal
  UNION ALL
  SELECT 'issue', x.id, 'names a signal of another unit', x.signal, x.at FROM (SELECT id, unnest(from_json(signals, '["VARCHAR"]')) AS signal, _partition || '/' || _offset AS at FROM planning.known_issue) x
    SEMI JOIN plimsoll.signal s ON s.signal = x.signal ANTI JOIN planning.raised r ON r.issue = x.id AND r.signal = x.signal
  UNION ALL
  SELECT 'goal', g.id, 'names a measure that nobody has told of', g.measure, g._partition || '/' || g._offset FROM current.goal g ANTI JOIN plimsoll.measure m ON m.id = g.measure
  UNION ALL
  SELECT 'goal', x.id, 'names a need that nobody has told of', x.need, x.at FROM (SELECT id, unnest(from_json(needs, '["VARCHAR"]')) AS need, _partition || '/' || _offset AS at FROM current.goal) x ANTI JOIN current.need n ON n.id = x.need
  UNION ALL
  SELECT 'goal', x.id, 'names an issue that nobody has told of', x.issue, x.at FROM (SELECT id, unnest(from_json(issues, '["VARCHAR"]')) AS issue, _partition || '/' || _offset AS at FROM current.goal) x ANTI JOIN current.issue i ON i.id = x.issue
  UNION ALL
  SELECT 'contributory-factor', c.factor, 'names an issue that nobody has told of', c.issue, c._partition || '/' || c._offset FROM current.contributory_factor c ANTI JOIN current.issue i ON i.id = c.issue
  UNION ALL
  SELECT 'priority-weight', w.factor, 'names an issue that nobody has told of', w.issue, w._partition || '/' || w._offset FROM current.priority_weight w ANTI JOIN current.issue i ON i.id = w.issue
  UNION ALL
  SELECT 'intervention', v.id, 'names an issue that nobody has told of', v.issue, v._partition || '/' || v._offset FROM current.intervention v ANTI JOIN current.issue i ON i.id = v.issue
  UNION ALL
  SELECT 'intervention', x.id, 'names a factor that is none of its issue', x.factor, x.at FROM (SELECT id, issue, unnest(from_json(factors, '["VARCHAR"]')) AS factor, _partition || '/' || _offset AS at FROM current.intervention) x
    SEMI JOIN planning.known_issue i ON i.id = x.issue ANTI JOIN planning.factor f ON f.issue = x.issue AND f.factor = x.factor)
SELECT stream, id, names, reason, [CASE stream WHEN 'need' THEN event ELSE stream || '/' || event END] AS events FROM named;
COMMENT ON VIEW planning.refused IS 'Names that lead nowhere. What names them stands; that name counts for nothing until somebody tells of it.';
COMMENT ON COLUMN planning.refused.stream IS 'need, issue, goal, contributory-factor, priority-weight or intervention.';
COMMENT ON COLUMN planning.refused.id IS 'The id of the row; of a factor or weight, the factor.';
COMMENT ON COLUMN planning.refused.names IS 'What it names.';
COMMENT ON COLUMN planning.refused.reason IS 'What does not fit.';
COMMENT ON COLUMN planning.refused.events IS 'The event: stream/partition/offset.';

CREATE VIEW planning.unplaced AS
WITH stray AS (
  SELECT 'need' AS stream, id, microsystem, _partition, _offset FROM current.need
  UNION ALL SELECT 'issue', id, microsystem, _partition, _offset FROM current.issue
  UNION ALL SELECT 'goal', id, microsystem, _partition, _offset FROM current.goal)
SELECT s.stream, s.id, s.microsystem, [s.stream || '/' || s._partition || '/' || s._offset] AS events FROM stray s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem;
COMMENT ON VIEW planning.unplaced IS 'Needs, issues and goals of units nobody has told of. They count when the unit arrives.';
COMMENT ON COLUMN planning.unplaced.stream IS 'need, issue or goal.';
COMMENT ON COLUMN planning.unplaced.id IS 'The id.';
COMMENT ON COLUMN planning.unplaced.microsystem IS 'The unknown unit.';
COMMENT ON COLUMN planning.unplaced.events IS 'The event: stream/partition/offset.';

CREATE VIEW planning.setting AS
SELECT id, value, title, ['planning-setting/' || _partition || '/' || _offset] AS events FROM current.planning_setting;
COMMENT ON VIEW planning.setting IS 'What is set.';
COMMENT ON COLUMN planning.setting.id IS 'capacity, months or tie.';
COMMENT ON COLUMN planning.setting.value IS 'To what.';
COMMENT ON COLUMN planning.setting.title IS 'What it means.';
COMMENT ON COLUMN planning.setting.events IS 'The event: stream/partition/offset.';

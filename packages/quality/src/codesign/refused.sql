-- What does not fit, and therefore counts for nothing. Follows the rule 16 of README.md.

CREATE VIEW codesign.refused AS
WITH participant AS (
  SELECT p.*, 'engagement-participants/' || p._partition || '/' || p._offset AS event FROM current.engagement_participants p),
unit AS (
  SELECT 'engagement' AS stream, id, microsystem, 'engagement/' || _partition || '/' || _offset AS event FROM current.engagement
  UNION ALL SELECT 'decision', id, microsystem, 'decision/' || _partition || '/' || _offset FROM current.decision
  UNION ALL SELECT 'said-and-done', id, microsystem, 'said-and-done/' || _partition || '/' || _offset FROM current.said_and_done
  -- Of a story nothing is told here: it need not be one that may be used. One event stands for all.
  UNION ALL SELECT 'story-fact', NULL, microsystem, min('story-fact/' || _partition || '/' || _offset) FROM current.story_fact GROUP BY microsystem),
about AS (
  SELECT 'engagement' AS stream, id, subject_kind, subject, 'engagement/' || _partition || '/' || _offset AS event FROM current.engagement
  UNION ALL SELECT 'decision', id, subject_kind, subject, 'decision/' || _partition || '/' || _offset FROM current.decision),
rests AS (
  SELECT id, day, unnest(from_json(contributions, '["VARCHAR"]')) AS contribution, 'decision/' || _partition || '/' || _offset AS event FROM current.decision),
themed AS (
  SELECT 'said-and-done' AS stream, id, theme, 'said-and-done/' || _partition || '/' || _offset AS event FROM current.said_and_done
  UNION ALL
  SELECT 'story-fact', NULL, theme, min(event) FROM (
    SELECT unnest(from_json(themes, '["VARCHAR"]')) AS theme, 'story-fact/' || _partition || '/' || _offset AS event FROM current.story_fact) GROUP BY theme),
by_dimension AS (
  SELECT engagement, capacity, dimension, sum(people) AS people, list(event) AS events FROM participant GROUP BY engagement, capacity, dimension),
found AS (
  SELECT stream, id, 'unknown-unit' AS reason, [microsystem] AS names, [event] AS events FROM unit u
  ANTI JOIN plimsoll.microsystem m ON m.id = u.microsystem
  UNION ALL
  SELECT stream, id, 'unknown-subject', [subject_kind || ' ' || subject], [event] FROM about a
  ANTI JOIN codesign.subject s ON s.kind = a.subject_kind AND s.id = a.subject
  UNION ALL
  SELECT 'engagement-participants', p.engagement, 'unknown-engagement', [p.engagement], list(p.event) FROM participant p
  ANTI JOIN current.engagement e ON e.id = p.engagement GROUP BY p.engagement
  UNION ALL
  SELECT 'codesign-contribution', c.engagement, 'unknown-engagement', [c.engagement], [min('codesign-contribution/' || c._partition || '/' || c._offset)]
  FROM current.codesign_contribution c ANTI JOIN current.engagement e ON e.id = c.engagement GROUP BY c.engagement
  UNION ALL
  -- Not which: their number would tell how many people were heard, where the decision is known before they are.
  SELECT 'decision', r.id, 'unknown-contribution', [], [r.event] FROM rests r
  ANTI JOIN current.codesign_contribution c ON c.id = r.contribution GROUP BY r.id, r.event
  UNION ALL
  SELECT 'decision', r.id, 'contribution-came-later', [], [r.event] FROM rests r
  JOIN current.codesign_contribution c ON c.id = r.contribution AND c.day > r.day GROUP BY r.id, r.event
  UNION ALL
  SELECT 'engagement-participants', p.engagement, 'unknown-group', list_sort(list_distinct(list(p.dimension || ' ' || p."group"))), list(p.event)
  FROM participant p ANTI JOIN current.population g ON g.dimension = p.dimension AND g."group" = p."group"
  WHERE p.dimension <> 'whole' GROUP BY p.engagement
  UNION ALL
  SELECT 'engagement-participants', g.engagement, 'groups-exceed-whole', [g.capacity, g.dimension], list_concat(g.events, w.events)
  FROM by_dimension g JOIN by_dimension w ON w.engagement = g.engagement AND w.capacity = g.capacity AND w.dimension = 'whole' AND g.people > w.people
  UNION ALL
  SELECT 'population', dimension, CASE WHEN mixed THEN 'share-and-people' ELSE 'shares-not-whole' END, [dimension], events
  FROM codesign.dimension WHERE mixed OR not_whole
  UNION ALL
  SELECT t.stream, t.id, 'unknown-theme', [t.theme], [t.event] FROM themed t ANTI JOIN current.theme k ON k.id = t.theme
  UNION ALL
  SELECT 'said-and-done', r.id, 'unknown-story', [], ['said-and-done/' || r._partition || '/' || r._offset] FROM current.said_and_done r
  ANTI JOIN current.story_fact s ON s.id = r.story WHERE r.story IS NOT NULL
  UNION ALL
  SELECT 'said-and-done', r.id, 'unknown-decision', [r.decision], ['said-and-done/' || r._partition || '/' || r._offset] FROM current.said_and_done r
  ANTI JOIN current.decision d ON d.id = r.decision WHERE r.decision IS NOT NULL)
SELECT stream, id, reason, names, CASE reason
    WHEN 'unknown-unit' THEN 'nobody has told of the unit ' || names[1] || ': it counts when the unit arrives'
    WHEN 'unknown-subject' THEN 'nobody has told of the ' || names[1] || ': it counts when that arrives'
    WHEN 'unknown-engagement' THEN 'nobody has told of the engagement ' || names[1] || ': it counts when that arrives'
    WHEN 'unknown-contribution' THEN 'it names contributions that nobody has told of: they count when they arrive'
    WHEN 'contribution-came-later' THEN 'it rests on a contribution that is later than it: that does not count'
    WHEN 'unknown-group' THEN 'people are counted by groups that the population does not have: ' || array_to_string(names, ', ')
    WHEN 'groups-exceed-whole' THEN 'by ' || names[2] || ' there are more people (' || names[1] || ') than on the whole: the larger number counts'
    WHEN 'share-and-people' THEN 'some groups of ' || names[1] || ' give a share and others people: nothing is held against it'
    WHEN 'shares-not-whole' THEN 'the shares of ' || names[1] || ' do not add up to 1: nothing is held against it'
    WHEN 'unknown-theme' THEN 'nobody has declared the theme ' || names[1]
    WHEN 'unknown-story' THEN 'nobody has told of the story that it answers'
    ELSE 'nobody has told of the decision ' || names[1] END AS words,
  list_sort(events) AS events
FROM found;
COMMENT ON VIEW codesign.refused IS 'What does not fit together, and why. It counts for nothing, or only as the words say.';
COMMENT ON COLUMN codesign.refused.stream IS 'The stream.';
COMMENT ON COLUMN codesign.refused.id IS 'The id of the row; of participants and contributions, that of their engagement; of a population, its dimension; null: of stories none is told.';
COMMENT ON COLUMN codesign.refused.reason IS 'unknown-unit, unknown-subject, unknown-engagement, unknown-contribution, contribution-came-later, unknown-group, groups-exceed-whole, share-and-people, shares-not-whole, unknown-theme, unknown-story or unknown-decision.';
COMMENT ON COLUMN codesign.refused.names IS 'What it names that does not fit; of contributions and stories nothing.';
COMMENT ON COLUMN codesign.refused.words IS 'The same in words.';
COMMENT ON COLUMN codesign.refused.events IS 'The events: stream/partition/offset. Of contributions and stories only the first: their number is not told.';

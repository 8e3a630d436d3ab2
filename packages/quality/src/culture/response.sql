CREATE VIEW culture.response_rate AS
WITH wave AS (SELECT wave, survey, tree::JSON->'invited' AS invited FROM culture.released_wave),
figure AS (
  SELECT f.*, ['released-figure/' || f._partition || '/' || f._offset] AS events FROM current.released_figure f WHERE f.figure = 'response'
),
-- Those of several groups that were put together stand as "a + b".
grouped AS (
  SELECT f.wave, f.cell, split_part(f.breakdown, '=', 1) AS way, unnest(string_split(substr(f.breakdown, strpos(f.breakdown, '=') + 1), ' + ')) AS one
  FROM figure f WHERE f.breakdown <> 'all'
),
asked AS (
  SELECT wave, 'role' AS way, role AS one, sum(invited)::BIGINT AS invited FROM current.invitation GROUP BY wave, role
  UNION ALL SELECT wave, 'mode', mode, sum(invited)::BIGINT FROM current.invitation GROUP BY wave, mode
),
of_group AS (
  SELECT g.wave, g.cell, CASE WHEN count(a.invited) = count(*) THEN sum(a.invited)::BIGINT END AS invited
  FROM grouped g LEFT JOIN asked a ON a.wave = g.wave AND a.way = g.way AND a.one = g.one GROUP BY g.wave, g.cell
),
-- A rate of groups needs all people of all groups: else those who were asked are more than those who are counted.
whole AS (
  SELECT f.wave, split_part(f.breakdown, '=', 1) AS way, count(f.n) = count(*) AND sum(f.n) = any_value(r.n) AND bool_and(l.wave IS NULL) AS whole
  FROM figure f LEFT JOIN figure r ON r.wave = f.wave AND r.breakdown = 'all' AND r.cell = f.microsystem
  LEFT JOIN figure l ON l.wave = f.wave AND l.cell = f.microsystem || '/left-out' WHERE f.breakdown <> 'all' GROUP BY ALL
)
SELECT f.wave, w.survey, f.cell, f.microsystem, f.rest, f.breakdown, f.n AS respondents,
  CASE WHEN f.breakdown <> 'all' THEN CASE WHEN f.n IS NOT NULL AND h.whole THEN g.invited END WHEN f."value" > 0 THEN round(100 * f.n / f."value")::BIGINT END AS invited,
  CASE WHEN f.breakdown = 'all' THEN f."value" WHEN f.n IS NOT NULL AND h.whole THEN 100 * f.n / nullif(g.invited, 0) END AS rate,
  CASE WHEN f.reason IS NOT NULL OR f.n IS NULL THEN coalesce(f.reason, 'no-answer') WHEN f.breakdown = 'all' AND f."value" IS NULL THEN 'invitations-not-known'
    WHEN f.breakdown <> 'all' AND NOT coalesce(h.whole, false) THEN 'not-everybody' WHEN f.breakdown <> 'all' AND coalesce(g.invited, 0) = 0 THEN 'invitations-not-known' END AS reason,
  f.events
FROM figure f JOIN wave w ON w.wave = f.wave LEFT JOIN of_group g ON g.wave = f.wave AND g.cell = f.cell
LEFT JOIN whole h ON h.wave = f.wave AND h.way = split_part(f.breakdown, '=', 1);
COMMENT ON VIEW culture.response_rate IS 'How many of those who were asked have answered, and why it is not told of others. It says nothing of how they answered.';
COMMENT ON COLUMN culture.response_rate.wave IS 'The wave.';
COMMENT ON COLUMN culture.response_rate.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.response_rate.cell IS 'Whose answers: a unit and all below it; its small teams together; a group of the organisation.';
COMMENT ON COLUMN culture.response_rate.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN culture.response_rate.rest IS 'Whether it is not the whole of the unit.';
COMMENT ON COLUMN culture.response_rate.breakdown IS 'all, or the group of people: role=nursing, mode=email, half=late.';
COMMENT ON COLUMN culture.response_rate.respondents IS 'How many have answered. Null: hidden.';
COMMENT ON COLUMN culture.response_rate.invited IS 'How many of the same were asked. Null: hidden, or not known.';
COMMENT ON COLUMN culture.response_rate.rate IS 'respondents / invited, in per cent.';
COMMENT ON COLUMN culture.response_rate.reason IS 'Why there is no rate: too-few, hidden-to-protect, not-asked, no-answer, not-everybody (groups of which some people could not be counted) or invitations-not-known.';
COMMENT ON COLUMN culture.response_rate.events IS 'The released figure: stream/partition/offset.';

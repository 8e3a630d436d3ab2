-- Units that learn together about a topic, and what comes of it. Follows the rule 12 of README.md. It counts units, never people.

CREATE VIEW learning.known_community AS
SELECT c.id AS community, c.title, c.status, c.day, from_json(c.themes, '["VARCHAR"]') AS themes, from_json(c.measures, '["VARCHAR"]') AS measures,
  'community/' || c._partition || '/' || c._offset AS event
FROM current.community c JOIN plimsoll.clock k ON c.day <= k.day;

CREATE VIEW learning.member AS
SELECT m.community, m.microsystem, m.joined, ['community-member/' || m._partition || '/' || m._offset] AS events
FROM current.community_member m SEMI JOIN learning.known_community c ON c.community = m.community
SEMI JOIN plimsoll.microsystem u ON u.id = m.microsystem JOIN plimsoll.clock k ON m.joined <= k.day AND (m."left" IS NULL OR m."left" > k.day);
COMMENT ON VIEW learning.member IS 'The units that belong to each community now.';
COMMENT ON COLUMN learning.member.community IS 'The community.';
COMMENT ON COLUMN learning.member.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.member.joined IS 'The day on which it joined.';
COMMENT ON COLUMN learning.member.events IS 'The event: stream/partition/offset.';

CREATE VIEW learning.try AS
WITH setting AS (SELECT max(value) FILTER (id = 'reuse-days')::INTEGER AS days FROM current.learning_setting)
SELECT s.community, t.session, s.day, t.microsystem, t.lesson, r.reuse, r.day AS used_on, r.day - s.day AS days, r.day BETWEEN s.day AND s.day + x.days AS in_time,
  list_sort(list_filter(['agreed-try/' || t._partition || '/' || t._offset, 'community-session/' || s._partition || '/' || s._offset, r.event], lambda e: e IS NOT NULL)) AS events
FROM current.agreed_try t JOIN current.community_session s ON s.id = t.session SEMI JOIN learning.known_community c ON c.community = s.community
SEMI JOIN plimsoll.microsystem u ON u.id = t.microsystem SEMI JOIN learning.known_lesson l ON l.lesson = t.lesson
JOIN plimsoll.clock k ON s.day <= k.day AND t.day <= k.day CROSS JOIN setting x
LEFT JOIN (
  SELECT lesson, microsystem, day, arg_min(reuse, reuse) AS reuse, arg_min(event, reuse) AS event FROM learning.known_reuse GROUP BY lesson, microsystem, day) r
  ON r.lesson = t.lesson AND r.microsystem = t.microsystem AND r.day >= s.day
QUALIFY row_number() OVER (PARTITION BY t.session, t.microsystem, t.lesson ORDER BY r.day) = 1;
COMMENT ON VIEW learning.try IS 'What units agreed to try, and whether they did.';
COMMENT ON COLUMN learning.try.community IS 'The community.';
COMMENT ON COLUMN learning.try.session IS 'The session at which it was agreed.';
COMMENT ON COLUMN learning.try.day IS 'Its day.';
COMMENT ON COLUMN learning.try.microsystem IS 'The unit that will try it.';
COMMENT ON COLUMN learning.try.lesson IS 'The lesson.';
COMMENT ON COLUMN learning.try.reuse IS 'The first use of it there, from that day on; null: none yet.';
COMMENT ON COLUMN learning.try.used_on IS 'Its day.';
COMMENT ON COLUMN learning.try.days IS 'The days from the session to it.';
COMMENT ON COLUMN learning.try.in_time IS 'Whether that is within as many days as the setting reuse-days says (90, unless it says otherwise). Null: not used yet.';
COMMENT ON COLUMN learning.try.events IS 'The events of try, session and use: stream/partition/offset.';

CREATE VIEW learning.session AS
WITH setting AS (SELECT max(value) FILTER (id = 'reuse-days')::INTEGER AS days FROM current.learning_setting),
tried AS (SELECT session, count(*) AS tries, coalesce(bool_or(in_time), false) AS led, list_sort(list_distinct(flatten(list(events)))) AS events FROM learning.try GROUP BY session)
SELECT s.id AS session, s.community, s.day, len(list_intersect(from_json(s.units, '["VARCHAR"]'), (SELECT coalesce(list(id), []) FROM plimsoll.microsystem))) AS units,
  coalesce(t.tries, 0) AS tries, coalesce(t.led, false) AS led, s.day + x.days <= k.day AS ripe,
  coalesce(t.events, ['community-session/' || s._partition || '/' || s._offset]) AS events
FROM current.community_session s SEMI JOIN learning.known_community c ON c.community = s.community JOIN plimsoll.clock k ON s.day <= k.day
CROSS JOIN setting x LEFT JOIN tried t ON t.session = s.id;
COMMENT ON VIEW learning.session IS 'The sessions of communities, and whether a try that was agreed there became a use.';
COMMENT ON COLUMN learning.session.session IS 'The id.';
COMMENT ON COLUMN learning.session.community IS 'The community.';
COMMENT ON COLUMN learning.session.day IS 'The day.';
COMMENT ON COLUMN learning.session.units IS 'How many known units were there.';
COMMENT ON COLUMN learning.session.tries IS 'How many tries were agreed.';
COMMENT ON COLUMN learning.session.led IS 'Whether one of them became a use within the days of the setting reuse-days.';
COMMENT ON COLUMN learning.session.ripe IS 'Whether those days are over.';
COMMENT ON COLUMN learning.session.events IS 'The events of session, tries and uses: stream/partition/offset.';

CREATE VIEW learning.community AS
WITH summed AS (
  SELECT community, count(*) AS sessions, max(day) AS last_session, count(*) FILTER (ripe) AS ripe, count(*) FILTER (ripe AND led) AS led, sum(tries)::BIGINT AS tries,
    flatten(list(events)) AS events
  FROM learning.session GROUP BY community),
belonging AS (SELECT community, count(*) AS units, flatten(list(events)) AS events FROM learning.member GROUP BY community)
SELECT c.community, c.title, c.status, c.day, c.themes, c.measures, coalesce(b.units, 0) AS units, coalesce(s.sessions, 0) AS sessions, s.last_session,
  coalesce(s.tries, 0) AS tries, coalesce(s.ripe, 0) AS ripe_sessions, coalesce(s.led, 0) AS led_to_use, CASE WHEN s.ripe > 0 THEN s.led / s.ripe END AS share,
  stats.wilson(s.led, s.ripe).low AS low, stats.wilson(s.led, s.ripe).high AS high,
  list_sort(list_distinct(list_concat([c.event], coalesce(b.events, []), coalesce(s.events, [])))) AS events
FROM learning.known_community c LEFT JOIN summed s USING (community) LEFT JOIN belonging b USING (community);
COMMENT ON VIEW learning.community IS 'Communities of a topic, and the share of their sessions that led to a use.';
COMMENT ON COLUMN learning.community.community IS 'The id.';
COMMENT ON COLUMN learning.community.title IS 'Its name.';
COMMENT ON COLUMN learning.community.status IS 'active or ended.';
COMMENT ON COLUMN learning.community.day IS 'The day from which this holds.';
COMMENT ON COLUMN learning.community.themes IS 'The themes of its topic.';
COMMENT ON COLUMN learning.community.measures IS 'The measures of its topic.';
COMMENT ON COLUMN learning.community.units IS 'The units that belong to it now.';
COMMENT ON COLUMN learning.community.sessions IS 'Its sessions.';
COMMENT ON COLUMN learning.community.last_session IS 'The day of the last.';
COMMENT ON COLUMN learning.community.tries IS 'Tries that were agreed at them.';
COMMENT ON COLUMN learning.community.ripe_sessions IS 'Sessions since which the days of the setting reuse-days are over; younger ones count for nothing yet.';
COMMENT ON COLUMN learning.community.led_to_use IS 'Those of them of which an agreed try became a use within these days.';
COMMENT ON COLUMN learning.community.share IS 'led_to_use / ripe_sessions.';
COMMENT ON COLUMN learning.community.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN learning.community.high IS 'The upper end.';
COMMENT ON COLUMN learning.community.events IS 'The events of community, members, sessions, tries and uses: stream/partition/offset.';

-- Units with the problem, and in no community that is for it.
CREATE VIEW learning.outside_community AS
WITH mapped AS (
  SELECT t.id AS theme, unnest(list_concat(['theme-' || t.id], from_json(t.measures, '["VARCHAR"]'))) AS measure FROM current.theme t),
topic AS (
  SELECT c.community, unnest(c.measures) AS measure FROM learning.known_community c WHERE c.status = 'active'
  UNION SELECT c.community, m.measure FROM (SELECT community, unnest(themes) AS theme FROM learning.known_community WHERE status = 'active') c JOIN mapped m USING (theme)),
problem AS (
  SELECT s.microsystem, s.measure, min(s.first_period) AS since, list_sort(list(s.signal)) AS signals
  FROM plimsoll.signal s SEMI JOIN plimsoll.measure m ON m.id = s.measure
  WHERE s.variation = 'concern' AND s.state IN ('opened', 'acknowledged', 'explained') AND s.stratum IS NULL AND s.rule <> 'silence'
  GROUP BY s.microsystem, s.measure)
SELECT p.microsystem, p.measure, p.since, p.signals, list_sort(coalesce(list(t.community) FILTER (t.community IS NOT NULL), [])) AS communities,
  (SELECT list_sort(list(e.event)) FROM plimsoll.signal_event e WHERE e.state = 'opened' AND list_contains(p.signals, e.signal)) AS events
FROM problem p SEMI JOIN plimsoll.microsystem u ON u.id = p.microsystem LEFT JOIN topic t USING (measure)
WHERE NOT EXISTS (FROM topic x JOIN learning.member m ON m.community = x.community WHERE x.measure = p.measure AND m.microsystem = p.microsystem)
GROUP BY p.microsystem, p.measure, p.since, p.signals;
COMMENT ON VIEW learning.outside_community IS 'Units with an open signal of concern that belong to no community of its topic.';
COMMENT ON COLUMN learning.outside_community.microsystem IS 'The unit.';
COMMENT ON COLUMN learning.outside_community.measure IS 'What the signals speak of.';
COMMENT ON COLUMN learning.outside_community.since IS 'The first period of the earliest.';
COMMENT ON COLUMN learning.outside_community.signals IS 'The open signals.';
COMMENT ON COLUMN learning.outside_community.communities IS 'The active communities of that topic, which it could join; none: there is none yet.';
COMMENT ON COLUMN learning.outside_community.events IS 'The events that opened the signals: stream/partition/offset.';

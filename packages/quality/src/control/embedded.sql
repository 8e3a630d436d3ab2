-- Whether control is part of the work: own data, notes and huddles, week by week; weeks of closed months only.

CREATE VIEW control.embedded AS
  WITH setting AS (
    SELECT max(value) FILTER (id = 'embedded-data')::DOUBLE AS data, max(value) FILTER (id = 'embedded-note')::DOUBLE AS note,
      max(value) FILTER (id = 'embedded-huddle')::DOUBLE AS huddle, max(value) FILTER (id = 'role-least')::INTEGER AS least
    FROM current.control_setting),
  span AS (SELECT date_trunc('week', date_trunc('month', day))::DATE AS until, (until - INTERVAL 91 DAY)::DATE AS since FROM plimsoll.clock),
  week AS (SELECT unnest(generate_series(since, until - INTERVAL 7 DAY, INTERVAL 7 DAY))::DATE AS week FROM span),
  unit AS (SELECT id AS microsystem FROM plimsoll.microsystem WHERE kind NOT IN ('service', 'organisation')),
  data AS (
    SELECT DISTINCT v.microsystem, w.week
    FROM plimsoll.measure_value v JOIN plimsoll.measure m ON m.id = v.measure JOIN week w ON v.period < w.week + INTERVAL 7 DAY
      AND v.period + CASE m.period WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH
        ELSE INTERVAL 3 MONTH END > w.week
    -- Charts of what notes say are no data beside the notes.
    WHERE v.observed AND v.stratum IS NULL AND m.stream <> 'coding'),
  note AS (SELECT n.microsystem, n.role, date_trunc('week', n.day)::DATE AS week, n.events FROM control.known_note n, span WHERE n.day >= since AND n.day < until),
  huddle AS (
    SELECT h.microsystem, date_trunc('week', h.day)::DATE AS week, ['huddle/' || h._partition || '/' || h._offset] AS events
    FROM current.huddle h, span WHERE h.day >= since AND h.day < until),
  role AS (
    SELECT h.microsystem, count(*) AS roles, count(*) FILTER (EXISTS (FROM note n WHERE n.microsystem = h.microsystem AND n.role = h.role)) AS heard
    FROM current.headcount h, setting s WHERE h.people >= s.least GROUP BY h.microsystem),
  counted AS (
    SELECT u.microsystem, 1 AS units,
      (SELECT count(*) FROM data d WHERE d.microsystem = u.microsystem) AS data_weeks,
      (SELECT count(DISTINCT week) FROM note n WHERE n.microsystem = u.microsystem) AS note_weeks,
      (SELECT count(DISTINCT week) FROM huddle h WHERE h.microsystem = u.microsystem) AS huddle_weeks,
      coalesce(r.roles, 0) AS roles, coalesce(r.heard, 0) AS roles_heard
    FROM unit u LEFT JOIN role r ON r.microsystem = u.microsystem),
  met AS (
    SELECT c.*, (c.data_weeks / 13 >= s.data)::INTEGER AS data_met, (c.note_weeks / 13 >= s.note)::INTEGER AS note_met,
      (c.huddle_weeks / 13 >= s.huddle)::INTEGER AS huddle_met, data_met * note_met * huddle_met AS embedded
    FROM counted c, setting s),
  -- As many events as notes, and so none of fewer than five.
  event AS (
    SELECT microsystem, list_sort(flatten(list(events))) AS events
    FROM (SELECT microsystem, events FROM note QUALIFY count(*) OVER (PARTITION BY microsystem) > 4 UNION ALL SELECT microsystem, events FROM huddle)
    GROUP BY GROUPING SETS ((microsystem), ())),
  summed AS (
    SELECT microsystem, sum(units)::BIGINT AS units, sum(data_weeks)::BIGINT AS data_weeks, sum(note_weeks)::BIGINT AS note_weeks,
      sum(huddle_weeks)::BIGINT AS huddle_weeks, sum(roles)::BIGINT AS roles, sum(roles_heard)::BIGINT AS roles_heard,
      sum(data_met)::BIGINT AS data_met, sum(note_met)::BIGINT AS note_met, sum(huddle_met)::BIGINT AS huddle_met, sum(embedded)::BIGINT AS embedded
    FROM met GROUP BY GROUPING SETS ((microsystem), ()))
  SELECT s.microsystem, (SELECT since FROM span) AS since, (SELECT until FROM span) AS until, s.units,
    s.data_weeks / (13 * s.units) AS data_share, s.note_weeks / (13 * s.units) AS note_share, s.huddle_weeks / (13 * s.units) AS huddle_share,
    s.roles, s.roles_heard, CASE WHEN s.roles > 0 THEN s.roles_heard / s.roles END AS role_share,
    s.data_met, s.note_met, s.huddle_met, s.embedded, coalesce(e.events, []) AS events
  FROM summed s LEFT JOIN event e ON e.microsystem IS NOT DISTINCT FROM s.microsystem
  WHERE s.units > 0;
COMMENT ON VIEW control.embedded IS 'Whether quality control is part of the daily work: in how many of the last 13 weeks of closed months a unit had data of its own, a note and a huddle.';
COMMENT ON COLUMN control.embedded.microsystem IS 'The unit (of the units that do the work, not those above). Null: all of them.';
COMMENT ON COLUMN control.embedded.since IS 'The Monday of the first week.';
COMMENT ON COLUMN control.embedded.until IS 'The Monday after the last week.';
COMMENT ON COLUMN control.embedded.units IS 'Units: 1, or all of them.';
COMMENT ON COLUMN control.embedded.data_share IS 'The share of weeks on which an observed period of a measure lies; charts of notes do not count.';
COMMENT ON COLUMN control.embedded.note_share IS 'The share of weeks with a note.';
COMMENT ON COLUMN control.embedded.huddle_share IS 'The share of weeks with a huddle.';
COMMENT ON COLUMN control.embedded.roles IS 'Role groups with as many people as the setting role-least asks for (10, unless it says otherwise).';
COMMENT ON COLUMN control.embedded.roles_heard IS 'Those of them that wrote a note.';
COMMENT ON COLUMN control.embedded.role_share IS 'roles_heard / roles. Null: no group is large enough, or nobody told how many there are.';
COMMENT ON COLUMN control.embedded.data_met IS 'Units whose data_share reaches the setting embedded-data.';
COMMENT ON COLUMN control.embedded.note_met IS 'Units whose note_share reaches the setting embedded-note.';
COMMENT ON COLUMN control.embedded.huddle_met IS 'Units whose huddle_share reaches the setting embedded-huddle.';
COMMENT ON COLUMN control.embedded.embedded IS 'Units that meet all three.';
COMMENT ON COLUMN control.embedded.events IS 'The huddles and notes (unless they are fewer than five) that it rests on, as stream/partition/offset; figures are traced by plimsoll trace.';

CREATE VIEW control.setting AS
  SELECT id, value, title, ['control-setting/' || _partition || '/' || _offset] AS events FROM current.control_setting;
COMMENT ON VIEW control.setting IS 'The settings that these figures were made by.';
COMMENT ON COLUMN control.setting.id IS 'What is set.';
COMMENT ON COLUMN control.setting.value IS 'To what.';
COMMENT ON COLUMN control.setting.title IS 'What it means.';
COMMENT ON COLUMN control.setting.events IS 'The event, as stream/partition/offset.';

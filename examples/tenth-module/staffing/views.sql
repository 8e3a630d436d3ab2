-- A shift is thin where fewer than two thirds of the planned nurses were there.
CREATE TABLE staffing.shift AS
SELECT ward AS microsystem, day, shift, planned, present, 3 * present < 2 * planned AS thin,
  'shift/' || _partition || '/' || _offset AS event
FROM current.shift;

-- Only weeks that are over are said on the log: a week that still goes on may get thinner.
CREATE TABLE staffing.thin_week AS
SELECT microsystem AS ward, date_trunc('week', day)::DATE AS week, count(*)::INTEGER AS thin_shifts
FROM staffing.shift
WHERE thin AND date_trunc('week', day)::DATE + 7 <= (SELECT day FROM plimsoll.clock)
GROUP BY ALL;

CREATE TABLE staffing.red_flag AS
WITH recent AS (
  SELECT microsystem, min(day) AS first_day, max(day) AS last_day, count(*) AS shifts
  FROM staffing.shift
  WHERE thin AND day > (SELECT day FROM plimsoll.clock) - 7
  GROUP BY microsystem)
SELECT 'staffing' AS subject, microsystem, 'thin-shifts' AS rule, 'concern' AS variation, first_day AS first_period,
  last_day AS completed_period, (SELECT day FROM plimsoll.clock) AS as_of,
  'Three or more shifts in seven days had fewer than two thirds of their nurses.' AS words
FROM recent WHERE shifts >= 3;

CREATE VIEW staffing.board AS
SELECT u.id AS microsystem, u.name, count(s.event) AS shifts, count(*) FILTER (s.thin) AS thin_shifts,
  list_sort(list(s.event) FILTER (s.thin)) AS events,
  coalesce((SELECT status FROM plimsoll.series p WHERE p.measure = 'shift-fill' AND p.microsystem = u.id AND p.stratum IS NULL), 'no figures') AS fill
FROM plimsoll.microsystem u LEFT JOIN staffing.shift s
  ON s.microsystem = u.id AND s.day > (SELECT day FROM plimsoll.clock) - 28
GROUP BY u.id, u.name;
COMMENT ON VIEW staffing.board IS 'The last four weeks of each ward: how many shifts there were, and how many were thin.';
COMMENT ON COLUMN staffing.board.microsystem IS 'The ward.';
COMMENT ON COLUMN staffing.board.name IS 'Its name.';
COMMENT ON COLUMN staffing.board.shifts IS 'Shifts of the last 28 days.';
COMMENT ON COLUMN staffing.board.thin_shifts IS 'Those with fewer than two thirds of the nurses planned.';
COMMENT ON COLUMN staffing.board.events IS 'The events of the thin ones: stream/partition/offset.';
COMMENT ON COLUMN staffing.board.fill IS 'Where the control chart of the share of nurses present stands.';

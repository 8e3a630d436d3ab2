-- Whether ideas are tried small first, and whether what teams predict is what they find.

CREATE VIEW improvement.first_scale AS
WITH first AS (
  SELECT project, idea, arg_min(size, (did, id)) AS size, arg_min(event, (did, id)) AS event FROM improvement.fit_cycle WHERE did IS NOT NULL GROUP BY project, idea
),
placed AS (SELECT p.microsystem, f.idea, f.size <= 3 AS small, f.event FROM first f JOIN improvement.known p ON p.id = f.project),
grouped AS (
  SELECT CASE WHEN grouping(microsystem) = 1 THEN 'all' ELSE 'unit' END AS scope, microsystem, count(*) AS ideas, count(*) FILTER (small) AS small, list_sort(list(event)) AS events
  FROM placed GROUP BY ROLLUP (microsystem)
)
SELECT scope, microsystem, ideas, small, small / ideas AS share, stats.wilson(small, ideas).low AS low, stats.wilson(small, ideas).high AS high, events FROM grouped WHERE ideas > 0;
COMMENT ON VIEW improvement.first_scale IS 'The share of ideas that were tested small first: in one unit or less. Of ideas that were tried at all.';
COMMENT ON COLUMN improvement.first_scale.scope IS 'all, or unit: the projects that one unit leads.';
COMMENT ON COLUMN improvement.first_scale.microsystem IS 'The unit that leads the projects; null: all.';
COMMENT ON COLUMN improvement.first_scale.ideas IS 'Ideas that were tried.';
COMMENT ON COLUMN improvement.first_scale.small IS 'Of these, those whose first "do" was in one unit or less.';
COMMENT ON COLUMN improvement.first_scale.share IS 'small / ideas.';
COMMENT ON COLUMN improvement.first_scale.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN improvement.first_scale.high IS 'The upper end.';
COMMENT ON COLUMN improvement.first_scale.events IS 'The events of the first cycles: stream/partition/offset.';

CREATE VIEW improvement.prediction AS
WITH studied AS (
  SELECT c.microsystem, date_trunc('quarter', c.studied)::DATE AS quarter, c.prediction, c.held, c.events[1] AS event
  FROM improvement.cycle c JOIN plimsoll.clock k ON (date_trunc('quarter', c.studied) + INTERVAL 3 MONTH)::DATE <= k.day
),
summed AS (
  SELECT microsystem, quarter, count(*) AS studied, count(*) FILTER (prediction) AS predicted, count(held) AS told, count(*) FILTER (held) AS held, list_sort(list(event)) AS events
  FROM studied GROUP BY microsystem, quarter
),
so_far AS (
  SELECT *, sum(told) OVER along AS told_so_far, sum(held) OVER along AS held_so_far FROM summed WINDOW along AS (PARTITION BY microsystem ORDER BY quarter)
)
SELECT microsystem, quarter, studied, predicted, told, held, held / nullif(told, 0) AS share, stats.wilson(held, told).low AS low, stats.wilson(held, told).high AS high,
  told_so_far::BIGINT AS told_so_far, held_so_far::BIGINT AS held_so_far, held_so_far / nullif(told_so_far, 0) AS share_so_far, events
FROM so_far;
COMMENT ON VIEW improvement.prediction IS 'Whether predictions held, by unit and quarter that is over: of cycles by the day of their study.';
COMMENT ON COLUMN improvement.prediction.microsystem IS 'The unit in which it was tried.';
COMMENT ON COLUMN improvement.prediction.quarter IS 'The first day of the quarter.';
COMMENT ON COLUMN improvement.prediction.studied IS 'Cycles with a study.';
COMMENT ON COLUMN improvement.prediction.predicted IS 'Of these, those with a prediction before the test.';
COMMENT ON COLUMN improvement.prediction.told IS 'Of these, those of which the study can tell.';
COMMENT ON COLUMN improvement.prediction.held IS 'Of these, those in which it held.';
COMMENT ON COLUMN improvement.prediction.share IS 'held / told. Many that hold can be knowledge, or caution.';
COMMENT ON COLUMN improvement.prediction.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN improvement.prediction.high IS 'The upper end.';
COMMENT ON COLUMN improvement.prediction.told_so_far IS 'told, of this quarter and all before.';
COMMENT ON COLUMN improvement.prediction.held_so_far IS 'held, of this quarter and all before.';
COMMENT ON COLUMN improvement.prediction.share_so_far IS 'held_so_far / told_so_far.';
COMMENT ON COLUMN improvement.prediction.events IS 'The events of the cycles of the quarter: stream/partition/offset.';

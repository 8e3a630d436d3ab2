-- What leaders promised, and whether they kept it (RULES 4.8).

CREATE VIEW culture.promise_kept AS
SELECT period, CASE scope WHEN 'own' THEN 'team' ELSE scope END AS scope, owner AS leadership_team, mark AS outcome, total AS promises,
  amount AS with_outcome, share, low, high, hidden, complete, verdict, events
FROM culture.tally_share WHERE family = 'promise';
COMMENT ON VIEW culture.promise_kept IS 'What became of the promises of leadership teams that were due in a closed period, as it stood when that was over. Per leadership team, never per person.';
COMMENT ON COLUMN culture.promise_kept.period IS 'The first day of the quarter, or year, in which the promises were due.';
COMMENT ON COLUMN culture.promise_kept.scope IS 'team; rest: the teams together that are too small to be told of; all: those that are told of, with the rest where that can be told.';
COMMENT ON COLUMN culture.promise_kept.leadership_team IS 'The leadership team; null: of rest and all.';
COMMENT ON COLUMN culture.promise_kept.outcome IS 'on-time, late (kept after it was due, within the period) or not-kept (by the end of the period).';
COMMENT ON COLUMN culture.promise_kept.promises IS 'Promises. Null, here and below: hidden.';
COMMENT ON COLUMN culture.promise_kept.with_outcome IS 'Of these, those with this outcome.';
COMMENT ON COLUMN culture.promise_kept.share IS 'with_outcome / promises.';
COMMENT ON COLUMN culture.promise_kept.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN culture.promise_kept.high IS 'The upper end.';
COMMENT ON COLUMN culture.promise_kept.hidden IS 'Whether the figures are hidden: one of the three has 1 to 4, or there are fewer than 10 promises.';
COMMENT ON COLUMN culture.promise_kept.complete IS 'Of all: whether every leadership team is in it.';
COMMENT ON COLUMN culture.promise_kept.verdict IS 'Of a team, set beside all others that are told of (Newcombe): more than elsewhere, less than elsewhere, no difference can be told, or too few to tell. Of one that is hidden only where there is no rest.';
COMMENT ON COLUMN culture.promise_kept.events IS 'The promises of the teams that are told of, as stream/partition/offset.';

CREATE VIEW culture.promise_open AS
WITH month AS (SELECT date_trunc('month', day)::DATE AS until FROM plimsoll.clock),
open AS (
  SELECT p.leadership_team, m.until - 1 AS day, count(*) FILTER (p.made < m.until AND p.due >= m.until AND coalesce(p.kept >= m.until, true)) AS open,
    list_sort(list('promise/' || p._partition || '/' || p._offset) FILTER (p.made < m.until AND p.due >= m.until AND coalesce(p.kept >= m.until, true))) AS events
  FROM current.promise p JOIN plimsoll.microsystem u ON u.id = p.microsystem, month m GROUP BY p.leadership_team, m.until)
SELECT leadership_team, day, CASE WHEN open >= 5 THEN open END AS open, open < 5 AS hidden, CASE WHEN open >= 5 THEN events ELSE [] END AS events FROM open;
COMMENT ON VIEW culture.promise_open IS 'Promises that were given, not kept and not due yet at the end of the last month that is over, by leadership teams that ever gave any.';
COMMENT ON COLUMN culture.promise_open.leadership_team IS 'The leadership team.';
COMMENT ON COLUMN culture.promise_open.day IS 'The last day of that month.';
COMMENT ON COLUMN culture.promise_open.open IS 'How many; null: fewer than 5, none included.';
COMMENT ON COLUMN culture.promise_open.hidden IS 'Whether it is hidden.';
COMMENT ON COLUMN culture.promise_open.events IS 'The promises, as stream/partition/offset; none where their number is hidden.';

-- Whether cycles are done as they are meant to be: seven checks, after McNicholas et al. 2019.

CREATE VIEW improvement.cycle AS
WITH placed AS (
  SELECT *, row_number() OVER series AS number, count(*) OVER (PARTITION BY project, idea) AS cycles, lag(size) OVER series AS size_before,
    first_value(size) OVER series AS first_size
  FROM improvement.fit_cycle WINDOW series AS (PARTITION BY project, idea ORDER BY day, id)
),
checked AS (
  SELECT *, planned IS NOT NULL AND did IS NOT NULL AND studied IS NOT NULL AND acted IS NOT NULL AS all_stages,
    coalesce(studied >= done_until, false) AS study_after, learned AND studied IS NOT NULL AS learning,
    coalesce(predicted IS NOT NULL AND planned <= coalesce(did, planned), false) AS prediction, cycles >= 2 AS iterative,
    cycles >= 2 AND size > first_size AND size >= size_before AS growing, points >= 3 AND studied IS NOT NULL AS data_over_time
  FROM placed
)
SELECT id AS cycle, project, microsystem, idea, number, scale, day, planned, did, studied, acted, measure, predicted, found, decision,
  CASE WHEN prediction AND found <> 'cannot-tell' THEN predicted = found END AS held,
  all_stages, study_after, learning, prediction, iterative, growing, data_over_time,
  all_stages::INTEGER + study_after::INTEGER + learning::INTEGER + prediction::INTEGER + iterative::INTEGER + growing::INTEGER + data_over_time::INTEGER AS met, [event] AS events
FROM checked;
COMMENT ON VIEW improvement.cycle IS 'PDSA cycles that count, in the order of the ramp of their idea, with the seven checks of fidelity.';
COMMENT ON COLUMN improvement.cycle.cycle IS 'The cycle.';
COMMENT ON COLUMN improvement.cycle.project IS 'The project.';
COMMENT ON COLUMN improvement.cycle.microsystem IS 'The unit in which it is tried.';
COMMENT ON COLUMN improvement.cycle.idea IS 'The change idea.';
COMMENT ON COLUMN improvement.cycle.number IS 'Its place in the ramp of that idea, from 1 on, by day.';
COMMENT ON COLUMN improvement.cycle.scale IS 'one-case, one-shift, one-unit, several-units or everywhere.';
COMMENT ON COLUMN improvement.cycle.day IS 'The day on which it began.';
COMMENT ON COLUMN improvement.cycle.planned IS 'The day of the plan. Null, here and below: not yet.';
COMMENT ON COLUMN improvement.cycle.did IS 'The first day of "do".';
COMMENT ON COLUMN improvement.cycle.studied IS 'The day of the study.';
COMMENT ON COLUMN improvement.cycle.acted IS 'The day of "act".';
COMMENT ON COLUMN improvement.cycle.measure IS 'The measure that the prediction is about.';
COMMENT ON COLUMN improvement.cycle.predicted IS 'better, same or worse; null: nothing was predicted.';
COMMENT ON COLUMN improvement.cycle.found IS 'better, same, worse or cannot-tell.';
COMMENT ON COLUMN improvement.cycle.decision IS 'adopt, adapt or abandon.';
COMMENT ON COLUMN improvement.cycle.held IS 'Whether what was predicted was found; null where it was not predicted before the test, or cannot be told.';
COMMENT ON COLUMN improvement.cycle.all_stages IS 'Check 1: plan, do, study and act are all documented.';
COMMENT ON COLUMN improvement.cycle.study_after IS 'Check 2: the study was written after the last day of "do", or on it.';
COMMENT ON COLUMN improvement.cycle.learning IS 'Check 3: what was learnt is written down.';
COMMENT ON COLUMN improvement.cycle.prediction IS 'Check 4: there is a prediction, written no later than the first day of "do".';
COMMENT ON COLUMN improvement.cycle.iterative IS 'Check 5: it is one of two or more cycles of its idea.';
COMMENT ON COLUMN improvement.cycle.growing IS 'Check 6: it is on a larger scale than the first cycle of its idea, and on no smaller one than the cycle before.';
COMMENT ON COLUMN improvement.cycle.data_over_time IS 'Check 7: the study rests on three or more points over time.';
COMMENT ON COLUMN improvement.cycle.met IS 'How many of the seven are met.';
COMMENT ON COLUMN improvement.cycle.events IS 'The event, as stream/partition/offset.';

CREATE VIEW improvement.fidelity AS
WITH summed AS (
  SELECT project, count(*) AS cycles, avg(all_stages::INTEGER) AS all_stages, avg(study_after::INTEGER) AS study_after, avg(learning::INTEGER) AS learning,
    avg(prediction::INTEGER) AS prediction, bool_or(iterative) AS iterative, bool_or(growing) AS growing, avg(data_over_time::INTEGER) AS data_over_time,
    list_sort(flatten(list(events))) AS events
  FROM improvement.cycle GROUP BY project
)
SELECT project, cycles, all_stages, study_after, learning, prediction, iterative, growing, data_over_time,
  (all_stages = 1)::INTEGER + (study_after = 1)::INTEGER + (learning = 1)::INTEGER + (prediction = 1)::INTEGER + iterative::INTEGER + growing::INTEGER + (data_over_time = 1)::INTEGER AS met,
  iterative AND growing AND prediction = 1 AND data_over_time = 1 AS core_four, events
FROM summed;
COMMENT ON VIEW improvement.fidelity IS 'The seven checks for each project with cycles: shares of its cycles, and whether its cycles build on each other.';
COMMENT ON COLUMN improvement.fidelity.project IS 'The project.';
COMMENT ON COLUMN improvement.fidelity.cycles IS 'Cycles that count.';
COMMENT ON COLUMN improvement.fidelity.all_stages IS 'The share with all four stages documented.';
COMMENT ON COLUMN improvement.fidelity.study_after IS 'The share of which the study was written afterwards.';
COMMENT ON COLUMN improvement.fidelity.learning IS 'The share with what was learnt.';
COMMENT ON COLUMN improvement.fidelity.prediction IS 'The share with a prediction before the test.';
COMMENT ON COLUMN improvement.fidelity.iterative IS 'Whether some idea was tried in two or more cycles.';
COMMENT ON COLUMN improvement.fidelity.growing IS 'Whether the scale of some idea grew.';
COMMENT ON COLUMN improvement.fidelity.data_over_time IS 'The share that rests on three or more points over time.';
COMMENT ON COLUMN improvement.fidelity.met IS 'How many of the seven the project meets: in all of its cycles, where it is a share.';
COMMENT ON COLUMN improvement.fidelity.core_four IS 'Whether it meets the four that make a method of it: iterative, growing, predicted, with data over time.';
COMMENT ON COLUMN improvement.fidelity.events IS 'The events of its cycles: stream/partition/offset.';

-- How long it takes from a signal to an insight, and on to its use by others. Follows the rule 10 of README.md.

CREATE VIEW learning.wait AS
WITH said AS (
  SELECT e.signal, min(coalesce(t.day, e.as_of)) FILTER (e.state = 'opened') AS day, max(coalesce(t.day, e.as_of)) FILTER (e.state IN ('ended', 'closed')) AS over_on,
    min(e.event) FILTER (e.state = 'opened') AS event
  FROM plimsoll.signal_event e ASOF LEFT JOIN current.tick t ON e.recorded_at >= t._recorded_at GROUP BY e.signal),
-- Signals of one unit and measure of which one opened while another was open tell of one thing.
concern AS (
  SELECT s.signal, s.microsystem, s.measure, o.day, o.event, coalesce(o.day > max(coalesce(o.over_on, DATE '9999-12-31')) OVER (PARTITION BY s.microsystem, s.measure
    ORDER BY o.day, s.signal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS fresh
  FROM plimsoll.signal s JOIN said o USING (signal)
  WHERE s.variation = 'concern' AND s.state <> 'withdrawn' AND s.rule <> 'silence' AND NOT contains(s.rule, '/') AND s.stratum IS NULL),
numbered AS (SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY microsystem, measure ORDER BY day, signal ROWS UNBOUNDED PRECEDING) AS spell FROM concern),
told AS (
  SELECT signal, first_value({day: day, event: event, signal: signal}) OVER (PARTITION BY microsystem, measure, spell ORDER BY day, signal) AS first, microsystem FROM numbered),
shown AS (
  SELECT s.first.signal AS signal, i.insight, i.day, i.event FROM learning.evidence_state e JOIN learning.known_insight i ON i.insight = e.insight AND i.standing
  JOIN told s ON s.signal = e.reference WHERE e.kind = 'signal' AND e.state = 'holds'),
opened AS (SELECT signal, microsystem, first.day AS day, first.event AS event FROM told WHERE signal = first.signal),
first_insight AS (SELECT signal, min(day) AS day, arg_min(event, (day, insight)) AS event FROM shown GROUP BY signal),
offered AS (SELECT lesson, microsystem, day, unnest(insights) AS insight FROM learning.known_lesson WHERE shared),
taken AS (SELECT o.insight, r.day, r.reuse, r.event FROM offered o JOIN learning.known_reuse r ON r.lesson = o.lesson),
insight_reuse AS (SELECT insight, min(day) AS day, arg_min(event, (day, reuse)) AS event FROM taken GROUP BY insight),
signal_reuse AS (SELECT s.signal, min(t.day) AS day, arg_min(t.event, (t.day, t.reuse)) AS event FROM shown s JOIN taken t USING (insight) GROUP BY s.signal),
lesson_reuse AS (SELECT lesson, min(day) AS day, arg_min(event, (day, reuse)) AS event FROM learning.known_reuse GROUP BY lesson),
pair AS (
  SELECT 'signal-to-insight' AS step, c.signal AS id, c.microsystem, c.day AS since, f.day AS until, c.event AS first_event, f.event AS last_event
  FROM opened c LEFT JOIN first_insight f USING (signal)
  UNION ALL SELECT 'signal-to-reuse', c.signal, c.microsystem, c.day, f.day, c.event, f.event FROM opened c LEFT JOIN signal_reuse f USING (signal)
  UNION ALL SELECT 'insight-to-reuse', i.insight, i.microsystem, i.day, f.day, i.event, f.event
    FROM learning.known_insight i LEFT JOIN insight_reuse f USING (insight) WHERE i.standing
  UNION ALL SELECT 'lesson-to-reuse', l.lesson, l.microsystem, l.day, f.day, l.event, f.event
    FROM learning.known_lesson l LEFT JOIN lesson_reuse f USING (lesson) WHERE l.shared)
SELECT p.step, p.id, p.microsystem, greatest(coalesce(p.until, k.day) - p.since, 0) / 7 AS weeks, p.until IS NOT NULL AS happened,
  CASE WHEN p.last_event IS NULL THEN [p.first_event] ELSE [p.first_event, p.last_event] END AS events
FROM pair p CROSS JOIN plimsoll.clock k WHERE p.since <= k.day;

CREATE VIEW learning.lead_time AS
WITH scoped AS (SELECT step, unnest([microsystem, NULL]) AS microsystem, weeks, happened, events FROM learning.wait),
timed AS (SELECT {step: step, unit: microsystem} AS grp, weeks AS "time", happened FROM scoped),
counted AS (
  SELECT step, microsystem, count(*) AS cases, count(*) FILTER (happened) AS happened, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM scoped GROUP BY step, microsystem)
SELECT c.step, c.microsystem, c.cases, c.happened, c.cases - c.happened AS waiting, m.lower_quartile AS lower_quartile_weeks, m.median AS median_weeks,
  m.upper_quartile AS upper_quartile_weeks, m.median_low AS median_weeks_low, m.median_high AS median_weeks_high, c.events
FROM counted c LEFT JOIN stats.kaplan_meier_median('timed') m ON m.grp.step = c.step AND m.grp.unit IS NOT DISTINCT FROM c.microsystem;
COMMENT ON VIEW learning.lead_time IS 'How many weeks it takes from a signal of concern to an insight and to the use of what was learnt by another unit. What has not happened yet counts with the time that it has waited (Kaplan-Meier).';
COMMENT ON COLUMN learning.lead_time.step IS 'signal-to-insight, insight-to-reuse, lesson-to-reuse or signal-to-reuse.';
COMMENT ON COLUMN learning.lead_time.microsystem IS 'The unit of the signal, insight or lesson; null: all units.';
COMMENT ON COLUMN learning.lead_time.cases IS 'Signals, insights or lessons. Signals of one unit and measure of which one opened while another was open count as one; what was withdrawn does not count.';
COMMENT ON COLUMN learning.lead_time.happened IS 'Those with an insight, or with a use.';
COMMENT ON COLUMN learning.lead_time.waiting IS 'Those without one so far.';
COMMENT ON COLUMN learning.lead_time.lower_quartile_weeks IS 'The weeks by which it has happened to a quarter; null: not reached yet.';
COMMENT ON COLUMN learning.lead_time.median_weeks IS 'The weeks by which it has happened to half; null: not reached yet.';
COMMENT ON COLUMN learning.lead_time.upper_quartile_weeks IS 'The weeks by which it has happened to three quarters; null: not reached yet.';
COMMENT ON COLUMN learning.lead_time.median_weeks_low IS 'The lower end of the 95 % interval of the median (Brookmeyer and Crowley).';
COMMENT ON COLUMN learning.lead_time.median_weeks_high IS 'The upper end; null: not reached yet.';
COMMENT ON COLUMN learning.lead_time.events IS 'The events at both ends of each: stream/partition/offset.';

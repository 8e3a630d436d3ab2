-- What ought to be a signal: of the latest wave of each survey, of pulses, and the fear pattern. No words of a signal hold a figure.

CREATE TABLE culture.signal AS
WITH moved AS (
  -- A scale that has both a mean and a percentage is one signal.
  SELECT c.survey || '/' || c.subject AS subject, c.microsystem, 'since-' || c.against || '-wave' AS "rule", c.variation, w.opened AS first_period, w.released AS as_of,
    c.title || ': ' || c.verdict || ' than in ' || CASE c.against WHEN 'previous' THEN 'the wave before' ELSE 'the first wave' END || ' (' || c.earlier_wave
      || '), by 3 points of 100 or more, and more than chance explains.' AS words
  FROM culture.survey_change c JOIN culture.released_wave w ON w.wave = c.wave AND w.latest
  WHERE c.variation IS NOT NULL AND c.kind = 'scale' AND c.breakdown = 'all'
  QUALIFY row_number() OVER (PARTITION BY c.survey, c.subject, c.microsystem, c.against ORDER BY c.q, c.figure) = 1
),
latest AS (
  SELECT p.survey, p.microsystem, p.figure, p.subject, p.title, p.direction, c.period, c.rules
  FROM culture.pulse_point p JOIN culture.pulse_chart c ON c.series = p.series AND c.period = p.period AND c.phase = p.phase
  QUALIFY row_number() OVER (PARTITION BY p.series ORDER BY p.period DESC) = 1
),
run AS (SELECT * EXCLUDE (rules), unnest(rules) AS run FROM latest),
pulsed AS (
  SELECT survey || '/' || subject AS subject, microsystem, 'pulse-' || run."rule" || '-' || run.side AS "rule",
    CASE WHEN direction = 'neutral' THEN 'changed' WHEN run.side = 'high' THEN 'improvement' ELSE 'concern' END AS variation,
    run."first" AS first_period, run.completed, period AS as_of, title || ': ' || CASE run."rule" WHEN 'beyond-limits' THEN 'outside the limits of its chart'
      WHEN 'shift' THEN 'several waves in a row on one side of the average' WHEN 'trend' THEN 'several waves in a row that go one way'
      ELSE 'two of three waves near the limits of its chart' END || ', ' || CASE run.side WHEN 'high' THEN 'upwards.' ELSE 'downwards.' END AS words
  FROM run
  QUALIFY row_number() OVER (PARTITION BY survey, subject, microsystem, run."rule", run.side, run."first" ORDER BY figure) = 1
),
afraid AS (
  SELECT f.pair AS subject, f.microsystem, 'fear-pattern' AS "rule", 'concern' AS variation, min(f.opened) AS first_period,
    greatest(max(f.opened), max(f.reporting_since)) AS completed, (SELECT day FROM plimsoll.clock) AS as_of,
    any_value(p.title) || ': less is reported, and about the same time the survey fell on safety or on reporting. Ask whether people are afraid to speak up.' AS words
  FROM culture.fear f JOIN current.culture_pair p ON p.id = f.pair GROUP BY f.pair, f.microsystem
)
SELECT subject, microsystem, "rule", variation, first_period, first_period AS completed_period, as_of, words FROM moved
UNION ALL SELECT subject, microsystem, "rule", variation, first_period, completed, as_of, words FROM pulsed
UNION ALL SELECT subject, microsystem, "rule", variation, first_period, completed, as_of, words FROM afraid;

-- Pulses: a survey with 13 released waves or more is charted; a yearly one never comes so far (RULES 1.12).

CREATE VIEW culture.pulse_point AS
WITH one AS (
  SELECT e.survey, e.microsystem, e.figure, e.subject, e.wave, w.opened AS period, e."value", e.event, s.meaning, s.title
  FROM culture.estimate e JOIN culture.released_wave w ON w.wave = e.wave
  JOIN culture.subject s ON s.instrument = w.instrument AND s.version = w.instrument_version AND s.subject = e.subject AND s.kind = 'scale'
  -- A hidden figure is no point, of nothing.
  WHERE e.breakdown = 'all' AND NOT e.rest AND (e.reason IS NULL OR e.reason = 'no-limits')
  QUALIFY row_number() OVER (PARTITION BY e.survey, e.microsystem, e.figure, e.subject, w.opened ORDER BY e.wave) = 1
),
turned AS (
  SELECT *, (meaning IS DISTINCT FROM lag(meaning) OVER in_turn)::INTEGER AS turns FROM one
  WINDOW in_turn AS (PARTITION BY survey, microsystem, figure, subject ORDER BY period)
),
phased AS (
  SELECT *, to_json([survey, microsystem, figure, subject])::VARCHAR AS series, sum(turns) OVER in_turn AS phase FROM turned
  WINDOW in_turn AS (PARTITION BY survey, microsystem, figure, subject ORDER BY period ROWS UNBOUNDED PRECEDING)
)
SELECT p.*, row_number() OVER (PARTITION BY series, phase ORDER BY period) <= 24 AS baseline,
  CASE WHEN v.value IS NOT NULL AND json_contains(v.value::JSON, to_json(p.subject)) THEN 'neutral' ELSE 'up' END AS direction
FROM phased p LEFT JOIN current.culture_setting v ON v.id = 'neutral-scales'
QUALIFY count(*) OVER (PARTITION BY series, phase) >= 13;

CREATE VIEW culture.pulse_chart AS
SELECT series, period, phase, centre, lcl3, ucl3, signal, variation, rules FROM spc.xmr('culture.pulse_point');

CREATE VIEW culture.pulse AS
SELECT p.survey, p.microsystem, p.figure, p.subject, p.title, p.wave, p.period AS opened, p."value", c.centre, c.lcl3, c.ucl3, c.variation,
  list_sort(list_distinct(list_transform(c.rules, lambda one: one."rule"))) AS rules, [p.event] AS events
FROM culture.pulse_point p JOIN culture.pulse_chart c ON c.series = p.series AND c.period = p.period AND c.phase = p.phase;
COMMENT ON VIEW culture.pulse IS 'Scales of surveys that have 13 released figures or more of a unit, as XmR charts (mdc-2023; limits of the first 24). A figure that was not released is in nothing.';
COMMENT ON COLUMN culture.pulse.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.pulse.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN culture.pulse.figure IS 'percent-positive or mean.';
COMMENT ON COLUMN culture.pulse.subject IS 'The id of the scale.';
COMMENT ON COLUMN culture.pulse.title IS 'Its name.';
COMMENT ON COLUMN culture.pulse.wave IS 'The wave.';
COMMENT ON COLUMN culture.pulse.opened IS 'Its first day.';
COMMENT ON COLUMN culture.pulse.value IS 'The figure as released.';
COMMENT ON COLUMN culture.pulse.centre IS 'The centre line.';
COMMENT ON COLUMN culture.pulse.lcl3 IS 'The lower control limit.';
COMMENT ON COLUMN culture.pulse.ucl3 IS 'The upper control limit.';
COMMENT ON COLUMN culture.pulse.variation IS 'concern, improvement, both, changed, common or not-judged.';
COMMENT ON COLUMN culture.pulse.rules IS 'The rules that mark the point.';
COMMENT ON COLUMN culture.pulse.events IS 'The released figure: stream/partition/offset.';

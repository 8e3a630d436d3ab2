-- How far a team agrees, and whether teams can be told apart: what a score of a team is worth.

CREATE VIEW culture.climate_strength AS
SELECT f.wave, w.survey, f.cell, f.microsystem, f.subject,
  CASE WHEN f.low >= 0.9 THEN 'strong' WHEN f.low >= 0.7 THEN 'moderate' WHEN f.low IS NOT NULL THEN 'weak' END AS strength, f.low, f.high, f.reason,
  ['released-figure/' || f._partition || '/' || f._offset] AS events
FROM current.released_figure f JOIN culture.released_wave w ON w.wave = f.wave WHERE f.figure = 'agreement';
COMMENT ON VIEW culture.climate_strength IS 'Climate strength: how far the people of a team agree on a scale, in bands of r_wg(J). Only of teams: a unit made of several has no one climate.';
COMMENT ON COLUMN culture.climate_strength.wave IS 'The wave.';
COMMENT ON COLUMN culture.climate_strength.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.climate_strength.cell IS 'Whose answers.';
COMMENT ON COLUMN culture.climate_strength.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN culture.climate_strength.subject IS 'The id of the scale.';
COMMENT ON COLUMN culture.climate_strength.strength IS 'strong (from .90), moderate (from .70) or weak: people disagree, and no mean of theirs is told. Null: see reason.';
COMMENT ON COLUMN culture.climate_strength.low IS 'The lower end of the band.';
COMMENT ON COLUMN culture.climate_strength.high IS 'The upper end.';
COMMENT ON COLUMN culture.climate_strength.reason IS 'Why nothing is told.';
COMMENT ON COLUMN culture.climate_strength.events IS 'The released figure: stream/partition/offset.';

CREATE VIEW culture.scale_reliability AS
WITH figure AS (
  SELECT f.wave, f.microsystem, f.subject, max(f."value") FILTER (f.figure = 'alpha') AS alpha, max(f."value") FILTER (f.figure = 'icc1') AS icc1,
    max(f."value") FILTER (f.figure = 'icc2') AS icc2, max(f.reason) FILTER (f.figure = 'icc2') AS reason,
    list_sort(list('released-figure/' || f._partition || '/' || f._offset)) AS events
  FROM current.released_figure f WHERE f.figure IN ('alpha', 'icc1', 'icc2') GROUP BY f.wave, f.microsystem, f.subject
)
SELECT f.wave, w.survey, f.microsystem, f.subject, f.alpha, f.icc1, f.icc2, coalesce(f.icc2 >= 0.7, false) AS rankable,
  CASE WHEN f.icc2 >= 0.7 THEN 'teams can be told apart' WHEN f.icc2 IS NOT NULL THEN 'teams cannot be ranked: ICC(2) is below .70' END AS verdict, f.reason, f.events
FROM figure f JOIN culture.released_wave w ON w.wave = f.wave;
COMMENT ON VIEW culture.scale_reliability IS 'Whether a scale hangs together, and whether the means of teams are reliable enough to set them in an order. The organisation only, from 100 people on.';
COMMENT ON COLUMN culture.scale_reliability.wave IS 'The wave.';
COMMENT ON COLUMN culture.scale_reliability.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.scale_reliability.microsystem IS 'The unit above all.';
COMMENT ON COLUMN culture.scale_reliability.subject IS 'The id of the scale.';
COMMENT ON COLUMN culture.scale_reliability.alpha IS 'Cronbach''s alpha.';
COMMENT ON COLUMN culture.scale_reliability.icc1 IS 'ICC(1): the share of the variance that lies between teams.';
COMMENT ON COLUMN culture.scale_reliability.icc2 IS 'ICC(2): how reliable the mean of a team is.';
COMMENT ON COLUMN culture.scale_reliability.rankable IS 'Whether ICC(2) is .70 or more. Only then are there ranks, anywhere.';
COMMENT ON COLUMN culture.scale_reliability.verdict IS 'The same in words. Null: see reason.';
COMMENT ON COLUMN culture.scale_reliability.reason IS 'Why nothing is told.';
COMMENT ON COLUMN culture.scale_reliability.events IS 'The released figures: stream/partition/offset.';

CREATE VIEW culture.team_rank AS
WITH scale AS (
  SELECT r.*, v.value IS NOT NULL AND json_contains(v.value::JSON, to_json(r.subject)) AS neutral
  FROM culture.scale_reliability r JOIN culture.released_wave w ON w.wave = r.wave AND w.latest LEFT JOIN current.culture_setting v ON v.id = 'neutral-scales'
),
-- A scale that has both is ranked by its mean.
ranked AS (
  SELECT to_json([e.wave, e.subject])::VARCHAR AS grp, e.wave, e.subject, e.figure, e.microsystem AS unit, e."value" AS estimate, greatest(e.down, e.up) / e.t AS se,
    s.icc2 AS reliability, e.event, s.events
  FROM culture.estimate e JOIN scale s ON s.wave = e.wave AND s.subject = e.subject AND s.rankable AND NOT s.neutral
  WHERE e.breakdown = 'all' AND NOT e.rest AND e.units IS NULL AND e.reason IS NULL
  QUALIFY e.figure = min(e.figure) OVER (PARTITION BY e.wave, e.subject)
),
place AS (SELECT * FROM stats.rank_interval('ranked'))
SELECT r.wave, r.subject, r.figure, r.unit AS microsystem, p.rank_low, p.rank_median, p.rank_high, p.units, p.not_told_apart, NULL::VARCHAR AS reason,
  list_concat([r.event], r.events) AS events
FROM ranked r JOIN place p ON p.grp = r.grp AND p.unit = r.unit WHERE p.rank_low IS NOT NULL
UNION ALL
SELECT wave, subject, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  coalesce(reason, CASE WHEN icc2 IS NULL THEN 'no-icc2' WHEN NOT rankable THEN 'icc2-below-.70' ELSE 'neither-way-is-better' END), events
FROM scale WHERE NOT rankable OR neutral;
COMMENT ON VIEW culture.team_rank IS 'Between which ranks each team lies in the latest wave of a survey (1: highest), of scales whose ICC(2) is .70 or more. Of others there is one row that says why there are none.';
COMMENT ON COLUMN culture.team_rank.wave IS 'The wave.';
COMMENT ON COLUMN culture.team_rank.subject IS 'The id of the scale.';
COMMENT ON COLUMN culture.team_rank.figure IS 'mean or percent-positive.';
COMMENT ON COLUMN culture.team_rank.microsystem IS 'The team. Null: no ranking is offered.';
COMMENT ON COLUMN culture.team_rank.rank_low IS 'The best rank of its 95 % interval.';
COMMENT ON COLUMN culture.team_rank.rank_median IS 'The rank in the middle.';
COMMENT ON COLUMN culture.team_rank.rank_high IS 'The worst rank.';
COMMENT ON COLUMN culture.team_rank.units IS 'How many teams there are.';
COMMENT ON COLUMN culture.team_rank.not_told_apart IS 'From how many of them it cannot be told apart.';
COMMENT ON COLUMN culture.team_rank.reason IS 'Why no ranking is offered: icc2-below-.70, neither-way-is-better, or the reason why ICC(2) is not told.';
COMMENT ON COLUMN culture.team_rank.events IS 'The released figures: stream/partition/offset.';

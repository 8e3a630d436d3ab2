-- What has moved between the waves of a survey (RULES 1.12). All of it is made of released figures, and so tells nothing that they do not.

-- What an item or scale is by a key: only figures that mean the same are set beside one another.
CREATE VIEW culture.subject AS
WITH key AS (
  SELECT id AS instrument, version, from_json(items::VARCHAR, '["JSON"]') AS items, from_json(scales::VARCHAR, '["JSON"]') AS scales FROM current.instrument
),
scale AS (SELECT instrument, version, unnest(scales) AS scale FROM key),
member AS (
  SELECT instrument, version, scale->>'id' AS subject, scale->'scoring' AS scoring, unnest(from_json(scale->'items', '["VARCHAR"]')) AS item FROM scale
),
item AS (
  SELECT instrument, version, one->>'id' AS item, (one->>'min')::DOUBLE AS least, (one->>'max')::DOUBLE AS most,
    concat_ws(' ', one->>'id', one->>'min', one->>'max', one->>'reversed', coalesce(one->>'notApplicable', '-')) AS meaning
  FROM (SELECT instrument, version, unnest(items) AS one FROM key)
),
threshold AS (SELECT instrument, version, item, min(scoring->>'threshold') AS threshold FROM member GROUP BY ALL),
made AS (
  SELECT m.instrument, m.version, m.subject, any_value(m.scoring) AS scoring, min(i.least) AS least, max(i.most) AS most,
    string_agg(i.meaning, '; ' ORDER BY i.item) AS meaning
  FROM member m JOIN item i USING (instrument, version, item) GROUP BY m.instrument, m.version, m.subject
)
SELECT m.instrument, m.version, m.subject, 'scale' AS kind, s.scale->>'title' AS title, m.scoring::VARCHAR || ' of ' || m.meaning AS meaning,
  CASE (m.scoring->>'kind') WHEN 'stretch' THEN (m.scoring->>'to')::DOUBLE WHEN 'transform' THEN (m.most - m.least) * (m.scoring->>'multiply')::DOUBLE
    ELSE m.most - m.least END AS width
FROM made m JOIN scale s ON s.instrument = m.instrument AND s.version = m.version AND (s.scale->>'id') = m.subject
UNION ALL
SELECT i.instrument, i.version, i.item, 'item', i.item, concat_ws(' ', i.meaning, 'positive from', t.threshold), i.most - i.least
FROM item i LEFT JOIN threshold t USING (instrument, version, item);

CREATE VIEW culture.released_wave AS
SELECT w.id AS wave, w.title, w.survey, w.instrument, w.instrument_version, w.opened, w.closes, r.day AS released, r.tree,
  lag(w.id) OVER in_turn AS previous, first_value(w.id) OVER in_turn AS first, row_number() OVER (PARTITION BY w.survey ORDER BY w.opened DESC, w.id DESC) = 1 AS latest
FROM current.wave w JOIN current.release r ON r.wave = w.id AND r.state = 'released'
WINDOW in_turn AS (PARTITION BY w.survey ORDER BY w.opened, w.id);

-- Each unit of the tree that was frozen at a close, below itself and below every unit above it.
CREATE VIEW culture.released_unit AS
WITH RECURSIVE unit AS (
  SELECT wave, one[1] AS unit, one[2] AS parent FROM (SELECT wave, unnest(from_json(tree::JSON->'units', '[["VARCHAR"]]')) AS one FROM culture.released_wave)
),
above AS (
  SELECT wave, unit, unit AS ancestor FROM unit
  UNION SELECT a.wave, a.unit, u.parent FROM above a JOIN unit u ON u.wave = a.wave AND u.unit = a.ancestor WHERE u.parent IS NOT NULL
)
SELECT wave, unit, ancestor FROM above
-- Where a tree has several tops, all of them together are called so.
UNION SELECT wave, unit, 'all' FROM unit;

-- Percentages and means with what their limits say of their spread. A total is as sure as the number of its pieces lets it be.
CREATE TABLE culture.estimate AS
WITH figure AS (
  SELECT f.wave, w.survey, f.cell, f.microsystem, f.rest, f.breakdown, f.figure, f.subject, f.n, f."value", f.low, f.high,
    CASE WHEN f."value" IS NULL OR f.bound <> 'exact' THEN coalesce(f.reason, 'no-answer') WHEN f.low IS NULL OR f.high IS NULL OR f.n IS NULL THEN 'no-limits' END AS reason,
    'released-figure/' || f._partition || '/' || f._offset AS event
  FROM current.released_figure f JOIN culture.released_wave w ON w.wave = f.wave WHERE f.figure IN ('percent-positive', 'mean')
),
inner_unit AS (SELECT wave, ancestor AS unit, list_sort(list(unit)) AS units FROM culture.released_unit WHERE unit <> ancestor GROUP BY wave, ancestor),
piece AS (
  SELECT f.wave, f.figure, f.subject, a.ancestor AS unit, count(*) AS pieces
  FROM figure f LEFT JOIN inner_unit i ON i.wave = f.wave AND i.unit = f.microsystem JOIN culture.released_unit a ON a.wave = f.wave AND a.unit = f.microsystem
  WHERE f.breakdown = 'all' AND f.reason IS NULL AND (f.rest OR i.unit IS NULL) GROUP BY ALL
),
told AS (
  SELECT f.*, i.units, CASE WHEN f.breakdown = 'all' AND NOT f.rest AND i.unit IS NOT NULL THEN coalesce(p.pieces, 2) ELSE 1 END AS pieces
  FROM figure f LEFT JOIN inner_unit i ON i.wave = f.wave AND i.unit = f.microsystem
  LEFT JOIN piece p ON p.wave = f.wave AND p.figure = f.figure AND p.subject = f.subject AND p.unit = f.microsystem
),
sided AS (
  SELECT *, CASE WHEN pieces > 1 THEN pieces - 1 WHEN figure = 'mean' THEN greatest(n - 1, 1)
      -- Wilson's limits are normal ones: as good as any number.
      ELSE 10000 END::DOUBLE AS df,
    -- Limits that lie evenly about a figure may be cut at an end of its range: the other side is the true one.
    CASE WHEN pieces > 1 OR figure = 'mean' THEN greatest("value" - low, high - "value") ELSE "value" - low END AS down,
    CASE WHEN pieces > 1 OR figure = 'mean' THEN greatest("value" - low, high - "value") ELSE high - "value" END AS up
  FROM told
)
-- There are far fewer degrees of freedom than figures, and a quantile takes long.
SELECT s.wave, s.survey, s.cell, s.microsystem, s.rest, s.breakdown, s.figure, s.subject, s.n, s."value", s.reason, s.units, s.pieces, s.df, s.down, s.up, q.t, s.event
FROM sided s JOIN (
  SELECT df, CASE WHEN df = 10000 THEN stats.normal_quantile(0.975) ELSE stats.t_quantile(0.975, df) END AS t FROM (SELECT DISTINCT df FROM sided)) q ON q.df = s.df;

-- Two figures beside each other: percentages by Newcombe's squares of the released limits, means by Welch.
CREATE TABLE culture.contrast AS
WITH pair AS (
  SELECT wave, 'previous' AS against, previous AS earlier FROM culture.released_wave WHERE previous IS NOT NULL
  UNION ALL SELECT wave, 'first', first FROM culture.released_wave WHERE first <> previous
),
meant AS (
  SELECT w.wave, s.subject, s.kind, s.title, s.meaning, s.width FROM culture.released_wave w
  JOIN culture.subject s ON s.instrument = w.instrument AND s.version = w.instrument_version
),
across AS (
  SELECT p.against, p.earlier AS earlier_wave, b AS b, a AS a,
    CASE WHEN x.meaning IS NULL OR (a.wave IS NOT NULL AND y.meaning IS DISTINCT FROM x.meaning) THEN 'other-key' END AS unlike
  FROM pair p JOIN culture.estimate b ON b.wave = p.wave AND NOT b.rest
  LEFT JOIN culture.estimate a ON a.wave = p.earlier AND a.cell = b.cell AND a.breakdown = b.breakdown AND a.figure = b.figure AND a.subject = b.subject
  LEFT JOIN meant x ON x.wave = b.wave AND x.subject = b.subject LEFT JOIN meant y ON y.wave = p.earlier AND y.subject = b.subject
),
within AS (
  SELECT 'early' AS against, b.wave AS earlier_wave, b AS b, a AS a, NULL AS unlike
  FROM culture.estimate b JOIN culture.estimate a ON a.wave = b.wave AND a.microsystem = b.microsystem AND a.figure = b.figure AND a.subject = b.subject
  WHERE b.breakdown = 'half=late' AND a.breakdown = 'half=early'
),
beside AS (
  SELECT c.against, c.earlier_wave, c.b.wave AS wave, c.b.survey AS survey, c.b.cell AS cell, c.b.microsystem AS microsystem, c.b.breakdown AS breakdown,
    c.b.figure AS figure, c.b.subject AS subject, c.b AS b, c.a AS a, coalesce(c.b.reason, CASE WHEN c.a.wave IS NULL THEN 'not-asked' END, c.a.reason, c.unlike) AS reason,
    CASE WHEN c.b."value" >= c.a."value" THEN c.b.down ELSE c.b.up END / c.b.t AS b_se,
    CASE WHEN c.b."value" >= c.a."value" THEN c.a.up ELSE c.a.down END / c.a.t AS a_se
  FROM (FROM across UNION ALL FROM within) c
),
tested AS (
  SELECT *,
    -- Of a percentage of one team Wilson's limits are normal ones, and nothing else has to be asked.
    CASE WHEN reason IS NULL AND figure <> 'mean' AND a.pieces = 1 AND b.pieces = 1 THEN stats.normal_p((b."value" - a."value") / sqrt(a_se * a_se + b_se * b_se)) END AS normal,
    CASE WHEN reason IS NULL AND (figure = 'mean' OR a.pieces > 1 OR b.pieces > 1) THEN stats.welch(a.df + 1, a."value", a_se * sqrt(a.df + 1), b.df + 1, b."value", b_se * sqrt(b.df + 1)) END AS welch FROM beside
),
numbered AS (
  SELECT *, row_number() OVER (ORDER BY wave, against, cell, breakdown, figure, subject) AS id, wave || CASE WHEN against = 'early' THEN '?' ELSE '' END AS grp,
    coalesce(normal, welch.p) AS p
  FROM tested
)
SELECT n.against, n.earlier_wave, n.wave, n.survey, n.cell, n.microsystem, n.breakdown, n.figure, n.subject, m.kind, m.title, n.b.n AS n,
  CASE WHEN n.b.reason IS NULL OR n.b.reason = 'no-limits' THEN n.b."value" END AS "value",
  CASE WHEN n.a.reason IS NULL OR n.a.reason = 'no-limits' THEN n.a."value" END AS earlier_value, n.reason,
  CASE WHEN n.reason IS NULL THEN n.b."value" - n.a."value" END AS difference,
  CASE WHEN n.reason IS NULL AND n.figure = 'mean' THEN n.welch.low WHEN n.reason IS NULL THEN n.b."value" - n.a."value" - sqrt(n.b.down * n.b.down + n.a.up * n.a.up) END AS low,
  CASE WHEN n.reason IS NULL AND n.figure = 'mean' THEN n.welch.high WHEN n.reason IS NULL THEN n.b."value" - n.a."value" + sqrt(n.b.up * n.b.up + n.a.down * n.a.down) END AS high,
  CASE WHEN n.reason IS NULL THEN (n.b."value" - n.a."value") * CASE n.figure WHEN 'mean' THEN 100 / m.width ELSE 1 END END AS points, q.q,
  n.b.units IS NOT DISTINCT FROM n.a.units AS same_units, list_filter([n.b.event, n.a.event], lambda one: one IS NOT NULL) AS events
FROM numbered n JOIN stats.adjust('numbered') q ON q.id = n.id AND q.grp = n.grp LEFT JOIN meant m ON m.wave = n.wave AND m.subject = n.subject;

CREATE VIEW culture.survey_change AS
SELECT c.wave, c.survey, c.cell, c.microsystem, c.breakdown, c.figure, c.subject, c.kind, c.title, c.against, c.earlier_wave, c.n, c."value", c.earlier_value,
  c.difference, c.low, c.high, c.points, c.q, c.same_units, CASE WHEN c.reason IS NOT NULL THEN NULL WHEN c.q < 0.05 AND abs(c.points) >= 3 - 1e-9 THEN
    CASE WHEN c.points > 0 THEN 'higher' ELSE 'lower' END ELSE 'no change can be told' END AS verdict,
  CASE WHEN c.reason IS NULL AND c.q < 0.05 AND abs(c.points) >= 3 - 1e-9 THEN
    CASE WHEN s.value IS NOT NULL AND json_contains(s.value::JSON, to_json(c.subject)) THEN 'changed' WHEN c.points > 0 THEN 'improvement' ELSE 'concern' END END AS variation,
  c.reason, c.events
FROM culture.contrast c LEFT JOIN current.culture_setting s ON s.id = 'neutral-scales' WHERE c.against <> 'early';
COMMENT ON VIEW culture.survey_change IS 'What has moved since the wave before and since the first wave of a survey, where both have released it. A wave is one report: q is made over all its rows.';
COMMENT ON COLUMN culture.survey_change.wave IS 'The wave.';
COMMENT ON COLUMN culture.survey_change.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.survey_change.cell IS 'Whose answers: a unit and all below it, or a group of the organisation. What is pooled is of other teams each time, and is not compared.';
COMMENT ON COLUMN culture.survey_change.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN culture.survey_change.breakdown IS 'all, or the group of people.';
COMMENT ON COLUMN culture.survey_change.figure IS 'percent-positive or mean.';
COMMENT ON COLUMN culture.survey_change.subject IS 'The id of the item or scale.';
COMMENT ON COLUMN culture.survey_change.kind IS 'item or scale: only scales open signals.';
COMMENT ON COLUMN culture.survey_change.title IS 'The name of the scale; of an item its id.';
COMMENT ON COLUMN culture.survey_change.against IS 'previous: the wave before; first: the first one, where that is another.';
COMMENT ON COLUMN culture.survey_change.earlier_wave IS 'The wave that it is set beside.';
COMMENT ON COLUMN culture.survey_change.n IS 'How many people the figure rests on. Null: hidden.';
COMMENT ON COLUMN culture.survey_change.value IS 'The figure as released. Null: none is told, or only where it ends.';
COMMENT ON COLUMN culture.survey_change.earlier_value IS 'The same of the earlier wave.';
COMMENT ON COLUMN culture.survey_change.difference IS 'value - earlier_value.';
COMMENT ON COLUMN culture.survey_change.low IS 'The lower end of its 95 % interval (percentages: Newcombe; means: Welch), of limits that respect teams.';
COMMENT ON COLUMN culture.survey_change.high IS 'The upper end.';
COMMENT ON COLUMN culture.survey_change.points IS 'The difference in points of 100, over the range of the scale.';
COMMENT ON COLUMN culture.survey_change.q IS 'Its p-value, adjusted for all that the wave compares (Benjamini-Hochberg).';
COMMENT ON COLUMN culture.survey_change.same_units IS 'Whether the same units stood below it in both waves.';
COMMENT ON COLUMN culture.survey_change.verdict IS 'higher or lower: q is below .05 and the move at least 3 points of 100; else no change can be told. Null: see reason.';
COMMENT ON COLUMN culture.survey_change.variation IS 'improvement, concern, or changed where neither way is better. Null: no change.';
COMMENT ON COLUMN culture.survey_change.reason IS 'Why nothing is compared: the reason of either figure, other-key (it is scored otherwise), no-limits (released without them).';
COMMENT ON COLUMN culture.survey_change.events IS 'The released figures: stream/partition/offset.';

CREATE VIEW culture.early_late AS
SELECT wave, survey, microsystem, figure, subject, kind, title, "value" AS late_value, earlier_value AS early_value, difference, low, high, points, q,
  CASE WHEN reason IS NOT NULL THEN NULL WHEN q < 0.05 AND points > 0 THEN 'late answers are higher' WHEN q < 0.05 THEN 'late answers are lower'
    ELSE 'no difference can be told' END AS verdict, reason, events
FROM culture.contrast WHERE against = 'early';
COMMENT ON VIEW culture.early_late IS 'Those who answered after the first reminder beside those who answered before: late ones are the nearest there is to those who never answered. The organisation only.';
COMMENT ON COLUMN culture.early_late.wave IS 'The wave.';
COMMENT ON COLUMN culture.early_late.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.early_late.microsystem IS 'The unit above all.';
COMMENT ON COLUMN culture.early_late.figure IS 'percent-positive or mean.';
COMMENT ON COLUMN culture.early_late.subject IS 'The id of the item or scale.';
COMMENT ON COLUMN culture.early_late.kind IS 'item or scale.';
COMMENT ON COLUMN culture.early_late.title IS 'The name of the scale; of an item its id.';
COMMENT ON COLUMN culture.early_late.late_value IS 'The figure of those who answered late, as released. Null: none is told.';
COMMENT ON COLUMN culture.early_late.early_value IS 'The figure of those who answered early.';
COMMENT ON COLUMN culture.early_late.difference IS 'late_value - early_value.';
COMMENT ON COLUMN culture.early_late.low IS 'The lower end of its 95 % interval (percentages: Newcombe; means: Welch).';
COMMENT ON COLUMN culture.early_late.high IS 'The upper end.';
COMMENT ON COLUMN culture.early_late.points IS 'The difference in points of 100, over the range of the scale.';
COMMENT ON COLUMN culture.early_late.q IS 'Its p-value, adjusted over the rows of the wave (Benjamini-Hochberg).';
COMMENT ON COLUMN culture.early_late.verdict IS 'late answers are higher, late answers are lower (q below .05) or no difference can be told. Null: see reason.';
COMMENT ON COLUMN culture.early_late.reason IS 'Why nothing is compared.';
COMMENT ON COLUMN culture.early_late.events IS 'The released figures: stream/partition/offset.';

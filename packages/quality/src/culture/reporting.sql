-- Reporting beside harm that does not depend on it. Where a series stands is what everyone may see of it.

CREATE VIEW culture.movement AS
  WITH run AS (
    SELECT measure, microsystem, min(first_period) AS since, bool_or(side = 'high') AS high, bool_or(side = 'low') AS low
    FROM plimsoll.special_cause WHERE stratum IS NULL AND active AND rule <> 'silence' GROUP BY measure, microsystem)
  SELECT s.measure, s.microsystem,
    CASE WHEN s.silent THEN 'silent' WHEN s.status IN ('not-judged', 'unjudged') THEN 'not-judged' WHEN r.measure IS NULL THEN 'steady'
      WHEN coalesce(r.high, false) = coalesce(r.low, false) THEN 'unclear' WHEN r.high THEN 'up' ELSE 'down' END AS moves, r.since
  FROM plimsoll.standing s LEFT JOIN run r ON r.measure = s.measure AND r.microsystem = s.microsystem
  WHERE s.stratum IS NULL;

-- Where the survey fell on safety or reporting, as it was released for the unit itself or, where that was not told, for the nearest unit above it.
CREATE VIEW culture.fear AS
  WITH RECURSIVE above AS (
    SELECT id AS unit, id AS ancestor, 0 AS height FROM plimsoll.microsystem
    UNION ALL SELECT a.unit, m.parent, a.height + 1 FROM above a JOIN plimsoll.microsystem m ON m.id = a.ancestor WHERE m.parent IS NOT NULL AND a.height < 50),
  pair AS (
    SELECT id AS pair, reporting, unnest(from_json(survey::VARCHAR, '["VARCHAR"]')) AS subject, 'culture-pair/' || _partition || '/' || _offset AS event FROM current.culture_pair),
  nearest AS (
    SELECT p.pair, p.reporting, p.event, a.unit, a.height, c.wave, c.subject, c.microsystem AS told_of, c.verdict, c.events
    FROM pair p JOIN culture.survey_change c ON c.subject = p.subject AND c.against = 'previous' AND c.breakdown = 'all' AND c.reason IS NULL
    JOIN above a ON a.ancestor = c.microsystem
    QUALIFY a.height = min(a.height) OVER (PARTITION BY p.pair, a.unit, c.wave, c.subject))
  SELECT n.pair, n.reporting, n.unit AS microsystem, n.wave, w.opened, n.subject, n.told_of, m.since AS reporting_since,
    list_sort(list_distinct(list_concat([n.event], flatten(list(n.events))))) AS events
  FROM nearest n JOIN culture.released_wave w ON w.wave = n.wave
  JOIN culture.movement m ON m.measure = n.reporting AND m.microsystem = n.unit AND m.moves = 'down'
  WHERE n.verdict = 'lower' AND m.since >= w.opened - INTERVAL 6 MONTH AND m.since <= w.closes + INTERVAL 6 MONTH
  GROUP BY n.pair, n.reporting, n.unit, n.wave, w.opened, n.subject, n.told_of, m.since, n.event;
COMMENT ON VIEW culture.fear IS 'The fear pattern: reporting is falling now, and its run began within six months of a significant fall of the survey on safety or reporting.';
COMMENT ON COLUMN culture.fear.pair IS 'The id of the pair of measures.';
COMMENT ON COLUMN culture.fear.reporting IS 'The measure of reporting.';
COMMENT ON COLUMN culture.fear.microsystem IS 'The unit.';
COMMENT ON COLUMN culture.fear.wave IS 'The wave in which the survey fell against the one before.';
COMMENT ON COLUMN culture.fear.opened IS 'Its first day.';
COMMENT ON COLUMN culture.fear.subject IS 'The scale or item that fell.';
COMMENT ON COLUMN culture.fear.told_of IS 'The unit whose released figures fell: the unit itself, or the nearest above it of which they are told.';
COMMENT ON COLUMN culture.fear.reporting_since IS 'The first period of the run in which reporting is low.';
COMMENT ON COLUMN culture.fear.events IS 'The pair and the released figures: stream/partition/offset.';

CREATE VIEW culture.reporting AS
  WITH pair AS (
    SELECT p.id AS pair, p.title, p.reporting, p.harm, p.independent, h.direction AS harm_direction,
      CASE WHEN p.harm IS NULL THEN 'no-harm-measure' WHEN NOT p.independent THEN 'not-independent'
        WHEN r.id IS NULL OR h.id IS NULL THEN 'unknown-measure' WHEN r.class = 'team-only' OR h.class = 'team-only' THEN 'kept-by-team' END AS reason,
      ['culture-pair/' || p._partition || '/' || p._offset] AS events
    FROM current.culture_pair p LEFT JOIN plimsoll.measure r ON r.id = p.reporting LEFT JOIN plimsoll.measure h ON h.id = p.harm),
  placed AS (
    SELECT DISTINCT p.pair, v.microsystem FROM pair p
    JOIN (SELECT DISTINCT measure, microsystem FROM plimsoll.measure_value WHERE stratum IS NULL) v ON v.measure IN (p.reporting, p.harm)),
  stand AS (
    SELECT p.*, c.microsystem, r.moves AS reporting_moves, r.since AS reporting_since,
      -- Of time or cases between harms more is less harm.
      CASE WHEN p.harm_direction = 'up' AND h.moves = 'up' THEN 'down' WHEN p.harm_direction = 'up' AND h.moves = 'down' THEN 'up' ELSE h.moves END AS harm_moves,
      h.since AS harm_since
    FROM placed c JOIN pair p ON p.pair = c.pair
    LEFT JOIN culture.movement r ON r.measure = p.reporting AND r.microsystem = c.microsystem
    LEFT JOIN culture.movement h ON h.measure = p.harm AND h.microsystem = c.microsystem),
  known AS (
    SELECT * REPLACE (coalesce(reason, CASE WHEN reporting_moves IS NULL OR harm_moves IS NULL THEN 'no-figures'
      WHEN 'silent' IN (reporting_moves, harm_moves) THEN 'silent' WHEN 'not-judged' IN (reporting_moves, harm_moves) THEN 'not-judged'
      WHEN 'unclear' IN (reporting_moves, harm_moves) THEN 'unclear' END) AS reason)
    FROM stand),
  said AS (
    SELECT pair, title, microsystem, reporting, reporting_moves, reporting_since, harm, harm_moves, harm_since, reason,
      CASE WHEN reason IS NOT NULL THEN 'cannot tell' ELSE
        CASE reporting_moves || '/' || harm_moves
          WHEN 'up/down' THEN 'speaking up and safer' WHEN 'up/steady' THEN 'speaking up, harm steady' WHEN 'up/up' THEN 'speaking up, more harm'
          WHEN 'steady/down' THEN 'reporting steady, less harm' WHEN 'steady/steady' THEN 'no change' WHEN 'steady/up' THEN 'reporting steady, more harm'
          WHEN 'down/down' THEN 'reporting less, less harm' WHEN 'down/steady' THEN 'reporting less, harm steady' WHEN 'down/up' THEN 'reporting less, more harm'
        END END AS verdict, events
    FROM known)
  SELECT s.pair, s.title, s.microsystem, s.reporting, s.reporting_moves, s.reporting_since, s.harm, s.harm_moves, s.harm_since, s.verdict, s.reason,
    f.pair IS NOT NULL AS fear_pattern,
    CASE s.verdict
      WHEN 'speaking up and safer' THEN 'More is reported, and harm that is counted whoever reports has become less.'
      WHEN 'speaking up, harm steady' THEN 'More is reported, and harm is as before: people speak up more.'
      WHEN 'speaking up, more harm' THEN 'More is reported, and there is more harm, too: look at the harm first.'
      WHEN 'reporting steady, less harm' THEN 'As much is reported as before, and there is less harm.'
      WHEN 'no change' THEN 'As much is reported as before, and harm is as before.'
      WHEN 'reporting steady, more harm' THEN 'There is more harm, and reports do not show it.'
      WHEN 'reporting less, less harm' THEN 'Less is reported, and there is less harm: either less happens, or less is told.'
      WHEN 'reporting less, harm steady' THEN 'Less is reported while harm is as before: ask whether people still dare to speak up.'
      WHEN 'reporting less, more harm' THEN 'Less is reported while there is more harm: people may have stopped speaking up.'
      ELSE CASE s.reason
        WHEN 'no-harm-measure' THEN 'Nothing that does not depend on reporting says whether there is more or less harm.'
        WHEN 'not-independent' THEN 'The measure of harm depends on what is reported, so that fewer reports would look like less harm.'
        WHEN 'unknown-measure' THEN 'The pair names a measure that the project does not define.'
        WHEN 'kept-by-team' THEN 'The figures stay with the team that they are about.'
        WHEN 'no-figures' THEN 'One of the two measures has no figures of this unit.'
        WHEN 'silent' THEN 'The figures of one of the two measures have stopped coming.'
        WHEN 'not-judged' THEN 'One of the two measures has too few points to be judged, or is not judged.'
        ELSE 'One of the two measures moves both ways at once, or has changed without a side.' END
    END || CASE WHEN f.pair IS NULL THEN '' ELSE ' About that time the survey fell on safety or on reporting: people may be afraid to speak up.' END AS words, s.events
  FROM said s LEFT JOIN (SELECT DISTINCT pair, microsystem FROM culture.fear) f ON f.pair = s.pair AND f.microsystem = s.microsystem;
COMMENT ON VIEW culture.reporting IS 'What reporting means in each unit: read beside harm that is counted whoever reports, and never alone.';
COMMENT ON COLUMN culture.reporting.pair IS 'The id of the pair of measures.';
COMMENT ON COLUMN culture.reporting.title IS 'Its name.';
COMMENT ON COLUMN culture.reporting.microsystem IS 'The unit.';
COMMENT ON COLUMN culture.reporting.reporting IS 'The measure of reporting.';
COMMENT ON COLUMN culture.reporting.reporting_moves IS 'up or down: a run on that side includes the latest judged point; steady, unclear (both sides, or none), not-judged, silent. Null: no figures.';
COMMENT ON COLUMN culture.reporting.reporting_since IS 'The first period of that run.';
COMMENT ON COLUMN culture.reporting.harm IS 'The measure of harm; null: none.';
COMMENT ON COLUMN culture.reporting.harm_moves IS 'The same of harm: up is more harm, also where a higher figure is better, as of days between.';
COMMENT ON COLUMN culture.reporting.harm_since IS 'The first period of that run.';
COMMENT ON COLUMN culture.reporting.verdict IS 'What the two say together; cannot tell where one of them says nothing.';
COMMENT ON COLUMN culture.reporting.reason IS 'Of cannot tell: no-harm-measure, not-independent, unknown-measure, kept-by-team, no-figures, silent, not-judged or unclear.';
COMMENT ON COLUMN culture.reporting.fear_pattern IS 'Whether reporting is falling, and began to within six months of a fall of the survey on safety or reporting; told also where nothing is known of harm.';
COMMENT ON COLUMN culture.reporting.words IS 'The verdict in plain words.';
COMMENT ON COLUMN culture.reporting.events IS 'The event that declares the pair: stream/partition/offset; the figures are traced by measure, unit and period.';

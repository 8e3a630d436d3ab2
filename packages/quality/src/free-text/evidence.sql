-- How far patterns and suggestions are right, held against people. Rules 10 and 11 of README.md.

CREATE VIEW free_text.pattern AS
  WITH span AS (
    SELECT d.pattern, d.decision, d.text, d.event FROM free_text.decided d
    JOIN free_text.checked k ON k.text = d.text AND k.unfit IS NULL AND k.month_over JOIN free_text.known n ON n.text = d.text
    -- Totals hold what is told of units and nothing else: a hidden part could else be had by taking the told ones away.
    JOIN free_text.cell c ON c.microsystem = n.microsystem AND c.month = n.month AND c.checks),
  counted AS (
    SELECT pattern, count(*) FILTER (decision = 'accepted') AS accepted, count(*) FILTER (decision = 'rejected') AS rejected,
      count(*) FILTER (decision = 'marked') AS marked, count(DISTINCT text) AS texts,
      [count(DISTINCT text) FILTER (decision = 'accepted'), count(DISTINCT text) FILTER (decision = 'rejected'),
        count(DISTINCT text) FILTER (decision = 'marked')] AS parts,
      list_sort(list_distinct(list(event))) AS events
    FROM span GROUP BY pattern),
  told AS (SELECT *, texts >= 10 AND len(list_filter(parts, lambda one: one BETWEEN 1 AND 4)) = 0 AS shown FROM counted)
  SELECT pattern, CASE WHEN shown THEN accepted END AS accepted, CASE WHEN shown THEN rejected END AS rejected, CASE WHEN shown THEN marked END AS marked,
    CASE WHEN shown AND accepted + rejected > 0 THEN accepted / (accepted + rejected) END AS precision,
    CASE WHEN shown THEN stats.wilson(accepted, nullif(accepted + rejected, 0)).low END AS low,
    CASE WHEN shown THEN stats.wilson(accepted, nullif(accepted + rejected, 0)).high END AS high,
    NOT shown AS hidden, CASE WHEN shown THEN events ELSE [] END AS events
  FROM told;
COMMENT ON VIEW free_text.pattern IS 'What people decided on the spans that patterns proposed to redact, and what they marked that none had found; of texts and checks of months that are over, in units that tell of their checks.';
COMMENT ON COLUMN free_text.pattern.pattern IS 'What the span may be: name, phone, postcode …';
COMMENT ON COLUMN free_text.pattern.accepted IS 'Proposed spans that people redacted. Null, here and in the next columns: hidden.';
COMMENT ON COLUMN free_text.pattern.rejected IS 'Proposed spans that people let stand.';
COMMENT ON COLUMN free_text.pattern.marked IS 'Spans that people redacted and no pattern had proposed.';
COMMENT ON COLUMN free_text.pattern.precision IS 'accepted / (accepted + rejected).';
COMMENT ON COLUMN free_text.pattern.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN free_text.pattern.high IS 'The upper end.';
COMMENT ON COLUMN free_text.pattern.hidden IS 'Whether the figures are hidden: 1 to 4 texts are behind one of them, or fewer than 10 behind all.';
COMMENT ON COLUMN free_text.pattern.events IS 'The checks that the row rests on, as stream/partition/offset; none where they are hidden.';

CREATE VIEW free_text.suggestion AS
  WITH coded AS (
    SELECT n.microsystem, n.month, c.* FROM free_text.coded c JOIN free_text.known n ON n.text = c.text
    JOIN free_text.cell l ON l.microsystem = n.microsystem AND l.month = n.month AND l.suggestions AND l.codes),
  -- Of a theme, units and months whose own count of it is told.
  told_cell AS (
    SELECT t.id AS theme, c.microsystem, c.month FROM coded c CROSS JOIN current.theme t GROUP BY t.id, c.microsystem, c.month
    HAVING count(*) >= 10 AND count(*) FILTER (list_contains(c.themes, t.id)) NOT BETWEEN 1 AND 4
      AND count(*) FILTER (NOT list_contains(c.themes, t.id)) NOT BETWEEN 1 AND 4),
  pair AS (
    SELECT g.text, g.method, 'first' AS pass, c.microsystem, c.month, g.themes AS suggested, c.themes AS coded, [g.event, c.event] AS events
    FROM free_text.suggested g JOIN coded c ON c.text = g.text WHERE g.unfit IS NULL
    UNION ALL
    SELECT g.text, g.method, 'second', c.microsystem, c.month, g.themes, c.second_themes, [g.event, c.second_event]
    FROM free_text.suggested g JOIN coded c ON c.text = g.text AND c.twice WHERE g.unfit IS NULL),
  counted AS (
    SELECT t.theme, p.method, p.pass, count(*) AS texts,
      count(*) FILTER (list_contains(p.suggested, t.theme) AND list_contains(p.coded, t.theme)) AS both_said,
      count(*) FILTER (list_contains(p.suggested, t.theme) AND NOT list_contains(p.coded, t.theme)) AS only_suggested,
      count(*) FILTER (NOT list_contains(p.suggested, t.theme) AND list_contains(p.coded, t.theme)) AS only_coded,
      list_sort(flatten(list(p.events))) AS events
    FROM pair p JOIN told_cell t ON t.microsystem = p.microsystem AND t.month = p.month GROUP BY t.theme, p.method, p.pass),
  told AS (
    SELECT *, texts >= 10
      AND len(list_filter([both_said, only_suggested, only_coded, texts - both_said - only_suggested - only_coded], lambda one: one BETWEEN 1 AND 4)) = 0 AS shown
    FROM counted)
  SELECT theme, method, pass, CASE WHEN shown THEN texts END AS texts, CASE WHEN shown THEN both_said + only_suggested END AS suggested,
    CASE WHEN shown THEN both_said + only_coded END AS coded, CASE WHEN shown THEN both_said END AS both_said,
    CASE WHEN shown AND both_said + only_suggested > 0 THEN both_said / (both_said + only_suggested) END AS precision,
    CASE WHEN shown THEN stats.wilson(both_said, nullif(both_said + only_suggested, 0)).low END AS precision_low,
    CASE WHEN shown THEN stats.wilson(both_said, nullif(both_said + only_suggested, 0)).high END AS precision_high,
    CASE WHEN shown AND both_said + only_coded > 0 THEN both_said / (both_said + only_coded) END AS recall,
    CASE WHEN shown THEN stats.wilson(both_said, nullif(both_said + only_coded, 0)).low END AS recall_low,
    CASE WHEN shown THEN stats.wilson(both_said, nullif(both_said + only_coded, 0)).high END AS recall_high,
    NOT shown AS hidden, CASE WHEN shown THEN events ELSE [] END AS events
  FROM told;
COMMENT ON VIEW free_text.suggestion IS 'How far suggested themes are those that people coded; of texts of months that are over, in units that tell of their codings.';
COMMENT ON COLUMN free_text.suggestion.theme IS 'The id of the theme.';
COMMENT ON COLUMN free_text.suggestion.method IS 'terms: by those that are declared; coded-texts: by those that the own coded texts show.';
COMMENT ON COLUMN free_text.suggestion.pass IS 'first: held against the first coder, who may have seen the suggestion; second: against the second, to whom it is not shown.';
COMMENT ON COLUMN free_text.suggestion.texts IS 'Texts that were coded in this pass and for which a suggestion was sought. Null, here and in the next columns: hidden.';
COMMENT ON COLUMN free_text.suggestion.suggested IS 'Of those, texts for which the theme was suggested.';
COMMENT ON COLUMN free_text.suggestion.coded IS 'Texts that were coded to the theme.';
COMMENT ON COLUMN free_text.suggestion.both_said IS 'Texts for which it was suggested and coded.';
COMMENT ON COLUMN free_text.suggestion.precision IS 'both_said / suggested.';
COMMENT ON COLUMN free_text.suggestion.precision_low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN free_text.suggestion.precision_high IS 'The upper end.';
COMMENT ON COLUMN free_text.suggestion.recall IS 'both_said / coded.';
COMMENT ON COLUMN free_text.suggestion.recall_low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN free_text.suggestion.recall_high IS 'The upper end.';
COMMENT ON COLUMN free_text.suggestion.hidden IS 'Whether the figures are hidden: one of the four groups that they part the texts into is 1 to 4, or there are fewer than 10 texts.';
COMMENT ON COLUMN free_text.suggestion.events IS 'The suggestions and codings that the row rests on, as stream/partition/offset; none where they are hidden.';

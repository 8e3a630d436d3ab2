-- What notes say: coded, counted, held to agreement between coders, and set beside the figures.

CREATE TABLE control.coded_note AS
  SELECT note, microsystem, day, from_json(themes, '["VARCHAR"]') AS themes, cannot_be_coded,
    ['coding/' || _partition || '/' || _offset] AS events
  FROM current.coding WHERE pass = 'first';

-- A note is known of where its words are on the log, or where somebody has coded it. Days are those of UTC.
CREATE VIEW control.known_note AS
  SELECT coalesce(c.note, n.id) AS note, coalesce(c.microsystem, n.microsystem) AS microsystem,
    coalesce(c.day, (n."at" AT TIME ZONE 'UTC')::DATE) AS day, n.role, c.note IS NOT NULL AS coded,
    coalesce(c.cannot_be_coded, false) AS cannot_be_coded, coalesce(c.themes, []) AS themes,
    list_sort(list_concat(coalesce(c.events, []),
      CASE WHEN n.id IS NULL THEN [] ELSE ['note/' || n._partition || '/' || n._offset] END)) AS events
  FROM current.note n FULL JOIN control.coded_note c ON c.note = n.id;

CREATE VIEW control.note_count AS
  WITH setting AS (SELECT max(value) AS period FROM current.control_setting WHERE id = 'period'),
  dated AS (
    SELECT n.*, date_trunc(s.period, n.day)::DATE AS period,
      (date_trunc(s.period, n.day) + CASE s.period WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
        WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END)::DATE AS until
    FROM control.known_note n SEMI JOIN plimsoll.microsystem u ON u.id = n.microsystem, setting s)
  SELECT microsystem, period, until, count(*) AS notes, count(*) FILTER (coded) AS coded, count(*) FILTER (NOT coded) AS uncoded,
    count(*) FILTER (cannot_be_coded) AS cannot_be_coded, flatten(list(themes ORDER BY note)) AS themes,
    list_sort(flatten(list(events))) AS events
  FROM dated WHERE until <= (SELECT day FROM plimsoll.clock)
  GROUP BY microsystem, period, until;

-- Counts as they are released: small ones are null, in every sum that is made of them, too.
CREATE VIEW control.share AS
  WITH counted AS (
    SELECT n.microsystem, n.period, n.until, t.id AS theme, n.notes, n.coded, n.uncoded, n.cannot_be_coded,
      len(list_filter(n.themes, lambda one: one = t.id)) AS with_theme, n.events,
      coalesce(m.class, 'small-count') <> 'open' AS careful,
      (SELECT max(value) FROM current.control_setting WHERE id = 'notes') = 'open' AS told
    FROM control.note_count n, current.theme t LEFT JOIN plimsoll.measure m ON m.id = 'theme-' || t.id),
  small AS (
    SELECT *, careful AND coded BETWEEN 1 AND 9 AS few,
      careful AND (coded BETWEEN 1 AND 9 OR with_theme BETWEEN 1 AND 4 OR coded - with_theme BETWEEN 1 AND 4) AS few_with,
      careful AND (coded BETWEEN 1 AND 9 OR cannot_be_coded BETWEEN 1 AND 4 OR coded - cannot_be_coded BETWEEN 1 AND 4) AS few_cannot,
      careful AND (coded BETWEEN 1 AND 9 OR uncoded BETWEEN 1 AND 4 OR notes < 10) AS few_uncoded
    FROM counted)
  SELECT microsystem, period, until, theme,
    CASE WHEN told AND NOT few_uncoded THEN notes END AS notes,
    CASE WHEN NOT few THEN coded END AS coded,
    CASE WHEN NOT few_with THEN with_theme END AS with_theme,
    CASE WHEN NOT few_cannot THEN cannot_be_coded END AS cannot_be_coded,
    CASE WHEN told AND NOT few_uncoded THEN uncoded END AS uncoded,
    few_with OR few_cannot OR few_uncoded AS hidden,
    -- As many events as notes: where their number is hidden, so are they.
    list_filter(events, lambda one: CASE WHEN starts_with(one, 'note/') THEN told AND NOT few_uncoded ELSE NOT few END) AS events
  FROM small;

CREATE VIEW control.theme_share AS
  SELECT microsystem, period, theme, notes, coded, with_theme, CASE WHEN coded > 0 THEN with_theme / coded END AS share,
    stats.wilson(with_theme, coded).low AS low, stats.wilson(with_theme, coded).high AS high,
    CASE WHEN coded > 0 THEN cannot_be_coded / coded END AS cannot_be_coded_share, uncoded / notes AS uncoded_share, hidden, events
  FROM control.share;
COMMENT ON VIEW control.theme_share IS 'How many of the coded notes of a unit and period have a theme, and how many are not coded; of closed periods.';
COMMENT ON COLUMN control.theme_share.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN control.theme_share.period IS 'The first day of the period.';
COMMENT ON COLUMN control.theme_share.theme IS 'The id of the theme.';
COMMENT ON COLUMN control.theme_share.notes IS 'Notes that are known of. Null: hidden, or not known since notes are sealed.';
COMMENT ON COLUMN control.theme_share.coded IS 'Notes that were coded, those that cannot be coded included: the denominator.';
COMMENT ON COLUMN control.theme_share.with_theme IS 'Coded notes that have the theme.';
COMMENT ON COLUMN control.theme_share.share IS 'with_theme / coded.';
COMMENT ON COLUMN control.theme_share.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN control.theme_share.high IS 'The upper end.';
COMMENT ON COLUMN control.theme_share.cannot_be_coded_share IS 'The share of coded notes whose words do not say enough.';
COMMENT ON COLUMN control.theme_share.uncoded_share IS 'The share of known notes that nobody has coded; they are in no other figure.';
COMMENT ON COLUMN control.theme_share.hidden IS 'Whether a figure is hidden because it, or what is left beside it, is 1 to 4, or the whole below 10.';
COMMENT ON COLUMN control.theme_share.events IS 'The notes and codings that the row rests on, as stream/partition/offset; none where their number is hidden.';

CREATE TABLE control.agreement AS
  WITH pair AS (
    SELECT f.note, from_json(f.themes, '["VARCHAR"]') AS first_themes, from_json(s.themes, '["VARCHAR"]') AS second_themes,
      ['coding/' || f._partition || '/' || f._offset, 'coding/' || s._partition || '/' || s._offset] AS events
    FROM current.coding f JOIN current.coding s ON s.note = f.note AND s.pass = 'second'
    -- Who codes a note twice agrees with himself, which tells nothing.
    WHERE f.pass = 'first' AND f.coder <> s.coder),
  present AS (
    SELECT t.id AS grp, p.note AS subject, list_contains(p.first_themes, t.id) AS a, list_contains(p.second_themes, t.id) AS b
    FROM pair p, current.theme t),
  found AS (
    SELECT t.id AS theme, coalesce(x.subjects, 0) AS double_coded, x.alpha, x.low, x.high, k.kappa, k.agreement,
      CASE WHEN coalesce(x.subjects, 0) < 50 THEN 'too few' WHEN x.alpha IS NULL THEN 'never used' WHEN x.alpha < 0.667 THEN 'no trend'
        WHEN x.alpha < 0.8 THEN 'tentative' ELSE 'good' END AS verdict
    FROM current.theme t LEFT JOIN stats.alpha_of_two('present') x ON x.grp = t.id LEFT JOIN stats.kappa('present') k ON k.grp = t.id)
  SELECT theme, double_coded, alpha, low, high, kappa, agreement, verdict,
    coalesce((SELECT list_sort(flatten(list(events))) FROM pair), []) AS events
  FROM found;
COMMENT ON TABLE control.agreement IS 'How far two coders agree on each theme, over the notes that both coded; a theme is there or not.';
COMMENT ON COLUMN control.agreement.theme IS 'The id of the theme.';
COMMENT ON COLUMN control.agreement.double_coded IS 'Notes coded by two coders.';
COMMENT ON COLUMN control.agreement.alpha IS 'Krippendorff''s alpha, nominal. Null: nobody ever used the theme, or everybody always.';
COMMENT ON COLUMN control.agreement.low IS 'The lower end of its 95 % interval: bootstrap over notes.';
COMMENT ON COLUMN control.agreement.high IS 'The upper end.';
COMMENT ON COLUMN control.agreement.kappa IS 'Cohen''s kappa, for reference.';
COMMENT ON COLUMN control.agreement.agreement IS 'The share of notes on which both said the same.';
COMMENT ON COLUMN control.agreement.verdict IS 'too few (below 50 notes), no trend (alpha below .667: the theme is not judged), tentative (to .80), good, or never used (no alpha).';
COMMENT ON COLUMN control.agreement.events IS 'The codings that it rests on, as stream/partition/offset.';

CREATE TABLE control.unjudged AS
  SELECT 'theme-' || theme AS measure,
    'coders agree too little on this theme: alpha ' || printf('%.2f', alpha) || ' over ' || double_coded || ' notes' AS reason
  FROM control.agreement WHERE verdict = 'no trend';

CREATE VIEW control.unknown_theme AS
  SELECT c.theme, count(*) AS codings, list_sort(list('coding/' || c._partition || '/' || c._offset)) AS events
  FROM (SELECT _partition, _offset, unnest(from_json(themes, '["VARCHAR"]')) AS theme FROM current.coding) c
  ANTI JOIN current.theme t ON t.id = c.theme GROUP BY c.theme;
COMMENT ON VIEW control.unknown_theme IS 'Themes that codings name and nobody has declared: they count for nothing.';
COMMENT ON COLUMN control.unknown_theme.theme IS 'The id as it was coded.';
COMMENT ON COLUMN control.unknown_theme.codings IS 'How many codings name it.';
COMMENT ON COLUMN control.unknown_theme.events IS 'Which, as stream/partition/offset.';

CREATE VIEW control.unplaced_note AS
  WITH stray AS (
    SELECT 'note' AS stream, microsystem, ("at" AT TIME ZONE 'UTC')::DATE AS day, _partition, _offset FROM current.note
    UNION ALL SELECT 'coding', microsystem, day, _partition, _offset FROM current.coding
    UNION ALL SELECT 'huddle', microsystem, day, _partition, _offset FROM current.huddle)
  SELECT s.stream, s.microsystem, count(*) AS "rows", min(s.day) AS first_day, max(s.day) AS last_day,
    list_sort(list(s.stream || '/' || s._partition || '/' || s._offset)) AS events
  FROM stray s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem GROUP BY s.stream, s.microsystem;
COMMENT ON VIEW control.unplaced_note IS 'Notes, codings and huddles of units nobody has told of. They count when the unit arrives.';
COMMENT ON COLUMN control.unplaced_note.stream IS 'note, coding or huddle.';
COMMENT ON COLUMN control.unplaced_note.microsystem IS 'The unknown id.';
COMMENT ON COLUMN control.unplaced_note.rows IS 'How many rows wait.';
COMMENT ON COLUMN control.unplaced_note.first_day IS 'Their first day.';
COMMENT ON COLUMN control.unplaced_note.last_day IS 'Their last day.';
COMMENT ON COLUMN control.unplaced_note.events IS 'Which, as stream/partition/offset.';

-- Runs of a series that lie within two periods of each other are one story; it keeps the day on which it was first told.
CREATE VIEW control.episode AS
  WITH run AS (
    SELECT c.measure, c.microsystem, c.rule, c.variation, c.first_period, c.completed_period, c.last_period, c.active,
      CASE m.period WHEN 'day' THEN INTERVAL 2 DAY WHEN 'week' THEN INTERVAL 14 DAY WHEN 'month' THEN INTERVAL 2 MONTH
        ELSE INTERVAL 6 MONTH END AS reach
    FROM plimsoll.special_cause c JOIN plimsoll.measure m ON m.id = c.measure
    WHERE c.stratum IS NULL AND c.rule <> 'silence' AND c.variation IN ('concern', 'changed')),
  apart AS (
    SELECT *, coalesce(first_period > max(last_period) OVER (PARTITION BY measure, microsystem
      ORDER BY completed_period, first_period, last_period, rule ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + reach, true) AS fresh
    FROM run),
  numbered AS (
    SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY measure, microsystem
      ORDER BY completed_period, first_period, last_period, rule ROWS UNBOUNDED PRECEDING) AS episode
    FROM apart)
  SELECT measure, microsystem, arg_min(first_period, (completed_period, first_period)) AS began, min(first_period) AS first_period,
    min(completed_period) AS completed_period, max(last_period) AS last_period, bool_or(active) AS active,
    CASE WHEN bool_or(variation = 'concern') THEN 'concern' ELSE 'changed' END AS variation, any_value(reach) AS reach
  FROM numbered GROUP BY measure, microsystem, episode;

CREATE VIEW control.words_and_numbers AS
  WITH mapped AS (
    SELECT id AS theme, title, unnest(from_json(measures, '["VARCHAR"]')) AS measure FROM current.theme),
  judged AS (
    SELECT measure, microsystem FROM plimsoll.standing WHERE stratum IS NULL AND status NOT IN ('not-judged', 'unjudged')),
  word AS (
    SELECT t.id AS theme, e.* FROM control.episode e JOIN current.theme t ON e.measure = 'theme-' || t.id
    WHERE t.id IN (SELECT theme FROM mapped)),
  number AS (SELECT * FROM control.episode WHERE measure IN (SELECT measure FROM mapped)),
  pair AS (
    SELECT w.microsystem, w.theme, n.measure, w.began AS word_began, n.began AS number_began, least(w.began, n.began) AS began,
      least(w.first_period, n.first_period) AS first_period, greatest(w.completed_period, n.completed_period) AS completed_period,
      greatest(w.last_period, n.last_period) AS last_period, w.active OR n.active AS active,
      CASE WHEN 'concern' IN (w.variation, n.variation) THEN 'concern' ELSE 'changed' END AS variation
    FROM word w JOIN mapped m ON m.theme = w.theme JOIN number n ON n.measure = m.measure AND n.microsystem = w.microsystem
      AND n.first_period <= w.last_period + greatest(w.reach, n.reach) AND n.last_period >= w.first_period - greatest(w.reach, n.reach))
  SELECT microsystem, theme, measure, 'agree' AS verdict, began, first_period, completed_period, last_period, active, variation, true AS could_tell
  FROM pair
  UNION ALL
  SELECT w.microsystem, w.theme, NULL, 'words only', w.began, w.first_period, w.completed_period, w.last_period, w.active, w.variation,
    EXISTS (FROM mapped m JOIN judged j ON j.measure = m.measure WHERE m.theme = w.theme AND j.microsystem = w.microsystem)
  FROM word w ANTI JOIN pair p ON p.microsystem = w.microsystem AND p.theme = w.theme AND p.word_began = w.began
  UNION ALL
  SELECT n.microsystem, NULL, n.measure, 'numbers only', n.began, n.first_period, n.completed_period, n.last_period, n.active, n.variation,
    EXISTS (FROM mapped m JOIN judged j ON j.measure = 'theme-' || m.theme WHERE m.measure = n.measure AND j.microsystem = n.microsystem)
  FROM number n ANTI JOIN pair p ON p.microsystem = n.microsystem AND p.measure = n.measure AND p.number_began = n.began;
COMMENT ON VIEW control.words_and_numbers IS 'Whether what notes say and what figures show of the same thing, in the same unit, within two periods of each other, moved together.';
COMMENT ON COLUMN control.words_and_numbers.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN control.words_and_numbers.theme IS 'The id of the theme. Null: no theme mapped to the measure moved.';
COMMENT ON COLUMN control.words_and_numbers.measure IS 'The id of the measure. Null: no measure that the theme is mapped to moved.';
COMMENT ON COLUMN control.words_and_numbers.verdict IS 'agree, words only or numbers only.';
COMMENT ON COLUMN control.words_and_numbers.began IS 'The first period of the run by which it was first seen.';
COMMENT ON COLUMN control.words_and_numbers.first_period IS 'The first period of all its runs.';
COMMENT ON COLUMN control.words_and_numbers.completed_period IS 'The period whose point completed the first of its rules; of both, where they agree.';
COMMENT ON COLUMN control.words_and_numbers.last_period IS 'The last period of its runs.';
COMMENT ON COLUMN control.words_and_numbers.active IS 'Whether one of them includes the latest judged point.';
COMMENT ON COLUMN control.words_and_numbers.variation IS 'concern, or changed where no direction is better.';
COMMENT ON COLUMN control.words_and_numbers.could_tell IS 'Whether the side that is still could have told: one of its charts is judged here.';

CREATE TABLE control.words_only AS
  SELECT 'theme-' || w.theme AS subject, w.microsystem, 'words-only' AS rule, w.variation, w.began AS first_period, w.completed_period,
    w.last_period AS as_of,
    'What notes say of "' || t.title || '" has moved since ' || w.first_period || ', and the figures that belong to it do not show it.' AS words
  FROM control.words_and_numbers w JOIN current.theme t ON t.id = w.theme
  WHERE w.verdict = 'words only' AND w.active AND w.could_tell;

-- How far free text has been worked with: facts of texts, never their words. Rules 5 to 9 of README.md.

CREATE VIEW free_text.scan AS
  SELECT text, seal, source, microsystem, day, from_json(patterns, '["VARCHAR"]') AS patterns,
    from_json(starts, '["INTEGER"]') AS starts, from_json(ends, '["INTEGER"]') AS ends,
    'text-scan/' || _partition || '/' || _offset AS event
  FROM current.text_scan;

-- One row for each span that somebody has decided on.
CREATE VIEW free_text.decided AS
  SELECT text, 'redaction/' || _partition || '/' || _offset AS event, unnest(from_json(patterns, '["VARCHAR"]')) AS pattern,
    unnest(from_json(starts, '["INTEGER"]')) AS begins, unnest(from_json(ends, '["INTEGER"]')) AS ends,
    unnest(from_json(decisions, '["VARCHAR"]')) AS decision
  FROM current.redaction;

-- A check counts for the text as it was sealed then, once its month is over, and if no proposed span is left undecided.
CREATE VIEW free_text.checked AS
  WITH proposed AS (SELECT text, unnest(starts) AS begins, unnest(ends) AS ends FROM free_text.scan),
  undecided AS (
    SELECT DISTINCT p.text FROM proposed p
    ANTI JOIN free_text.decided d ON d.text = p.text AND d.begins = p.begins AND d.ends = p.ends AND d.decision <> 'marked'),
  cut AS (SELECT DISTINCT text FROM free_text.decided WHERE decision <> 'rejected')
  SELECT r.text, c.text IS NOT NULL AS redacted, 'redaction/' || r._partition || '/' || r._offset AS event,
    CASE WHEN s.text IS NULL THEN 'is of a text that nobody has looked through' WHEN s.seal <> r.seal THEN 'is of another version of its text'
      WHEN s.microsystem <> r.microsystem THEN 'names another unit than its text' WHEN r.checked < s.day THEN 'is of a day before its text'
      WHEN r.checked > o.day THEN 'is of a day to come' WHEN u.text IS NOT NULL THEN 'leaves a proposed span undecided' END AS unfit,
    r.checked < date_trunc('month', o.day) AS month_over
  FROM current.redaction r CROSS JOIN plimsoll.clock o LEFT JOIN free_text.scan s ON s.text = r.text
  LEFT JOIN undecided u ON u.text = r.text LEFT JOIN cut c ON c.text = r.text;

CREATE VIEW free_text.suggested AS
  SELECT g.text, g.method, s.microsystem, s.day, from_json(g.themes, '["VARCHAR"]') AS themes,
    'theme-suggestion/' || g._partition || '/' || g._offset AS event,
    CASE WHEN s.text IS NULL THEN 'is of a text that nobody has looked through' WHEN s.seal <> g.seal THEN 'is of another version of its text'
      WHEN s.microsystem <> g.microsystem THEN 'names another unit than its text' END AS unfit
  FROM current.theme_suggestion g LEFT JOIN free_text.scan s ON s.text = g.text;

CREATE VIEW free_text.repeat AS
  SELECT p.text, p.verdict, 'repeated-text/' || p._partition || '/' || p._offset AS event,
    CASE WHEN s.text IS NULL OR o.text IS NULL THEN 'is of a text that nobody has looked through'
      WHEN s.microsystem <> p.microsystem THEN 'names another unit than its text'
      -- Of two that repeat each other the first would be gone, too.
      WHEN (o.day, o.text) > (s.day, s.text) THEN 'repeats a later text' WHEN p.decided > c.day THEN 'is of a day to come' END AS unfit,
    p.decided < date_trunc('month', c.day) AS month_over
  FROM current.repeated_text p CROSS JOIN plimsoll.clock c LEFT JOIN free_text.scan s ON s.text = p.text LEFT JOIN free_text.scan o ON o.text = p.other;

CREATE VIEW free_text.coded AS
  SELECT f.note AS text, from_json(f.themes, '["VARCHAR"]') AS themes, 'coding/' || f._partition || '/' || f._offset AS event,
    from_json(s.themes, '["VARCHAR"]') AS second_themes, 'coding/' || s._partition || '/' || s._offset AS second_event, s.note IS NOT NULL AS twice
  FROM current.coding f
  -- Who codes a text twice agrees with himself, which tells nothing.
  LEFT JOIN current.coding s ON s.note = f.note AND s.pass = 'second' AND s.coder <> f.coder
  WHERE f.pass = 'first';

-- What is known of each text of a unit that is known and a month that is over.
CREATE VIEW free_text.known AS
  SELECT s.text, s.microsystem, date_trunc('month', s.day)::DATE AS month, len(s.patterns) > 0 AS flagged,
    k.text IS NOT NULL AS checked, coalesce(k.redacted, false) AS redacted, g.text IS NOT NULL AS looked, coalesce(g.any_theme, false) AS suggested,
    c.text IS NOT NULL AS coded, coalesce(c.twice, false) AS twice, p.text IS NOT NULL AS repeated,
    list_filter([s.event, k.event, c.event, c.second_event, p.event], lambda one: one IS NOT NULL) || coalesce(g.events, []) AS events
  FROM free_text.scan s SEMI JOIN plimsoll.microsystem u ON u.id = s.microsystem CROSS JOIN plimsoll.clock o
  LEFT JOIN free_text.checked k ON k.text = s.text AND k.unfit IS NULL AND k.month_over
  LEFT JOIN (SELECT text, bool_or(len(themes) > 0) AS any_theme, list(event) AS events FROM free_text.suggested WHERE unfit IS NULL GROUP BY text) g ON g.text = s.text
  LEFT JOIN free_text.coded c ON c.text = s.text
  LEFT JOIN (SELECT text, min(event) AS event FROM free_text.repeat WHERE unfit IS NULL AND month_over AND verdict = 'same' GROUP BY text) p ON p.text = s.text
  WHERE s.day < date_trunc('month', o.day);

-- The parts of a whole are told together or not at all: one that is hidden could be had by taking the others away.
CREATE VIEW free_text.cell AS
  WITH counted AS (
    SELECT microsystem, month, count(*) AS texts, count(*) FILTER (flagged) AS flagged, count(*) FILTER (redacted) AS redacted,
      count(*) FILTER (checked AND NOT redacted) AS clean, count(*) FILTER (NOT checked) AS unchecked,
      count(*) FILTER (suggested) AS suggested, count(*) FILTER (looked AND NOT suggested) AS nothing_suggested, count(*) FILTER (NOT looked) AS not_looked,
      count(*) FILTER (coded AND twice) AS coded_twice, count(*) FILTER (coded AND NOT twice) AS coded_once,
      count(*) FILTER (NOT coded AND repeated) AS repeated, count(*) FILTER (NOT coded AND NOT repeated) AS uncoded,
      list_sort(flatten(list(events))) AS events
    FROM free_text.known GROUP BY microsystem, month)
  SELECT *,
      -- How many are coded is in the chart of each theme: what it leaves must not be few.
      texts >= 10 AND texts - coded_once - coded_twice NOT BETWEEN 1 AND 4 AS whole,
      whole AND flagged NOT BETWEEN 1 AND 4 AND texts - flagged NOT BETWEEN 1 AND 4 AS flags,
      whole AND len(list_filter([redacted, clean, unchecked], lambda one: one BETWEEN 1 AND 4)) = 0 AS checks,
      whole AND len(list_filter([suggested, nothing_suggested, not_looked], lambda one: one BETWEEN 1 AND 4)) = 0 AS suggestions,
      whole AND len(list_filter([coded_twice, coded_once, repeated, uncoded], lambda one: one BETWEEN 1 AND 4)) = 0 AS codes
  FROM counted;

CREATE VIEW free_text.progress AS
  SELECT microsystem, month, CASE WHEN whole THEN texts END AS texts, CASE WHEN flags THEN flagged END AS flagged,
    CASE WHEN checks THEN redacted END AS redacted, CASE WHEN checks THEN clean END AS clean, CASE WHEN checks THEN unchecked END AS unchecked,
    CASE WHEN suggestions THEN suggested END AS suggested, CASE WHEN suggestions THEN not_looked END AS not_looked,
    CASE WHEN codes THEN coded_once + coded_twice END AS coded, CASE WHEN codes THEN coded_twice END AS coded_twice,
    CASE WHEN codes THEN repeated END AS repeated, CASE WHEN codes THEN uncoded END AS uncoded,
    CASE WHEN flags THEN flagged / texts END AS flagged_share, CASE WHEN checks THEN (redacted + clean) / texts END AS checked_share,
    CASE WHEN checks THEN redacted / texts END AS redacted_share, CASE WHEN suggestions THEN suggested / texts END AS suggested_share,
    CASE WHEN codes THEN (coded_once + coded_twice) / nullif(texts - repeated, 0) END AS coded_share,
    CASE WHEN codes THEN coded_twice / nullif(coded_once + coded_twice, 0) END AS coded_twice_share,
    NOT (flags AND checks AND suggestions AND codes) AS hidden,
    list_filter(events, lambda one: CASE split_part(one, '/', 1) WHEN 'text-scan' THEN whole WHEN 'redaction' THEN checks
      WHEN 'theme-suggestion' THEN suggestions ELSE codes END) AS events
  FROM free_text.cell;
COMMENT ON VIEW free_text.progress IS 'How many free texts of a unit and month were flagged, checked, redacted, suggested for and coded; of months that are over.';
COMMENT ON COLUMN free_text.progress.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN free_text.progress.month IS 'The first day of the month of the texts.';
COMMENT ON COLUMN free_text.progress.texts IS 'Texts that were looked through. Null, here and in the next columns: hidden.';
COMMENT ON COLUMN free_text.progress.flagged IS 'Texts in which a pattern found what may tell who somebody is.';
COMMENT ON COLUMN free_text.progress.redacted IS 'Texts that a person has checked and redacted, in months that are over.';
COMMENT ON COLUMN free_text.progress.clean IS 'Texts that a person has checked and found nothing to redact in.';
COMMENT ON COLUMN free_text.progress.unchecked IS 'Texts that nobody has checked: only the holder of the vault should see them.';
COMMENT ON COLUMN free_text.progress.suggested IS 'Texts for which a theme was suggested.';
COMMENT ON COLUMN free_text.progress.not_looked IS 'Texts for which no suggestion was sought.';
COMMENT ON COLUMN free_text.progress.coded IS 'Texts that a person has coded.';
COMMENT ON COLUMN free_text.progress.coded_twice IS 'Of those, texts that another coder has coded, too.';
COMMENT ON COLUMN free_text.progress.repeated IS 'Texts that nobody has coded since a person found them to be another text again.';
COMMENT ON COLUMN free_text.progress.uncoded IS 'Texts that still have to be coded.';
COMMENT ON COLUMN free_text.progress.flagged_share IS 'flagged / texts.';
COMMENT ON COLUMN free_text.progress.checked_share IS '(redacted + clean) / texts.';
COMMENT ON COLUMN free_text.progress.redacted_share IS 'redacted / texts.';
COMMENT ON COLUMN free_text.progress.suggested_share IS 'suggested / texts.';
COMMENT ON COLUMN free_text.progress.coded_share IS 'coded / (texts - repeated).';
COMMENT ON COLUMN free_text.progress.coded_twice_share IS 'coded_twice / coded.';
COMMENT ON COLUMN free_text.progress.hidden IS 'Whether a figure is hidden because it, or what stands beside it, is 1 to 4, or there are fewer than 10 texts.';
COMMENT ON COLUMN free_text.progress.events IS 'The events that the row rests on, as stream/partition/offset; none where their number is hidden.';

-- What came in and counts for nothing. No text is named, and never how many there are: one event stands for all.

CREATE VIEW free_text.unplaced AS
  SELECT s.microsystem, [min(s.event)] AS events FROM free_text.scan s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem GROUP BY s.microsystem;
COMMENT ON VIEW free_text.unplaced IS 'Units that texts speak of and nobody has defined: the texts count when the unit arrives.';
COMMENT ON COLUMN free_text.unplaced.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN free_text.unplaced.events IS 'The first of the scans, as stream/partition/offset.';

CREATE VIEW free_text.unfit AS
  WITH found AS (
    SELECT 'text-scan' AS stream, 'is of a day to come' AS reason, s.event FROM free_text.scan s JOIN plimsoll.clock c ON s.day > c.day
    UNION ALL SELECT 'redaction', unfit, event FROM free_text.checked WHERE unfit IS NOT NULL
    UNION ALL SELECT 'theme-suggestion', unfit, event FROM free_text.suggested WHERE unfit IS NOT NULL
    UNION ALL
    SELECT 'theme-suggestion', 'names a theme that nobody has declared: ' || g.theme, g.event
    FROM (SELECT unnest(themes) AS theme, event FROM free_text.suggested) g ANTI JOIN current.theme t ON t.id = g.theme
    UNION ALL SELECT 'repeated-text', unfit, event FROM free_text.repeat WHERE unfit IS NOT NULL
    UNION ALL
    SELECT 'theme-term', 'names a theme that nobody has declared: ' || m.theme, 'theme-term/' || m._partition || '/' || m._offset
    FROM current.theme_term m ANTI JOIN current.theme t ON t.id = m.theme)
  SELECT stream, reason, [min(event)] AS events FROM found GROUP BY stream, reason;
COMMENT ON VIEW free_text.unfit IS 'Rows that fit their schema and not each other: they count for nothing.';
COMMENT ON COLUMN free_text.unfit.stream IS 'The stream.';
COMMENT ON COLUMN free_text.unfit.reason IS 'Why.';
COMMENT ON COLUMN free_text.unfit.events IS 'The first of them, as stream/partition/offset.';

CREATE VIEW free_text.theme_term AS
  SELECT m.theme, m.term, t.id IS NOT NULL AS declared, ['theme-term/' || m._partition || '/' || m._offset] AS events
  FROM current.theme_term m LEFT JOIN current.theme t ON t.id = m.theme;
COMMENT ON VIEW free_text.theme_term IS 'The terms by which themes are suggested.';
COMMENT ON COLUMN free_text.theme_term.theme IS 'The id of the theme.';
COMMENT ON COLUMN free_text.theme_term.term IS 'The words; a * stands for any ending.';
COMMENT ON COLUMN free_text.theme_term.declared IS 'Whether somebody has declared the theme.';
COMMENT ON COLUMN free_text.theme_term.events IS 'The event, as stream/partition/offset.';

CREATE VIEW free_text.setting AS
  SELECT id, value, title, ['free-text-setting/' || _partition || '/' || _offset] AS events FROM current.free_text_setting;
COMMENT ON VIEW free_text.setting IS 'The settings that free text is worked with by.';
COMMENT ON COLUMN free_text.setting.id IS 'What is set.';
COMMENT ON COLUMN free_text.setting.value IS 'To what.';
COMMENT ON COLUMN free_text.setting.title IS 'What it means.';
COMMENT ON COLUMN free_text.setting.events IS 'The event, as stream/partition/offset.';

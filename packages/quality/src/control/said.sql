-- Only where the project has declared its notes open.

CREATE VIEW control.said AS
  SELECT s.signal, n.microsystem, n.id AS note, n.kind, (n."at" AT TIME ZONE 'UTC')::DATE AS day, coalesce(c.themes, []) AS themes, n.text AS words,
    list_sort(list_concat(['note/' || n._partition || '/' || n._offset], coalesce(c.events, []))) AS events
  FROM plimsoll.signal s JOIN current.note n ON n.microsystem = s.microsystem AND (n."at" AT TIME ZONE 'UTC')::DATE >= s.first_period
    LEFT JOIN control.coded_note c ON c.note = n.id
  WHERE s.state IN ('opened', 'acknowledged', 'explained');
COMMENT ON VIEW control.said IS 'The notes of a unit since the run of each open signal began, in their own words.';
COMMENT ON COLUMN control.said.signal IS 'The id of the signal.';
COMMENT ON COLUMN control.said.microsystem IS 'The unit.';
COMMENT ON COLUMN control.said.note IS 'The id of the note.';
COMMENT ON COLUMN control.said.kind IS 'huddle, near-miss, story or thanks.';
COMMENT ON COLUMN control.said.day IS 'The day (UTC).';
COMMENT ON COLUMN control.said.themes IS 'The themes that it was coded to.';
COMMENT ON COLUMN control.said.words IS 'The words.';
COMMENT ON COLUMN control.said.events IS 'The events, as stream/partition/offset.';

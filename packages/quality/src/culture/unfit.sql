-- What came in and counts for nothing, by what names it.

CREATE VIEW culture.unplaced AS
WITH said AS (
  SELECT 'invitation' AS stream, microsystem FROM current.invitation UNION ALL SELECT 'incident-review', microsystem FROM current.incident_review
  UNION ALL SELECT 'promise', microsystem FROM current.promise UNION ALL SELECT 'flow', "from" FROM current.flow UNION ALL SELECT 'flow', "to" FROM current.flow
)
SELECT DISTINCT s.stream, s.microsystem FROM said s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem;
COMMENT ON VIEW culture.unplaced IS 'Units that rows speak of and nobody has defined: the rows count when the unit arrives.';
COMMENT ON COLUMN culture.unplaced.stream IS 'The stream.';
COMMENT ON COLUMN culture.unplaced.microsystem IS 'The id of the unit.';

CREATE VIEW culture.unfit AS
SELECT 'wave' AS stream, w.id, 'asks by an instrument, or a version of it, that nobody has declared' AS reason
FROM current.wave w ANTI JOIN current.instrument i ON i.id = w.instrument AND i.version = w.instrument_version
UNION ALL SELECT DISTINCT 'invitation', i.wave, 'is of a wave that nobody knows' FROM current.invitation i ANTI JOIN current.wave w ON w.id = i.wave
UNION ALL SELECT 'release', r.wave, 'is of a wave that nobody knows' FROM current.release r ANTI JOIN current.wave w ON w.id = r.wave
UNION ALL SELECT DISTINCT 'released-figure', f.wave, 'is of a wave that was not released' FROM current.released_figure f ANTI JOIN current.release r ON r.wave = f.wave
UNION ALL SELECT 'review-action', a.id, 'is of a review that nobody knows' FROM current.review_action a ANTI JOIN current.incident_review r ON r.id = a.review
UNION ALL SELECT 'review-action', a.id, 'was agreed on a day to come' FROM current.review_action a JOIN plimsoll.clock k ON a.agreed > k.day
UNION ALL SELECT 'incident-review', r.id, 'ended on a day to come' FROM current.incident_review r JOIN plimsoll.clock k ON r.day > k.day
UNION ALL SELECT DISTINCT 'review-action', a.kind, 'is of a kind that nobody has declared: its strength is not classed' FROM current.review_action a ANTI JOIN current.action_kind k ON k.id = a.kind
UNION ALL SELECT 'promise', p.id, 'was made on a day to come' FROM current.promise p JOIN plimsoll.clock k ON p.made > k.day
UNION ALL SELECT 'promise', p.id, 'was kept on a day to come' FROM current.promise p JOIN plimsoll.clock k ON p.kept > k.day
UNION ALL
SELECT 'culture-pair', p.id, 'names "' || p.measure || '", which is no measure'
FROM (SELECT id, unnest([reporting, harm]) AS measure FROM current.culture_pair) p ANTI JOIN plimsoll.measure m ON m.id = p.measure WHERE p.measure IS NOT NULL;
COMMENT ON VIEW culture.unfit IS 'Rows that fit their schema and not each other. They count for nothing, but for actions of an unknown kind.';
COMMENT ON COLUMN culture.unfit.stream IS 'The stream.';
COMMENT ON COLUMN culture.unfit.id IS 'The id of the row; of invitations and figures the wave, of unknown kinds the kind.';
COMMENT ON COLUMN culture.unfit.reason IS 'Why.';

CREATE VIEW culture.setting AS
SELECT id, value, title, ['culture-setting/' || _partition || '/' || _offset] AS events FROM current.culture_setting;
COMMENT ON VIEW culture.setting IS 'The settings that these figures were made by.';
COMMENT ON COLUMN culture.setting.id IS 'What is set.';
COMMENT ON COLUMN culture.setting.value IS 'To what.';
COMMENT ON COLUMN culture.setting.title IS 'What it means.';
COMMENT ON COLUMN culture.setting.events IS 'The event, as stream/partition/offset.';

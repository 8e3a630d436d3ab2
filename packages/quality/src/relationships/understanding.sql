CREATE VIEW relationships.understanding AS
WITH item AS (SELECT value FROM current.relationships_setting WHERE id = 'understanding-item'),
figure AS (
  SELECT f.*, ['released-figure/' || f._partition || '/' || f._offset] AS events FROM current.released_figure f JOIN item i ON i.value = f.subject
  JOIN current.release r ON r.wave = f.wave AND r.state = 'released'
  WHERE f.breakdown = 'all' AND f.figure = 'percent-positive'
),
root AS (SELECT any_value(id) AS id FROM plimsoll.microsystem WHERE parent IS NULL HAVING count(*) = 1),
stated AS (
  SELECT coalesce(s.microsystem, r.id) AS microsystem, false AS rest, s.before, s.verdict FROM relationships.role_statement s LEFT JOIN root r ON s.part = 'all'
  WHERE s.part = 'unit' OR (s.part = 'all' AND r.id IS NOT NULL)
)
SELECT f.wave, f.day, f.microsystem, f.rest, f.n, f.value, f.low, f.high, f.bound, f.reason, s.before AS statements_before, s.verdict AS statements, f.events
FROM figure f LEFT JOIN stated s ON s.microsystem = f.microsystem AND s.rest = f.rest;
COMMENT ON VIEW relationships.understanding IS 'Whether people understand what quality means in their role: the survey item that asks for it, as released, beside how many have confirmed what it means.';
COMMENT ON COLUMN relationships.understanding.wave IS 'The wave.';
COMMENT ON COLUMN relationships.understanding.day IS 'The day of its release.';
COMMENT ON COLUMN relationships.understanding.microsystem IS 'The unit.';
COMMENT ON COLUMN relationships.understanding.rest IS 'Whether it is of a part of the unit only; of that, nothing is known of statements.';
COMMENT ON COLUMN relationships.understanding.n IS 'How many people answered the item; null: hidden.';
COMMENT ON COLUMN relationships.understanding.value IS 'The percent positive; null: none was released.';
COMMENT ON COLUMN relationships.understanding.low IS 'The lower end of its 95 % interval.';
COMMENT ON COLUMN relationships.understanding.high IS 'The upper end.';
COMMENT ON COLUMN relationships.understanding.bound IS 'Whether the value is the figure (exact), or where it ends (at-most, at-least).';
COMMENT ON COLUMN relationships.understanding.reason IS 'Why no figure was released.';
COMMENT ON COLUMN relationships.understanding.statements_before IS 'The day before which the statements stood so; null: nothing is told of them.';
COMMENT ON COLUMN relationships.understanding.statements IS 'Whether at least half of the statements of the unit are confirmed (of the one unit above all others: of all). Null: too few to tell.';
COMMENT ON COLUMN relationships.understanding.events IS 'The event of the released figure: stream/partition/offset.';

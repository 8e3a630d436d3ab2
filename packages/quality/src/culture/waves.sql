CREATE VIEW culture.wave AS
SELECT w.id AS wave, w.title, w.survey, w.instrument, w.instrument_version, w.opened, w.closes, w.k,
  CASE WHEN r.state IS NOT NULL THEN r.state WHEN w.closes < c.day THEN 'to-close' WHEN w.opened > c.day THEN 'to-come' ELSE 'open' END AS state,
  r.day AS released, r.reason, r.method, r.digest, r.figures,
  list_sort(list_filter(['wave/' || w._partition || '/' || w._offset, 'release/' || r._partition || '/' || r._offset], lambda one: one IS NOT NULL)) AS events
FROM current.wave w LEFT JOIN current.release r ON r.wave = w.id, plimsoll.clock c;

COMMENT ON VIEW culture.wave IS 'The waves of surveys, and where each stands.';
COMMENT ON COLUMN culture.wave.wave IS 'The id of the wave.';
COMMENT ON COLUMN culture.wave.title IS 'Its name.';
COMMENT ON COLUMN culture.wave.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.wave.instrument IS 'The id of the instrument.';
COMMENT ON COLUMN culture.wave.instrument_version IS 'Its version.';
COMMENT ON COLUMN culture.wave.opened IS 'The first day.';
COMMENT ON COLUMN culture.wave.closes IS 'The last day on which answers are asked for.';
COMMENT ON COLUMN culture.wave.k IS 'No figure rests on fewer people.';
COMMENT ON COLUMN culture.wave.state IS 'to-come, open, to-close (over, and not released yet), released or withdrawn.';
COMMENT ON COLUMN culture.wave.released IS 'The day of its release, or of the withdrawal of that.';
COMMENT ON COLUMN culture.wave.reason IS 'Of a withdrawal: why.';
COMMENT ON COLUMN culture.wave.method IS 'The rules of its release, and their version.';
COMMENT ON COLUMN culture.wave.digest IS 'SHA-256 over its figures: the vault''s holder can make it again.';
COMMENT ON COLUMN culture.wave.figures IS 'How many figures its release has, those left blank included.';
COMMENT ON COLUMN culture.wave.events IS 'The events that it rests on: stream/partition/offset.';

-- By team only: a role of a team, or a way of asking, may be a few people.
CREATE VIEW culture.invited AS
SELECT i.wave, i.microsystem, sum(i.invited)::BIGINT AS invited, list_sort(list('invitation/' || i._partition || '/' || i._offset)) AS events
FROM current.invitation i GROUP BY i.wave, i.microsystem;

COMMENT ON VIEW culture.invited IS 'How many people of a team were asked. Who they are is nowhere.';
COMMENT ON COLUMN culture.invited.wave IS 'The id of the wave.';
COMMENT ON COLUMN culture.invited.microsystem IS 'The id of the team.';
COMMENT ON COLUMN culture.invited.invited IS 'How many people.';
COMMENT ON COLUMN culture.invited.events IS 'The events that it rests on: stream/partition/offset.';

CREATE VIEW culture.survey_figure AS
SELECT f.wave, w.survey, f.cell, f.microsystem, f.rest, f.breakdown, f.figure, f.subject, f.n, f."value", f.low, f.high, f.bound, f.reason,
  f."day" AS released, ['released-figure/' || f._partition || '/' || f._offset] AS events
FROM current.released_figure f JOIN current.release r ON r.wave = f.wave AND r.state = 'released' LEFT JOIN current.wave w ON w.id = f.wave;

COMMENT ON VIEW culture.survey_figure IS 'The figures of released waves, and why others are blank. Their lineage ends at the release: what people answered is in the vault.';
COMMENT ON COLUMN culture.survey_figure.wave IS 'The id of the wave.';
COMMENT ON COLUMN culture.survey_figure.survey IS 'What the waves of one survey have in common.';
COMMENT ON COLUMN culture.survey_figure.cell IS 'Whose answers: a unit and all below it; <unit>/own; <unit>/rest, its small teams together; <unit>/left-out, those in no total.';
COMMENT ON COLUMN culture.survey_figure.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN culture.survey_figure.rest IS 'Whether it is not the whole of the unit.';
COMMENT ON COLUMN culture.survey_figure.breakdown IS 'all, or the group of people: role=nursing.';
COMMENT ON COLUMN culture.survey_figure.figure IS 'response, percent-positive, mean, agreement, spread-low, spread-middle, spread-high, alpha, item-total, icc1 or icc2.';
COMMENT ON COLUMN culture.survey_figure.subject IS 'The id of the item or scale; people for the response.';
COMMENT ON COLUMN culture.survey_figure.n IS 'How many people it rests on. Null: hidden.';
COMMENT ON COLUMN culture.survey_figure.value IS 'The figure: per cent, or a score. Null: none is told.';
COMMENT ON COLUMN culture.survey_figure.low IS 'The lower end of the 95 % interval, which respects teams; of an agreement, of its band.';
COMMENT ON COLUMN culture.survey_figure.high IS 'The upper end.';
COMMENT ON COLUMN culture.survey_figure.bound IS 'exact; at-most or at-least where nearly all agree; null where there is no figure.';
COMMENT ON COLUMN culture.survey_figure.reason IS 'Why there is no figure, or only where it ends: too-few, hidden-to-protect, too-alike, disagreement, not-asked, no-answer, rule-of-that-year.';
COMMENT ON COLUMN culture.survey_figure.released IS 'The day of the release.';
COMMENT ON COLUMN culture.survey_figure.events IS 'The event of the release that it rests on: stream/partition/offset.';

CREATE VIEW culture.instrument AS
SELECT i.id AS instrument, i.version, i.title, i.source, i.licence, i.wording, i.items::VARCHAR AS items, i.scales::VARCHAR AS scales,
  ['instrument/' || i._partition || '/' || i._offset] AS events
FROM current.instrument i;

COMMENT ON VIEW culture.instrument IS 'The keys by which answers are scored.';
COMMENT ON COLUMN culture.instrument.instrument IS 'The id of the instrument.';
COMMENT ON COLUMN culture.instrument.version IS 'The version of the key.';
COMMENT ON COLUMN culture.instrument.title IS 'Its name.';
COMMENT ON COLUMN culture.instrument.source IS 'Where items and scoring are published.';
COMMENT ON COLUMN culture.instrument.licence IS 'Who may use it how.';
COMMENT ON COLUMN culture.instrument.wording IS 'bundled, or by-user: whoever asks the questions has to bring them.';
COMMENT ON COLUMN culture.instrument.items IS 'Its items, as JSON.';
COMMENT ON COLUMN culture.instrument.scales IS 'Its scales and how they are scored, as JSON.';
COMMENT ON COLUMN culture.instrument.events IS 'The event that it rests on: stream/partition/offset.';

CREATE VIEW culture.release AS
SELECT r.wave, r.state, r."day", r.reason, r.method, r.k, r.tree, r.through, r.left_out, r."read", r.digest, r.figures,
  ['release/' || r._partition || '/' || r._offset] AS events
FROM current.release r;

COMMENT ON VIEW culture.release IS 'The releases of waves: what the holder of the vault needs to make one again.';
COMMENT ON COLUMN culture.release.wave IS 'The id of the wave.';
COMMENT ON COLUMN culture.release.state IS 'released or withdrawn.';
COMMENT ON COLUMN culture.release.day IS 'The day of the release, or of its withdrawal.';
COMMENT ON COLUMN culture.release.reason IS 'Of a withdrawal: why.';
COMMENT ON COLUMN culture.release.method IS 'The rules of release, and their version.';
COMMENT ON COLUMN culture.release.k IS 'No figure rests on fewer people.';
COMMENT ON COLUMN culture.release.tree IS 'The units and how many of each were asked, frozen at the close: JSON.';
COMMENT ON COLUMN culture.release.through IS 'How far the sealed answers were read: JSON, by partition.';
COMMENT ON COLUMN culture.release.left_out IS 'The sealed records that did not open, and that whoever closed the wave decided to do without: JSON, partition/offset.';
COMMENT ON COLUMN culture.release.read IS 'SHA-256 over the sealed records that were read.';
COMMENT ON COLUMN culture.release.digest IS 'SHA-256 over the figures.';
COMMENT ON COLUMN culture.release.figures IS 'How many figures there are, those left blank included.';
COMMENT ON COLUMN culture.release.events IS 'The event that it rests on: stream/partition/offset.';

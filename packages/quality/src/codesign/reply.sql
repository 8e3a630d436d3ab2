-- Stories of those who let them be used, what was answered, and what came of it. Follows the rules 8 to 11 of README.md.

-- What is withdrawn stays so, whatever is said before or after.
CREATE VIEW codesign.known_story AS
SELECT f.id, f.microsystem, f.day, from_json(f.themes, '["VARCHAR"]') AS themes, f.source, c.event IS NOT NULL AND w.id IS NULL AS listed,
  ['story-fact/' || f._partition || '/' || f._offset, c.event] AS events
FROM current.story_fact f
SEMI JOIN plimsoll.microsystem u ON u.id = f.microsystem
JOIN plimsoll.clock k ON f.day <= k.day
LEFT JOIN (
  SELECT g.id, 'story-consent/' || g._partition || '/' || g._offset AS event
  FROM current.story_consent g JOIN plimsoll.clock t ON g.day <= t.day WHERE g.state = 'given') c ON c.id = f.id
LEFT JOIN (SELECT id FROM current.story_consent WHERE state = 'withdrawn') w ON w.id = f.id;

CREATE VIEW codesign.story AS
SELECT id AS story, microsystem, day, themes, source, list_sort(events) AS events FROM codesign.known_story WHERE listed;
COMMENT ON VIEW codesign.story IS 'Stories whose tellers let them be used: what they are about, never their words. One whose consent is withdrawn is not here, nor in any other list.';
COMMENT ON COLUMN codesign.story.story IS 'The id.';
COMMENT ON COLUMN codesign.story.microsystem IS 'The unit that it is about.';
COMMENT ON COLUMN codesign.story.day IS 'The day on which it was told.';
COMMENT ON COLUMN codesign.story.themes IS 'Its themes.';
COMMENT ON COLUMN codesign.story.source IS 'How it came.';
COMMENT ON COLUMN codesign.story.events IS 'The events of the story and of its consent: stream/partition/offset.';

-- All stories, whatever their consent. It stays inside: beside the list it would tell how many are not listed.
CREATE VIEW codesign.story_figure AS
WITH told AS (SELECT id, microsystem, date_trunc('quarter', day)::DATE AS quarter, listed, events, unnest(themes) AS theme FROM codesign.known_story)
SELECT t.microsystem, t.quarter, t.theme, count(*) AS stories, count(*) FILTER (t.listed) AS listed,
  coalesce(list_sort(flatten(list(t.events) FILTER (t.listed))), []) AS events
FROM told t JOIN plimsoll.clock c ON t.quarter + INTERVAL 3 MONTH <= c.day GROUP BY t.microsystem, t.quarter, t.theme;

CREATE VIEW codesign.story_count AS
SELECT microsystem, quarter, theme, CASE WHEN stories - listed NOT BETWEEN 1 AND 4 THEN stories END AS stories,
  stories - listed BETWEEN 1 AND 4 AS hidden, events
FROM codesign.story_figure;
COMMENT ON VIEW codesign.story_count IS 'How many stories of a unit and quarter that is over have a theme: those without consent, and those whose consent was withdrawn, are counted as well.';
COMMENT ON COLUMN codesign.story_count.microsystem IS 'The unit.';
COMMENT ON COLUMN codesign.story_count.quarter IS 'The first day of the quarter.';
COMMENT ON COLUMN codesign.story_count.theme IS 'The theme.';
COMMENT ON COLUMN codesign.story_count.stories IS 'How many; null: hidden.';
COMMENT ON COLUMN codesign.story_count.hidden IS 'Whether it is hidden, because beside codesign.story it would tell of 1 to 4 stories that are not listed there.';
COMMENT ON COLUMN codesign.story_count.events IS 'The events of those that are listed, and of no others: stream/partition/offset.';

CREATE VIEW codesign.known_reply AS
SELECT r.id, r.microsystem, r.theme, r.said, CASE WHEN r.answered <= c.day THEN r.answered END AS answered,
  CASE WHEN r.done <= c.day THEN r.done END AS done, CASE WHEN r.done <= c.day THEN r.outcome END AS outcome,
  CASE WHEN r.done <= c.day THEN r.reason END AS reason, s.id AS story, d.decision, c.day AS today,
  'said-and-done/' || r._partition || '/' || r._offset AS event
FROM current.said_and_done r
SEMI JOIN plimsoll.microsystem u ON u.id = r.microsystem
JOIN plimsoll.clock c ON r.said <= c.day
LEFT JOIN codesign.known_story s ON s.id = r.story AND s.listed
LEFT JOIN codesign.decision d ON d.decision = r.decision;

CREATE VIEW codesign.reply AS
SELECT r.id AS reply, r.microsystem, r.theme, t.title, r.story, r.said, r.answered, r.done, r.outcome, r.reason, r.decision,
  CASE WHEN r.done IS NULL THEN r.today - r.said END AS open_days, r.done - r.said AS closed_days,
  'You said something of ' || coalesce('"' || t.title || '"', r.theme) || CASE
    WHEN r.answered IS NULL THEN '. Nobody has answered yet.'
    WHEN r.done IS NULL THEN '. We have answered, and it is not done yet.'
    ELSE CASE r.outcome WHEN 'changed' THEN '. We have changed it.' WHEN 'partly-changed' THEN '. We have changed part of it.'
      ELSE '. We have not changed it: ' || CASE r.reason WHEN 'too-costly' THEN 'it would cost more than we have.'
        WHEN 'not-safe' THEN 'it would not be safe.' WHEN 'not-lawful' THEN 'the law does not allow it.'
        WHEN 'another-service' THEN 'it lies with another service, which we have told.'
        WHEN 'others-asked-otherwise' THEN 'others have asked for the opposite.' ELSE 'it was so already.' END END END AS words,
  [r.event] AS events
FROM codesign.known_reply r LEFT JOIN current.theme t ON t.id = r.theme;
COMMENT ON VIEW codesign.reply IS 'You said, we did: the list of replies that anybody may see.';
COMMENT ON COLUMN codesign.reply.reply IS 'The id.';
COMMENT ON COLUMN codesign.reply.microsystem IS 'The unit.';
COMMENT ON COLUMN codesign.reply.theme IS 'The theme of what was said.';
COMMENT ON COLUMN codesign.reply.title IS 'Its name for people; null: nobody has declared the theme.';
COMMENT ON COLUMN codesign.reply.story IS 'The story that said it; null: none, or none that is listed.';
COMMENT ON COLUMN codesign.reply.said IS 'The day on which it was said.';
COMMENT ON COLUMN codesign.reply.answered IS 'The day of the first answer; null: not yet.';
COMMENT ON COLUMN codesign.reply.done IS 'The day on which it was done, or refused with a reason; null: not yet.';
COMMENT ON COLUMN codesign.reply.outcome IS 'changed, partly-changed or not-changed; null: not yet.';
COMMENT ON COLUMN codesign.reply.reason IS 'Why it was not changed.';
COMMENT ON COLUMN codesign.reply.decision IS 'The decision behind it; null: none that is known.';
COMMENT ON COLUMN codesign.reply.open_days IS 'Of what is not done yet: its age in days on the latest tick.';
COMMENT ON COLUMN codesign.reply.closed_days IS 'Of what is done: the days from the one to the other.';
COMMENT ON COLUMN codesign.reply.words IS 'The same in words.';
COMMENT ON COLUMN codesign.reply.events IS 'The event that says so: stream/partition/offset.';

CREATE VIEW codesign.closure AS
WITH scoped AS (
  SELECT unnest([microsystem, NULL]) AS microsystem, said, answered, done, today, event FROM codesign.known_reply),
until_answer AS (SELECT struct_pack(unit := microsystem) AS grp, coalesce(answered, today) - said AS "time", answered IS NOT NULL AS happened FROM scoped),
until_done AS (SELECT struct_pack(unit := microsystem) AS grp, coalesce(done, today) - said AS "time", done IS NOT NULL AS happened FROM scoped),
counted AS (
  SELECT microsystem, count(*) AS said, count(answered) AS answered, count(done) AS closed, count(*) - count(done) AS open,
    max(today - said) FILTER (done IS NULL) AS oldest_open_days, list_sort(list(event)) AS events
  FROM scoped GROUP BY microsystem)
SELECT c.microsystem, c.said, c.answered, c.closed, c.open, c.closed / c.said AS closed_share, stats.wilson(c.closed, c.said).low AS low,
  stats.wilson(c.closed, c.said).high AS high, a.median AS median_days_to_answer, d.median AS median_days_to_close,
  d.median_low AS median_days_to_close_low, d.median_high AS median_days_to_close_high, c.oldest_open_days, c.events
FROM counted c
LEFT JOIN stats.kaplan_meier_median('until_answer') a ON a.grp.unit IS NOT DISTINCT FROM c.microsystem
LEFT JOIN stats.kaplan_meier_median('until_done') d ON d.grp.unit IS NOT DISTINCT FROM c.microsystem;
COMMENT ON VIEW codesign.closure IS 'How much of what was said is answered and done, and how long that takes; what is still open counts with the time that it has waited.';
COMMENT ON COLUMN codesign.closure.microsystem IS 'The unit; null: all units.';
COMMENT ON COLUMN codesign.closure.said IS 'What was said: entries of codesign.reply.';
COMMENT ON COLUMN codesign.closure.answered IS 'Those that have an answer.';
COMMENT ON COLUMN codesign.closure.closed IS 'Those that are done, or refused with a reason.';
COMMENT ON COLUMN codesign.closure.open IS 'Those that are not.';
COMMENT ON COLUMN codesign.closure.closed_share IS 'closed / said.';
COMMENT ON COLUMN codesign.closure.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN codesign.closure.high IS 'The upper end.';
COMMENT ON COLUMN codesign.closure.median_days_to_answer IS 'The days by which half has an answer (Kaplan-Meier); null: not reached yet.';
COMMENT ON COLUMN codesign.closure.median_days_to_close IS 'The days by which half is done (Kaplan-Meier); null: not reached yet.';
COMMENT ON COLUMN codesign.closure.median_days_to_close_low IS 'The lower end of its 95 % interval (Brookmeyer and Crowley).';
COMMENT ON COLUMN codesign.closure.median_days_to_close_high IS 'The upper end; null: not reached yet.';
COMMENT ON COLUMN codesign.closure.oldest_open_days IS 'The age of the oldest that is open; null: none is.';
COMMENT ON COLUMN codesign.closure.events IS 'The events of the entries: stream/partition/offset.';

CREATE VIEW codesign.chain AS
SELECT s.story, s.microsystem, s.day, s.themes, r.id AS reply, r.answered, r.done, r.outcome, d.decision, d.subject_kind, d.subject,
  CASE WHEN r.id IS NULL THEN 'no-reply' WHEN r.answered IS NULL THEN 'unanswered' WHEN r.done IS NULL THEN 'answered'
    WHEN r.outcome = 'not-changed' THEN 'refused' ELSE 'changed' END AS state,
  list_sort(list_distinct(list_concat(s.events, CASE WHEN r.id IS NULL THEN [] ELSE [r.event] END, coalesce(d.events, [])))) AS events
FROM codesign.story s LEFT JOIN codesign.known_reply r ON r.story = s.story LEFT JOIN codesign.decision d ON d.decision = r.decision;
COMMENT ON VIEW codesign.chain IS 'From a story that may be used to its reply, and from there to the decision and the change.';
COMMENT ON COLUMN codesign.chain.story IS 'The story.';
COMMENT ON COLUMN codesign.chain.microsystem IS 'The unit that it is about.';
COMMENT ON COLUMN codesign.chain.day IS 'The day on which it was told.';
COMMENT ON COLUMN codesign.chain.themes IS 'Its themes.';
COMMENT ON COLUMN codesign.chain.reply IS 'The entry of codesign.reply; null: there is none.';
COMMENT ON COLUMN codesign.chain.answered IS 'The day of the answer.';
COMMENT ON COLUMN codesign.chain.done IS 'The day on which it was done or refused.';
COMMENT ON COLUMN codesign.chain.outcome IS 'What came of it.';
COMMENT ON COLUMN codesign.chain.decision IS 'The decision behind it.';
COMMENT ON COLUMN codesign.chain.subject_kind IS 'What that is about: goal, project or standard.';
COMMENT ON COLUMN codesign.chain.subject IS 'Its id.';
COMMENT ON COLUMN codesign.chain.state IS 'How far it has come: no-reply, unanswered, answered, refused or changed.';
COMMENT ON COLUMN codesign.chain.events IS 'The events of story, consent, reply, decision and engagements: stream/partition/offset.';

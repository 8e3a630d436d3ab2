-- How far people really have a say: the level that is claimed, held to what the events show. Follows the rules 4 and 5 of README.md.

CREATE VIEW codesign.claim AS
SELECT e.subject_kind, e.subject, e.stage, max(r.place) AS claimed, list_sort(list_distinct(list(e.microsystem))) AS microsystems,
  list(e.event) AS events
FROM codesign.known_engagement e JOIN codesign.rank r ON r.name = e.claimed GROUP BY e.subject_kind, e.subject, e.stage;

-- Decisions on the subject that rest on what was put in at a stage of its own.
CREATE VIEW codesign.stage_decision AS
WITH each_decision AS (
  SELECT subject_kind, subject, stage, decision, bool_or(capacity <> 'staff') AS by_people, any_value(changed) AS changed, any_value(event) AS event
  FROM codesign.input WHERE own GROUP BY subject_kind, subject, stage, decision)
SELECT subject_kind, subject, stage, bool_or(by_people) AS by_people, bool_and(by_people) AS all_by_people,
  bool_or(by_people AND changed) AS people_changed, list(event) AS events
FROM each_decision GROUP BY subject_kind, subject, stage;

CREATE VIEW codesign.stage_evidence AS
WITH there AS (
  SELECT subject_kind, subject, stage, bool_or(took_part AND capacity <> 'staff') AS people_there, bool_or(took_part AND capacity = 'staff') AS staff_there,
    bool_or(contributed AND capacity <> 'staff') AS people_contributed,
    sum(people) FILTER (capacity <> 'staff') > sum(people) FILTER (capacity = 'staff') AS people_outnumber, flatten(list(events)) AS events
  FROM codesign.presence GROUP BY subject_kind, subject, stage),
spread AS (
  SELECT subject_kind, subject, count(*) AS stages, bool_or(stage = 'define') AS at_define, flatten(list(events)) AS events
  FROM codesign.stage_decision WHERE by_people GROUP BY subject_kind, subject)
SELECT c.subject_kind, c.subject, c.stage, c.claimed, c.microsystems, t.people_there, t.staff_there, t.people_contributed, t.people_outnumber,
  coalesce(d.by_people, false) AS decided, coalesce(d.all_by_people, false) AS all_by_people, coalesce(d.people_changed, false) AS people_changed,
  coalesce(s.stages, 0) AS stages, coalesce(s.at_define, false) AS at_define,
  list_sort(list_distinct(list_concat(c.events, t.events, coalesce(d.events, []), coalesce(s.events, [])))) AS events
FROM codesign.claim c JOIN there t USING (subject_kind, subject, stage)
LEFT JOIN codesign.stage_decision d USING (subject_kind, subject, stage)
LEFT JOIN spread s USING (subject_kind, subject);

CREATE VIEW codesign.level AS
WITH found AS (
  SELECT *, CASE WHEN NOT people_there THEN 1 WHEN NOT people_contributed THEN 2 WHEN NOT decided THEN 3
    WHEN stages < 2 OR NOT at_define THEN 4 WHEN NOT (people_outnumber AND all_by_people AND people_changed) THEN 5 ELSE 6 END AS shown
  FROM codesign.stage_evidence),
capped AS (
  SELECT *, least(claimed, shown) AS reached, claimed > shown AS is_capped,
    CASE WHEN claimed <= shown THEN NULL
      WHEN shown = 1 THEN CASE WHEN staff_there THEN 'only-staff' ELSE 'nobody' END
      WHEN shown = 2 THEN 'no-contribution' WHEN shown = 3 THEN 'no-decision'
      WHEN shown = 4 THEN CASE WHEN stages < 2 THEN 'one-stage' ELSE 'not-at-define' END
      WHEN NOT people_outnumber THEN 'outnumbered' WHEN NOT all_by_people THEN 'decided-without' ELSE 'nothing-changed' END AS reason
  FROM found)
SELECT f.subject_kind, f.subject, s.title, f.stage, c.name AS claimed, r.name AS reached, f.is_capped AS capped, f.reason,
  'claimed ' || c.name || ', reached ' || r.name || CASE f.reason
    WHEN 'only-staff' THEN ': all who took part are staff'
    WHEN 'nobody' THEN ': nobody is known to have taken part'
    WHEN 'no-contribution' THEN ': nothing is recorded that a service user, a family or the community put in'
    WHEN 'no-decision' THEN ': no decision on it rests on what a service user, a family or the community put in at this stage'
    WHEN 'one-stage' THEN ': decisions rest on what people put in at one stage only; it takes two, one of them define'
    WHEN 'not-at-define' THEN ': decisions rest on what people put in at several stages, but not at define'
    WHEN 'outnumbered' THEN ': there were no more service users, families and community than staff'
    WHEN 'decided-without' THEN ': a decision rests on what staff put in alone'
    WHEN 'nothing-changed' THEN ': no decision was changed by what people put in'
    ELSE '' END AS words,
  f.microsystems, f.events
FROM capped f JOIN codesign.rank c ON c.place = f.claimed JOIN codesign.rank r ON r.place = f.reached
JOIN codesign.subject s ON s.kind = f.subject_kind AND s.id = f.subject;
COMMENT ON VIEW codesign.level IS 'The level of taking part at each stage of each goal, project and standard: the one that is claimed, capped by evidence.';
COMMENT ON COLUMN codesign.level.subject_kind IS 'goal, project or standard.';
COMMENT ON COLUMN codesign.level.subject IS 'Its id.';
COMMENT ON COLUMN codesign.level.title IS 'What it says.';
COMMENT ON COLUMN codesign.level.stage IS 'discover, define, develop, deliver or evaluate.';
COMMENT ON COLUMN codesign.level.claimed IS 'The highest level that an engagement of the stage claims.';
COMMENT ON COLUMN codesign.level.reached IS 'The level that it reaches: inform, consult, involve, collaborate, co-produce or led-by-people.';
COMMENT ON COLUMN codesign.level.capped IS 'Whether more is claimed than the events show.';
COMMENT ON COLUMN codesign.level.reason IS 'What is missing for the next level: only-staff, nobody, no-contribution, no-decision, one-stage, not-at-define, outnumbered, decided-without or nothing-changed. Null: not capped.';
COMMENT ON COLUMN codesign.level.words IS 'The same in words.';
COMMENT ON COLUMN codesign.level.microsystems IS 'The units that held engagements of the stage.';
COMMENT ON COLUMN codesign.level.events IS 'The events of the engagements, of who took part and of the decisions: stream/partition/offset. Contributions are not among them: their number is not told.';

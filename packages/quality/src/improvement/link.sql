-- What followed from what: read from cause to effect, and back.

CREATE VIEW improvement.link AS
WITH shift AS (
  SELECT e.project, e.part, e.measure, e.microsystem, e.shift_from, e.dated, e.measure || '/' || e.microsystem || '/' || e.dated AS id, e.changed, e.events
  FROM improvement.effect e WHERE e.role = 'outcome' AND e.part IN ('own', 'site') AND e.result = 'improved'
),
opened AS (SELECT signal, min(event) AS event, min(as_of) AS as_of FROM plimsoll.signal_event WHERE state = 'opened' GROUP BY signal),
arrow AS (
  SELECT 'goal' AS cause_kind, p.goal AS cause, 'worked for by' AS relation, 'project' AS effect_kind, p.id AS effect, p.started AS day, [p.event] AS events FROM improvement.known p WHERE p.goal IS NOT NULL
  UNION ALL SELECT 'lesson', p.lesson, 'began', 'project', p.id, p.started, [p.event] FROM improvement.known p WHERE p.lesson IS NOT NULL
  UNION ALL SELECT 'intervention', p.intervention, 'done in', 'project', p.id, p.started, [p.event] FROM improvement.known p WHERE p.intervention IS NOT NULL
  UNION ALL SELECT 'signal', s.signal, 'gave rise to', 'project', s.project, s.day, s.events FROM (SELECT project, unnest(signals) AS signal, day, events FROM improvement.aim) s
  UNION ALL SELECT 'project', c.project, 'tested by', 'pdsa', c.cycle, c.day, c.events FROM improvement.cycle c
  UNION ALL SELECT 'project', o.project, 'offered to', 'adoption', o.project || '/' || o.microsystem, coalesce(o.adopted, o.offered), [o.event] FROM improvement.offer o
  UNION ALL SELECT 'project', s.project, 'followed by', 'shift', s.id, s.dated, s.events FROM shift s WHERE s.part = 'own'
  UNION ALL SELECT 'adoption', s.project || '/' || s.microsystem, 'followed by', 'shift', s.id, s.dated, s.events FROM shift s WHERE s.part = 'site'
  UNION ALL
  SELECT 'shift', s.id, 'signalled as', 'signal', g.signal, o.as_of, [o.event] FROM shift s JOIN plimsoll.signal g ON g.measure = s.measure AND g.microsystem = s.microsystem AND g.stratum IS NULL
    AND g.variation = 'improvement' AND g.state <> 'withdrawn' AND g.completed_period >= s.shift_from AND g.completed_period >= s.changed JOIN opened o ON o.signal = g.signal
)
SELECT cause_kind, cause, relation, effect_kind, effect, day, list_sort(list_distinct(events)) AS events FROM arrow GROUP BY ALL;
COMMENT ON VIEW improvement.link IS 'What followed from what, as far as projects go: from goals, signals and lessons over projects to their cycles, their shifts, and the sites that took them up. A shift is called measure/unit/first period of the new level, an adoption project/site.';
COMMENT ON COLUMN improvement.link.cause_kind IS 'What came first: goal, lesson, intervention, signal, project, adoption or shift.';
COMMENT ON COLUMN improvement.link.cause IS 'Its id.';
COMMENT ON COLUMN improvement.link.relation IS 'How the one led to the other.';
COMMENT ON COLUMN improvement.link.effect_kind IS 'What followed: project, pdsa, adoption, shift or signal.';
COMMENT ON COLUMN improvement.link.effect IS 'Its id.';
COMMENT ON COLUMN improvement.link.day IS 'The day of the effect.';
COMMENT ON COLUMN improvement.link.events IS 'The events that say so: stream/partition/offset.';

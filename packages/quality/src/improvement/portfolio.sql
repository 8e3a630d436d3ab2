-- What works, what is stuck, what to spread.

CREATE VIEW improvement.project AS
WITH last AS (SELECT project, count(*) AS cycles, max(greatest(day, coalesce(did, day), coalesce(studied, day), coalesce(acted, day))) AS day FROM improvement.cycle GROUP BY project),
site AS (SELECT project, count(*) AS offered, count(*) FILTER (a.adopted <= k.day AND coalesce(a.ended > k.day, true)) AS adopted FROM current.adoption a JOIN plimsoll.clock k ON a.offered <= k.day GROUP BY project)
SELECT p.id AS project, p.title, p.microsystem, p.goal, p.intervention, p.lesson, p.started, p.ended, a.aim, a.measure, a.target, a.due, c.day AS first_do,
  coalesce(l.cycles, 0) AS cycles, l.day AS last_step, g.claimed, g.evidence, g.reached, g.capped, g.share_of_aim, coalesce(v.result, 'no aim') AS result,
  coalesce(v.reason, 'The project has no aim.') AS reason, coalesce(s.offered, 0) AS sites_offered, coalesce(s.adopted, 0) AS sites_adopted,
  CASE WHEN v.result = 'improved' AND coalesce(s.offered, 0) > coalesce(s.adopted, 0) THEN 'spreading' WHEN v.result = 'improved' AND s.offered IS NULL THEN 'to spread'
    WHEN v.result = 'improved' THEN 'works' WHEN v.result IN ('trade-off', 'worse') THEN v.result WHEN p.ended IS NOT NULL THEN 'ended'
    WHEN k.day - greatest(p.started, coalesce(l.day, p.started)) > w.stuck_days THEN 'stuck' ELSE 'under way' END AS standing,
  g.events
FROM improvement.known p CROSS JOIN plimsoll.clock k CROSS JOIN improvement.value w JOIN improvement.progress g ON g.project = p.id
LEFT JOIN improvement.aim a ON a.project = p.id AND a.in_force LEFT JOIN improvement.first_change c ON c.project = p.id LEFT JOIN last l ON l.project = p.id
LEFT JOIN improvement.verdict v ON v.project = p.id LEFT JOIN site s ON s.project = p.id;
COMMENT ON VIEW improvement.project IS 'The portfolio of projects: what works, what is stuck, what to spread.';
COMMENT ON COLUMN improvement.project.project IS 'The project.';
COMMENT ON COLUMN improvement.project.title IS 'What it says.';
COMMENT ON COLUMN improvement.project.microsystem IS 'The unit that leads it.';
COMMENT ON COLUMN improvement.project.goal IS 'The goal that it works for; null: none.';
COMMENT ON COLUMN improvement.project.intervention IS 'The way in which it is done.';
COMMENT ON COLUMN improvement.project.lesson IS 'The lesson of others that it began from.';
COMMENT ON COLUMN improvement.project.started IS 'The day on which it began.';
COMMENT ON COLUMN improvement.project.ended IS 'The day on which it ended; null: it goes on.';
COMMENT ON COLUMN improvement.project.aim IS 'The aim in force.';
COMMENT ON COLUMN improvement.project.measure IS 'Its measure.';
COMMENT ON COLUMN improvement.project.target IS 'How much.';
COMMENT ON COLUMN improvement.project.due IS 'By when.';
COMMENT ON COLUMN improvement.project.first_do IS 'The day on which anything was tried first.';
COMMENT ON COLUMN improvement.project.cycles IS 'Cycles that count.';
COMMENT ON COLUMN improvement.project.last_step IS 'The latest day of a stage of a cycle.';
COMMENT ON COLUMN improvement.project.claimed IS 'The progress that its team claims.';
COMMENT ON COLUMN improvement.project.evidence IS 'The progress that the log gives evidence of.';
COMMENT ON COLUMN improvement.project.reached IS 'The lower of both.';
COMMENT ON COLUMN improvement.project.capped IS 'Whether the claim is above its evidence.';
COMMENT ON COLUMN improvement.project.share_of_aim IS 'How far it has come from the baseline to the target.';
COMMENT ON COLUMN improvement.project.result IS 'improved, trade-off, date uncertain, older than the change, no shift, worse, too early, not assessable, no change tested or no aim.';
COMMENT ON COLUMN improvement.project.reason IS 'Why, in words.';
COMMENT ON COLUMN improvement.project.sites_offered IS 'Sites that could adopt its change.';
COMMENT ON COLUMN improvement.project.sites_adopted IS 'Sites that work by it now.';
COMMENT ON COLUMN improvement.project.standing IS 'works, to spread (works, and no site was offered it), spreading, trade-off, worse, ended, stuck (no step of a cycle for long) or under way.';
COMMENT ON COLUMN improvement.project.events IS 'The events behind it: stream/partition/offset.';

CREATE VIEW improvement.orphan AS
WITH goal AS (
  SELECT g.id, CASE WHEN g.status = 'retired' THEN 'the goal is retired' ELSE NULL END AS reason, g.day, 'goal/' || g._partition || '/' || g._offset AS event
  FROM current.goal g JOIN plimsoll.clock k ON g.day <= k.day
  UNION ALL
  SELECT n.id, CASE n.state WHEN 'retired' THEN 'the goal is retired' WHEN 'dropped' THEN 'the goal is dropped from the vision' END, n.day, n.events[1] FROM vision.node n WHERE n.kind = 'goal'
),
stand AS (SELECT id, arg_min(reason, (reason, day)) FILTER (reason IS NOT NULL) AS reason, arg_min(day, (reason, day)) FILTER (reason IS NOT NULL) AS day, list(event) AS events FROM goal GROUP BY id)
SELECT p.id AS project, p.title, p.microsystem, p.goal, CASE WHEN p.goal IS NULL THEN 'it works for no goal' WHEN s.id IS NULL THEN 'nobody has told of the goal' ELSE s.reason END AS reason,
  s.day AS since, list_sort(list_append(coalesce(s.events, []), p.event)) AS events
FROM improvement.known p LEFT JOIN stand s ON s.id = p.goal WHERE p.ended IS NULL AND (s.id IS NULL OR s.reason IS NOT NULL);
COMMENT ON VIEW improvement.orphan IS 'Projects that go on and work for no goal: it is retired, dropped from the vision, unknown, or was never named.';
COMMENT ON COLUMN improvement.orphan.project IS 'The project.';
COMMENT ON COLUMN improvement.orphan.title IS 'What it says.';
COMMENT ON COLUMN improvement.orphan.microsystem IS 'The unit that leads it.';
COMMENT ON COLUMN improvement.orphan.goal IS 'The goal that it names.';
COMMENT ON COLUMN improvement.orphan.reason IS 'Why.';
COMMENT ON COLUMN improvement.orphan.since IS 'The day of its retirement, or of the goal''s latest word; null: not known.';
COMMENT ON COLUMN improvement.orphan.events IS 'The events of project and goal: stream/partition/offset.';

CREATE VIEW improvement.mark AS
WITH where_drawn AS (
  SELECT c.id AS cycle, c.project, f.measure, c.microsystem FROM improvement.fit_cycle c JOIN improvement.family f ON f.project = c.project
  UNION
  SELECT c.id, c.project, f.measure, f.microsystem FROM improvement.fit_cycle c JOIN improvement.family f ON f.project = c.project
)
SELECT w.cycle, w.project, w.measure, w.microsystem, c.did AS day, 'PDSA ' || y.number || ': ' || i.title AS label, [c.event] AS events
FROM where_drawn w JOIN improvement.fit_cycle c ON c.id = w.cycle JOIN improvement.cycle y ON y.cycle = c.id JOIN improvement.fit_idea i ON i.id = c.idea WHERE c.did IS NOT NULL;
COMMENT ON VIEW improvement.mark IS 'The marks of PDSA cycles on charts: each "do", on every measure of its project, in the unit of the measure and in the one where it was tried.';
COMMENT ON COLUMN improvement.mark.cycle IS 'The cycle.';
COMMENT ON COLUMN improvement.mark.project IS 'The project.';
COMMENT ON COLUMN improvement.mark.measure IS 'The measure.';
COMMENT ON COLUMN improvement.mark.microsystem IS 'The unit.';
COMMENT ON COLUMN improvement.mark.day IS 'The first day of "do".';
COMMENT ON COLUMN improvement.mark.label IS 'The number of the cycle in its ramp, and the change idea.';
COMMENT ON COLUMN improvement.mark.events IS 'The event, as stream/partition/offset.';

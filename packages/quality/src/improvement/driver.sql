-- The driver diagram of each project, with its measures as they stand.

CREATE VIEW improvement.driver_diagram AS
WITH tried AS (
  SELECT idea, count(*) AS cycles, arg_max(decision, (acted, id)) FILTER (decision IS NOT NULL) AS decision, list(event) AS events FROM improvement.fit_cycle GROUP BY idea
),
node AS (
  SELECT project, aim AS id, 'aim' AS kind, NULL::VARCHAR AS drives, for_whom AS title, microsystem, measure, target, due, NULL::BIGINT AS cycles, NULL::VARCHAR AS decision, events, [aim] AS place
  FROM improvement.aim WHERE in_force
  UNION ALL
  SELECT d.project, d.id, d.kind, coalesce(d.drives, a.aim), d.title, coalesce(a.microsystem, p.microsystem), d.measure, NULL, NULL, NULL, NULL, [d.event],
    list_filter([coalesce(a.aim, ''), coalesce(d.drives, d.id), CASE WHEN d.drives IS NOT NULL THEN d.id END], lambda x: x IS NOT NULL)
  FROM improvement.fit_driver d JOIN improvement.known p ON p.id = d.project LEFT JOIN improvement.aim a ON a.project = d.project AND a.in_force
  UNION ALL
  SELECT i.project, i.id, 'idea', i.driver, i.title, NULL, NULL, NULL, NULL, coalesce(t.cycles, 0), t.decision, list_concat([i.event], t.events),
    list_filter([coalesce(a.aim, ''), coalesce(d.drives, d.id), CASE WHEN d.drives IS NOT NULL THEN d.id END, '~' || i.id], lambda x: x IS NOT NULL)
  FROM improvement.fit_idea i JOIN improvement.fit_driver d ON d.id = i.driver AND d.project = i.project LEFT JOIN improvement.aim a ON a.project = i.project AND a.in_force LEFT JOIN tried t ON t.idea = i.id
)
SELECT n.project, row_number() OVER (PARTITION BY n.project ORDER BY n.place)::INTEGER AS place, n.kind, n.id, n.drives, n.title, n.microsystem, n.measure,
  n.measure IS NOT NULL AND m.id IS NULL AS measure_unknown, s.status, s.period, s.value, s.centre, m.unit, n.target, n.due, n.cycles, n.decision, list_sort(n.events) AS events
FROM node n LEFT JOIN plimsoll.measure m ON m.id = n.measure LEFT JOIN plimsoll.series s ON s.measure = n.measure AND s.microsystem = n.microsystem AND s.stratum IS NULL;
COMMENT ON VIEW improvement.driver_diagram IS 'The driver diagram of each project: its aim, what drives it, and the change ideas, with measures as they stand.';
COMMENT ON COLUMN improvement.driver_diagram.project IS 'The project.';
COMMENT ON COLUMN improvement.driver_diagram.place IS 'The order in which it is read, from 1 on.';
COMMENT ON COLUMN improvement.driver_diagram.kind IS 'aim, primary, secondary or idea.';
COMMENT ON COLUMN improvement.driver_diagram.id IS 'The id.';
COMMENT ON COLUMN improvement.driver_diagram.drives IS 'What it drives: the aim, a primary driver, or for an idea the driver that it works on.';
COMMENT ON COLUMN improvement.driver_diagram.title IS 'What it says; of an aim, for whom.';
COMMENT ON COLUMN improvement.driver_diagram.microsystem IS 'The unit of its figures.';
COMMENT ON COLUMN improvement.driver_diagram.measure IS 'The measure that tells how it stands.';
COMMENT ON COLUMN improvement.driver_diagram.measure_unknown IS 'Whether the project names a measure that nobody has defined.';
COMMENT ON COLUMN improvement.driver_diagram.status IS 'How that series stands, as in plimsoll.series.';
COMMENT ON COLUMN improvement.driver_diagram.period IS 'The latest period with a figure.';
COMMENT ON COLUMN improvement.driver_diagram.value IS 'The figure.';
COMMENT ON COLUMN improvement.driver_diagram.centre IS 'The centre line.';
COMMENT ON COLUMN improvement.driver_diagram.unit IS 'The unit of the value; % means a share between 0 and 1.';
COMMENT ON COLUMN improvement.driver_diagram.target IS 'Of an aim: how much.';
COMMENT ON COLUMN improvement.driver_diagram.due IS 'Of an aim: by when.';
COMMENT ON COLUMN improvement.driver_diagram.cycles IS 'Of an idea: how many cycles have tried it.';
COMMENT ON COLUMN improvement.driver_diagram.decision IS 'Of an idea: what was decided last: adopt, adapt or abandon.';
COMMENT ON COLUMN improvement.driver_diagram.events IS 'The events, as stream/partition/offset. Those of a figure: plimsoll trace.';

CREATE VIEW improvement.measure_family AS
SELECT f.project, f.role, f.measure, f.microsystem, m.title, m.kind AS measure_kind, e.result, e.reason, e.worse_from, s.status, s.value, s.period,
  e.mean_before, e.mean_since, [f.event] AS events
FROM improvement.family f JOIN plimsoll.measure m ON m.id = f.measure LEFT JOIN plimsoll.series s ON s.measure = f.measure AND s.microsystem = f.microsystem AND s.stratum IS NULL
LEFT JOIN improvement.effect e ON e.part = 'own' AND e.project = f.project AND e.measure = f.measure AND e.microsystem = f.microsystem;
COMMENT ON VIEW improvement.measure_family IS 'The family of measures of each project, with what each says of the change.';
COMMENT ON COLUMN improvement.measure_family.project IS 'The project.';
COMMENT ON COLUMN improvement.measure_family.role IS 'outcome, process or balancing in this project.';
COMMENT ON COLUMN improvement.measure_family.measure IS 'The measure.';
COMMENT ON COLUMN improvement.measure_family.microsystem IS 'The unit of its figures.';
COMMENT ON COLUMN improvement.measure_family.title IS 'Its name.';
COMMENT ON COLUMN improvement.measure_family.measure_kind IS 'What it is said to be where it is defined: outcome, process or balancing.';
COMMENT ON COLUMN improvement.measure_family.result IS 'As in improvement.effect.';
COMMENT ON COLUMN improvement.measure_family.reason IS 'Why, in words.';
COMMENT ON COLUMN improvement.measure_family.worse_from IS 'The first point of a run for the worse since the change; null: none.';
COMMENT ON COLUMN improvement.measure_family.status IS 'How its series stands, as in plimsoll.series.';
COMMENT ON COLUMN improvement.measure_family.value IS 'The latest figure.';
COMMENT ON COLUMN improvement.measure_family.period IS 'Its period.';
COMMENT ON COLUMN improvement.measure_family.mean_before IS 'The mean of the baseline.';
COMMENT ON COLUMN improvement.measure_family.mean_since IS 'The mean since the run for the better began; where there is none, since the change.';
COMMENT ON COLUMN improvement.measure_family.events IS 'The event that names the measure, as stream/partition/offset.';

-- What came in and counts for nothing.

CREATE VIEW improvement.unplaced AS
WITH said AS (
  SELECT 'project' AS stream, microsystem, 'project/' || _partition || '/' || _offset AS event FROM current.project
  UNION ALL SELECT 'aim', microsystem, 'aim/' || _partition || '/' || _offset FROM current.aim
  UNION ALL SELECT 'pdsa', microsystem, 'pdsa/' || _partition || '/' || _offset FROM current.pdsa
  UNION ALL SELECT 'adoption', microsystem, 'adoption/' || _partition || '/' || _offset FROM current.adoption
  -- Of people's skills nothing but the unit: how many events there are would tell of role groups.
  UNION ALL SELECT DISTINCT 'improvement-skill', microsystem, NULL FROM current.improvement_skill
)
SELECT s.stream, s.microsystem, list_sort(list_filter(list(s.event), lambda x: x IS NOT NULL)) AS events
FROM said s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem GROUP BY s.stream, s.microsystem;
COMMENT ON VIEW improvement.unplaced IS 'Units that rows speak of and nobody has defined: the rows count when the unit arrives.';
COMMENT ON COLUMN improvement.unplaced.stream IS 'The stream.';
COMMENT ON COLUMN improvement.unplaced.microsystem IS 'The id of the unit.';
COMMENT ON COLUMN improvement.unplaced.events IS 'The events, as stream/partition/offset; of skills none.';

CREATE VIEW improvement.refused AS
WITH row AS (
  SELECT 'aim' AS stream, id, project, day, 'aim/' || _partition || '/' || _offset AS event FROM current.aim
  UNION ALL SELECT 'driver', id, project, day, 'driver/' || _partition || '/' || _offset FROM current.driver
  UNION ALL SELECT 'change-idea', id, project, day, 'change-idea/' || _partition || '/' || _offset FROM current.change_idea
  UNION ALL SELECT 'project-measure', measure, project, day, 'project-measure/' || _partition || '/' || _offset FROM current.project_measure
  UNION ALL SELECT 'pdsa', id, project, day, 'pdsa/' || _partition || '/' || _offset FROM current.pdsa
  UNION ALL SELECT 'progress-claim', project, project, day, 'progress-claim/' || _partition || '/' || _offset FROM current.progress_claim
  UNION ALL SELECT 'adoption', microsystem, project, offered, 'adoption/' || _partition || '/' || _offset FROM current.adoption
  UNION ALL SELECT 'project-resource', id, project, day, NULL FROM current.project_resource
),
clock AS (SELECT day FROM plimsoll.clock),
first AS (SELECT project, min(first_day) AS day FROM improvement.aim GROUP BY project),
found AS (
  SELECT 'project' AS stream, p.id, p.id AS project, 'is of a day to come' AS reason, 'project/' || p._partition || '/' || p._offset AS event FROM current.project p JOIN clock k ON p.started > k.day
  UNION ALL SELECT r.stream, r.id, r.project, 'is of a day to come', r.event FROM row r JOIN clock k ON r.day > k.day
  UNION ALL SELECT r.stream, r.id, r.project, 'is of a project that nobody knows', r.event FROM row r ANTI JOIN current.project p ON p.id = r.project
  UNION ALL
  SELECT 'aim', a.id, a.project, 'is of a measure that nobody has defined', 'aim/' || a._partition || '/' || a._offset FROM current.aim a ANTI JOIN plimsoll.measure m ON m.id = a.measure
  UNION ALL
  SELECT 'project-measure', f.measure, f.project, 'is of a measure that nobody has defined', 'project-measure/' || f._partition || '/' || f._offset
  FROM current.project_measure f ANTI JOIN plimsoll.measure m ON m.id = f.measure
  UNION ALL
  SELECT 'driver', d.id, d.project, 'drives no primary driver of its project', 'driver/' || d._partition || '/' || d._offset
  FROM current.driver d ANTI JOIN current.driver a ON a.id = d.drives AND a.project = d.project AND a.kind = 'primary' WHERE d.drives IS NOT NULL
  UNION ALL
  SELECT 'change-idea', i.id, i.project, 'works on no driver of its project', 'change-idea/' || i._partition || '/' || i._offset
  FROM current.change_idea i ANTI JOIN current.driver d ON d.id = i.driver AND d.project = i.project
  UNION ALL
  SELECT 'pdsa', c.id, c.project, 'tries no change idea of its project', 'pdsa/' || c._partition || '/' || c._offset
  FROM current.pdsa c ANTI JOIN current.change_idea i ON i.id = c.idea AND i.project = c.project
  UNION ALL
  SELECT 'pdsa', c.id, c.project, CASE WHEN f.day IS NULL THEN 'its project has no aim' ELSE 'began before the aim of its project, which is of ' || f.day END, 'pdsa/' || c._partition || '/' || c._offset
  FROM current.pdsa c JOIN improvement.known p ON p.id = c.project LEFT JOIN first f ON f.project = c.project WHERE f.day IS NULL OR c.day < f.day
  UNION ALL
  SELECT 'progress-claim', g.project, g.project, 'claims ' || g.claimed || ', and there is evidence of ' || g.evidence || ': ' || g.reason, 'progress-claim/' || c._partition || '/' || c._offset
  FROM improvement.progress g JOIN current.progress_claim c ON c.project = g.project AND c.day = g.claimed_on WHERE g.capped
)
SELECT stream, id, project, reason, list_filter([event], lambda x: x IS NOT NULL) AS events FROM found;
COMMENT ON VIEW improvement.refused IS 'Rows that fit their schema and not the others: they count for nothing, and a claim above its evidence for no more than that.';
COMMENT ON COLUMN improvement.refused.stream IS 'The stream.';
COMMENT ON COLUMN improvement.refused.id IS 'The id of the row; of measures of a project the measure, of claims the project, of adoptions the site.';
COMMENT ON COLUMN improvement.refused.project IS 'The project that it names.';
COMMENT ON COLUMN improvement.refused.reason IS 'Why.';
COMMENT ON COLUMN improvement.refused.events IS 'The event, as stream/partition/offset; of resources none.';

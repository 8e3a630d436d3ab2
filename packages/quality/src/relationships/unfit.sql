-- What came in and counts for nothing, by what names it; never how many there are, and of people never from where.

CREATE VIEW relationships.unplaced AS
WITH said AS (
  SELECT 'contribution' AS stream, microsystem FROM current.contribution UNION ALL SELECT 'contribution', owner FROM current.contribution
  UNION ALL SELECT 'skill-level', microsystem FROM current.skill_level UNION ALL SELECT 'role-statement', microsystem FROM current.role_statement
)
SELECT DISTINCT s.stream, s.microsystem FROM said s ANTI JOIN plimsoll.microsystem u ON u.id = s.microsystem;
COMMENT ON VIEW relationships.unplaced IS 'Units that rows speak of and nobody has defined: the rows count when the unit arrives. A contribution whose owner is not known counts, and waits for nobody.';
COMMENT ON COLUMN relationships.unplaced.stream IS 'The stream.';
COMMENT ON COLUMN relationships.unplaced.microsystem IS 'The id of the unit.';

CREATE VIEW relationships.unfit AS
WITH clock AS (SELECT day FROM plimsoll.clock)
SELECT 'contribution' AS stream, c.id, 'is of a day to come' AS reason FROM current.contribution c JOIN clock k ON c.day > k.day
UNION ALL
SELECT 'contribution-step', s.id, CASE WHEN c.id IS NULL THEN 'is of a contribution that nobody knows'
    WHEN c.microsystem <> s.microsystem THEN 'names another unit than its contribution' WHEN s.day < c.day THEN 'is of a day before its contribution'
    ELSE 'is of a day to come' END
FROM current.contribution_step s JOIN clock k ON true LEFT JOIN current.contribution c ON c.id = s.contribution
WHERE c.id IS NULL OR c.microsystem <> s.microsystem OR s.day < c.day OR s.day > k.day
UNION ALL
SELECT DISTINCT 'skill-level', l.skill, 'is of a skill that nobody has declared' FROM current.skill_level l ANTI JOIN current.skill s ON s.id = l.skill
UNION ALL
SELECT DISTINCT 'skill-level', l.skill, 'is of a day to come' FROM current.skill_level l JOIN clock k ON l.day > k.day
UNION ALL
SELECT 'role-statement', r.id, 'is of a day to come' FROM current.role_statement r JOIN clock k ON r.confirmed > k.day
UNION ALL
-- Of a group whose size nobody knows, one contribution may be one person.
SELECT 'contribution', c.role, 'is of a role group without a headcount' FROM relationships.counted c CROSS JOIN relationships.value v
ANTI JOIN current.headcount h ON h.microsystem = c.microsystem AND h.role = c.role WHERE c.month_over GROUP BY c.role, v.least HAVING count(*) >= v.least;
COMMENT ON VIEW relationships.unfit IS 'Rows that fit their schema and not each other. They count for nothing; a contribution of a role group without a headcount counts in everything but participation.';
COMMENT ON COLUMN relationships.unfit.stream IS 'The stream.';
COMMENT ON COLUMN relationships.unfit.id IS 'The id of the row; of skill levels the skill, of role groups the role.';
COMMENT ON COLUMN relationships.unfit.reason IS 'Why.';

CREATE VIEW relationships.setting AS
SELECT id, value, title, ['relationships-setting/' || _partition || '/' || _offset] AS events FROM current.relationships_setting;
COMMENT ON VIEW relationships.setting IS 'The settings that these figures were made by.';
COMMENT ON COLUMN relationships.setting.id IS 'What is set.';
COMMENT ON COLUMN relationships.setting.value IS 'To what.';
COMMENT ON COLUMN relationships.setting.title IS 'What it means.';
COMMENT ON COLUMN relationships.setting.events IS 'The event, as stream/partition/offset.';

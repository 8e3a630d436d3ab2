-- How a change spreads, and whether its effect comes again.

CREATE VIEW improvement.offer AS
SELECT a.project, a.microsystem, a.offered, CASE WHEN a.adopted <= k.day THEN a.adopted END AS adopted, CASE WHEN a.ended <= k.day THEN a.ended END AS ended,
  coalesce(CASE WHEN a.adopted <= k.day THEN a.adopted END, CASE WHEN a.ended <= k.day THEN a.ended END, k.day) - a.offered AS days,
  'adoption/' || a._partition || '/' || a._offset AS event
FROM current.adoption a JOIN improvement.known p ON p.id = a.project JOIN plimsoll.microsystem u ON u.id = a.microsystem JOIN plimsoll.clock k ON a.offered <= k.day;

CREATE VIEW improvement.adoption_curve AS
WITH wait AS (SELECT project AS grp, days AS "time", adopted IS NOT NULL AS happened FROM improvement.offer),
told AS (SELECT project, list_sort(list(event)) AS events FROM improvement.offer GROUP BY project)
SELECT c.grp AS project, c."time"::INTEGER AS days, c.at_risk, c.happened AS adopted, c.censored, c.share, c.low, c.high, t.events
FROM stats.kaplan_meier('wait') c JOIN told t ON t.project = c.grp;
COMMENT ON VIEW improvement.adoption_curve IS 'The share of sites that have adopted the change of a project, by days since it was offered (Kaplan-Meier). Sites that have not, or said no, are censored.';
COMMENT ON COLUMN improvement.adoption_curve.project IS 'The project.';
COMMENT ON COLUMN improvement.adoption_curve.days IS 'Days since the change was offered to the site.';
COMMENT ON COLUMN improvement.adoption_curve.at_risk IS 'Sites that had not adopted it until then, and are known for so long.';
COMMENT ON COLUMN improvement.adoption_curve.adopted IS 'Sites that adopted it then.';
COMMENT ON COLUMN improvement.adoption_curve.censored IS 'Sites of which no more is known, or that said no.';
COMMENT ON COLUMN improvement.adoption_curve.share IS 'The share that has adopted it by then.';
COMMENT ON COLUMN improvement.adoption_curve.low IS 'The lower end of its 95 % interval (log-log).';
COMMENT ON COLUMN improvement.adoption_curve.high IS 'The upper end.';
COMMENT ON COLUMN improvement.adoption_curve.events IS 'The events of all sites of the project: stream/partition/offset.';

CREATE VIEW improvement.adoption AS
WITH before AS (
  SELECT o.project, o.microsystem, coalesce(max(c.share), 0) AS share FROM improvement.offer o LEFT JOIN improvement.adoption_curve c ON c.project = o.project AND c.days < o.days
  WHERE o.adopted IS NOT NULL GROUP BY o.project, o.microsystem
)
SELECT o.project, o.microsystem, o.offered, o.adopted, o.ended, o.days::INTEGER AS days,
  CASE WHEN o.adopted IS NULL AND o.ended IS NOT NULL THEN 'declined' WHEN o.adopted IS NULL THEN 'not yet' WHEN b.share < 0.025 THEN 'innovator' WHEN b.share < 0.16 THEN 'early adopter'
    WHEN b.share < 0.5 THEN 'early majority' WHEN b.share < 0.84 THEN 'late majority' ELSE 'laggard' END AS class,
  CASE WHEN o.adopted IS NULL THEN NULL WHEN e.result = 'improved' THEN 'came again' WHEN e.result IN ('not assessable', 'too early') THEN e.result WHEN e.result IS NULL THEN 'not assessable' ELSE 'did not come again' END AS effect,
  CASE WHEN o.adopted IS NULL THEN NULL ELSE coalesce(e.reason, 'The site is the unit of the aim itself, or has no aim to be held to.') END AS reason, e.mean_before, e.mean_since, e.change, e.shift_from,
  list_sort(list_distinct(list_append(coalesce(e.events, []), o.event))) AS events
FROM improvement.offer o LEFT JOIN before b ON b.project = o.project AND b.microsystem = o.microsystem
LEFT JOIN improvement.effect e ON e.part = 'site' AND e.project = o.project AND e.microsystem = o.microsystem;
COMMENT ON VIEW improvement.adoption IS 'The spread board: each site that was offered a change, whether and when it adopted it, and whether the effect came again there.';
COMMENT ON COLUMN improvement.adoption.project IS 'The project.';
COMMENT ON COLUMN improvement.adoption.microsystem IS 'The site.';
COMMENT ON COLUMN improvement.adoption.offered IS 'The day from which on it could have adopted the change.';
COMMENT ON COLUMN improvement.adoption.adopted IS 'The day on which it did; null: it has not.';
COMMENT ON COLUMN improvement.adoption.ended IS 'The day on which it gave it up, or said no.';
COMMENT ON COLUMN improvement.adoption.days IS 'Days from the offer to the adoption, or for which the site is known not to have adopted it.';
COMMENT ON COLUMN improvement.adoption.class IS 'By the share of sites that had adopted it before: innovator (below 2.5 %), early adopter (16 %), early majority (50 %), late majority (84 %), laggard; or not yet, or declined.';
COMMENT ON COLUMN improvement.adoption.effect IS 'Whether the effect came again: came again, did not come again, too early, not assessable; null: not adopted.';
COMMENT ON COLUMN improvement.adoption.reason IS 'Why, in words.';
COMMENT ON COLUMN improvement.adoption.mean_before IS 'The mean of the measure of the aim before the site changed.';
COMMENT ON COLUMN improvement.adoption.mean_since IS 'The mean since.';
COMMENT ON COLUMN improvement.adoption.change IS 'mean_since - mean_before.';
COMMENT ON COLUMN improvement.adoption.shift_from IS 'The first point of its run for the better.';
COMMENT ON COLUMN improvement.adoption.events IS 'The events, as stream/partition/offset.';

CREATE VIEW improvement.spread AS
WITH wait AS (SELECT project AS grp, days AS "time", adopted IS NOT NULL AS happened FROM improvement.offer),
half AS (FROM stats.kaplan_meier_median('wait')),
site AS (
  SELECT project, count(*) AS sites, count(adopted) AS adopted, count(*) FILTER (adopted IS NOT NULL AND ended IS NOT NULL) AS given_up, count(*) FILTER (class = 'declined') AS declined,
    count(*) FILTER (effect IN ('came again', 'did not come again')) AS assessable, count(*) FILTER (effect = 'came again') AS came_again, list_sort(list_distinct(flatten(list(events)))) AS events
  FROM improvement.adoption GROUP BY project
)
SELECT s.project, s.sites, s.adopted, s.given_up, s.declined, h.lower_quartile AS days_to_quarter, h.median AS days_to_half, h.upper_quartile AS days_to_three_quarters,
  s.assessable, s.came_again, stats.wilson(s.came_again, s.assessable).low AS low, stats.wilson(s.came_again, s.assessable).high AS high, s.events
FROM site s JOIN half h ON h.grp = s.project;
COMMENT ON VIEW improvement.spread IS 'How the change of each project spreads, and in how many of the sites its effect came again.';
COMMENT ON COLUMN improvement.spread.project IS 'The project.';
COMMENT ON COLUMN improvement.spread.sites IS 'Sites that were offered it.';
COMMENT ON COLUMN improvement.spread.adopted IS 'Sites that adopted it, those that gave it up again included.';
COMMENT ON COLUMN improvement.spread.given_up IS 'Sites that gave it up again.';
COMMENT ON COLUMN improvement.spread.declined IS 'Sites that said no.';
COMMENT ON COLUMN improvement.spread.days_to_quarter IS 'Days by which a quarter had adopted it (Kaplan-Meier); null: never reached.';
COMMENT ON COLUMN improvement.spread.days_to_half IS 'Days by which half had.';
COMMENT ON COLUMN improvement.spread.days_to_three_quarters IS 'Days by which three quarters had.';
COMMENT ON COLUMN improvement.spread.assessable IS 'Sites that adopted it and of which it can be told whether the effect came again.';
COMMENT ON COLUMN improvement.spread.came_again IS 'Sites where it did.';
COMMENT ON COLUMN improvement.spread.low IS 'The lower end of the 95 % interval (Wilson) of came_again / assessable.';
COMMENT ON COLUMN improvement.spread.high IS 'The upper end.';
COMMENT ON COLUMN improvement.spread.events IS 'The events, as stream/partition/offset.';

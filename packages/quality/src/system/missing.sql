-- Who is not in the figure, and why.

CREATE VIEW whole_system.missing AS
WITH grown AS (SELECT DISTINCT indicator, parent FROM whole_system.member),
kind AS (
  SELECT DISTINCT s.indicator, u.kind FROM whole_system.source s JOIN plimsoll.microsystem u ON u.id = s.unit
),
-- A unit of the same kind as those with figures, with none above or below it that has some, is expected to have them.
never AS (
  SELECT k.indicator, u.id AS unit FROM kind k JOIN plimsoll.microsystem u ON u.kind = k.kind
  ANTI JOIN (
    SELECT indicator, unit FROM whole_system.source
    UNION ALL SELECT s.indicator, p.parent FROM whole_system.source s JOIN whole_system.placed p ON p.unit = s.unit
    UNION ALL SELECT s.indicator, p.unit FROM whole_system.source s JOIN whole_system.placed p ON p.parent = s.unit
  ) a ON a.indicator = k.indicator AND a.unit = u.id
),
found AS (
  SELECT s.indicator, s.unit,
    CASE WHEN p.latest_hidden THEN 'hidden' WHEN p.latest_observed THEN 'denominator 0'
      WHEN d.last_period IS NULL OR u.since > d.last_period THEN 'not complete yet'
      WHEN coalesce(st.last_observed, b.period) IS NOT NULL THEN 'silent since'
      ELSE 'no data ever' END AS reason,
    CASE WHEN NOT coalesce(p.latest_hidden, false) THEN coalesce(st.last_observed, b.period) END AS last_period
  FROM whole_system.source s
  JOIN whole_system.due d ON d.indicator = s.indicator
  JOIN plimsoll.microsystem u ON u.id = s.unit
  LEFT JOIN whole_system.pooled p ON p.indicator = s.indicator AND p.unit = s.unit
  LEFT JOIN plimsoll.series b ON b.measure = s.measure AND b.microsystem = s.unit AND b.stratum IS NULL
  LEFT JOIN whole_system.stopped st ON st.series = b.series
  WHERE p.latest_denominator IS NULL OR NOT p.latest_denominator > 0
  UNION ALL
  SELECT n.indicator, n.unit, CASE WHEN d.last_period IS NULL OR u.since > d.last_period THEN 'not complete yet' ELSE 'no data ever' END, NULL
  FROM never n JOIN whole_system.due d ON d.indicator = n.indicator JOIN plimsoll.microsystem u ON u.id = n.unit
)
SELECT f.indicator, nullif(g.parent, '') AS parent, f.unit, f.reason, f.last_period
FROM found f JOIN whole_system.placed p ON p.unit = f.unit JOIN grown g ON g.indicator = f.indicator AND g.parent = p.parent
UNION ALL
-- Nobody knows where such a unit belongs, so only the top can miss it.
SELECT d.indicator, nullif(g.parent, ''), x.microsystem, 'unplaced', NULL
FROM whole_system.due d JOIN plimsoll.unplaced x ON x.measure = d.measure JOIN grown g ON g.indicator = d.indicator
WHERE NOT EXISTS (FROM whole_system.placed t WHERE t.unit = g.parent);
COMMENT ON VIEW whole_system.missing IS 'Units that are not in the figure of the latest complete period, each with its reason.';
COMMENT ON COLUMN whole_system.missing.indicator IS 'The indicator.';
COMMENT ON COLUMN whole_system.missing.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.missing.unit IS 'The unit whose figure is missing.';
COMMENT ON COLUMN whole_system.missing.reason IS 'no data ever, silent since (last_period), not complete yet, hidden (a small count), denominator 0, or unplaced (nobody has said where the unit belongs).';
COMMENT ON COLUMN whole_system.missing.last_period IS 'The last period with a figure; null where there is none, or where it is hidden.';

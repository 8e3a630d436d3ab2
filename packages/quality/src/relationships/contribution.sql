-- What became of each contribution. The tables of this file that say where it comes from, and when, stay inside the store.

CREATE TABLE relationships.contribution_state AS
WITH step AS (
  SELECT s.*, 'contribution-step/' || s._partition || '/' || s._offset AS event
  FROM current.contribution_step s JOIN current.contribution c ON c.id = s.contribution AND c.microsystem = s.microsystem
  JOIN plimsoll.clock k ON s.day BETWEEN c.day AND k.day
),
summed AS (
  SELECT contribution, min(day) FILTER (kind = 'acknowledged') AS acknowledged, min(day) FILTER (kind = 'answered') AS answered,
    min(day) FILTER (kind = 'acted') AS acted, min(day) FILTER (kind = 'closed') AS closed,
    max({day: day, id: id, answer: answer, reasoned: reasoned}) FILTER (kind = 'answered') AS latest, list(event) AS events
  FROM step GROUP BY contribution
),
dated AS (
  SELECT c.id AS contribution, c.microsystem, c.role, c.kind, c.day, c.owner, c.first_in_quarter, s.acknowledged, s.acted,
    s.latest.answer AS answer, CASE WHEN s.latest.answer = 'no' THEN s.latest.day END AS refused,
    least(s.closed, CASE WHEN s.latest.answer = 'no' AND s.latest.reasoned THEN s.latest.day END) AS closed,
    least(s.answered, s.closed) AS answered,
    list_sort(list_concat(['contribution/' || c._partition || '/' || c._offset], s.events)) AS events
  FROM current.contribution c LEFT JOIN summed s ON s.contribution = c.id
)
SELECT *, CASE WHEN closed IS NOT NULL THEN 'closed' WHEN acted IS NOT NULL THEN 'acted' WHEN answered IS NOT NULL THEN 'answered'
    WHEN acknowledged IS NOT NULL THEN 'acknowledged' ELSE 'received' END AS state
FROM dated;

CREATE VIEW relationships.value AS
SELECT max(value) FILTER (id = 'least')::INTEGER AS least, max(value) FILTER (id = 'answer-days')::INTEGER AS answer_days,
  max(value) FILTER (id = 'close-days')::INTEGER AS close_days, max(value) FILTER (id = 'confirm-months')::INTEGER AS confirm_months
FROM current.relationships_setting;

CREATE VIEW relationships.counted AS
SELECT s.*, date_trunc('quarter', s.day)::DATE AS quarter, s.day < date_trunc('month', k.day) AS month_over,
  date_trunc('quarter', s.day) + INTERVAL 3 MONTH <= k.day AS quarter_over, k.day - s.day AS days, s.owner IN (SELECT id FROM plimsoll.microsystem) AS owned
FROM relationships.contribution_state s JOIN plimsoll.microsystem u ON u.id = s.microsystem JOIN plimsoll.clock k ON s.day <= k.day;

CREATE VIEW relationships.own_contribution AS
SELECT c.microsystem, c.contribution, c.state, c.answer,
  CASE WHEN days < 30 THEN 'under 30 days' WHEN days < 60 THEN '30 to 59 days' WHEN days < 90 THEN '60 to 89 days' WHEN days < 180 THEN '90 to 179 days'
    ELSE '180 days or more' END AS age, c.month_over, c.events
FROM relationships.counted c;

CREATE VIEW relationships.your_contribution AS
SELECT contribution, state, answer, age FROM relationships.own_contribution WHERE month_over ORDER BY contribution;
COMMENT ON VIEW relationships.your_contribution IS 'Your idea, what happened: every contribution of a month that is over, by the token that whoever brought it has. Where it comes from, what it is and when it was brought are not told.';
COMMENT ON COLUMN relationships.your_contribution.contribution IS 'The token.';
COMMENT ON COLUMN relationships.your_contribution.state IS 'received, acknowledged, answered, acted or closed: the furthest that it came. Answered no, with a reason, is closed.';
COMMENT ON COLUMN relationships.your_contribution.answer IS 'The latest answer: yes, no or partly. Null: none yet.';
COMMENT ON COLUMN relationships.your_contribution.age IS 'How long ago it was brought, in five classes.';

CREATE VIEW relationships.waiting AS
SELECT c.owner, c.contribution, c.state = 'acknowledged' AS acknowledged, o.age, c.days >= v.answer_days AS overdue
FROM relationships.counted c JOIN relationships.own_contribution o USING (contribution) CROSS JOIN relationships.value v
WHERE c.month_over AND c.owned AND c.kind <> 'thanks' AND c.answered IS NULL AND c.closed IS NULL
ORDER BY c.owner, c.contribution;
COMMENT ON VIEW relationships.waiting IS 'What waits for an answer, for the unit that owes it: ideas, concerns and reviews of months that are over, wherever they come from. Done without an answer still waits for one.';
COMMENT ON COLUMN relationships.waiting.owner IS 'The unit that owes the answer.';
COMMENT ON COLUMN relationships.waiting.contribution IS 'The token.';
COMMENT ON COLUMN relationships.waiting.acknowledged IS 'Whether it was acknowledged, and no more.';
COMMENT ON COLUMN relationships.waiting.age IS 'How long ago it was brought, in five classes.';
COMMENT ON COLUMN relationships.waiting.overdue IS 'Whether it has waited as many days as the setting answer-days says (60, unless it says otherwise), or more.';

CREATE TABLE relationships.signal AS
SELECT 'contributions' AS subject, c.owner AS microsystem, 'unanswered' AS rule, 'concern' AS variation,
  date_trunc('month', min(c.day))::DATE AS first_period, date_trunc('month', min(c.day) + v.answer_days)::DATE AS completed_period,
  date_trunc('month', min(c.day) + v.answer_days)::DATE AS as_of,
  'What was brought in ' || strftime(min(c.day), '%B %Y') || ' has waited for an answer for ' || v.answer_days || ' days or more.' AS words
FROM relationships.counted c JOIN relationships.waiting w USING (contribution) CROSS JOIN relationships.value v
WHERE w.overdue GROUP BY c.owner, v.answer_days;

-- How soon, and whether, those who brought something heard: by the quarter in which they brought it.
CREATE VIEW relationships.loop_time AS
WITH own AS (
  SELECT c.*, k.day AS today FROM relationships.counted c CROSS JOIN plimsoll.clock k
  WHERE c.kind <> 'thanks' AND c.quarter_over AND c.quarter >= date_trunc('quarter', k.day) - INTERVAL 24 MONTH
),
part AS (
  SELECT {quarter: quarter, part: 'all', name: NULL::VARCHAR} AS cell, own.* FROM own
  UNION ALL SELECT {quarter: quarter, part: 'kind', name: kind}, own.* FROM own
  UNION ALL SELECT {quarter: quarter, part: 'role', name: role}, own.* FROM own
  UNION ALL SELECT {quarter: quarter, part: 'owner', name: owner}, own.* FROM own WHERE owned
),
answer AS (SELECT cell AS grp, coalesce(answered, today) - day AS "time", answered IS NOT NULL AS happened FROM part),
act AS (SELECT cell AS grp, coalesce(acted, least(closed, refused, today)) - day AS "time", acted IS NOT NULL AS happened FROM part),
answer_time AS (SELECT * FROM stats.kaplan_meier_median('answer')),
act_time AS (SELECT * FROM stats.kaplan_meier_median('act')),
summed AS (
  SELECT p.cell, count(*) AS contributions, count(*) FILTER (p.closed - p.day <= v.close_days) AS closed,
    any_value(p.quarter) + INTERVAL 3 MONTH + to_days(v.close_days) <= any_value(p.today) AS ripe, list_sort(flatten(list(p.events))) AS events
  FROM part p CROSS JOIN relationships.value v GROUP BY p.cell, v.close_days
)
SELECT s.cell.quarter AS quarter, s.cell.part AS part, s.cell.name AS name, s.contributions, s.closed, s.ripe,
  a.lower_quartile AS answer_lower, a.median AS answer_median, a.upper_quartile AS answer_upper,
  d.lower_quartile AS act_lower, d.median AS act_median, d.upper_quartile AS act_upper, s.events
FROM summed s LEFT JOIN answer_time a ON a.grp = s.cell LEFT JOIN act_time d ON d.grp = s.cell;

CREATE VIEW relationships.closed_loop AS
WITH compared AS (
  SELECT l.*, t.contributions - l.contributions AS others, t.closed - l.closed AS others_closed, v.least,
    l.closed = 0 OR l.closed >= 5 AS shown_closed, l.contributions - l.closed = 0 OR l.contributions - l.closed >= 5 AS shown_open,
    -- What the verdict would be with five closed, or five open: it is told only where it would be the same.
    least(greatest(l.closed, 5), l.contributions - 5) AS at_five
  FROM relationships.loop_time l JOIN relationships.loop_time t ON t.quarter = l.quarter AND t.part = 'all' CROSS JOIN relationships.value v
  WHERE l.contributions >= v.least
),
told AS (
  SELECT *, part = 'all' AND ripe AND shown_closed AND shown_open AS shown,
    CASE WHEN part <> 'all' AND ripe AND others >= least THEN stats.newcombe(closed, contributions, others_closed, others) END AS d,
    CASE WHEN part <> 'all' AND ripe AND others >= least
      THEN stats.newcombe(at_five, contributions, least(greatest(others_closed + closed - at_five, 0), others), others) END AS five
  FROM compared
)
SELECT quarter, part, CASE WHEN part = 'kind' THEN name END AS kind, CASE WHEN part = 'role' THEN name END AS role, CASE WHEN part = 'owner' THEN name END AS owner,
  CASE WHEN part = 'all' THEN contributions END AS contributions, CASE WHEN shown THEN closed END AS closed,
  CASE WHEN shown THEN closed / contributions END AS share, CASE WHEN shown THEN stats.wilson(closed, contributions).low END AS low,
  CASE WHEN shown THEN stats.wilson(closed, contributions).high END AS high,
  CASE WHEN d.high < 0 AND five.high < 0 THEN 'lower' WHEN d.low > 0 AND five.low > 0 THEN 'higher'
    WHEN d.low <= 0 AND d.high >= 0 AND five.low <= 0 AND five.high >= 0 THEN 'no difference can be told' END AS verdict,
  answer_lower, answer_median, answer_upper, act_lower, act_median, act_upper, NOT ripe AS running
FROM told;
COMMENT ON VIEW relationships.closed_loop IS 'Whether, and how soon, those who brought an idea, concern or review heard what became of it: by the quarter in which they brought it, of the last eight that are over. Only where there are as many as the setting least says. Thanks ask for nothing, and are not in it.';
COMMENT ON COLUMN relationships.closed_loop.quarter IS 'The first day of the quarter in which they were brought.';
COMMENT ON COLUMN relationships.closed_loop.part IS 'all of them, those of one kind, those of one role group, or those that one unit owes the answer to (owner).';
COMMENT ON COLUMN relationships.closed_loop.kind IS 'Of a row by kind: idea, concern or review.';
COMMENT ON COLUMN relationships.closed_loop.role IS 'Of a row by role: the role group that brought them.';
COMMENT ON COLUMN relationships.closed_loop.owner IS 'Of a row by owner: the unit.';
COMMENT ON COLUMN relationships.closed_loop.contributions IS 'How many there were; of all only.';
COMMENT ON COLUMN relationships.closed_loop.closed IS 'Of these, how many were closed within as many days as the setting close-days says. Null, here and in the next three: not all have had that long yet, or 1 to 4 were, or were not.';
COMMENT ON COLUMN relationships.closed_loop.share IS 'closed / contributions, from 0 to 1.';
COMMENT ON COLUMN relationships.closed_loop.low IS 'The lower 95 % limit of the share (Wilson).';
COMMENT ON COLUMN relationships.closed_loop.high IS 'The upper 95 % limit.';
COMMENT ON COLUMN relationships.closed_loop.verdict IS 'Of a kind, role group or owner: whether their share is lower or higher than that of all others (Newcombe, 95 %), or no difference can be told. Null: it cannot be told without telling of a few.';
COMMENT ON COLUMN relationships.closed_loop.answer_lower IS 'The days within which a quarter of them were answered (Kaplan-Meier; those not answered yet are censored at the day of the clock). Null: not reached.';
COMMENT ON COLUMN relationships.closed_loop.answer_median IS 'The days within which half of them were answered.';
COMMENT ON COLUMN relationships.closed_loop.answer_upper IS 'The days within which three quarters of them were answered.';
COMMENT ON COLUMN relationships.closed_loop.act_lower IS 'The days within which a quarter of them were acted on; those that were refused, or closed without, are censored on that day.';
COMMENT ON COLUMN relationships.closed_loop.act_median IS 'The days within which half of them were acted on.';
COMMENT ON COLUMN relationships.closed_loop.act_upper IS 'The days within which three quarters of them were acted on.';
COMMENT ON COLUMN relationships.closed_loop.running IS 'Whether some of them have not had close-days yet.';

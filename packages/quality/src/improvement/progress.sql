-- A progress score that is no higher than its evidence. Each step asks for what the steps before it ask for, too.

CREATE VIEW improvement.progress AS
WITH claim AS (
  SELECT c.project, arg_max(c.score, c.day) AS score, max(c.day) AS day, arg_max('progress-claim/' || c._partition || '/' || c._offset, c.day) AS event
  FROM current.progress_claim c JOIN plimsoll.clock k ON c.day <= k.day GROUP BY c.project
),
tested AS (SELECT project, count(*) FILTER (did IS NOT NULL) AS done, count(*) AS planned, min(did) AS first_do FROM improvement.cycle GROUP BY project),
better AS (
  SELECT project, bool_or(result = 'improved' AND role = 'outcome') AS outcome, bool_or(result = 'improved') FILTER (role <> 'balancing') AS either
  FROM improvement.effect WHERE part = 'own' GROUP BY project
),
known AS (
  SELECT p.id AS project, p.microsystem, a.aim IS NOT NULL AS has_aim, EXISTS (FROM improvement.fit_driver d WHERE d.project = p.id) AND EXISTS (FROM improvement.fit_idea i WHERE i.project = p.id) AS has_drivers,
    coalesce(t.planned, 0) > 0 AS planned, coalesce(t.done, 0) > 0 AS tested, v.result, v.reason, coalesce(b.either, false) AS either, coalesce(b.outcome, false) AS outcome,
    coalesce(v.result = 'improved', false) AS improved, (v.mean_since - v.mean_before) / nullif(a.target - v.mean_before, 0) AS raw_share, a.direction, a.target, v.mean_before,
    coalesce(s.status = 'slipping', false) OR v.worse_from IS NOT NULL AS unstable, v.points_since, w.points_sustained, v.balancing, v.balancing_assessed, v.worse, coalesce(v.result = 'trade-off', false) AS trade_off,
    c.score AS claimed, c.day AS claimed_on, list_sort(list_distinct(list_filter(list_concat([p.event, c.event], v.events, f.events), lambda x: x IS NOT NULL))) AS events
  FROM improvement.known p CROSS JOIN improvement.value w LEFT JOIN improvement.aim a ON a.project = p.id AND a.in_force LEFT JOIN tested t ON t.project = p.id
  LEFT JOIN improvement.verdict v ON v.project = p.id LEFT JOIN better b ON b.project = p.id LEFT JOIN claim c ON c.project = p.id LEFT JOIN improvement.fidelity f ON f.project = p.id
  LEFT JOIN plimsoll.series s ON s.measure = v.measure AND s.microsystem = v.microsystem AND s.stratum IS NULL
),
-- Where the baseline was at the target already, there is no way to go, and no share of it.
gone AS (
  SELECT *, CASE WHEN CASE direction WHEN 'up' THEN mean_before < target WHEN 'down' THEN mean_before > target END THEN raw_share END AS share FROM known
),
asked AS (
  SELECT *, [
      {'score': 0.5, 'met': true, 'asks': 'the project'},
      {'score': 1.0, 'met': has_aim, 'asks': 'an aim: how much, by when, for whom'},
      {'score': 1.5, 'met': has_drivers, 'asks': 'drivers, and a change idea for one of them'},
      {'score': 2.0, 'met': planned, 'asks': 'a cycle that has begun'},
      {'score': 2.5, 'met': tested, 'asks': 'a change that was tested'},
      {'score': 3.0, 'met': either AND NOT trade_off, 'asks': 'an improvement signal of a measure of process or outcome after the first tested change, without harm elsewhere'},
      {'score': 3.5, 'met': outcome AND improved, 'asks': 'an improvement signal of the aim after the first tested change'},
      {'score': 4.0, 'met': coalesce(share >= 0.5, false) AND NOT unstable, 'asks': 'half of the way from the baseline to the aim, and no run for the worse since'},
      {'score': 4.5, 'met': coalesce(share >= 0.75, false) AND coalesce(points_since >= points_sustained, false), 'asks': 'three quarters of that way, over ' || points_sustained || ' points'},
      {'score': 5.0, 'met': coalesce(share >= 1, false) AND balancing > 0 AND balancing_assessed = balancing AND len(worse) = 0,
        'asks': 'all of that way, and balancing measures that can be judged and show no harm'}] AS steps
  FROM gone
),
missed AS (SELECT *, list_filter(steps, lambda s: NOT s.met)[1] AS missing FROM asked),
reached AS (SELECT *, coalesce(missing.score - 0.5, 5)::DOUBLE AS evidence FROM missed)
SELECT project, microsystem, claimed, claimed_on, evidence, CASE WHEN claimed IS NULL THEN evidence ELSE least(claimed, evidence) END AS reached,
  coalesce(claimed > evidence, false) AS capped, missing.score::DOUBLE AS next, missing.asks AS next_asks,
  CASE WHEN missing IS NULL THEN 'Everything that the score asks for is there.'
    ELSE missing.score || ' asks for ' || missing.asks || '.' || CASE WHEN missing.score >= 3 AND reason IS NOT NULL THEN ' ' || reason ELSE '' END END AS reason,
  share AS share_of_aim, events
FROM reached;
COMMENT ON VIEW improvement.progress IS 'The progress score of each project: what its team claims, what the log gives evidence of, and the lower of both.';
COMMENT ON COLUMN improvement.progress.project IS 'The project.';
COMMENT ON COLUMN improvement.progress.microsystem IS 'The unit that leads it.';
COMMENT ON COLUMN improvement.progress.claimed IS 'What its team said last; null: nothing.';
COMMENT ON COLUMN improvement.progress.claimed_on IS 'When.';
COMMENT ON COLUMN improvement.progress.evidence IS 'The highest score of which everything up to it is there: 0.5 to 5.';
COMMENT ON COLUMN improvement.progress.reached IS 'The lower of claimed and evidence; without a claim, evidence.';
COMMENT ON COLUMN improvement.progress.capped IS 'Whether the claim is above its evidence.';
COMMENT ON COLUMN improvement.progress.next IS 'The next score; null: there is none.';
COMMENT ON COLUMN improvement.progress.next_asks IS 'What is missing for it.';
COMMENT ON COLUMN improvement.progress.reason IS 'Why it is no higher, in words.';
COMMENT ON COLUMN improvement.progress.share_of_aim IS 'How far the mean since the shift has come from the mean of the baseline to the target; 1: all the way. Null: not known, or the baseline was at the target already.';
COMMENT ON COLUMN improvement.progress.events IS 'The events behind it: stream/partition/offset.';

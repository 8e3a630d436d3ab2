-- Scores, their chance, and what their weights are worth.

CREATE VIEW whole_system.composite_score AS
WITH composite_cell AS (FROM whole_system.composite_cell),
scored AS (SELECT grp, unit, score, domains, domain_scores FROM stats.composite('composite_cell', least_domains := 1)),
-- The score is linear in the figures once the spreads are given: so is its variance in theirs.
measure_spread AS (
  SELECT grp, measure, list_sort(list(value)) AS l, len(l) AS k,
    sqrt(list_sum(list_transform(l, lambda v: pow(v - list_sum(l) / k, 2))) / nullif(k - 1, 0)) AS sd
  FROM composite_cell GROUP BY grp, measure
),
z AS (
  SELECT c.grp, c.unit, c.domain, c.weight, c.se / nullif(m.sd, 0) AS se, c.direction * (c.value - list_sum(m.l) / m.k) / nullif(m.sd, 0) AS z
  FROM composite_cell c JOIN measure_spread m ON m.grp = c.grp AND m.measure = c.measure
),
part AS (
  SELECT grp, unit, domain, any_value(weight) AS weight, list_sum(list_sort(list(z))) / count(z) AS mean,
    sqrt(list_sum(list_sort(list(se * se)))) / count(z) AS se, count(*) = count(se) AS known
  FROM z WHERE z IS NOT NULL GROUP BY grp, unit, domain
),
part_spread AS (
  SELECT grp, domain, list_sort(list(mean)) AS l, len(l) AS k, sqrt(list_sum(list_transform(l, lambda v: pow(v - list_sum(l) / k, 2))) / nullif(k - 1, 0)) AS sd
  FROM part GROUP BY grp, domain
),
erred AS (
  SELECT p.grp, p.unit, sqrt(list_sum(list_sort(list(pow(p.weight * p.se / nullif(s.sd, 0), 2))))) / list_sum(list_sort(list(p.weight))) AS se, bool_and(p.known) AS known
  FROM part p JOIN part_spread s ON s.grp = p.grp AND s.domain = p.domain GROUP BY p.grp, p.unit
)
SELECT s.grp.c AS composite, s.grp.p AS parent, s.unit, k.title, s.domains >= k.least_parts AS enough, k.least_parts, s.domains, s.domain_scores, s.score,
  CASE WHEN e.known THEN e.se END AS se,
  ['composite/' || k._partition || '/' || k._offset] AS events
FROM scored s JOIN current.composite k ON k.id = s.grp.c LEFT JOIN erred e ON e.grp = s.grp AND e.unit = s.unit;

CREATE VIEW whole_system.composite AS
WITH score AS MATERIALIZED (FROM whole_system.composite_score),
spread AS (
  SELECT composite, parent, count(*) AS k, list_sort(list(score)) AS l, list_sum(list_sort(list(se * se))) / nullif(count(se), 0) AS chance, count(*) = count(se) AS known
  FROM score WHERE enough GROUP BY composite, parent
),
reliable AS (
  SELECT composite, parent, known, list_sum(list_transform(l, lambda v: pow(v - list_sum(l) / k, 2))) / nullif(k - 1, 0) AS signal, chance FROM spread
),
judged AS (SELECT composite, parent, CASE WHEN known THEN signal / nullif(signal + chance, 0) END AS reliability FROM reliable),
ranking AS (
  SELECT {'c': s.composite, 'p': s.parent} AS grp, s.unit, s.score AS estimate, s.se, r.reliability
  FROM score s JOIN judged r ON r.composite = s.composite AND r.parent = s.parent
  WHERE s.enough AND r.reliability >= 0.7
),
ranked AS (SELECT grp, unit, rank_low, rank_high, units FROM stats.rank_interval('ranking', draws := 500))
SELECT s.composite, s.title, nullif(s.parent, '') AS parent, s.unit, CASE WHEN s.enough THEN s.score END AS score,
  CASE WHEN s.enough THEN s.score - 1.959963984540054 * s.se END AS low, CASE WHEN s.enough THEN s.score + 1.959963984540054 * s.se END AS high,
  r.rank_low::INTEGER AS rank_low, r.rank_high::INTEGER AS rank_high, r.units::INTEGER AS ranked_units, k.reliability, s.domains::INTEGER AS parts, s.domain_scores AS part_scores,
  CASE WHEN NOT s.enough THEN 'figures in fewer than ' || s.least_parts || ' parts'
    WHEN k.reliability IS NULL THEN 'no ranks: how far some of its figures vary by chance is not known'
    WHEN k.reliability < 0.7 THEN 'no ranks: its reliability is below .70' END AS reason, s.events
FROM score s
LEFT JOIN judged k ON k.composite = s.composite AND k.parent = s.parent
LEFT JOIN ranked r ON r.grp.c = s.composite AND r.grp.p = s.parent AND r.unit = s.unit
UNION ALL
SELECT c.id, c.title, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'withheld: ' || w.reason, ['composite/' || c._partition || '/' || c._offset]
FROM whole_system.composite_withheld w JOIN current.composite c ON c.id = w.composite;
COMMENT ON VIEW whole_system.composite IS 'Scores made of several indicators: shrunken figures, standardised, averaged within parts, standardised again, weighted. A composite that is withheld has one row with the reason.';
COMMENT ON COLUMN whole_system.composite.composite IS 'The composite.';
COMMENT ON COLUMN whole_system.composite.title IS 'Its name for people.';
COMMENT ON COLUMN whole_system.composite.parent IS 'The unit above whose units are compared; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.composite.unit IS 'The unit; null: the composite is withheld.';
COMMENT ON COLUMN whole_system.composite.score IS 'The score: 0 is the mean of the units, above it is better. Null: withheld, with the reason.';
COMMENT ON COLUMN whole_system.composite.low IS 'The lower end of its 95 % interval, from the chance of the shrunken figures; null where that is not known.';
COMMENT ON COLUMN whole_system.composite.high IS 'The upper end of that interval.';
COMMENT ON COLUMN whole_system.composite.rank_low IS 'The best rank it may have, 1 = best; 95 % of 500 seeded draws.';
COMMENT ON COLUMN whole_system.composite.rank_high IS 'The worst rank it may have.';
COMMENT ON COLUMN whole_system.composite.ranked_units IS 'How many units are ranked.';
COMMENT ON COLUMN whole_system.composite.reliability IS 'The share of the variation of scores that is not chance; below .70 nobody is ranked.';
COMMENT ON COLUMN whole_system.composite.parts IS 'In how many parts it has figures.';
COMMENT ON COLUMN whole_system.composite.part_scores IS 'The score of each part, with the weight that it has among the parts present.';
COMMENT ON COLUMN whole_system.composite.reason IS 'Why there is no score or no rank.';
COMMENT ON COLUMN whole_system.composite.events IS 'The event that declares it.';

-- What the ranks would be with other weights: each weight times a seeded number from 0.75 to 1.25, two hundred times.
CREATE VIEW whole_system.composite_sensitivity AS
WITH score AS MATERIALIZED (FROM whole_system.composite_score),
spread AS (
  SELECT composite, parent, count(*) AS k, list_sort(list(score)) AS l, list_sum(list_sort(list(se * se))) / nullif(count(se), 0) AS chance, count(*) = count(se) AS known
  FROM score WHERE enough GROUP BY composite, parent
),
reliable AS (
  SELECT composite, parent, known, list_sum(list_transform(l, lambda v: pow(v - list_sum(l) / k, 2))) / nullif(k - 1, 0) AS signal, chance FROM spread
),
judged AS (SELECT composite, parent, CASE WHEN known THEN signal / nullif(signal + chance, 0) END AS reliability FROM reliable),
drawn AS (
  SELECT w.composite, n.range AS draw, map_from_entries(list({'key': w.part, 'value': w.weight * (0.75 + (md5_number_lower(w.composite || '|' || w.part || '|' || n.range) % 1000003)::DOUBLE / 2000005)} ORDER BY w.part)) AS weights
  FROM current.composite_weight w CROSS JOIN range(200) n GROUP BY w.composite, n.range
),
again AS (
  SELECT s.composite, s.parent, s.unit, d.draw,
    list_sum(list_transform(s.domain_scores, lambda p: p.score * d.weights[p.domain])) / list_sum(list_transform(s.domain_scores, lambda p: d.weights[p.domain])) AS score
  FROM score s
  SEMI JOIN (FROM judged WHERE reliability >= 0.7) r ON r.composite = s.composite AND r.parent = s.parent
  JOIN drawn d ON d.composite = s.composite WHERE s.enough
),
placed_again AS (SELECT *, rank() OVER (PARTITION BY composite, parent, draw ORDER BY score DESC) AS place FROM again),
own AS (
  SELECT composite, parent, unit, rank() OVER (PARTITION BY composite, parent ORDER BY score DESC) AS place, count(*) OVER (PARTITION BY composite, parent) AS units
  FROM score WHERE enough
),
listed AS (
  SELECT a.composite, a.parent, a.unit, list_sort(list(a.place)) AS places, list_sort(list(a.score)) AS scores, count(*) FILTER (a.place = o.place) AS same,
    count(*) FILTER (4 * a.place <= o.units) AS first_quarter, count(*) FILTER (4 * (o.units - a.place) < o.units) AS last_quarter, any_value(o.units) AS units
  FROM placed_again a JOIN own o ON o.composite = a.composite AND o.parent = a.parent AND o.unit = a.unit GROUP BY ALL
)
SELECT composite, nullif(parent, '') AS parent, unit, len(places)::INTEGER AS draws, places[6]::INTEGER AS rank_low, places[195]::INTEGER AS rank_high,
  scores[6] AS score_low, scores[195] AS score_high, same / 200 AS same_rank, first_quarter / 200 AS first_quarter, last_quarter / 200 AS last_quarter, units::INTEGER AS units
FROM listed;
COMMENT ON VIEW whole_system.composite_sensitivity IS 'What weights are worth: ranks and scores over 200 seeded draws in which each weight is multiplied by a number from 0.75 to 1.25. Empty where nobody is ranked.';
COMMENT ON COLUMN whole_system.composite_sensitivity.composite IS 'The composite.';
COMMENT ON COLUMN whole_system.composite_sensitivity.parent IS 'The unit above; null: the whole project, where it has more than one top.';
COMMENT ON COLUMN whole_system.composite_sensitivity.unit IS 'The unit.';
COMMENT ON COLUMN whole_system.composite_sensitivity.draws IS 'How many draws.';
COMMENT ON COLUMN whole_system.composite_sensitivity.rank_low IS 'The lower end of the middle 95 % of its ranks, 1 = best; a matter of weights alone, without chance.';
COMMENT ON COLUMN whole_system.composite_sensitivity.rank_high IS 'The upper end.';
COMMENT ON COLUMN whole_system.composite_sensitivity.score_low IS 'The lower end of the middle 95 % of its scores.';
COMMENT ON COLUMN whole_system.composite_sensitivity.score_high IS 'The upper end.';
COMMENT ON COLUMN whole_system.composite_sensitivity.same_rank IS 'The share of draws in which it has the rank that its own weights give.';
COMMENT ON COLUMN whole_system.composite_sensitivity.first_quarter IS 'The share of draws in which it is in the best quarter.';
COMMENT ON COLUMN whole_system.composite_sensitivity.last_quarter IS 'The share of draws in which it is in the worst quarter.';
COMMENT ON COLUMN whole_system.composite_sensitivity.units IS 'How many units are compared.';

-- Actions by their strength and by whether they are aimed at the process or at persons, and what reviews found (RULES 3.3).

CREATE VIEW culture.blame_index AS
SELECT period, CASE scope WHEN 'own' THEN 'unit' ELSE scope END AS scope, owner AS microsystem, total AS actions, amount AS at_persons, share, low, high,
  hidden, complete, verdict,
  CASE WHEN hidden THEN 'Too few to be counted in public' || CASE verdict WHEN 'more than elsewhere' THEN '; more of them than elsewhere are aimed at persons.'
      WHEN 'less than elsewhere' THEN '; fewer of them than elsewhere are aimed at persons.' ELSE '.' END ELSE at_persons || ' of ' || actions || ' actions are aimed at persons' || CASE verdict WHEN 'more than elsewhere' THEN ': more than elsewhere.'
      WHEN 'less than elsewhere' THEN ': fewer than elsewhere.' ELSE '.' END END AS words, events
FROM culture.tally_share WHERE family = 'aim' AND mark = 'person';
COMMENT ON VIEW culture.blame_index IS 'The share of the actions after reviews of incidents and after signals that are aimed at persons, not at the process; by closed periods.';
COMMENT ON COLUMN culture.blame_index.period IS 'The first day of the quarter, or year, in which the actions were agreed.';
COMMENT ON COLUMN culture.blame_index.scope IS 'unit; rest: the units together that are too small to be told of; all: those that are told of, with the rest where that can be told.';
COMMENT ON COLUMN culture.blame_index.microsystem IS 'The unit; null: of rest and all.';
COMMENT ON COLUMN culture.blame_index.actions IS 'Actions. Null, here and below: hidden.';
COMMENT ON COLUMN culture.blame_index.at_persons IS 'Of these, those aimed at persons.';
COMMENT ON COLUMN culture.blame_index.share IS 'at_persons / actions: the blame index.';
COMMENT ON COLUMN culture.blame_index.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN culture.blame_index.high IS 'The upper end.';
COMMENT ON COLUMN culture.blame_index.hidden IS 'Whether the figures are hidden: fewer than 10 actions, or 1 to 4 of some aim or strength. Nobody and a few look the same.';
COMMENT ON COLUMN culture.blame_index.complete IS 'Of all: whether every unit is in it.';
COMMENT ON COLUMN culture.blame_index.verdict IS 'Of a unit, set beside all others that are told of (Newcombe): more than elsewhere, less than elsewhere, no difference can be told, or too few to tell. Of one that is hidden only where there is no rest.';
COMMENT ON COLUMN culture.blame_index.words IS 'The same in plain words.';
COMMENT ON COLUMN culture.blame_index.events IS 'The actions of the units that are told of, as stream/partition/offset.';

CREATE VIEW culture.action_strength AS
SELECT period, CASE scope WHEN 'own' THEN 'unit' ELSE scope END AS scope, owner AS microsystem, mark AS strength, total AS actions, amount AS with_strength,
  share, low, high, hidden, complete, verdict, events
FROM culture.tally_share WHERE family = 'strength';
COMMENT ON VIEW culture.action_strength IS 'How strong the actions are, by the declared hierarchy; by closed periods. Weak is no blame.';
COMMENT ON COLUMN culture.action_strength.period IS 'The first day of the quarter, or year, in which the actions were agreed.';
COMMENT ON COLUMN culture.action_strength.scope IS 'unit; rest: the units together that are too small to be told of; all: those that are told of, with the rest where that can be told.';
COMMENT ON COLUMN culture.action_strength.microsystem IS 'The unit; null: of rest and all.';
COMMENT ON COLUMN culture.action_strength.strength IS 'strong, intermediate, weak or not-classed (its kind is not in the hierarchy).';
COMMENT ON COLUMN culture.action_strength.actions IS 'Actions. Null, here and below: hidden.';
COMMENT ON COLUMN culture.action_strength.with_strength IS 'Of these, those of this strength.';
COMMENT ON COLUMN culture.action_strength.share IS 'with_strength / actions.';
COMMENT ON COLUMN culture.action_strength.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN culture.action_strength.high IS 'The upper end.';
COMMENT ON COLUMN culture.action_strength.hidden IS 'Whether the figures are hidden: fewer than 10 actions, or 1 to 4 of some aim or strength.';
COMMENT ON COLUMN culture.action_strength.complete IS 'Of all: whether every unit is in it.';
COMMENT ON COLUMN culture.action_strength.verdict IS 'Of a unit, set beside all others that are told of (Newcombe): more than elsewhere, less than elsewhere, no difference can be told, or too few to tell. Of one that is hidden only where there is no rest.';
COMMENT ON COLUMN culture.action_strength.events IS 'The actions of the units that are told of, as stream/partition/offset.';

CREATE VIEW culture.review_factor AS
SELECT period, CASE scope WHEN 'own' THEN 'unit' ELSE scope END AS scope, owner AS microsystem, mark AS factors, total AS reviews, amount AS with_factors,
  share, low, high, hidden, complete, verdict, events
FROM culture.tally_share WHERE family = 'factor';
COMMENT ON VIEW culture.review_factor IS 'Whether reviews of incidents found factors in the system, in individuals, or in both; by closed periods.';
COMMENT ON COLUMN culture.review_factor.period IS 'The first day of the quarter, or year, in which the reviews ended.';
COMMENT ON COLUMN culture.review_factor.scope IS 'unit; rest: the units together that are too small to be told of; all: those that are told of, with the rest where that can be told.';
COMMENT ON COLUMN culture.review_factor.microsystem IS 'The unit; null: of rest and all.';
COMMENT ON COLUMN culture.review_factor.factors IS 'system (only), individual (only), both or none.';
COMMENT ON COLUMN culture.review_factor.reviews IS 'Reviews. Null, here and below: hidden.';
COMMENT ON COLUMN culture.review_factor.with_factors IS 'Of these, those with such factors.';
COMMENT ON COLUMN culture.review_factor.share IS 'with_factors / reviews.';
COMMENT ON COLUMN culture.review_factor.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN culture.review_factor.high IS 'The upper end.';
COMMENT ON COLUMN culture.review_factor.hidden IS 'Whether the figures are hidden: one of the four has 1 to 4, or there are fewer than 10 reviews.';
COMMENT ON COLUMN culture.review_factor.complete IS 'Of all: whether every unit is in it.';
COMMENT ON COLUMN culture.review_factor.verdict IS 'Of a unit, set beside all others that are told of (Newcombe): more than elsewhere, less than elsewhere, no difference can be told, or too few to tell. Of one that is hidden only where there is no rest.';
COMMENT ON COLUMN culture.review_factor.events IS 'The reviews of the units that are told of, as stream/partition/offset.';

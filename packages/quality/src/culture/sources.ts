import type { EvidenceSource } from "../assurance/evidence-source.ts"

/**
 * Evidence from `culture()`: `culture.survey_figure` (of each unit that its latest released wave tells of: how many were asked
 * and answered; holds for 18 months after the release), `culture.reporting` (what reporting means beside independent harm,
 * where that can be told; holds for three months) and, for the roots of the unit tree, `culture.promise_kept` (the share of
 * promises that leaders kept on time in the latest closed period; holds for two such periods after it).
 */
export const cultureSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "culture.survey_figure",
    query: `
      SELECT r.microsystem, r.survey AS item, 'Survey: ' || w.title AS title, w.released AS valid_from, (w.released + INTERVAL 18 MONTH)::DATE - 1 AS valid_until,
        r.respondents || ' people have answered' || CASE WHEN r.rate IS NULL THEN '' ELSE ', ' || round(r.rate)::INTEGER || ' % of those who were asked' END AS shows, r.events
      FROM culture.response_rate r JOIN culture.wave w ON w.wave = r.wave
      WHERE r.breakdown = 'all' AND NOT r.rest AND r.respondents IS NOT NULL AND w.state = 'released'
      QUALIFY row_number() OVER (PARTITION BY r.microsystem, r.survey ORDER BY w.opened DESC, w.wave) = 1`
  },
  {
    name: "culture.reporting",
    query: `
      SELECT r.microsystem, r.pair AS item, 'Reporting beside harm: ' || r.title AS title, k.day AS valid_from, (k.day + INTERVAL 3 MONTH)::DATE - 1 AS valid_until,
        r.words AS shows, r.events
      FROM culture.reporting r CROSS JOIN plimsoll.clock k WHERE r.reason IS NULL`
  },
  {
    name: "culture.promise_kept",
    query: `
      SELECT u.id AS microsystem, 'Promises of leaders that were kept on time' AS title, (p.period + to_months(l.months))::DATE AS valid_from,
        (p.period + to_months(3 * l.months))::DATE - 1 AS valid_until, round(100 * p.share)::INTEGER || ' % of ' || p.promises || ' promises were kept on time'
          || CASE WHEN p.complete THEN '' ELSE ', of the leadership teams that are told of' END AS shows, p.events
      FROM culture.promise_kept p CROSS JOIN plimsoll.microsystem u
      CROSS JOIN (SELECT CASE max(value) WHEN 'year' THEN 12 ELSE 3 END AS months FROM culture.setting WHERE id = 'tally-period') l
      WHERE p.scope = 'all' AND p.outcome = 'on-time' AND NOT p.hidden AND u.parent IS NULL
      QUALIFY p.period = max(p.period) OVER ()`
  }
]

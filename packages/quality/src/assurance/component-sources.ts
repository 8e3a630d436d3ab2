import type { EvidenceSource } from "./evidence-source.ts"

const percent = (share: string): string => `round(100 * ${share})::INTEGER || ' %'`

/**
 * Evidence from `control()`: `control.embedded` (data, notes and huddles in the last 13 weeks of closed months; holds for two
 * months after them) and `control.response` (answers to signals by the own team, of closed months; hold for 13 weeks after the
 * latest one).
 */
export const controlSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "control.embedded",
    query: `
      SELECT microsystem, 'Control as part of the daily work' AS title, since AS valid_from,
        (until + INTERVAL 2 MONTH)::DATE - 1 AS valid_until,
        'of the last 13 weeks, data in ' || ${percent("data_share")} || ', a note in ' || ${percent("note_share")}
          || ', a huddle in ' || ${percent("huddle_share")} AS shows, events
      FROM control.embedded WHERE microsystem IS NOT NULL AND data_share + note_share + huddle_share > 0`
  },
  {
    name: "control.response",
    query: `
      SELECT r.microsystem, 'Answers to signals' AS title, min(r.day) AS valid_from, max(r.day) + 91 AS valid_until,
        'the team has answered ' || count(DISTINCT r.signal) || CASE WHEN count(DISTINCT r.signal) = 1 THEN ' signal' ELSE ' signals' END AS shows,
        flatten(list(r.events)) AS events
      FROM control.response r CROSS JOIN (SELECT max(day) AS day FROM plimsoll.clock) k
      WHERE r.own_team AND r.day < date_trunc('month', k.day)
      GROUP BY r.microsystem`
  }
]

/**
 * Evidence from `vision()`: `vision.coverage`, the share of work that leads back to the purpose, of each unit and, for the
 * roots of the unit tree, of the whole. Holds for a year after the day of the version that holds now: a vision has to be
 * looked at again.
 */
export const visionSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "vision.coverage",
    query: `
      SELECT u.id AS microsystem, 'Work that leads back to the purpose' AS title, v.day AS valid_from,
        (v.day + INTERVAL 1 YEAR)::DATE AS valid_until,
        c.with_path || ' of ' || c.works || ' pieces of work lead back to the purpose' AS shows, v.events
      FROM vision.coverage c
      JOIN plimsoll.microsystem u ON CASE c.scope WHEN 'whole' THEN u.parent IS NULL ELSE u.id = c.microsystem AND u.parent IS NOT NULL END
      CROSS JOIN (SELECT day, events FROM vision.version WHERE current) v
      WHERE c.works > 0`
  }
]

/**
 * Evidence from `system()`: `whole_system.indicator`, each indicator for each unit above others; where it is of the whole
 * project, for every root. Holds as long as the figure of a measure: until two periods after the end of its latest one.
 */
export const systemSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "whole_system.indicator",
    query: `
      SELECT u.id AS microsystem, i.indicator AS item, i.title, i.period AS valid_from,
        (i.period + 3 * CASE m.period WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
          WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 3 MONTH END)::DATE - 1 AS valid_until,
        i.units || ' units, ' || i.judged || ' judged: ' || i.slipping || ' slipping, ' || i.improving || ' improving; '
          || i.missing_units || ' without a figure; ' || i.comparison AS shows, i.events
      FROM whole_system.indicator i JOIN plimsoll.measure m ON m.id = i.measure
      JOIN plimsoll.microsystem u ON u.id = i.parent OR (i.parent IS NULL AND u.parent IS NULL)
      WHERE i.value IS NOT NULL`
  }
]

/** Evidence from `planning()`: `planning.goal`, each active goal that has a need and a measured baseline; holds until it is due. */
export const planningSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "planning.goal",
    query: `
      SELECT g.microsystem, g.goal AS item, g.title, s.day AS valid_from, g.due AS valid_until,
        'a need, a measured baseline and a target; today''s process: ' || coalesce(replace(g.reach, '-', ' '), 'not judged') AS shows, g.events
      FROM planning.goal g JOIN current.goal s ON s.id = g.goal
      WHERE g.status = 'active' AND g.supported`
  }
]

/**
 * Evidence from `improvement()`: `improvement.project`, each project of which a change was tested, with the progress that its
 * evidence allows; holds for a year after the last step of a cycle.
 */
export const improvementSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "improvement.project",
    query: `
      SELECT microsystem, project AS item, title, first_do AS valid_from, (last_step + INTERVAL 1 YEAR)::DATE AS valid_until,
        result || '; progress ' || evidence || ' by its evidence' AS shows, events
      FROM improvement.project WHERE first_do IS NOT NULL AND evidence IS NOT NULL`
  }
]

/** Evidence from `learning()`: `learning.reuse`, each use that a unit made of a lesson of another; holds for a year. */
export const learningSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "learning.reuse",
    query: `
      SELECT microsystem, reuse AS item, title, day AS valid_from, (day + INTERVAL 1 YEAR)::DATE AS valid_until,
        'a lesson of ' || from_unit || ', used' || CASE WHEN changed THEN ' and changed to fit' ELSE ' as it was' END
          || '; its evidence: ' || grade AS shows, events
      FROM learning.reuse`
  }
]

/**
 * Evidence from `codesign()`: `codesign.influence`, the decisions of each unit that what people put in has changed; holds for a
 * year after the latest decision.
 */
export const codesignSources: ReadonlyArray<EvidenceSource> = [
  {
    name: "codesign.influence",
    query: `
      SELECT i.microsystem, 'What people changed' AS title, d.day AS valid_from, (d.day + INTERVAL 1 YEAR)::DATE AS valid_until,
        'of ' || i.with_input || ' decisions that rest on what people put in, ' || i.changed || ' were changed by it' AS shows, i.events
      FROM codesign.influence i JOIN (SELECT microsystem, max(day) AS day FROM current.decision GROUP BY microsystem) d ON d.microsystem = i.microsystem
      WHERE i.whose = 'people' AND i.with_input > 0`
  }
]

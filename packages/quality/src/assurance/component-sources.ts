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

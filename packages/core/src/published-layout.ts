import { measureCharts } from "@plimsoll/schema"
import {
  identity,
  inputRelation,
  pointColumns,
  pointView,
  type PublishedRelation
} from "./published-point.ts"
import { released } from "./released.ts"
import { signalView } from "./signal-difference.ts"

/** Figures of the other measures are for their own teams alone. */
const shown = "(SELECT id FROM store.active_measure WHERE class <> 'team-only')"

/** By series, what its active runs say, as SQL. */
const activeRuns = `SELECT series, bool_or(variation = 'concern' AND rule <> 'silence') AS concern, bool_or(variation = 'improvement') AS improvement,
          bool_or(variation = 'changed') AS changed, bool_or(rule = 'silence') AS silent,
          min(first_period) FILTER (rule <> 'silence') AS since, list_sort(list(DISTINCT rule)) AS rules
        FROM store.run WHERE active GROUP BY series`

/** By measure, why a module keeps it from being judged, as SQL. */
const unjudged = "(SELECT measure, min(reason) AS reason FROM store.unjudged_measure GROUP BY measure)"

/** How a series stands, as SQL over its measure `m`, standing `p`, active runs `a` and what keeps it from being judged, `w`. */
const statusOf = `CASE WHEN coalesce(m.unjudged, w.reason) IS NOT NULL OR list_contains(p.warning, 'overdispersed') THEN 'unjudged'
          WHEN NOT coalesce(p.judged, false) THEN 'not-judged'
          WHEN a.concern THEN 'slipping' WHEN a.improvement THEN 'improving' WHEN a.changed THEN 'changed' ELSE 'steady' END`

/**
 * Of `series` what modules ask at every event, without what takes long: `plimsoll.standing` has series, measure, microsystem,
 * stratum, status, silent and assurance of every series that ever had a figure. It is not in the published file.
 */
export const standingQuery = `SELECT p.series, p.measure, p.microsystem, p.stratum, ${statusOf} AS status, coalesce(a.silent, false) AS silent, p.assurance
      FROM store.standing p JOIN store.active_measure m ON m.id = p.measure AND m.class <> 'team-only'
      LEFT JOIN (${activeRuns}) a ON a.series = p.series LEFT JOIN ${unjudged} w ON w.measure = p.measure`

/** The simulated charts that a chart `p` of measure `m` is set beside, as SQL: its kind, profile and baseline. */
const simulated = `f.chart = p.chart AND f.profile = p.profile
            AND f.baseline = CASE WHEN m.baseline_all THEN 'all' ELSE 'frozen' END`

/** The published file, relation by relation, in the order in which they are made. What is not here is not published. */
export const publishedLayout: ReadonlyArray<PublishedRelation> = [
  {
    name: "about",
    kind: "table",
    comment: "What this file is.",
    columns: { name: "The name of a fact.", value: "The fact." },
    query: `SELECT 'format' AS name, '2' AS value UNION ALL SELECT 'clock', max(day)::VARCHAR FROM current.tick
      UNION ALL SELECT name, value FROM store.meta WHERE name IN ('log', 'organisation', 'zone') ORDER BY name`
  },
  {
    name: "microsystem",
    kind: "table",
    comment: "The units that do the work, and the units above them.",
    columns: {
      id: "The id.",
      name: "The name.",
      kind: "ward, community-team, back-office-team, service or organisation.",
      parent: "The unit above; null at a root.",
      since: "The day from which this holds."
    },
    query: "SELECT id, name, kind, parent, since FROM current.microsystem ORDER BY id"
  },
  {
    name: "measure",
    kind: "table",
    comment: "How each measure is computed and judged: the newest version.",
    columns: {
      id: identity.measure,
      version: "The version of the definition.",
      title: "The name for people.",
      description: "What it measures and why.",
      stream: "The stream it is computed from.",
      period: "day, week, month or quarter.",
      numerator: "A row's part of the numerator, as SQL.",
      denominator: "A row's part of the denominator, as SQL. Null: a count or a sum.",
      multiplier: "A value is numerator / denominator × this.",
      chart: "The chart that judges it, by the name of its macro in spc.",
      profile: "The set of rules.",
      direction: "Which way is better.",
      target: "The target, in the unit of the value.",
      kind: "outcome, process or balancing.",
      class: "open, team-only (its figures are not in this file) or small-count (its small counts are not).",
      unit: "The unit of the value; % means a share between 0 and 1.",
      unjudged: "Why the measure is drawn but never judged. Null: it is judged.",
      baseline_from: "The first day of a named baseline.",
      baseline_until: "The last day of a named baseline.",
      baseline_all: "Whether every point counts for the limits.",
      complete_until: "The last period that is complete."
    },
    query: `SELECT id, version, title, definition::JSON->>'description' AS description, definition::JSON->>'stream' AS stream,
        definition::JSON->>'period' AS period, definition::JSON->>'numerator' AS numerator, definition::JSON->>'denominator' AS denominator,
        (definition::JSON->>'multiplier')::DOUBLE AS multiplier, chart, profile, direction, target, definition::JSON->>'kind' AS kind, class,
        definition::JSON->>'unit' AS unit, unjudged, baseline_from, baseline_until, baseline_all, complete_until
      FROM store.active_measure ORDER BY id`
  },
  {
    name: "measure_version",
    kind: "table",
    comment:
      "Every version of every measure that was ever defined, the ones that hold no more beside those that do.",
    columns: {
      id: "The id of the measure.",
      version: "The version.",
      title: "The name.",
      counts: "Which rows count, as SQL. Null: all.",
      numerator: "A row's part of the numerator, as SQL.",
      denominator: "A row's part of the denominator, as SQL. Null: a count or a sum.",
      chart: "The chart that judged it.",
      direction: "Which way was better.",
      target: "The target.",
      holds: "Whether its figures are those of this file.",
      recorded_at: "When it was appended.",
      event: "Where it stands on the log: stream/partition/offset."
    },
    query: `SELECT d.id, d.version, d.title, d."where" AS counts, d.numerator, d.denominator, d.chart, d.direction, d.target, m.id IS NOT NULL AS holds,
        d._recorded_at AS recorded_at, 'measure-definition/' || d._partition || '/' || d._offset AS event
      FROM land.plimsoll_measure_definition_v1 d LEFT JOIN store.active_measure m ON m.id = d.id AND m.version = d.version
      WHERE NOT d._deleted QUALIFY row_number() OVER (PARTITION BY d.id, d.version ORDER BY d._recorded_at DESC, d._partition, d._offset DESC) = 1`,
    order: "id, version"
  },
  {
    name: "measure_value",
    kind: "table",
    comment:
      "The figure of every measure, microsystem, stratum and complete period, as everyone may see it: measures of class team-only, and small counts of class small-count, are hidden.",
    columns: {
      ...identity,
      measure_version: "The version of the measure that made the figure.",
      period: pointColumns.period,
      numerator: "The numerator.",
      denominator: "The denominator; null where the measure has none.",
      value: "The plotted figure. Null: nobody counted, or hidden.",
      observations: "How many rows it was made from; null where hidden.",
      observed: "Whether somebody counted.",
      hidden:
        "Whether the figures are hidden: they are in no total, centre, limit or signal of this file either."
    },
    query: `SELECT v.series, v.measure, v.measure_version, v.microsystem, v.stratum, v.period, CASE WHEN m.id IS NOT NULL THEN v.numerator END AS numerator,
        CASE WHEN m.id IS NOT NULL THEN v.denominator END AS denominator, CASE WHEN m.id IS NOT NULL THEN v.value END AS value, CASE WHEN m.id IS NOT NULL AND NOT v.hidden THEN v.observations END AS observations, v.observations > 0 AS observed,
        v.hidden OR m.id IS NULL AS hidden
      FROM (${released("store.measure_value")}) v LEFT JOIN ${shown} m ON m.id = v.measure`,
    order: "series, period"
  },
  ...measureCharts.map(inputRelation),
  {
    name: "point",
    kind: "view",
    comment:
      "Every point of every chart with its limits and the rules it breaks, computed by the macros of the schema spc.",
    columns: pointColumns,
    query: pointView
  },
  {
    name: "signal",
    kind: "table",
    comment: "Every signal, with its state, folded from the events of the log alone.",
    columns: {
      signal: "The id, never used again.",
      state: "opened, acknowledged, explained, ended, closed or withdrawn.",
      measure: identity.measure,
      measure_version: "The version of the measure.",
      microsystem: identity.microsystem,
      stratum: identity.stratum,
      phase: pointColumns.phase,
      profile: "The set of rules and its version.",
      rule: "beyond-limits, shift, trend, two-of-three, runs (of Anhøj) or silence.",
      side: "high or low; null for silence.",
      variation: "concern, improvement or changed.",
      first_period: "The first period of the run.",
      completed_period: "The period whose point completed the rule.",
      opened_as_of: "The latest judged period when it was opened.",
      changed_as_of: "The latest judged period when its state last changed.",
      words: "In plain words.",
      reason: "Why it was withdrawn or closed."
    },
    query: `SELECT * EXCLUDE (last_offset) FROM (${signalView()}) ORDER BY signal`
  },
  {
    name: "signal_event",
    kind: "table",
    comment: "Every step in the life of every signal, as it stands on the log.",
    columns: {
      signal: "The id of the signal.",
      state: "opened, acknowledged, explained, ended, closed or withdrawn.",
      measure: identity.measure,
      microsystem: identity.microsystem,
      as_of: "The latest judged period when it was said.",
      reason: "Why it was withdrawn or closed.",
      recorded_at: "When it was appended.",
      event: "Where it stands on the log: stream/partition/offset."
    },
    query: `SELECT signal, state, measure, microsystem, as_of, reason, _recorded_at AS recorded_at, 'signal/' || _partition || '/' || _offset AS event
      FROM land.plimsoll_signal_v1 WHERE NOT _deleted`
  },
  {
    name: "special_cause",
    kind: "table",
    comment: "Every run of points that some rule marks, silence included.",
    columns: {
      ...identity,
      phase: pointColumns.phase,
      rule: "beyond-limits, shift, trend, two-of-three, runs (of Anhøj) or silence.",
      side: "high or low; null for silence.",
      first_period: "The first period of the run.",
      completed_period: "The period whose point completed the rule.",
      last_period: "The last period of the run.",
      points: "How many points it has.",
      active: "Whether it includes the latest judged point: only then is something slipping.",
      variation: "concern, improvement or changed."
    },
    query: `SELECT r.series, r.series::JSON->>0 AS measure, r.series::JSON->>1 AS microsystem, r.series::JSON->>2 AS stratum, r.phase, r.rule, r.side,
        r.first_period, r.completed_period, r.last_period, r.points, r.active, r.variation FROM store.run r WHERE measure IN ${shown}`
  },
  {
    name: "clock",
    kind: "table",
    comment: "The day that it is taken to be: one row. Nothing in this file depends on another clock.",
    columns: { day: "The latest tick." },
    query: "SELECT max(day) AS day FROM current.tick"
  },
  {
    name: "run",
    kind: "table",
    comment: "Every run of a connector, with its counts: taken in = sent out + rejected + unchanged.",
    columns: {
      run: "The id of the run.",
      connector: "The connector.",
      instance: "Which use of the connector.",
      stream: "The stream.",
      state: "started, finished or failed.",
      taken_in: "Rows read from the source.",
      sent_out: "Rows appended to the log.",
      rejected: "Rows that became dead letters.",
      unchanged: "Rows that were on the log already.",
      deleted: "Deletions appended.",
      started_at: "When it started.",
      said_at: "When its counts were last told.",
      error: "The code of the error that ended it; null unless it failed."
    },
    query: `SELECT run, connector, instance, stream, state, "in" AS taken_in, "out" AS sent_out, rejected, unchanged, deleted,
        started_at, "at" AS said_at, error FROM current.run ORDER BY run`
  },
  {
    name: "dead_letter",
    kind: "table",
    comment:
      "Rows that could not be read, or whose key stands again in the same file: where they stand and why. What was in them stays on the log.",
    columns: {
      topic: "The topic of the record.",
      part: "Its partition.",
      record_offset: "Its offset.",
      found_by: "runtime: before the log; core: on it.",
      code: "What is wrong, in a word.",
      reason: "What is wrong, by path and expectation; never the value.",
      source: "The connector.",
      source_partition: "The part of the source: for files the file.",
      generation: "How often that part had been replaced.",
      source_row: "The number of the row in it.",
      run: "The run that read it.",
      recorded_at: "When it was appended.",
      id: "What `plimsoll dead-letters show` calls it by; null where the record has no id.",
      replayed_at:
        "When its row was read after all, by `plimsoll dead-letters replay`; null where it was not."
    },
    query: `SELECT l.*, r.replayed_at
        FROM (FROM store.dead_letter UNION ALL BY NAME FROM store.duplicate_key) l
        LEFT JOIN (SELECT topic, id, min(replayed_at) AS replayed_at FROM store.replayed_letter GROUP BY ALL) r
          ON r.topic = l.topic AND r.id = l.id
        ORDER BY l.topic, l.part, l.record_offset`
  },
  {
    name: "unplaced",
    kind: "table",
    comment: "Rows that have landed for a microsystem nobody has told of. They count when it arrives.",
    columns: {
      measure: identity.measure,
      microsystem: "The unknown id.",
      observations: "How many rows wait.",
      first_period: "Their first period.",
      last_period: "Their last period."
    },
    query: `SELECT * FROM store.unplaced WHERE measure IN (SELECT id FROM store.active_measure WHERE class = 'open') ORDER BY measure, microsystem`
  },
  {
    name: "series",
    kind: "table",
    comment:
      "The board: where every series stands at its latest judged point; not of measures of class team-only.",
    columns: {
      ...identity,
      status: "slipping, improving, changed, steady, not-judged (too few points) or unjudged (see caveat).",
      silent: "Whether figures have stopped coming: longer than twice the usual gap.",
      since: "The first period of the earliest run that is active now.",
      rules: "The rules that are active now.",
      period: "The latest period with a figure.",
      value: "The figure at that period.",
      centre: "The centre line.",
      lcl3: "The lower control limit.",
      ucl3: "The upper control limit.",
      target: "The target.",
      assurance: pointColumns.assurance,
      n: "Valid points.",
      warning: pointColumns.warning,
      r1: pointColumns.r1,
      false_alarm_rate:
        "The simulated share of steady charts with as many points and as alike neighbours that show a concern at their latest point; where no direction is better, any change.",
      caveat: "Why it is not judged: the measure's own reason, or overdispersed."
    },
    query: `WITH latest AS (
        SELECT v.series, v.measure, v.microsystem, v.stratum, any_value(p.period) AS period
        FROM store.measure_value v LEFT JOIN store.standing p USING (series) WHERE v.measure IN ${shown} GROUP BY ALL),
      active AS (${activeRuns}),
      rate AS (
        SELECT p.series, arg_min(CASE WHEN m.direction IN ('up', 'down') THEN f.last_point_concern ELSE f.last_point END,
          (abs(f.n - p.n) + 1000 * abs(f.phi - greatest(coalesce(p.r1, 0), 0)), f.n)) AS rate
        FROM store.standing p JOIN store.active_measure m ON m.id = p.measure JOIN spc.false_alarms() f ON ${simulated}
        WHERE p.judged GROUP BY p.series)
      SELECT l.series, l.measure, l.microsystem, l.stratum,
        ${statusOf} AS status,
        coalesce(a.silent, false) AS silent, a.since, coalesce(a.rules, []) AS rules, l.period, p.value, p.centre, p.lcl3, p.ucl3,
        m.target, p.assurance, p.n, p.warning, p.r1, f.rate AS false_alarm_rate,
        coalesce(m.unjudged, w.reason, CASE WHEN list_contains(p.warning, 'overdispersed') THEN 'overdispersed' END) AS caveat
      FROM latest l JOIN store.active_measure m ON m.id = l.measure
      LEFT JOIN store.standing p ON p.series = l.series LEFT JOIN active a ON a.series = l.series
      LEFT JOIN rate f ON f.series = l.series
      LEFT JOIN ${unjudged} w ON w.measure = l.measure`,
    order: "series"
  },
  {
    name: "expectation",
    kind: "table",
    comment:
      "For each measure: the charts that are slipping now, beside the number that luck alone would give.",
    columns: {
      measure: identity.measure,
      judged: "Charts that are judged.",
      slipping: "Charts that are slipping now; where no direction is better, charts that have changed.",
      by_luck:
        "How many charts would show a concern at their latest point if all of them were steady: the sum of the simulated rates.",
      autocorrelated: "Charts whose baseline is autocorrelated: more false signals than by_luck are likely."
    },
    query: `WITH judged AS (
        SELECT p.series, p.measure, p.n, p.profile, p.chart, list_contains(p.warning, 'autocorrelated') AS autocorrelated, m.direction
        FROM store.standing p JOIN store.active_measure m ON m.id = p.measure
        WHERE p.judged AND m.unjudged IS NULL AND m.id NOT IN (SELECT measure FROM store.unjudged_measure) AND m.class <> 'team-only' AND m.chart = 'xmr'),
      rate AS (
        SELECT p.series, arg_min(CASE WHEN p.direction = 'neutral' THEN f.last_point ELSE f.last_point_concern END, (abs(f.n - p.n), f.n)) AS rate
        FROM judged p JOIN store.active_measure m ON m.id = p.measure JOIN spc.false_alarms() f ON ${simulated} AND f.phi = 0 GROUP BY p.series)
      SELECT j.measure, count(*) AS judged, count(*) FILTER (EXISTS (FROM store.run r WHERE r.series = j.series AND r.active AND r.rule <> 'silence' AND (r.variation = 'concern' OR j.direction = 'neutral'))) AS slipping,
        round(list_sum(list(rate ORDER BY rate)), 3) AS by_luck, count(*) FILTER (j.autocorrelated) AS autocorrelated
      FROM judged j JOIN rate USING (series) GROUP BY j.measure ORDER BY j.measure`
  }
]

-- The life of signals: what was said of them, by whom, how soon; and the board that a team stands before.

CREATE VIEW control.response AS
  SELECT r.id, r.signal, s.measure, r.microsystem, r.team, r.team = r.microsystem AS own_team, r.kind,
    (r."at" AT TIME ZONE 'UTC')::DATE AS day, r."at" AS said_at, r.cause, r.action_class, r.action_aim, r.outcome, r.note,
    r._offset AS place, coalesce(r._recorded_at > o.recorded_at, false) AS too_late,
    ['signal-response/' || r._partition || '/' || r._offset] AS events
  FROM current.signal_response r JOIN plimsoll.signal s ON s.signal = r.signal AND s.microsystem = r.microsystem
  LEFT JOIN (SELECT signal, min(recorded_at) AS recorded_at FROM plimsoll.signal_event WHERE state IN ('ended', 'withdrawn') GROUP BY signal) o
    ON o.signal = r.signal;
COMMENT ON VIEW control.response IS 'What teams answered to signals.';
COMMENT ON COLUMN control.response.id IS 'The id of the response.';
COMMENT ON COLUMN control.response.signal IS 'The id of the signal.';
COMMENT ON COLUMN control.response.measure IS 'The measure of the signal.';
COMMENT ON COLUMN control.response.microsystem IS 'The unit of the signal.';
COMMENT ON COLUMN control.response.team IS 'The unit that answered.';
COMMENT ON COLUMN control.response.own_team IS 'Whether that is the signal''s own unit.';
COMMENT ON COLUMN control.response.kind IS 'acknowledge, explain, act, check or close.';
COMMENT ON COLUMN control.response.day IS 'The day (UTC).';
COMMENT ON COLUMN control.response.said_at IS 'The moment.';
COMMENT ON COLUMN control.response.cause IS 'Of explain: the assignable cause, from a closed list.';
COMMENT ON COLUMN control.response.action_class IS 'Of act: strong, intermediate or weak.';
COMMENT ON COLUMN control.response.action_aim IS 'Of act: process or person.';
COMMENT ON COLUMN control.response.outcome IS 'Of check: better, same, worse or too-early.';
COMMENT ON COLUMN control.response.note IS 'The note that holds the words; null: none.';
COMMENT ON COLUMN control.response.place IS 'Its place on the log: orders what was said at one moment.';
COMMENT ON COLUMN control.response.too_late IS 'Whether the signal had ended, or was withdrawn, before the response came: its state stays as it is.';
COMMENT ON COLUMN control.response.events IS 'The event, as stream/partition/offset.';

CREATE VIEW control.link AS
  SELECT 'signal' AS cause_kind, signal AS cause,
    CASE kind WHEN 'acknowledge' THEN 'acknowledged by' WHEN 'explain' THEN 'explained by' WHEN 'act' THEN 'acted on by' WHEN 'check' THEN 'checked by'
      ELSE 'closed by' END AS relation,
    'response' AS effect_kind, id AS effect, day, events
  FROM control.response;
COMMENT ON VIEW control.link IS 'What led to what: from a signal to what teams answered. `plimsoll trace` walks the relations of this name.';
COMMENT ON COLUMN control.link.cause_kind IS 'What kind of thing came first: signal.';
COMMENT ON COLUMN control.link.cause IS 'Its id.';
COMMENT ON COLUMN control.link.relation IS 'How the second follows from the first.';
COMMENT ON COLUMN control.link.effect_kind IS 'What kind of thing followed: response.';
COMMENT ON COLUMN control.link.effect IS 'Its id.';
COMMENT ON COLUMN control.link.day IS 'The day on which it followed.';
COMMENT ON COLUMN control.link.events IS 'The event that says so, as stream/partition/offset.';

CREATE VIEW control.unplaced_response AS
  SELECT r.id, r.signal, r.microsystem, r.team, r.kind, (r."at" AT TIME ZONE 'UTC')::DATE AS day,
    CASE WHEN s.signal IS NULL THEN 'there is no such signal' WHEN s.microsystem <> r.microsystem THEN 'the signal is of another unit'
      ELSE 'nobody has told of the team that answers' END AS reason,
    ['signal-response/' || r._partition || '/' || r._offset] AS events
  FROM current.signal_response r LEFT JOIN plimsoll.signal s ON s.signal = r.signal LEFT JOIN plimsoll.microsystem u ON u.id = r.team
  WHERE s.signal IS NULL OR s.microsystem <> r.microsystem OR u.id IS NULL;
COMMENT ON VIEW control.unplaced_response IS 'Responses that do not fit: to no signal, to one of another unit (neither counts), or from a team nobody knows (counts as another team''s).';
COMMENT ON COLUMN control.unplaced_response.id IS 'The id of the response.';
COMMENT ON COLUMN control.unplaced_response.signal IS 'The signal that it names.';
COMMENT ON COLUMN control.unplaced_response.microsystem IS 'The unit that it names.';
COMMENT ON COLUMN control.unplaced_response.team IS 'The team that it names.';
COMMENT ON COLUMN control.unplaced_response.kind IS 'acknowledge, explain, act, check or close.';
COMMENT ON COLUMN control.unplaced_response.day IS 'The day (UTC).';
COMMENT ON COLUMN control.unplaced_response.reason IS 'What does not fit.';
COMMENT ON COLUMN control.unplaced_response.events IS 'The event, as stream/partition/offset.';

-- Appended to the signal topic. Only the furthest step is said, and none of a signal that is over: a state never goes back.
CREATE TABLE control.step AS
  WITH answer AS (
    SELECT signal, microsystem,
      max(CASE kind WHEN 'close' THEN 3 WHEN 'explain' THEN 2 WHEN 'acknowledge' THEN 1 ELSE 0 END) AS step,
      arg_max(cause, ("at", _offset)) FILTER (kind = 'explain') AS cause, arg_min(team, ("at", _offset)) FILTER (kind = 'close') AS team
    FROM current.signal_response GROUP BY signal, microsystem)
  SELECT s.signal, CASE a.step WHEN 3 THEN 'closed' WHEN 2 THEN 'explained' ELSE 'acknowledged' END AS state, s.measure, s.measure_version,
    s.microsystem, s.stratum, s.phase, s.profile, s.rule, s.side, s.variation, s.first_period, s.completed_period,
    s.changed_as_of AS as_of, NULL::DOUBLE AS value, NULL::DOUBLE AS centre, s.words,
    CASE a.step WHEN 3 THEN 'closed by ' || a.team WHEN 2 THEN a.cause END AS reason
  FROM plimsoll.signal s JOIN answer a ON a.signal = s.signal AND a.microsystem = s.microsystem
  WHERE s.state IN ('opened', 'acknowledged', 'explained')
    AND a.step > CASE s.state WHEN 'opened' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END;

CREATE VIEW control.signal_life AS
  WITH said AS (
    SELECT e.signal, e.state, e.event, coalesce(t.day, e.as_of) AS day
    FROM plimsoll.signal_event e ASOF LEFT JOIN current.tick t ON e.recorded_at >= t._recorded_at),
  life AS (
    SELECT signal, min(day) FILTER (state = 'opened') AS opened_on, max(day) FILTER (state = 'ended') AS ended_on,
      max(day) FILTER (state = 'withdrawn') AS withdrawn_on, max(day) FILTER (state = 'closed') AS closed_on,
      list_sort(list(event)) AS events
    FROM said GROUP BY signal),
  answer AS (
    SELECT signal, count(*) AS responses,
      arg_min(team, (said_at, place)) FILTER (kind IN ('acknowledge', 'explain')) AS answered_by,
      arg_min(own_team, (said_at, place)) FILTER (kind IN ('acknowledge', 'explain')) AS answered_by_own_team,
      min(day) FILTER (kind IN ('acknowledge', 'explain')) AS answered_on,
      min(day) FILTER (kind = 'acknowledge') AS acknowledged_on, min(day) FILTER (kind = 'explain') AS explained_on,
      arg_max(cause, (said_at, place)) FILTER (kind = 'explain') AS cause,
      min(day) FILTER (kind = 'act') AS acted_on,
      arg_max(outcome, (said_at, place)) FILTER (kind = 'check') AS outcome, max(day) FILTER (kind = 'check') AS checked_on,
      list_sort(flatten(list(events))) AS events
    FROM control.response WHERE kind IS NOT NULL GROUP BY signal)
  SELECT s.signal, s.measure, s.microsystem, s.stratum, s.rule, s.variation, s.state, l.opened_on, coalesce(a.responses, 0) AS responses,
    a.answered_on, a.answered_by, a.answered_by_own_team, greatest(a.answered_on - l.opened_on, 0) AS days_to_answer,
    a.acknowledged_on, a.explained_on, a.cause, a.acted_on, a.checked_on, a.outcome, l.closed_on, l.ended_on, l.withdrawn_on,
    greatest(coalesce(least(l.closed_on, l.ended_on, l.withdrawn_on), (SELECT day FROM plimsoll.clock)) - l.opened_on, 0) AS days_open,
    list_sort(list_distinct(list_concat(l.events, coalesce(a.events, [])))) AS events
  FROM plimsoll.signal s JOIN life l ON l.signal = s.signal LEFT JOIN answer a ON a.signal = s.signal;
COMMENT ON VIEW control.signal_life IS 'Every signal from its opening to its end. Days are those of the project''s clock when it was said, and of UTC for responses.';
COMMENT ON COLUMN control.signal_life.signal IS 'The id of the signal.';
COMMENT ON COLUMN control.signal_life.measure IS 'What it speaks of.';
COMMENT ON COLUMN control.signal_life.microsystem IS 'The unit.';
COMMENT ON COLUMN control.signal_life.stratum IS 'The breakdown; null: the whole.';
COMMENT ON COLUMN control.signal_life.rule IS 'The rule that fired.';
COMMENT ON COLUMN control.signal_life.variation IS 'concern, improvement or changed.';
COMMENT ON COLUMN control.signal_life.state IS 'Where it stands.';
COMMENT ON COLUMN control.signal_life.opened_on IS 'The day on which it was said.';
COMMENT ON COLUMN control.signal_life.responses IS 'Responses of any kind.';
COMMENT ON COLUMN control.signal_life.answered_on IS 'The day of the first acknowledgement or explanation.';
COMMENT ON COLUMN control.signal_life.answered_by IS 'The team that gave it.';
COMMENT ON COLUMN control.signal_life.answered_by_own_team IS 'Whether that was the unit itself.';
COMMENT ON COLUMN control.signal_life.days_to_answer IS 'Days from opening to it.';
COMMENT ON COLUMN control.signal_life.acknowledged_on IS 'The day of the first acknowledgement.';
COMMENT ON COLUMN control.signal_life.explained_on IS 'The day of the first explanation.';
COMMENT ON COLUMN control.signal_life.cause IS 'The latest assignable cause that was given.';
COMMENT ON COLUMN control.signal_life.acted_on IS 'The day of the first action.';
COMMENT ON COLUMN control.signal_life.checked_on IS 'The day of the latest check.';
COMMENT ON COLUMN control.signal_life.outcome IS 'What the latest check found.';
COMMENT ON COLUMN control.signal_life.closed_on IS 'The day on which people closed it.';
COMMENT ON COLUMN control.signal_life.ended_on IS 'The day on which the rule no longer held.';
COMMENT ON COLUMN control.signal_life.withdrawn_on IS 'The day on which a correction removed its cause.';
COMMENT ON COLUMN control.signal_life.days_open IS 'Days from opening to its end, or to the clock while it is open.';
COMMENT ON COLUMN control.signal_life.events IS 'The events that it rests on, as stream/partition/offset.';

CREATE VIEW control.self_detection AS
  WITH counted AS (
    SELECT microsystem, count(*) AS signals, count(*) FILTER (answered_by_own_team) AS own_team_first,
      count(*) FILTER (NOT answered_by_own_team) AS others_first, count(*) FILTER (answered_on IS NULL) AS unanswered,
      median(days_to_answer) FILTER (answered_by_own_team) AS median_days, list_sort(flatten(list(events))) AS events
    FROM control.signal_life WHERE state <> 'withdrawn' GROUP BY GROUPING SETS ((microsystem), ()))
  SELECT microsystem, signals, own_team_first, others_first, unanswered, own_team_first / signals AS share,
    stats.wilson(own_team_first, signals).low AS low, stats.wilson(own_team_first, signals).high AS high, median_days, events
  FROM counted WHERE signals > 0;
COMMENT ON VIEW control.self_detection IS 'Whose eyes: how many signals the own team was the first to acknowledge or explain. Withdrawn signals do not count.';
COMMENT ON COLUMN control.self_detection.microsystem IS 'The unit. Null: all of them.';
COMMENT ON COLUMN control.self_detection.signals IS 'Signals.';
COMMENT ON COLUMN control.self_detection.own_team_first IS 'Those that the own team was the first to acknowledge or explain.';
COMMENT ON COLUMN control.self_detection.others_first IS 'Those of which another team was.';
COMMENT ON COLUMN control.self_detection.unanswered IS 'Those that nobody acknowledged or explained.';
COMMENT ON COLUMN control.self_detection.share IS 'own_team_first / signals.';
COMMENT ON COLUMN control.self_detection.low IS 'The lower end of its 95 % interval (Wilson).';
COMMENT ON COLUMN control.self_detection.high IS 'The upper end.';
COMMENT ON COLUMN control.self_detection.median_days IS 'The median of the days that the own team took, where it was first.';
COMMENT ON COLUMN control.self_detection.events IS 'The events that it rests on, as stream/partition/offset.';

CREATE VIEW control.board AS
  WITH setting AS (
    SELECT max(value) FILTER (id = 'board-days')::INTEGER AS days, max(c.day) AS day, date_trunc('month', max(c.day))::DATE AS month
    FROM current.control_setting, plimsoll.clock c),
  shown AS (
    SELECT s.*, l.opened_on, l.responses, l.days_open, l.events, coalesce(l.withdrawn_on, l.closed_on, l.ended_on) AS over_on,
      s.state IN ('opened', 'acknowledged', 'explained') AS is_open
    FROM plimsoll.signal s JOIN control.signal_life l ON l.signal = s.signal, setting x
    WHERE is_open OR over_on >= x.day - x.days),
  spoken AS (
    SELECT s.signal, h.theme, any_value(t.title) AS title,
      any_value(t.id = substr(s.measure, 7) OR list_contains(from_json(t.measures, '["VARCHAR"]'), s.measure)) AS mapped,
      coalesce(sum(h.with_theme), 0)::BIGINT AS notes, bool_or(h.with_theme IS NULL) AS hidden, flatten(list(h.events)) AS events
    FROM shown s JOIN control.share h ON h.microsystem = s.microsystem AND h.until > s.first_period
      JOIN current.theme t ON t.id = h.theme, setting x
    -- What staff do is told once its month is over.
    WHERE h.until <= x.month AND h.period <= coalesce(s.over_on, x.month)
    GROUP BY s.signal, h.theme),
  said AS (
    SELECT signal, list({theme: theme, title: title, notes: notes, hidden: hidden, mapped: mapped} ORDER BY NOT mapped, theme) AS said,
      list_sort(list_distinct(flatten(list(events)))) AS events
    FROM spoken WHERE notes > 0 OR mapped AND hidden GROUP BY signal),
  done AS (
    SELECT signal, list({day: day, team: team, own_team: own_team, kind: kind, cause: cause, action_class: action_class,
        action_aim: action_aim, outcome: outcome} ORDER BY said_at, place) AS done
    FROM control.response GROUP BY signal)
  SELECT s.microsystem,
    CASE WHEN NOT s.is_open THEN s.state WHEN s.rule = 'silence' THEN 'silent' WHEN s.variation = 'concern' THEN 'slipping'
      WHEN s.variation = 'improvement' THEN 'improving' ELSE 'changed' END AS section,
    s.signal, s.measure, coalesce(m.title, s.measure) AS title, s.stratum, s.rule, s.variation, s.state,
    s.is_open AND contains(s.rule, '/') OR EXISTS (FROM plimsoll.special_cause r WHERE r.measure = s.measure AND r.microsystem = s.microsystem
      AND r.stratum IS NOT DISTINCT FROM s.stratum AND r.rule = s.rule AND r.side IS NOT DISTINCT FROM s.side
      AND r.first_period = s.first_period AND r.active) AS active,
    s.words, s.first_period AS since, s.completed_period, s.opened_on, s.over_on, s.days_open, coalesce(a.said, []) AS said,
    coalesce(d.done, []) AS done, CASE WHEN s.is_open AND s.responses = 0 THEN s.days_open END AS unanswered_days, s.reason,
    list_sort(list_distinct(list_concat(s.events, coalesce(a.events, [])))) AS events
  FROM shown s LEFT JOIN plimsoll.measure m ON m.id = s.measure LEFT JOIN said a ON a.signal = s.signal LEFT JOIN done d ON d.signal = s.signal;
COMMENT ON VIEW control.board IS 'The huddle board: what is slipping in a unit, since when, by which rule; what was said, what was done, what nobody answered; and what is lately over, with its reason. FROM control.board WHERE microsystem = …';
COMMENT ON COLUMN control.board.microsystem IS 'The unit.';
COMMENT ON COLUMN control.board.section IS 'slipping, changed, improving or silent while it is open; ended, closed or withdrawn after.';
COMMENT ON COLUMN control.board.signal IS 'The id of the signal.';
COMMENT ON COLUMN control.board.measure IS 'What it speaks of.';
COMMENT ON COLUMN control.board.title IS 'Its name for people.';
COMMENT ON COLUMN control.board.stratum IS 'The breakdown; null: the whole.';
COMMENT ON COLUMN control.board.rule IS 'The rule that fired.';
COMMENT ON COLUMN control.board.variation IS 'concern, improvement or changed.';
COMMENT ON COLUMN control.board.state IS 'opened, acknowledged, explained, ended, closed or withdrawn.';
COMMENT ON COLUMN control.board.active IS 'Whether the rule holds at the latest judged point; it can, of a signal that people closed.';
COMMENT ON COLUMN control.board.words IS 'In plain words.';
COMMENT ON COLUMN control.board.since IS 'The first period of the run; of silence, the last one with figures.';
COMMENT ON COLUMN control.board.completed_period IS 'The period whose point completed the rule.';
COMMENT ON COLUMN control.board.opened_on IS 'The day on which it was said.';
COMMENT ON COLUMN control.board.over_on IS 'The day on which it was over; null while it is open.';
COMMENT ON COLUMN control.board.days_open IS 'Days since then, or until it was over.';
COMMENT ON COLUMN control.board.said IS 'Coded notes of the unit since the run began (whole periods, of closed months), by theme: {theme, title, notes, hidden, mapped}. hidden: some periods have too few to be told, and are not in notes; mapped: the theme belongs to the measure.';
COMMENT ON COLUMN control.board.done IS 'The responses, oldest first: {day, team, own_team, kind, cause, action_class, action_aim, outcome}.';
COMMENT ON COLUMN control.board.unanswered_days IS 'How many days it has been open with no response at all; null where there is one, or it is over.';
COMMENT ON COLUMN control.board.reason IS 'Why it was withdrawn or closed, or the assignable cause.';
COMMENT ON COLUMN control.board.events IS 'The events that the row rests on, as stream/partition/offset.';

CREATE VIEW control.annotation AS
  SELECT a.id, a.measure, a.microsystem, a.day, a.kind, a.label, m.id IS NOT NULL AND u.id IS NOT NULL AS placed,
    ['annotation/' || a._partition || '/' || a._offset] AS events
  FROM current.annotation a LEFT JOIN plimsoll.measure m ON m.id = a.measure LEFT JOIN plimsoll.microsystem u ON u.id = a.microsystem;
COMMENT ON VIEW control.annotation IS 'Marks on charts.';
COMMENT ON COLUMN control.annotation.id IS 'The id of the mark.';
COMMENT ON COLUMN control.annotation.measure IS 'The measure.';
COMMENT ON COLUMN control.annotation.microsystem IS 'The unit.';
COMMENT ON COLUMN control.annotation.day IS 'The day that it marks.';
COMMENT ON COLUMN control.annotation.kind IS 'change, event or data.';
COMMENT ON COLUMN control.annotation.label IS 'What happened, in a few words.';
COMMENT ON COLUMN control.annotation.placed IS 'Whether measure and unit are known.';
COMMENT ON COLUMN control.annotation.events IS 'The event, as stream/partition/offset.';

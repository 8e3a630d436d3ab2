/** A figure about the work, under its OpenTelemetry name. */
export interface MetricSpec {
  readonly name: string
  readonly instrument: "counter" | "gauge" | "histogram"
  /** In UCUM; braces hold a word that is no unit. */
  readonly unit: string
  readonly attributes: ReadonlyArray<string>
  readonly description: string
}

const messaging = ["messaging.system", "messaging.operation.name"]
const ofStream = ["plimsoll.instance", "plimsoll.stream"]

const rows = (name: string, description: string): MetricSpec => ({
  name: `plimsoll.rows.${name}`,
  instrument: "counter",
  unit: "{row}",
  attributes: ofStream,
  description
})

/**
 * Every metric there is. Names of the OpenTelemetry semantic conventions where they have one, else under `plimsoll.`
 * An attribute names a part of the system, never a row's value, a microsystem or a person.
 */
export const catalogue = {
  sent: {
    name: "messaging.client.sent.messages",
    instrument: "counter",
    unit: "{message}",
    attributes: [...messaging, "messaging.destination.name", "error.type"],
    description: "Records handed to the log."
  },
  consumed: {
    name: "messaging.client.consumed.messages",
    instrument: "counter",
    unit: "{message}",
    attributes: [...messaging, "messaging.destination.name"],
    description: "Records read from the log."
  },
  duration: {
    name: "messaging.client.operation.duration",
    instrument: "histogram",
    unit: "s",
    attributes: [...messaging, "error.type"],
    description: "How long the log took: an append is one transaction over several topics."
  },
  lag: {
    name: "plimsoll.consumer.lag",
    instrument: "gauge",
    unit: "{record}",
    attributes: ["messaging.destination.name", "messaging.destination.partition.id"],
    description: "Offsets between the end of a partition and what the store has landed of it."
  },
  in: rows("in", "What the sources gave: rows, rows that could not be taken apart, deletions."),
  out: rows("out", "What of it went to the topics of the streams."),
  rejected: rows("rejected", "What of it went to the dead letters."),
  unchanged: rows("unchanged", "What of it was left out since it was there already."),
  retries: {
    name: "plimsoll.source.retries",
    instrument: "counter",
    unit: "{retry}",
    attributes: [...ofStream, "error.type"],
    description: "How often a source was asked again after a passing fault."
  },
  deadLetters: {
    name: "plimsoll.dead_letters",
    instrument: "gauge",
    unit: "{row}",
    attributes: ["messaging.destination.name", "plimsoll.code"],
    description: "Rows that cannot be read, as published last."
  },
  signals: {
    name: "plimsoll.signals",
    instrument: "gauge",
    unit: "{signal}",
    attributes: ["plimsoll.state"],
    description: "Signals by their state, as published last."
  },
  publishAge: {
    name: "plimsoll.publish.age",
    instrument: "gauge",
    unit: "s",
    attributes: [],
    description: "How old the published file is."
  },
  away: {
    name: "plimsoll.log.away",
    instrument: "gauge",
    unit: "s",
    attributes: ["plimsoll.instance"],
    description: "How long the log has not answered; 0 while it does."
  }
} as const satisfies { readonly [metric: string]: MetricSpec }

/** The name of a metric in {@link catalogue}. */
export type MetricName = keyof typeof catalogue

/** The name that Prometheus sees: by the rules of OpenTelemetry, with the unit and `_total` at its end. */
export const prometheusName = ({ name, unit, instrument }: MetricSpec): string =>
  `${name.replaceAll(".", "_")}${unit === "s" ? "_seconds" : ""}${instrument === "counter" ? "_total" : ""}`

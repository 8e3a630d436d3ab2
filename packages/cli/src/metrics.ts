import { Context, Metric } from "effect"
import { formatUnsafe } from "effect/observability/PrometheusMetrics"
import { catalogue, type MetricName, type MetricSpec, prometheusName } from "./metrics-catalogue.ts"

/** By OpenTelemetry attribute. */
export type Attributes = { readonly [attribute: string]: string }

/** Boundaries of the histogram, in seconds: those that the semantic conventions ask for. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const names = new Map<string, string>(
  Object.values(catalogue).map((spec) => [spec.name, prometheusName(spec)])
)

/** The figures of one process, in a registry of their own. */
export class Metrics {
  readonly #context: Context.Context<never> = Context.make(Metric.MetricRegistry, new Map())
  /** Of a gauge whose label sets come and go: those that were there at the last time. */
  readonly #shown = new Map<MetricName, Map<string, Attributes>>()

  /** To a counter. */
  add(name: MetricName, value: number, attributes: Attributes): void {
    const { id, description } = of(catalogue[name])
    Metric.counter(id, { description, attributes, incremental: true }).updateUnsafe(value, this.#context)
  }

  /** To a histogram. */
  record(name: MetricName, value: number, attributes: Attributes): void {
    const { id, description } = of(catalogue[name])
    Metric.histogram(id, { description, attributes, boundaries }).updateUnsafe(value, this.#context)
  }

  /** A gauge. */
  set(name: MetricName, value: number, attributes: Attributes = {}): void {
    const { id, description } = of(catalogue[name])
    Metric.gauge(id, { description, attributes }).updateUnsafe(value, this.#context)
  }

  /** A gauge as a whole: what is not among the values any more is taken away. */
  setAll(name: MetricName, values: ReadonlyArray<readonly [value: number, attributes: Attributes]>): void {
    const { id, description } = of(catalogue[name])
    const now = new Map(values.map(([, attributes]) => [JSON.stringify(attributes), attributes]))
    for (const [key, attributes] of this.#shown.get(name) ?? []) {
      if (!now.has(key)) Metric.removeUnsafe(Metric.gauge(id, { description, attributes }), this.#context)
    }
    this.#shown.set(name, now)
    for (const [value, attributes] of values) this.set(name, value, attributes)
  }

  /** All of it in the text format of Prometheus, 0.0.4. */
  text(): string {
    return formatUnsafe(this.#context, { metricNameMapper: (id) => names.get(id) ?? id })
  }
}

const of = ({ name, description }: MetricSpec) => ({ id: name, description })

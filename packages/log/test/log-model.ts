import type { LogRecord, RecordGroup, TopicSpec } from "../src/index.ts"
import { partitionOf } from "../src/index.ts"

/** What a test compares of a record: all but where and when. */
export interface Told {
  readonly key: string | null
  readonly value: string | null
  readonly headers: { readonly [name: string]: string }
}

export const told = ({ key, value, headers }: LogRecord): Told => ({ key, value, headers })

/** The plainest log there can be: arrays. */
export class LogModel {
  readonly #topics = new Map<
    string,
    { readonly spec: TopicSpec; readonly partitions: ReadonlyArray<Array<Told>> }
  >()

  ensure(specs: ReadonlyArray<TopicSpec>): void {
    for (const spec of specs)
      this.#topics.set(spec.topic, { spec, partitions: Array.from({ length: spec.partitions }, () => []) })
  }

  append(groups: ReadonlyArray<RecordGroup>): void {
    for (const { topic, headers, records } of groups) {
      const { spec, partitions } = this.#topics.get(topic)!
      for (const { key, value, partitionKey, headers: own } of records)
        partitions[partitionOf(partitionKey, spec.partitions)]!.push({
          key,
          value,
          headers: { ...headers, ...own }
        })
    }
  }

  records(topic: string, partition: number): ReadonlyArray<Told> {
    return this.#topics.get(topic)!.partitions[partition]!
  }

  /** The last word on each key, tombstones among them. */
  last(topic: string): ReadonlyMap<string, Told> {
    const last = new Map<string, Told>()
    for (const records of this.#topics.get(topic)!.partitions)
      for (const record of records) last.set(record.key!, record)
    return last
  }
}

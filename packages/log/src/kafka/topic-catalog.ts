import { PlimsollError } from "@plimsoll/schema"
import { setTimeout as sleep } from "node:timers/promises"

import type { Cleanup, TopicInfo, TopicSpec } from "../log.ts"
import { type KafkaClient, KafkaFault } from "./client.ts"

/** A topic's way of keeping records, from its settings. */
const keptAs = (
  settings: ReadonlyMap<string, string> | undefined
): Pick<TopicInfo, "cleanup" | "expires"> => {
  const policy = (settings?.get("cleanup.policy") ?? "delete").split(",").map((word) => word.trim())
  const cleanup: Cleanup = policy.includes("compact") ? "compact" : "keep"
  const limit = (name: string): number | undefined => {
    const value = Number(settings?.get(name) ?? -1)
    return policy.includes("delete") && value >= 0 ? value : undefined
  }
  const milliseconds = limit("retention.ms")
  const bytes = limit("retention.bytes")
  if (milliseconds === undefined && bytes === undefined) return { cleanup }
  return {
    cleanup,
    expires: {
      ...(milliseconds === undefined ? {} : { milliseconds }),
      ...(bytes === undefined ? {} : { bytes })
    }
  }
}

const settingsOf = (cleanup: Cleanup, replication: number): { readonly [name: string]: string } => ({
  ...(cleanup === "compact"
    ? { "cleanup.policy": "compact" }
    : { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" }),
  // recordedAt is the time that the writer stamps: the broker must not put its own in its place.
  "message.timestamp.type": "CreateTime",
  // A stranger's clock that is far ahead would make all that comes later look as new as that.
  "message.timestamp.after.max.ms": "3600000",
  "max.message.bytes": String(8 * 1024 * 1024),
  "min.insync.replicas": replication > 2 ? "2" : "1"
})

const portableName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/

const differs = (topic: string, found: string, wanted: string): PlimsollError =>
  new PlimsollError({
    code: "log-topic-differs",
    message: `topic ${topic} is there with ${found}, not with ${wanted}`,
    suggestion: "ask for the topic as it is, or take a new name: its major version, for one"
  })

/** The topics of one log on a cluster: those whose names begin with its prefix. */
export class TopicCatalog {
  readonly #client: KafkaClient
  readonly #prefix: string
  readonly #replication: number | undefined
  readonly #patience: number
  /** By topic: its partitions, and until when that may be taken as true. More may be added to a topic at any time. */
  readonly #partitions = new Map<string, { readonly count: number; readonly until: number }>()
  #all: { readonly counts: ReadonlyMap<string, number>; readonly until: number } | undefined
  // Changed by hand, if ever.
  readonly #kept = new Map<string, Pick<TopicInfo, "cleanup" | "expires">>()

  constructor(
    client: KafkaClient,
    options: { readonly prefix: string; readonly replication: number | undefined; readonly patience: number }
  ) {
    this.#client = client
    this.#prefix = options.prefix
    this.#replication = options.replication
    this.#patience = options.patience
  }

  /** The name on the cluster. */
  full(topic: string): string {
    return this.#prefix + topic
  }

  /** How many partitions a topic has; undefined where it is not there. */
  async partitions(topic: string): Promise<number | undefined> {
    return portableName.test(topic) ? (await this.counts([topic])).get(topic) : undefined
  }

  /** The partitions of these topics, or of all there are. What was asked a moment ago is not asked again. */
  async counts(topics?: ReadonlyArray<string>): Promise<ReadonlyMap<string, number>> {
    const now = performance.now()
    if (topics === undefined) {
      if (this.#all === undefined || this.#all.until < now)
        this.#all = { counts: await this.#ask(), until: now + 1_000 }
      return this.#all.counts
    }
    const counts = new Map<string, number>()
    const unknown: Array<string> = []
    for (const topic of topics) {
      const known = this.#partitions.get(topic)
      if (known !== undefined && known.until >= now) counts.set(topic, known.count)
      else unknown.push(topic)
    }
    if (unknown.length > 0) for (const [topic, count] of await this.#ask(unknown)) counts.set(topic, count)
    return counts
  }

  async #ask(topics?: ReadonlyArray<string>): Promise<ReadonlyMap<string, number>> {
    const found = await this.#client.partitions(topics?.map((topic) => this.full(topic)))
    const until = performance.now() + 10_000
    const counts = new Map<string, number>()
    for (const [full, count] of found) {
      if (!full.startsWith(this.#prefix)) continue
      const topic = full.slice(this.#prefix.length)
      this.#partitions.set(topic, { count, until })
      counts.set(topic, count)
    }
    return counts
  }

  /** How these topics keep their records. */
  async kept(
    topics: ReadonlyArray<string>
  ): Promise<ReadonlyMap<string, Pick<TopicInfo, "cleanup" | "expires">>> {
    const unknown = topics.filter((topic) => !this.#kept.has(topic))
    if (unknown.length > 0) {
      const settings = await this.#client.settings(unknown.map((topic) => this.full(topic)))
      for (const topic of unknown) this.#kept.set(topic, keptAs(settings.get(this.full(topic))))
    }
    return new Map(topics.map((topic) => [topic, this.#kept.get(topic)!]))
  }

  async ensure(specs: ReadonlyArray<TopicSpec>): Promise<void> {
    for (const { topic, partitions } of specs) {
      if (!portableName.test(this.full(topic)))
        throw new PlimsollError({
          code: "log-failed",
          message: `${JSON.stringify(this.full(topic))} cannot be the name of a topic`,
          suggestion: "use 1 to 249 letters, digits, dots, dashes and underscores"
        })
      if (!Number.isInteger(partitions) || partitions < 1 || partitions > 10_000)
        throw new PlimsollError({
          code: "log-failed",
          message: `topic ${topic} cannot have ${partitions} partitions`,
          suggestion: "take a whole number from 1 to 10,000"
        })
    }
    const missing = await this.#missing(specs)
    if (missing.length === 0) return
    const replication = this.#replication ?? Math.min(3, await this.#client.brokers())
    this.#all = undefined
    await this.#client.createTopics(
      missing.map(({ topic, partitions, cleanup }) => ({
        topic: this.full(topic),
        partitions,
        replication,
        settings: settingsOf(cleanup, replication)
      }))
    )
    await this.#appear(missing)
  }

  /** Those that are not there; complains if one is there, but another. */
  async #missing(specs: ReadonlyArray<TopicSpec>): Promise<ReadonlyArray<TopicSpec>> {
    const there = await this.#ask(specs.map(({ topic }) => topic))
    const kept = await this.kept([...there.keys()])
    return specs.filter(({ topic, partitions, cleanup }) => {
      const count = there.get(topic)
      if (count === undefined) return true
      const found = kept.get(topic)!.cleanup
      if (count !== partitions || found !== cleanup)
        throw differs(topic, `${count} partitions and cleanup ${found}`, `${partitions} and ${cleanup}`)
      return false
    })
  }

  /** A topic that was made is not known to every broker at once. */
  async #appear(specs: ReadonlyArray<TopicSpec>): Promise<void> {
    for (const until = performance.now() + this.#patience; ;) {
      try {
        if ((await this.#missing(specs)).length === 0) {
          const counts = new Map(specs.map(({ topic, partitions }) => [this.full(topic), partitions]))
          await this.#client.offsets(counts, "end")
          return
        }
      } catch (error) {
        const passing =
          error instanceof KafkaFault && (error.kind === "topic-missing" || error.kind === "unreachable")
        if (!passing || performance.now() > until) throw error
      }
      if (performance.now() > until)
        throw new KafkaFault("topic-missing", "topics were made and do not appear")
      await sleep(20)
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises"

import type { Appended, Lease, Log, LogBatch, LogRecord, LogWriter, TopicInfo, TopicSpec } from "../log.ts"
import { type KafkaClient, KafkaFault, type Partitions, type Places } from "./client.ts"
import { closed, failure } from "./failure.ts"
import { takeProducer } from "./hanging.ts"
import { Identity, identityTopic } from "./identity.ts"
import { KafkaWriter } from "./kafka-writer.ts"
import { LatestOfTopic } from "./latest-of-topic.ts"
import { ReadAhead } from "./read-ahead.ts"
import { untilSettled } from "./settled.ts"
import { TopicCatalog } from "./topic-catalog.ts"

/** What a log on Kafka needs to know beyond its client. */
export interface KafkaLogSettings {
  readonly prefix: string
  readonly replication: number | undefined
  /** Milliseconds. */
  readonly transactionTimeout: number
  readonly requestTimeout: number
}

/** How long an append waits at the most for readers to see it: another writer's open transaction may hide it. */
const mostWaitToBeSeen = 2_000

/** Between two looks for something new, in milliseconds. */
const lookEvery = 40

/** The event log on a Kafka cluster. */
export class KafkaLog implements Log {
  readonly id: string
  readonly #client: KafkaClient
  readonly #settings: KafkaLogSettings
  readonly #catalog: TopicCatalog
  readonly #identity: Identity
  readonly #reads: ReadAhead
  readonly #writers = new Set<LogWriter>()
  readonly #leases = new Set<Promise<Lease>>()
  readonly #stopped = new AbortController()
  readonly #wakers = new Set<() => void>()
  readonly #latest = new Map<string, LatestOfTopic>()
  #ends: ReadonlyMap<string, ReadonlyArray<number>> = new Map()
  #closed: Promise<void> | undefined

  private constructor(
    client: KafkaClient,
    settings: KafkaLogSettings,
    catalog: TopicCatalog,
    identity: Identity,
    id: string
  ) {
    this.id = id
    this.#client = client
    this.#settings = settings
    this.#catalog = catalog
    this.#identity = identity
    this.#reads = new ReadAhead(client)
  }

  /** Takes the client over: it is closed with the log, and where the log cannot be opened. */
  static async open(client: KafkaClient, settings: KafkaLogSettings, make = true): Promise<KafkaLog> {
    try {
      const { prefix, replication, requestTimeout } = settings
      const catalog = new TopicCatalog(client, { prefix, replication, patience: requestTimeout })
      if (!make && (await catalog.partitions(identityTopic)) === undefined)
        throw new KafkaFault("topic-missing", catalog.full(identityTopic))
      await catalog.ensure([{ topic: identityTopic, partitions: 1, cleanup: "compact" }])
      const identity = new Identity(client, catalog.full(identityTopic), requestTimeout)
      const log = new KafkaLog(client, settings, catalog, identity, await identity.id())
      log.#ends = await log.#look()
      return log
    } catch (error) {
      await client.close().catch(() => undefined)
      throw failure(error)
    }
  }

  async ensureTopics(topics: ReadonlyArray<TopicSpec>): Promise<void> {
    await this.#do(() => this.#catalog.ensure(topics))
  }

  async topics(names?: ReadonlyArray<string>): Promise<ReadonlyArray<TopicInfo>> {
    return this.#do(async () => {
      const counts = new Map(
        [...(await this.#catalog.counts(names))]
          .filter(([topic]) => topic !== identityTopic || names !== undefined)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
      )
      const [kept, firsts, ends] = await Promise.all([
        this.#catalog.kept([...counts.keys()]),
        this.#offsets(counts, "first"),
        this.#offsets(counts, "end")
      ])
      return [...counts].map(([topic, partitions]) => ({
        topic,
        partitions,
        ...kept.get(topic)!,
        offsets: Array.from({ length: partitions }, (_, partition) => ({
          partition,
          first: firsts.get(topic)![partition]!,
          end: ends.get(topic)![partition]!
        }))
      }))
    })
  }

  async writer(id: string): Promise<LogWriter> {
    const deadline = this.#settings.transactionTimeout + 5_000
    return this.#do(async () => {
      const full = this.#catalog.full(id)
      const producer = await takeProducer(this.#client, full, await this.#known(), deadline)
      try {
        const claim = await this.#identity.claim(producer, id)
        const home = {
          topic: (name: string) => this.#kind(name),
          lastTime: (topic: string, partition: number) => this.#lastTime(topic, partition),
          full: (topic: string) => this.#catalog.full(topic),
          unmarked: (partitions: Places) => this.#client.unmarked(producer.id, partitions),
          seen: (appended: Appended) => this.#seen(appended),
          holds: () => this.#identity.holds(id, claim)
        }
        const writer = new KafkaWriter(id, producer, home, deadline)
        this.#writers.add(writer)
        return writer
      } catch (error) {
        await producer.close().catch(() => undefined)
        throw error
      }
    })
  }

  async read(
    topic: string,
    partition: number,
    from: number,
    options?: { readonly limit?: number; readonly until?: number }
  ): Promise<LogBatch> {
    const until = options?.until ?? Infinity
    return this.#do(async () => {
      const partitions = await this.#catalog.partitions(topic)
      if (partitions === undefined || partition >= partitions || partition < 0)
        throw new KafkaFault("topic-missing", `${topic}, partition ${partition}`)
      if (!Number.isSafeInteger(from) || from < 0)
        throw new KafkaFault("out-of-range", `${topic}, partition ${partition}, offset ${from}`)
      if (from >= until) return { records: [], next: from }
      const { records, next } = await this.#reads.read(
        this.#catalog.full(topic),
        partition,
        from,
        options?.limit ?? 10_000,
        until
      )
      return { records: this.#named(topic, records), next }
    })
  }

  async latest(topic: string): Promise<ReadonlyMap<string, LogRecord>> {
    return this.#do(async () => {
      const partitions = await this.#catalog.partitions(topic)
      if (partitions === undefined) return new Map()
      const known = this.#latest.get(topic) ?? new LatestOfTopic(this.#client, this.#catalog.full(topic))
      this.#latest.set(topic, known)
      const counts = new Map([[topic, partitions]])
      const [firsts, ends] = await Promise.all([this.#offsets(counts, "first"), this.#offsets(counts, "end")])
      const records = await known.upTo(firsts.get(topic)!, ends.get(topic)!)
      return new Map(this.#named(topic, [...records.values()]).map((record) => [record.key!, record]))
    })
  }

  async settled(topics: ReadonlyArray<string>): Promise<void> {
    await this.#do(async () =>
      untilSettled(this.#client, await this.#known(topics), this.#settings.requestTimeout)
    )
  }

  async changed(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) throw closed("the log")
    const until = performance.now() + milliseconds
    const woken = new AbortController()
    const wake = () => woken.abort()
    this.#wakers.add(wake)
    const stop = AbortSignal.any([
      woken.signal,
      this.#stopped.signal,
      ...(signal === undefined ? [] : [signal])
    ])
    try {
      while (!stop.aborted) {
        const now = await this.#look().catch(() => this.#ends)
        const before = this.#ends
        this.#ends = now
        for (const [topic, ends] of now)
          if (ends.some((end, partition) => end > (before.get(topic)?.[partition] ?? 0))) return
        const left = until - performance.now()
        if (left <= 0) return
        await sleep(Math.min(lookEvery, left), undefined, { signal: stop }).catch(() => undefined)
      }
    } finally {
      this.#wakers.delete(wake)
    }
  }

  async lease(
    id: string,
    options: { readonly signal?: AbortSignal; readonly onWait?: () => void } = {}
  ): Promise<Lease> {
    if (this.#closed !== undefined) throw closed("the log")
    const stopped = this.#stopped.signal
    const signal = options.signal === undefined ? stopped : AbortSignal.any([options.signal, stopped])
    const { onWait } = options
    const taking = this.#client.lease(this.#catalog.full(id), this.#catalog.full(identityTopic), {
      signal,
      onWait
    })
    this.#leases.add(taking)
    try {
      const lease = await taking
      lease.lost.addEventListener("abort", () => this.#leases.delete(taking), { once: true })
      return lease
    } catch (error) {
      this.#leases.delete(taking)
      if (stopped.aborted) throw closed("the log")
      throw signal.aborted ? signal.reason : failure(error)
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#stopped.abort()
    await Promise.allSettled([
      ...[...this.#writers].map((writer) => writer.close()),
      ...[...this.#leases].map(async (taking) => (await taking).release())
    ])
    await this.#client.close()
  }

  async #do<A>(body: () => Promise<A>): Promise<A> {
    if (this.#closed !== undefined) throw closed("the log")
    try {
      return await body()
    } catch (error) {
      if (error instanceof DOMException) throw error
      throw failure(error)
    }
  }

  /** Records as the log names their topic. */
  #named(topic: string, records: ReadonlyArray<LogRecord>): ReadonlyArray<LogRecord> {
    return this.#settings.prefix === "" ? records : records.map((record) => ({ ...record, topic }))
  }

  async #offsets(
    counts: ReadonlyMap<string, number>,
    which: "first" | "end"
  ): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    if (counts.size === 0) return new Map()
    const full = new Map([...counts].map(([topic, count]) => [this.#catalog.full(topic), count]))
    const offsets = await this.#client.offsets(full, which)
    return new Map([...counts.keys()].map((topic) => [topic, offsets.get(this.#catalog.full(topic))!]))
  }

  /** These topics, or all, as the cluster names them; those that are not there left out. */
  async #known(topics?: ReadonlyArray<string>): Promise<Partitions> {
    const counts = await this.#catalog.counts(topics)
    return new Map([...counts].map(([topic, count]) => [this.#catalog.full(topic), count]))
  }

  /** The end of every partition there is. */
  async #look(): Promise<ReadonlyMap<string, ReadonlyArray<number>>> {
    return this.#offsets(await this.#catalog.counts(), "end")
  }

  async #kind(
    topic: string
  ): Promise<{ readonly partitions: number; readonly compact: boolean } | undefined> {
    const partitions = await this.#catalog.partitions(topic)
    if (partitions === undefined) return undefined
    const kept = await this.#catalog.kept([topic])
    return { partitions, compact: kept.get(topic)!.cleanup === "compact" }
  }

  /** The time of the last record that stands: looked for from the end in longer and longer steps. */
  async #lastTime(topic: string, partition: number): Promise<number> {
    const counts = new Map([[topic, (await this.#catalog.partitions(topic))!]])
    const [firsts, ends] = await Promise.all([this.#offsets(counts, "first"), this.#offsets(counts, "end")])
    const first = firsts.get(topic)![partition]!
    const end = ends.get(topic)![partition]!
    if (first === end) return 0
    for (let back = 2; ; back *= 64) {
      const start = Math.max(first, end - back)
      let last = 0
      for (let from = start; from < end;) {
        const fetched = await this.#client.fetch(this.#catalog.full(topic), partition, from)
        if (fetched.next <= from) break
        last = fetched.records.at(-1)?.recordedAt ?? last
        from = fetched.next
      }
      if (last > 0 || start === first) return last / 1000
    }
  }

  /** The brokers acknowledge a transaction before its marks stand in every partition, and readers wait for the marks. */
  async #seen(appended: Appended): Promise<void> {
    for (const wake of this.#wakers) wake()
    const until = performance.now() + mostWaitToBeSeen
    const counts = new Map<string, number>()
    for (const { topic } of appended) counts.set(topic, (await this.#catalog.partitions(topic))!)
    while (performance.now() < until && !this.#stopped.signal.aborted) {
      const ends = await this.#offsets(counts, "end").catch(() => undefined)
      if (
        ends === undefined ||
        appended.every(({ topic, partition, end }) => ends.get(topic)![partition]! >= end)
      )
        return
      await sleep(2)
    }
  }
}

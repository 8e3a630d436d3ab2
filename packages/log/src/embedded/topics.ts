import type { DatabaseSync } from "node:sqlite"

import type { Cleanup, TopicInfo, TopicSpec } from "../log.ts"
import { transact } from "./connection.ts"
import { Fault } from "./fault.ts"

/** A topic as the embedded log keeps it. Topics are never changed or dropped, so it may be remembered. */
export interface Topic {
  readonly id: number
  readonly name: string
  readonly partitions: number
  readonly cleanup: Cleanup
  /** The id of the part of each partition. */
  readonly parts: ReadonlyArray<number>
}

/** The topic of that name; undefined where there is none. */
export const findTopic = (database: DatabaseSync, name: string): Topic | undefined => {
  const row = database.prepare("SELECT id, partitions, cleanup FROM topic WHERE name = ?").get(name)
  if (row === undefined) return undefined
  const id = Number(row["id"])
  const parts = database.prepare("SELECT id FROM part WHERE topic = ? ORDER BY partition").all(id)
  return {
    id,
    name,
    partitions: Number(row["partitions"]),
    cleanup: row["cleanup"] as Cleanup,
    parts: parts.map((part) => Number(part["id"]))
  }
}

/** What to say where a topic is not there. */
export const topicMissing = (name: string): Fault =>
  new Fault({
    code: "log-topic-missing",
    message: `the log has no topic ${name}`,
    suggestion: "make it with ensureTopics before the first append or read"
  })

/** What to say where a topic has no such partition. */
export const partitionMissing = (topic: Topic, partition: number): Fault =>
  new Fault({
    code: "log-topic-missing",
    message: `topic ${topic.name} has partitions 0 to ${topic.partitions - 1}, not ${partition}`,
    suggestion: "ask topics() for the partitions of each topic"
  })

const portableName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/

const check = ({ topic, partitions }: TopicSpec): void => {
  if (!portableName.test(topic))
    throw new Fault({
      code: "log-failed",
      message: `${JSON.stringify(topic)} cannot be the name of a topic`,
      suggestion: "use 1 to 249 letters, digits, dots, dashes and underscores, as Kafka does"
    })
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 10_000)
    throw new Fault({
      code: "log-failed",
      message: `topic ${topic} cannot have ${partitions} partitions`,
      suggestion: "take a whole number from 1 to 10,000"
    })
}

/** Whether the topic is there; complains if it is another one. */
const isThere = (database: DatabaseSync, spec: TopicSpec): boolean => {
  const found = findTopic(database, spec.topic)
  if (found === undefined) return false
  if (found.partitions === spec.partitions && found.cleanup === spec.cleanup) return true
  throw new Fault({
    code: "log-topic-differs",
    message:
      `topic ${spec.topic} is there with ${found.partitions} partitions and cleanup ${found.cleanup}, ` +
      `not with ${spec.partitions} and ${spec.cleanup}`,
    suggestion: "ask for the topic as it is, or take a new name: its major version, for one"
  })
}

/** Makes the topics that are not there: all of them, or none. */
export const makeTopics = (database: DatabaseSync, specs: ReadonlyArray<TopicSpec>): void => {
  for (const spec of specs) check(spec)
  if (specs.every((spec) => isThere(database, spec))) return
  transact(database, () => {
    const topic = database.prepare("INSERT INTO topic (name, partitions, cleanup) VALUES (?, ?, ?)")
    const part = database.prepare(
      "INSERT INTO part (topic, partition, next, recorded_at) VALUES (?, ?, 0, 0)"
    )
    for (const spec of specs) {
      if (isThere(database, spec)) continue
      const id = topic.run(spec.topic, spec.partitions, spec.cleanup).lastInsertRowid
      for (let partition = 0; partition < spec.partitions; partition++) part.run(id, partition)
    }
  })
}

/** All topics, or those of these names, in order of name. */
export const listTopics = (
  database: DatabaseSync,
  names?: ReadonlyArray<string>
): ReadonlyArray<TopicInfo> => {
  const rows = database
    .prepare(
      `SELECT t.name, t.partitions, t.cleanup, p.partition, p.next,
              coalesce((SELECT min(r."offset") FROM record r WHERE r.part = p.id), p.next) AS first
       FROM topic t JOIN part p ON p.topic = t.id
       WHERE ?1 IS NULL OR t.name IN (SELECT value FROM json_each(?1)) ORDER BY t.name, p.partition`
    )
    .all(names === undefined ? null : JSON.stringify(names))
  const topics = new Map<string, TopicInfo & { offsets: Array<TopicInfo["offsets"][number]> }>()
  for (const row of rows) {
    const topic = String(row["name"])
    const info = topics.get(topic) ?? {
      topic,
      partitions: Number(row["partitions"]),
      cleanup: row["cleanup"] as Cleanup,
      offsets: []
    }
    topics.set(topic, info)
    info.offsets.push({
      partition: Number(row["partition"]),
      first: Number(row["first"]),
      end: Number(row["next"])
    })
  }
  return [...topics.values()]
}

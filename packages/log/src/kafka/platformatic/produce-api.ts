import { createAPI, type Reader, Writer } from "@platformatic/kafka"

/** A batch for one partition, encoded. */
export interface ProduceOne {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

/** What the broker answers for one of them. */
export interface ProducedOne {
  readonly topic: string
  readonly partition: number
  /** Kafka's number of an error; 0 for none. */
  readonly error: number
  /** The offset of the first record. */
  readonly offset: number
}

const allReplicas = -1

const request = (transactionalId: string, timeout: number, batches: ReadonlyArray<ProduceOne>): Writer =>
  Writer.create()
    .appendString(transactionalId)
    .appendInt16(allReplicas)
    .appendInt32(timeout)
    .appendArray([...Map.groupBy(batches, ({ topic }) => topic)], (topics, [topic, parts]) => {
      topics.appendString(topic).appendArray([...parts], (one, { partition, batch }) => {
        one.appendInt32(partition).appendBytes(batch)
      })
    })
    .appendTaggedFields()

const answer = (
  _correlation: number,
  _key: number,
  _version: number,
  reader: Reader
): ReadonlyArray<ProducedOne> => {
  const topics = reader.readArray((each) => {
    const topic = each.readString()
    return each.readArray((one) => {
      const partition = one.readInt32()
      const error = one.readInt16()
      const offset = Number(one.readInt64())
      one.readInt64()
      one.readInt64()
      one.readArray((wrong) => {
        wrong.readInt32()
        wrong.readNullableString()
      })
      one.readNullableString()
      return { topic, partition, error, offset }
    })
  })
  return topics.flat()
}

/** Kafka's Produce, version 9: every broker from 2.8 on knows it. It takes batches as they were encoded. */
export const produce = createAPI<
  [transactionalId: string, timeout: number, batches: ReadonlyArray<ProduceOne>],
  ReadonlyArray<ProducedOne>
>(0, 9, request, answer)

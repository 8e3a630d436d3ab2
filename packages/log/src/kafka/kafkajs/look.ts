import type { SeenTopic } from "../client.ts"
import { seenTopic } from "../seen-topic.ts"
import { type Broker, encoded, metadataKey } from "./internals.ts"
import { WireReader, WireWriter } from "./wire.ts"

/** The last version in the older encoding, and the first that tells what a user may do; the library knows up to 6. */
const version = 8

const request = (topics: ReadonlyArray<string>): Buffer => {
  const writer = new WireWriter()
  writer.array(topics, (topic) => writer.text(topic))
  // Make none, and tell of rights on topics, not of those on the cluster.
  return writer.int8(0).int8(0).int8(1).done()
}

const read = (bytes: Buffer): ReadonlyMap<string, SeenTopic> => {
  const reader = new WireReader(bytes)
  const numbers = () => reader.array(() => reader.int32())
  reader.int32()
  reader.array(() => [reader.int32(), reader.text(), reader.int32(), reader.text()])
  reader.text()
  reader.int32()
  const topics = reader.array(() => {
    const error = reader.int16()
    const topic = reader.text()
    reader.int8()
    const replicas = reader.array(() => {
      reader.int16()
      reader.int32()
      reader.int32()
      reader.int32()
      const nodes = numbers()
      numbers()
      numbers()
      return nodes.length
    })
    return [topic, seenTopic({ error, replicas, operations: reader.int32() })] as const
  })
  return new Map(topics)
}

/** Asks a broker for these topics, and what the user may do with them. */
export const lookAt = (
  broker: Broker,
  topics: ReadonlyArray<string>
): Promise<ReadonlyMap<string, SeenTopic>> =>
  broker.connectionPool.send({
    request: {
      apiKey: metadataKey,
      apiVersion: version,
      apiName: "Metadata",
      encode: () => Promise.resolve(encoded(request(topics)))
    },
    response: {
      decode: (bytes) => Promise.resolve(read(bytes)),
      parse: (answer) => Promise.resolve(answer)
    }
  })

import type { Decision, Places } from "../client.ts"
import { decisionOf, type SaidOfProducer } from "../transaction-state.ts"
import { toFault } from "./fault.ts"
import { type Broker, encoded, errorOf, type Protocol } from "./internals.ts"
import { WireReader, WireWriter } from "./wire.ts"

const transactionalIdNotFound = 105

/** A request in the newer encoding, which the library does not know: there, tags follow the head of request and answer. */
const newer = <A>(
  apiName: string,
  apiKey: number,
  write: (writer: WireWriter) => WireWriter,
  read: (reader: WireReader) => A
): Protocol<A> => ({
  request: {
    apiKey,
    apiVersion: 0,
    apiName,
    encode: () => Promise.resolve(encoded(write(new WireWriter().noTags()).noTags().done()))
  },
  response: {
    decode: async (bytes) => {
      const reader = new WireReader(bytes)
      reader.tags()
      return read(reader)
    },
    parse: (answer) => Promise.resolve(answer)
  }
})

/** Asks the coordinator of a transactional id how its last transaction was to end: DescribeTransactions, version 0. */
export const decisionAt = async (broker: Broker, transactionalId: string): Promise<Decision> => {
  const { error, state } = await broker.connectionPool.send(
    newer(
      "DescribeTransactions",
      65,
      (writer) => writer.compactArray([transactionalId], (id) => writer.compactText(id)),
      (reader) => {
        reader.int32()
        const [one] = reader.compactArray(() => {
          const code = reader.int16()
          reader.compactText()
          const said = reader.compactText()
          // The rest of the only one asked for is not needed.
          return { error: code, state: said }
        })
        return one!
      }
    )
  )
  if (error === transactionalIdNotFound) return decisionOf(undefined)
  if (error !== 0) throw errorOf(error)
  return decisionOf(state)
}

/** Asks a broker for what it knows of a producer in partitions that it leads: DescribeProducers, version 0. */
export const saidOf = (
  broker: Broker,
  producer: bigint,
  places: Places
): Promise<ReadonlyArray<SaidOfProducer>> =>
  broker.connectionPool.send(
    newer(
      "DescribeProducers",
      61,
      (writer) =>
        writer.compactArray([...places], ([topic, partitions]) => {
          writer
            .compactText(topic)
            .compactArray(partitions, (partition) => writer.int32(partition))
            .noTags()
        }),
      (reader) => {
        reader.int32()
        const topics = reader.compactArray(() => {
          const topic = reader.compactText()
          const partitions = reader.compactArray((): SaidOfProducer => {
            const partition = reader.int32()
            const code = reader.int16()
            reader.compactText()
            const open = reader.compactArray(() => {
              const id = reader.int64()
              reader.int32()
              reader.int32()
              reader.int64()
              reader.int32()
              const start = reader.int64()
              reader.tags()
              return id === producer && start >= 0n
            })
            reader.tags()
            return {
              topic,
              partition,
              error: code === 0 ? undefined : toFault(errorOf(code)),
              open: open.includes(true)
            }
          })
          reader.tags()
          return partitions
        })
        return topics.flat()
      }
    )
  )

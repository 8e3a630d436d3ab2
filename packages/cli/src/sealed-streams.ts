import type { Log } from "@plimsoll/log"
import { deadLetterTopic, schemasTopic, type StreamContract } from "@plimsoll/schema"

/** The streams of a log, as it was told of them. */
export const streamsOn = async (log: Log): Promise<ReadonlyArray<StreamContract>> =>
  [...(await log.latest(schemasTopic))].map(([, { value }]) => JSON.parse(value ?? "null") as StreamContract)

/** Those of which only the vault's holder can open the rows. */
export const sealedStreams = async (log: Log): Promise<ReadonlyArray<StreamContract>> =>
  (await streamsOn(log)).filter((stream) => stream.access === "sealed")

/** The sealed streams that have dead letters. How many is sealed too. */
export const withSealedLetters = async (log: Log): Promise<ReadonlyArray<StreamContract>> => {
  const sealed = await sealedStreams(log)
  const topics = await log.topics(sealed.map((stream) => deadLetterTopic(stream.topic)))
  const some = new Set(
    topics.filter((one) => one.offsets.some(({ first, end }) => end > first)).map(({ topic }) => topic)
  )
  return sealed.filter((stream) => some.has(deadLetterTopic(stream.topic)))
}

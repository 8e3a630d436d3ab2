const seed = 0x9747b28c
const multiplier = 0x5bd1e995

const encoder = new TextEncoder()

/**
 * MurmurHash2 (Austin Appleby, public domain) with the seed and the signed 32-bit result of Kafka's Java client,
 * so that a record lands on the same partition whichever client wrote it.
 */
export const murmur2 = (bytes: Uint8Array): number => {
  const length = bytes.length
  let hash = seed ^ length
  let at = 0
  for (; length - at >= 4; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> 24
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier)
  }
  const left = length - at
  if (left === 3) hash ^= bytes[at + 2]! << 16
  if (left >= 2) hash ^= bytes[at + 1]! << 8
  if (left >= 1) hash = Math.imul(hash ^ bytes[at]!, multiplier)
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return hash ^ (hash >>> 15)
}

/**
 * The partition of a partition key: `(murmur2(UTF-8 bytes) & 0x7fffffff) % partitions`, what Kafka's default
 * partitioner does with a key. Give both logs the same number of partitions and they spread records alike.
 *
 * ```ts test
 * import { partitionOf } from "@plimsoll/log"
 *
 * partitionOf("ward-17", 1) // => 0
 * ```
 */
export const partitionOf = (key: string, partitions: number): number =>
  partitions === 1 ? 0 : (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions

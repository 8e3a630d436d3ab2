import { describe, expect, test } from "vitest"

import { murmur2, partitionOf } from "./partition.ts"

// Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
const kafka: ReadonlyArray<readonly [string, number]> = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107]
]

// kafkajs, src/producer/partitioners/default/murmur2.spec.js, generated there with the Java client.
const kafkajs: ReadonlyArray<readonly [string, number]> = [
  ["0", 971027396],
  ["1", -1993445489],
  ["128", -326012175],
  ["2187", -1508407203],
  ["16384", -325739742],
  ["78125", -1654490814],
  ["279936", 1462227128],
  ["823543", -2014198330]
]

describe("murmur2", () => {
  test.each([...kafka, ...kafkajs])("%s as in Kafka's Java client", (key, hash) => {
    expect(murmur2(new TextEncoder().encode(key))).toBe(hash)
  })
})

describe("partitionOf", () => {
  test.each(kafka)("%s clears the sign, and does not negate", (key, hash) => {
    expect(partitionOf(key, 7)).toBe((hash & 0x7fffffff) % 7)
  })

  test("counts UTF-8 bytes, not characters", () => {
    expect(partitionOf("zorgéén", 1000)).toBe((murmur2(Buffer.from("zorgéén", "utf8")) & 0x7fffffff) % 1000)
    expect(partitionOf("", 12)).toBe((275646681 & 0x7fffffff) % 12)
  })

  test("one partition takes everything", () => {
    expect(partitionOf("anything", 1)).toBe(0)
  })
})

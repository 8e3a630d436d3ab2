import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { inSample, Repeats, similarityOf } from "./index.ts"
import { normalised, fewestWords } from "./repeats.ts"

const texts = fc
  .array(fc.constantFrom("we", "waited", "Four", "hours", "and", "nobody", "came", "twice", "."), {
    maxLength: 12
  })
  .map((words) => words.join(" "))

describe("texts that look alike", () => {
  test("are as alike as each other, and each as itself", () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(similarityOf(one, one)).toBe(1)
        expect(similarityOf(one, other)).toBe(similarityOf(other, one))
        expect(similarityOf(one, other)).toBeGreaterThanOrEqual(0)
        expect(similarityOf(one, other)).toBeLessThanOrEqual(1)
        expect(similarityOf(one, `${one.toUpperCase()} !`)).toBe(1)
      })
    )
  })

  test("are all found, and none besides: as if each pair were held against the threshold", () => {
    fc.assert(
      fc.property(
        fc.array(texts, { maxLength: 14 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (all, threshold) => {
          const repeats = new Repeats()
          for (const [at, text] of all.entries()) repeats.add(String(at), text)
          const long = all
            .map((text, at) => ({ text, at }))
            .filter(({ text }) => normalised(text).split(" ").length >= fewestWords)
          const wanted = long.flatMap((one, n) =>
            long
              .slice(n + 1)
              .filter((other) => similarityOf(one.text, other.text) + 1e-9 >= threshold)
              .map((other) => `${one.at} ${other.at}`)
          )
          const found = repeats.pairs(threshold)
          expect(found.map(({ one, other }) => `${one} ${other}`).sort()).toEqual(wanted.sort())
          expect(repeats.tooShort).toBe(all.length - long.length)
          for (const { one, other, same } of found) {
            expect(same).toBe(normalised(all[Number(one)]!) === normalised(all[Number(other)]!))
          }
        }
      ),
      { numRuns: 200 }
    )
  })

  test("short ones are counted and never shown as repeats: two equal rows can both be true", () => {
    const repeats = new Repeats()
    for (const id of ["a", "b", "c"]) repeats.add(id, "Very good, thank you.")
    repeats.add("d", "")
    expect([repeats.pairs(0.5), repeats.tooShort]).toEqual([[], 4])
  })
})

describe("the sample that is coded twice", () => {
  test("is chosen by the id alone, of about the share that was asked for, and grows with it", () => {
    const ids = Array.from({ length: 4_000 }, (_, n) => `note-${n}`)
    const tenth = ids.filter((id) => inSample(id, 0.1))
    // 400 ± 3 standard deviations.
    expect(Math.abs(tenth.length - 400)).toBeLessThan(57)
    expect(tenth.every((id) => inSample(id, 0.3))).toBe(true)
    expect(ids.toReversed().filter((id) => inSample(id, 0.1))).toEqual(tenth.toReversed())
  })
})

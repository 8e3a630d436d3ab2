import fc from "fast-check"
import { expect, test } from "vitest"
import { Seen } from "./seen.ts"

test("is a map of tokens, whatever their number and order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 6 }), fc.nat()), { maxLength: 3_000 }), (all) => {
      const [ours, theirs] = [new Seen(), new Map<string, number>()]
      for (const [token, number] of all) {
        expect(ours.keep(token, number)).toBe(theirs.get(token))
        if (!theirs.has(token)) theirs.set(token, number)
      }
    }),
    { numRuns: 30, endOnFailure: true }
  )
})

test("tells a hundred thousand tokens apart that differ in one letter", () => {
  const seen = new Seen()
  for (let at = 0; at < 100_000; at++) expect(seen.keep(`token-${at}-of-a-wave`, at)).toBeUndefined()
  for (let at = 0; at < 100_000; at++) expect(seen.keep(`token-${at}-of-a-wave`, 0)).toBe(at)
})

import {
  array,
  assert,
  boolean,
  integer,
  option,
  property,
  record,
  uniqueArray,
  string,
  uint8Array
} from "fast-check"
import { describe, expect, test } from "vitest"

import { assignLease, chooseHolder, decodeClaim, encodeClaim, givesLease } from "./lease-assignment.ts"

const claim = record({ holds: boolean(), since: integer() })
const members = uniqueArray(record({ id: string(), claim: option(claim, { nil: undefined }) }), {
  selector: ({ id }) => id,
  minLength: 1
})

describe("who gets the lease", () => {
  test("who holds it keeps it, however long another has waited", () => {
    expect(
      chooseHolder([
        { id: "a", claim: { holds: false, since: 1 } },
        { id: "b", claim: { holds: true, since: 9 } }
      ])
    ).toBe("b")
  })

  test("where nobody holds it, who has waited longest", () => {
    expect(
      chooseHolder([
        { id: "a", claim: { holds: false, since: 7 } },
        { id: "b", claim: { holds: false, since: 5 } },
        { id: "c", claim: undefined }
      ])
    ).toBe("b")
  })

  test("where nobody waits, nobody", () => {
    expect(chooseHolder([])).toBeUndefined()
  })

  test("does not depend on the order of the members", () => {
    assert(
      property(members, (all) => {
        expect(chooseHolder(all.toReversed())).toBe(chooseHolder(all))
      })
    )
  })
})

describe("the bytes", () => {
  test("give a claim back", () => {
    assert(
      property(string({ maxLength: 100 }), claim, (topic, said) => {
        expect(decodeClaim(encodeClaim(topic, said))).toEqual(said)
      })
    )
  })

  test("of a stranger are no claim, and no error", () => {
    assert(
      property(uint8Array(), (bytes) => {
        expect(decodeClaim(Buffer.from(bytes))).toBeUndefined()
      })
    )
  })

  test("give the lease to one of the members, whoever they are", () => {
    assert(
      property(array(claim, { minLength: 1 }), (claims) => {
        const all = claims.map((said, index) => ({ id: `m${index}`, bytes: encodeClaim("t", said) }))
        const given = assignLease("t", all)
        expect(given.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
        const holders = given.filter(({ bytes }) => givesLease(bytes)).map(({ id }) => id)
        expect(holders).toEqual([
          chooseHolder(claims.map((said, index) => ({ id: `m${index}`, claim: said })))
        ])
      })
    )
  })

  test("an empty assignment gives nothing", () => {
    expect(givesLease(Buffer.alloc(0))).toBe(false)
  })

  test("are those of Kafka's consumer protocol", () => {
    expect(encodeClaim("ab", { holds: true, since: 1 }).toString("latin1")).toBe(
      '\0\0\0\0\0\x01\0\x02ab\0\0\0\x18{"holds":true,"since":1}'
    )
    const [given] = assignLease("ab", [{ id: "m", bytes: encodeClaim("ab", { holds: false, since: 1 }) }])
    expect(given!.bytes.toString("latin1")).toBe("\0\0\0\0\0\x01\0\x02ab\0\0\0\x01\0\0\0\0\xff\xff\xff\xff")
  })
})

import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { Instrument } from "./instrument.ts"
import { edmondson } from "./keys/edmondson.ts"
import { iMatter } from "./keys/imatter.ts"
import { saqShortForm } from "./keys/saq-short-form.ts"
import { sopsHospital } from "./keys/sops-hospital.ts"

const reversed = (key: Instrument): ReadonlyArray<string> =>
  key.items.filter((item) => item.reversed).map((item) => item.id)
const unverified = (key: Instrument): ReadonlyArray<string> =>
  key.items.filter((item) => item.citation === "unverified").map((item) => item.id)
const worded = (key: Instrument): ReadonlyArray<string> =>
  key.items.flatMap((item) => (item.wording === null ? [] : [item.wording]))
const sizes = (key: Instrument): ReadonlyArray<number> => key.scales.map((scale) => scale.items.length)

describe("the bundled keys", () => {
  test("SOPS Hospital 2.0: ten composites of 32 items, by code alone", () => {
    const key = sopsHospital()
    expect(sizes(key)).toEqual([3, 4, 3, 4, 3, 3, 4, 2, 3, 3])
    expect(key.items).toHaveLength(32)
    expect(reversed(key)).toEqual("A9 A3 A5 A11 A14 A6 A7 A13 B2 C7 F3 F4 F5".split(" "))
    expect(unverified(key)).toEqual("C1 C2 C3 C4 C5 C6 C7 D1 D2 F1 F2 F3 F4 F5 F6".split(" "))
    expect(worded(key)).toEqual([])
    expect(sopsHospital({ notApplicable: 9 }).items.every((item) => item.notApplicable === 9)).toBe(true)
  })

  test("SAQ: 36 questions, five of them asked twice; five are in no scale", () => {
    const key = saqShortForm()
    expect(key.items).toHaveLength(41)
    expect(sizes(key)).toEqual([6, 7, 5, 4, 5, 5, 4])
    expect(reversed(key)).toEqual(["2", "11", "36"])
    expect(key.items.filter((item) => item.alone).map((item) => item.id)).toEqual([
      "14",
      "33",
      "34",
      "35",
      "36"
    ])
    expect([unverified(key), worded(key)]).toEqual([[], []])
  })

  test("Edmondson: seven items, of which nothing has been verified", () => {
    const key = edmondson()
    expect(reversed(key)).toEqual(["1", "3", "5"])
    expect(unverified(key)).toHaveLength(7)
    expect(worded(key)).toEqual([])
  })

  test("iMatter: 28 items in three sections and one of 0 to 10", () => {
    const key = iMatter()
    expect(sizes(key)).toEqual([28, 12, 7, 9])
    expect(key.items).toHaveLength(29)
    expect(key.items.at(-1)).toMatchObject({ min: 0, max: 10, alone: true })
    expect(key.licence).toContain(
      "Contains public sector information licensed under the Open Government Licence v3.0"
    )
    expect(iMatter({ transform: { subtract: 1, multiply: 20 } }).scales[0]!.scoring).toEqual({
      kind: "transform",
      subtract: 1,
      multiply: 20,
      positiveFrom: null
    })
  })

  const components = new URL(
    "../../../../../../shared/data/culture/imatter_components_2017_2024.csv",
    import.meta.url
  )
  const have = existsSync(components) || process.env["CI"] === "true"
  test.skipIf(!have)(
    `the wording of iMatter is what is published, to the letter${have ? "" : " (skipped: no ../shared/data/culture)"}`,
    () => {
      const texts = [...readFileSync(components, "utf8").matchAll(/^my_\w+,"?(.+?)"?,2024,\d+$/gm)].map(
        ([, wording]) => wording!
      )
      expect(worded(iMatter()).toSorted()).toEqual(texts.toSorted())
    }
  )
})

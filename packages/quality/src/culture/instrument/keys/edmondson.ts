import { checkInstrument } from "../check.ts"
import type { Instrument } from "../instrument.ts"

/**
 * The key to Edmondson's seven items of psychological safety: by number and without wording, answers 1 to 7, mean. Of every
 * item it has still to be checked against the paper that it is so. A changed wording voids the published reliability.
 *
 * ```ts test
 * import { edmondson } from "@plimsoll/quality"
 *
 * edmondson().items.filter((item) => item.reversed).map((item) => item.id) // => ["1", "3", "5"]
 * ```
 */
export const edmondson = (): Instrument => {
  const numbers = [1, 2, 3, 4, 5, 6, 7]
  return checkInstrument({
    id: "edmondson-psychological-safety",
    version: "1999",
    title: "Team psychological safety, seven items",
    source: "Edmondson 1999, Administrative Science Quarterly 44",
    licence: "Copyrighted",
    wording: "by-user",
    items: numbers.map((number) => ({
      id: `${number}`,
      min: 1,
      max: 7,
      reversed: [1, 3, 5].includes(number),
      notApplicable: null,
      alone: false,
      labels: {},
      wording: null,
      citation: "unverified"
    })),
    scales: [
      {
        id: "psychological-safety",
        title: "Psychological safety",
        items: numbers.map((number) => `${number}`),
        scoring: { kind: "mean" }
      }
    ]
  })
}

import { checkInstrument } from "../check.ts"
import type { Instrument, InstrumentScale } from "../instrument.ts"
import type { KeyOptions } from "./sops-hospital.ts"

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

const management = range(24, 28)
const reversed = [2, 11, 36]
const alone = [14, 33, 34, 35, 36]

const ids = (of: string | undefined, numbers: ReadonlyArray<number>): ReadonlyArray<string> =>
  numbers.map((number) => (of === undefined ? `${number}` : `${number}-${of}`))

const scale = (id: string, title: string, items: ReadonlyArray<string>): InstrumentScale => ({
  id,
  title,
  items,
  scoring: { kind: "transform", subtract: 1, multiply: 25, positiveFrom: 75 }
})

/**
 * The key to the Safety Attitudes Questionnaire, short form: 36 questions by number and without wording; 24 to 28 are asked
 * of the unit and of the hospital. Scores run from 0 to 100; from 75 on a person is positive.
 *
 * ```ts test
 * import { saqShortForm } from "@plimsoll/quality"
 *
 * saqShortForm().items.length // => 41
 * ```
 */
export const saqShortForm = (options: KeyOptions = {}): Instrument =>
  checkInstrument({
    id: "saq-short-form",
    version: "2006",
    title: "Safety Attitudes Questionnaire, short form",
    source:
      "Sexton and others 2006, BMC Health Services Research 6:44; the page of UTHealth on the questionnaire",
    licence: "Copyright of the University of Texas",
    wording: "by-user",
    items: range(1, 36).flatMap((number) =>
      (management.includes(number) ? ["unit", "hospital"] : [undefined])
        .flatMap((of) => ids(of, [number]))
        .map((id) => ({
          id,
          min: 1,
          max: 5,
          reversed: reversed.includes(number),
          notApplicable: options.notApplicable ?? null,
          alone: alone.includes(number),
          labels: {},
          wording: null,
          citation: "seen" as const
        }))
    ),
    scales: [
      scale("teamwork", "Teamwork climate", ids(undefined, range(1, 6))),
      scale("safety", "Safety climate", ids(undefined, range(7, 13))),
      scale("job-satisfaction", "Job satisfaction", ids(undefined, range(15, 19))),
      scale("stress-recognition", "Stress recognition", ids(undefined, range(20, 23))),
      scale("management-unit", "Perceptions of the unit's management", ids("unit", management)),
      scale("management-hospital", "Perceptions of the hospital's management", ids("hospital", management)),
      scale("working-conditions", "Working conditions", ids(undefined, range(29, 32)))
    ]
  })

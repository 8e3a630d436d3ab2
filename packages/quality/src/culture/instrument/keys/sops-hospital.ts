import { checkInstrument } from "../check.ts"
import type { Instrument, InstrumentItem } from "../instrument.ts"

const codes = {
  teamwork: ["Teamwork", "A1 A8 A9r"],
  "staffing-and-work-pace": ["Staffing and work pace", "A2 A3r A5r A11r"],
  "organisational-learning": ["Organisational learning", "A4 A12 A14r"],
  "response-to-error": ["Response to error", "A6r A7r A10 A13r"],
  "supervisor-support": ["Supervisor support", "B1 B2r B3"],
  "communication-about-error": ["Communication about error", "C1 C2 C3"],
  "communication-openness": ["Communication openness", "C4 C5 C6 C7r"],
  "reporting-events": ["Reporting events", "D1 D2"],
  "hospital-management": ["Hospital management", "F1 F2 F3r"],
  handoffs: ["Handoffs", "F4r F5r F6"]
} as const

/** What a published key leaves to how the data were entered. */
export interface KeyOptions {
  /** The code of “does not apply” or “don't know” in the data. Default: none; then such answers are blank. */
  readonly notApplicable?: number
}

/**
 * The key to AHRQ's SOPS Hospital Survey 2.0: 10 composites of 32 items, by their codes and without wording. An item is
 * positive in its two best answers of five.
 *
 * ```ts test
 * import { sopsHospital } from "@plimsoll/quality"
 *
 * sopsHospital().items.length // => 32
 * ```
 */
export const sopsHospital = (options: KeyOptions = {}): Instrument => {
  const blocks = Object.entries(codes).map(([id, [title, items]]) => ({ id, title, items: items.split(" ") }))
  const bare = (code: string): string => code.replace(/r$/, "")
  return checkInstrument({
    id: "sops-hospital",
    version: "2.0",
    title: "SOPS Hospital Survey 2.0",
    source:
      "AHRQ Pub. 21-0017 (scoring); Lee 2020, BMC Nursing 19, table 1 (codes of sections A and B, number of items of the others)",
    licence:
      "Public domain in the United States for non-commercial purposes; elsewhere AHRQ's permission is needed to reprint or translate. SOPS is a trademark of AHRQ.",
    wording: "by-user",
    items: blocks.flatMap(({ items }) =>
      items.map((code): InstrumentItem => ({
        id: bare(code),
        min: 1,
        max: 5,
        reversed: code.endsWith("r"),
        notApplicable: options.notApplicable ?? null,
        alone: false,
        labels: {},
        wording: null,
        citation: /^[AB]/.test(code) ? "seen" : "unverified"
      }))
    ),
    scales: blocks.map(({ id, title, items }) => ({
      id,
      title,
      items: items.map(bare),
      scoring: { kind: "percent-positive", threshold: 4 }
    }))
  })
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PlimsollError } from "@plimsoll/schema"
import { afterAll, describe, expect, test } from "vitest"
import { edmondson } from "./keys/edmondson.ts"
import { iMatter } from "./keys/imatter.ts"
import { saqShortForm } from "./keys/saq-short-form.ts"
import { sopsHospital } from "./keys/sops-hospital.ts"
import { defineInstrument, type InstrumentEntry, loadInstrument } from "./load.ts"

const folder = mkdtempSync(join(tmpdir(), "plimsoll-instrument-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const good: InstrumentEntry = {
  id: "pulse",
  version: "1",
  title: "Our pulse",
  source: "our own",
  licence: "ours",
  wording: "bundled",
  items: [
    { id: "q1", min: 1, max: 5, wording: "I could do good work this week." },
    {
      id: "q2",
      min: 1,
      max: 5,
      reversed: true,
      notApplicable: 9,
      labels: { "1": "never", "9": "not for me" }
    },
    { id: "q3", min: 0, max: 1 },
    { id: "q4", min: 1, max: 5, alone: true, reversed: true }
  ],
  scales: [
    {
      id: "week",
      title: "The week",
      items: ["q1", "q2"],
      scoring: { kind: "percent-positive", threshold: 4 }
    },
    {
      id: "all",
      title: "All",
      items: ["q1", "q2", "q3"],
      scoring: { kind: "stretch", to: 10, positiveFrom: 7.5 }
    }
  ]
}

/** Values by their place in the good instrument; undefined takes one away. */
type Changes = Readonly<Record<string, unknown>>

const put = (entry: object, place: string, value: unknown): void => {
  const path = place.split(".")
  const parent = path.slice(0, -1).reduce<object>((at, part) => Reflect.get(at, part) as object, entry)
  Reflect.set(parent, path.at(-1)!, value)
}

const complaint = (changes: Changes): PlimsollError => {
  const entry = structuredClone(good)
  for (const [place, value] of Object.entries(changes)) put(entry, place, value)
  try {
    loadInstrument(JSON.stringify(entry))
  } catch (error) {
    if (error instanceof PlimsollError) return error
    throw error
  }
  throw new Error("it was taken")
}

describe("an instrument of one's own", () => {
  test("is read from a file as from its text, and what is usual may be left out", () => {
    const path = join(folder, "pulse.json")
    writeFileSync(path, JSON.stringify(good))
    const loaded = loadInstrument(path)
    expect(loaded).toEqual(loadInstrument(` ${JSON.stringify(good)}`))
    expect(loaded).toEqual(defineInstrument(good))
    expect(loaded.items[0]).toEqual({
      id: "q1",
      min: 1,
      max: 5,
      reversed: false,
      notApplicable: null,
      alone: false,
      labels: {},
      wording: "I could do good work this week.",
      citation: "unverified"
    })
  })

  test("the bundled keys can be written to a file and read again", () => {
    for (const key of [
      sopsHospital(),
      sopsHospital({ notApplicable: 9 }),
      saqShortForm(),
      edmondson(),
      iMatter()
    ])
      expect(loadInstrument(JSON.stringify(key))).toEqual(key)
  })

  const transform = { kind: "transform", subtract: 1, multiply: 25, positiveFrom: null }

  test.each<readonly [what: string, changes: Changes, at: string, says: string]>([
    ["an item twice", { "items.1.id": "q1" }, "items[1].id", 'item "q1" stands there twice'],
    ["a scale twice", { "scales.1.id": "week" }, "scales[1].id", 'scale "week" stands there twice'],
    ["an item twice in a scale", { "scales.0.items": ["q1", "q1"] }, "scales[0].items[1]", "twice"],
    ["an unknown item", { "scales.0.items.2": "q9" }, "scales[0].items[2]", 'an item "q9"'],
    ["a scale of nothing", { "scales.0.items": [] }, "scales[0].items", "has no items"],
    ["no items", { items: [], scales: [] }, "items", "there are no items"],
    [
      "a reversed item of no scale",
      { "items.3.alone": false },
      "items[3]",
      'reversed item "q4" is in no scale'
    ],
    [
      "an item of no scale",
      { "items.4": { id: "q5", min: 1, max: 5 } },
      "items[4]",
      'item "q5" is in no scale'
    ],
    [
      "an item alone in a scale",
      { "items.0.alone": true },
      "scales[0].items[0]",
      "stand alone, and is in scale"
    ],
    [
      "a threshold above the answers",
      { "scales.0.scoring.threshold": 6 },
      "scales[0].scoring.threshold",
      "6 does"
    ],
    [
      "a threshold that all meet",
      { "scales.0.scoring.threshold": 1 },
      "scales[0].scoring.threshold",
      "1 does"
    ],
    [
      "a score that nobody meets",
      { "scales.1.scoring.positiveFrom": 11 },
      "scales[1].scoring.positiveFrom",
      "0 to 10"
    ],
    [
      "a score of a transform that everybody meets",
      { "scales.0.scoring": { ...transform, positiveFrom: 0 } },
      "scales[0].scoring.positiveFrom",
      "run from 0 to 100"
    ],
    [
      "different ranges in a mean",
      { "scales.1.scoring": { kind: "mean" } },
      "scales[1].items[2]",
      "different ranges: 1 to 5, and 0 to 1"
    ],
    [
      "two thresholds for an item",
      {
        "scales.2": {
          id: "two",
          title: "Two",
          items: ["q1"],
          scoring: { kind: "percent-positive", threshold: 5 }
        }
      },
      "scales[2].items[0]",
      'positive from 4 in scale "week" and from 5 in scale "two"'
    ],
    ["answers that run backwards", { "items.0.min": 5 }, "items[0].max", "run from 5 to 5"],
    [
      "a code that is also an answer",
      { "items.1.notApplicable": 5 },
      "items[1].notApplicable",
      "5 is also an answer"
    ],
    ["a label of no answer", { "items.1.labels.7": "?" }, "items[1].labels", '"7" is no answer'],
    ["a missing field", { licence: undefined }, "licence", "it is missing"],
    ["a field that there is not", { "items.0.reverse": true }, "items[0].reverse", 'there is no "reverse"'],
    ["an answer that is not whole", { "items.0.max": 4.5 }, "items[0].max", "expected"],
    [
      "a multiplier that turns a scale round",
      { "scales.0.scoring": { ...transform, multiply: -1 } },
      "scales[0].scoring.multiply",
      "above 0"
    ],
    ["an id with spaces", { "scales.0.id": "The week" }, "scales[0].id", "lower-case words"],
    [
      "a scoring that there is not",
      { "scales.0.scoring": { kind: "median" } },
      "scales[0].scoring",
      "expected"
    ]
  ])("%s is said, where, and what to do about it", (_, changes, at, says) => {
    const error = complaint(changes)
    expect(error).toMatchObject({ code: "instrument-invalid", configPath: at })
    expect(error.message).toContain(says)
    expect(error.suggestion).toBeTruthy()
  })

  test("a file that is not there, or is not JSON, is said by its path", () => {
    const path = join(folder, "none.json")
    expect(() => loadInstrument(path)).toThrow(
      expect.objectContaining({ code: "instrument-missing", message: expect.stringContaining(path) })
    )
    writeFileSync(path, '{ "id": ')
    expect(() => loadInstrument(path)).toThrow(
      expect.objectContaining({ code: "instrument-invalid", message: expect.stringContaining(path) })
    )
    writeFileSync(path, JSON.stringify({ ...good, items: [] }))
    expect(() => loadInstrument(path)).toThrow(
      expect.objectContaining({ configPath: "items", message: expect.stringContaining(path) })
    )
  })
})

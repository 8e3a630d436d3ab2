import fc from "fast-check"
import { expect, test } from "vitest"
import type { Answer } from "../waves.ts"
import { Crowd, noGroup } from "./crowd.ts"
import { type OpenedAnswers, type SetAside, takeIn } from "./intake.ts"
import type { ScoredScale, Scoring } from "./scoring.ts"
import { type Person, Sums } from "./sums.ts"

const units = ["a", "b", "c"]
const item = (id: string, change: Partial<Scoring["items"][number]> = {}) => ({
  id,
  min: 1,
  max: 5,
  reversed: false,
  notApplicable: null,
  positiveFrom: 4,
  published: true,
  ...change
})
const scale = (id: string, items: ReadonlyArray<string>, change: Partial<ScoredScale> = {}): ScoredScale => ({
  id,
  items,
  offsets: items.map(() => 0),
  weights: items.map(() => 1),
  subtract: 1,
  multiply: 25,
  positiveFrom: 75,
  min: 0,
  max: 100,
  published: true,
  ...change
})
const scoring: Scoring = {
  items: [
    item("q1"),
    item("q2", { reversed: true }),
    item("q3", { min: 0, max: 10, notApplicable: 99, positiveFrom: null, published: false }),
    item("q4")
  ],
  scales: [
    scale("s1", ["q1", "q2", "q4"]),
    scale("s2", ["q3", "q1"], { offsets: [0, 1], weights: [2, 5], subtract: 0, multiply: 5 }),
    scale("s3", ["q4"], { positiveFrom: null, published: false })
  ]
}
const options = { scoring, units, instrumentVersion: "1" }

const answered = fc.record({
  respondent: fc.constantFrom(...Array.from({ length: 12 }, (_, nth) => `token-${nth}-of-this-wave`)),
  microsystem: fc.constantFrom("a", "b", "c", "strange"),
  instrumentVersion: fc.constantFrom("1", "1", "1", "2"),
  role: fc.constantFrom("nurse", "doctor", null),
  mode: fc.constantFrom("paper", null),
  half: fc.constantFrom("early" as const, "late" as const, null),
  answers: fc
    .shuffledSubarray(["q1", "q2", "q3", "q4", "q4", "odd"])
    .chain((ids) =>
      fc
        .array(fc.constantFrom(null, 1, 2, 3, 4, 5, 5, 5, 7, 99), { minLength: 6, maxLength: 6 })
        .map((values) => Object.fromEntries(ids.map((id, nth) => [id, values[nth]!])))
    )
})
type Given = Omit<Answer, "wave" | "opened">

const packed = (rows: ReadonlyArray<Given>): OpenedAnswers["packed"] => ({
  shapes: rows.map((row) =>
    Object.entries(row).map(([field, value]) =>
      field === "answers" ? ([field, Object.keys(value!)] as const) : field
    )
  ),
  rows: rows.map(({ answers, ...row }, nth) => [nth, ...Object.values(row), ...Object.values(answers)])
})

async function* recordsOf(
  all: ReadonlyArray<ReadonlyArray<Given>>,
  gone: ReadonlyArray<string>
): AsyncGenerator<OpenedAnswers> {
  for (const [offset, rows] of all.entries())
    yield { partition: 0, offset, tag: `t${offset}`, packed: packed(rows), deleted: [] }
  yield {
    partition: 0,
    offset: all.length,
    tag: "t",
    packed: packed([]),
    deleted: gone.map((respondent) => ({ respondent }))
  }
}

/** What a person answered, by item; or why it does not fit. */
const valuesOf = (given: Given): ReadonlyMap<string, number> | SetAside => {
  if (given.instrumentVersion !== "1") return "other-version"
  if (!units.includes(given.microsystem)) return "unknown-unit"
  const values = new Map<string, number>()
  for (const { id, min, max, reversed, notApplicable } of scoring.items) {
    const answer = given.answers[id]
    if (answer === undefined || answer === null || answer === notApplicable) continue
    if (answer < min || answer > max) return "out-of-scale"
    values.set(id, reversed ? min + max - answer : answer)
  }
  return Object.keys(given.answers).includes("odd") ? "unknown-item" : values
}

/** The sums of one unit, person by person. */
const naive = (people: ReadonlyArray<ReadonlyMap<string, number>>) => ({
  respondents: people.length,
  items: scoring.items.map(({ id, min, max, positiveFrom }) => {
    const all = people.flatMap((one) => one.get(id) ?? [])
    const of = (which: (value: number) => boolean) => (positiveFrom === null ? 0 : all.filter(which).length)
    return {
      n: all.length,
      positive: of((value) => value >= positiveFrom!),
      negative: of((value) => value <= min + max - positiveFrom!),
      sum: all.reduce((sum, value) => sum + value, 0),
      squares: all.reduce((sum, value) => sum + value * value, 0)
    }
  }),
  scales: scoring.scales.map((one) => {
    const scores = people.flatMap((values) => {
      const given = one.items.flatMap((id, nth) =>
        values.has(id) ? [(values.get(id)! - one.offsets[nth]!) * one.weights[nth]!] : []
      )
      return given.length === 0 || given.length * 2 < one.items.length
        ? []
        : [(given.reduce((sum, value) => sum + value, 0) / given.length - one.subtract) * one.multiply]
    })
    const from = one.positiveFrom ?? Infinity
    return {
      n: scores.length,
      positive: scores.filter((score) => score >= from).length,
      negative: scores.filter((score) => score <= one.min + one.max - from).length,
      sum: scores.reduce((sum, score) => sum + score, 0),
      squares: scores.reduce((sum, score) => sum + score * score, 0)
    }
  })
})

const close = (
  ours: { readonly [name: string]: number | undefined },
  theirs: { readonly [name: string]: number }
) => {
  for (const [name, value] of Object.entries(theirs)) expect(ours[name]).toBeCloseTo(value, 6)
}

test("sums are those of the people one by one: the first answer of each that was not taken back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(answered, { maxLength: 8 }), { maxLength: 5 }),
      fc.subarray(["token-1-of-this-wave", "token-7-of-this-wave"]),
      async (all, gone) => {
        const taken = await takeIn(() => recordsOf(all, gone), options)
        const first = new Map<string, Given>()
        for (const one of all.flat()) if (!first.has(one.respondent)) first.set(one.respondent, one)
        const people = [...first.values()]
          .filter((one) => !gone.includes(one.respondent))
          .flatMap((given) => {
            const values = valuesOf(given)
            return typeof values === "string" ? [] : [{ given, values }]
          })
        for (const [at, unit] of units.entries()) {
          const own = people.filter(({ given }) => given.microsystem === unit)
          const whole = naive(own.map(({ values }) => values))
          expect(taken.sums.respondents[at]).toBe(whole.respondents)
          whole.items.forEach((one, nth) => expect(taken.sums.item(at, nth)).toEqual(one))
          whole.scales.forEach((one, nth) => close({ ...taken.sums.scale(at, nth) }, one))
          for (const by of ["role", "mode", "half"] as const) {
            for (const [name, sums] of taken.groups.get(by)!) {
              const group = naive(own.filter(({ given }) => given[by] === name).map(({ values }) => values))
              expect(sums.respondents[at]).toBe(group.respondents)
              expect(sums.item(at, 0)).toEqual(group.items[0])
              close({ ...sums.scale(at, 1) }, group.scales[1]!)
              // Of what nothing is published nothing is added up.
              expect(sums.item(at, 2).n + sums.scale(at, 2).n).toBe(0)
            }
          }
        }
        const late = all.flat().length - first.size
        const aside = [...taken.aside.values()].reduce((sum, count) => sum + count, 0)
        expect(people.length + aside + taken.again).toBe(first.size + late)
      }
    ),
    { numRuns: 150, endOnFailure: true }
  )
})

test("a crowd hands on everybody once, unit by unit, however often it is full", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 }), fc.nat(3)), { maxLength: 40 }),
      (all) => {
        const crowd = new Crowd(units.length, scoring, 1, 7)
        const got: Array<readonly [unit: number, value: number, group: number]> = []
        const each = (unit: number, { values }: Person, groups: Int16Array) =>
          void got.push([unit, values[0]!, groups[0]!])
        for (const [unit, value, group] of all) {
          const before = got.length
          const full = crowd.add(
            unit,
            Int16Array.of(value, 1, 1, 1),
            Int16Array.of(group === 0 ? noGroup : group)
          )
          if (!full) continue
          crowd.empty(each)
          expect(got.slice(before).map(([at]) => at)).toEqual(
            got
              .slice(before)
              .map(([at]) => at)
              .sort()
          )
        }
        crowd.empty(each)
        const text = (some: ReadonlyArray<readonly number[]>) => some.map((one) => one.join()).sort()
        expect(text(got)).toEqual(
          text(all.map(([unit, value, group]) => [unit, value, group === 0 ? noGroup : group]))
        )
      }
    )
  )
})

test("added up on a thread of its own, crowd by crowd, it comes to the same; an error on the way leaves no thread behind", async () => {
  const people = fc.sample(answered, { numRuns: 60, seed: 7 }).map((one, nth) => ({
    ...one,
    respondent: `token-${nth}`
  }))
  const records = async function* (): AsyncGenerator<OpenedAnswers> {
    for (const [offset, one] of people.entries())
      yield { partition: 0, offset, tag: "t", packed: packed([one]), deleted: [] }
  }
  const told = (intake: Awaited<ReturnType<typeof takeIn>>) => ({
    ...intake,
    sums: intake.sums.memory,
    products: intake.products.memory,
    groups: [...intake.groups].map(([by, all]) => [by, [...all].map(([name, one]) => [name, one.memory])])
  })
  const inline = await takeIn(records, options)
  expect(inline.sums.respondents.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(9)
  expect(told(await takeIn(records, { ...options, most: 3 }))).toEqual(told(inline))
  const broken = async function* (): AsyncGenerator<OpenedAnswers> {
    yield* records()
    throw new Error("the log is gone")
  }
  await expect(takeIn(broken, { ...options, most: 3 })).rejects.toThrow("the log is gone")
})

test("sums refuse nothing of one person who answered nothing", () => {
  const sums = new Sums(1, scoring)
  sums.add(0, { values: new Int16Array(4).fill(-1), answered: new Int16Array(3), sums: new Int32Array(3) })
  expect(sums.respondents[0]).toBe(1)
  expect(sums.item(0, 0).n + sums.scale(0, 0).n).toBe(0)
})

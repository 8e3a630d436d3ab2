import type {
  Breakdown,
  ItemSums,
  ScaleSums,
  UnitAnswers,
  WaveInput,
  WaveItem,
  WaveScale,
  WaveUnit
} from "./wave.ts"

/** One person of a made-up wave: the answers to the items in turn, null where one was left out. */
export interface Person {
  readonly unit: string
  readonly group: string
  readonly answers: ReadonlyArray<number | null>
}

/** What a made-up wave is made of. */
export interface Trial {
  readonly k: number
  readonly units: ReadonlyArray<WaveUnit>
  readonly invited: Readonly<Record<string, number>>
  readonly items: ReadonlyArray<WaveItem>
  readonly scales: ReadonlyArray<WaveScale>
  readonly people: ReadonlyArray<Person>
  readonly by?: string
}

const third = (max: number, min: number): number => (max - min) / 3

/** The sums of the answers of some people, by unit, as the vault would compute them. */
export const answersOf = (
  { items, scales }: Pick<Trial, "items" | "scales">,
  people: ReadonlyArray<Person>
): ReadonlyArray<UnitAnswers> =>
  [...Map.groupBy(people, ({ unit }) => unit)].map(([unit, team]) => {
    const ofItems: Record<string, ItemSums> = {}
    items.forEach(({ id, min, max, positiveFrom }, i) => {
      const given = team.flatMap(({ answers }) => answers[i] ?? [])
      ofItems[id] = {
        n: given.length,
        positive: given.filter((a) => a >= (positiveFrom ?? max)).length,
        negative: given.filter((a) => a < min + third(max, min)).length,
        sum: given.reduce((sum, a) => sum + a, 0),
        squares: given.reduce((sum, a) => sum + a * a, 0)
      }
    })
    const ofScales: Record<string, ScaleSums> = {}
    for (const { id, items: of, min, max } of scales) {
      const scores = team.flatMap(({ answers }) => {
        const given = of.flatMap((item) => answers[items.findIndex((one) => one.id === item)] ?? [])
        return given.length * 2 >= of.length && given.length > 0
          ? [given.reduce((sum, a) => sum + a, 0) / given.length]
          : []
      })
      ofScales[id] = {
        n: scores.length,
        positive: scores.filter((score) => score >= max - third(max, min)).length,
        negative: scores.filter((score) => score < min + third(max, min)).length,
        sum: scores.reduce((sum, score) => sum + score, 0),
        squares: scores.reduce((sum, score) => sum + score * score, 0)
      }
    }
    return { unit, respondents: team.length, items: ofItems, scales: ofScales }
  })

/** The breakdown of a made-up wave by the group of each person. */
export const breakdownsOf = (trial: Trial): ReadonlyArray<Breakdown> =>
  trial.by === undefined
    ? []
    : [
        {
          by: trial.by,
          groups: [...Map.groupBy(trial.people, ({ group }) => group)].map(([group, people]) => ({
            group,
            answers: answersOf(trial, people)
          }))
        }
      ]

/** What the release is told of a made-up wave. */
export const inputOf = (trial: Trial): WaveInput => ({
  k: trial.k,
  units: trial.units,
  invited: trial.invited,
  answers: answersOf(trial, trial.people),
  items: trial.items,
  scales: trial.scales,
  breakdowns: breakdownsOf(trial)
})

/** How the people of a made-up team answer. */
export const manners = [
  "mixed",
  "all-high",
  "all-low",
  "nearly-high",
  "nearly-low",
  "divided",
  "silent"
] as const
export type Manner = (typeof manners)[number]

/** The answer of the person at `position` of a team to an item of 1 to 5; `chance` from 0 to 1. */
const answerIn = (manner: Manner, position: number, chance: number): number | null => {
  switch (manner) {
    case "all-high":
      return 5
    case "all-low":
      return 1
    case "nearly-high":
      return position < 1 ? 1 : 4 + Math.floor(chance * 2)
    case "nearly-low":
      return position < 2 ? 4 : 1 + Math.floor(chance * 2)
    case "divided":
      return position % 2 === 0 ? 1 : 5
    case "silent":
      return position < 7 ? 2 + 2 * (position % 2) : null
    case "mixed":
      return 1 + Math.floor(chance * 5)
  }
}

/** One made-up team. */
export interface Team {
  readonly unit: string
  readonly size: number
  readonly manners: ReadonlyArray<Manner>
  /** Share of answers left out. */
  readonly missing: number
  /** The groups that people belong to in turn. */
  readonly groups: ReadonlyArray<string>
}

/** The people of some teams; the same seed gives the same people. */
export const peopleOf = (teams: ReadonlyArray<Team>, items: number, seed: number): ReadonlyArray<Person> => {
  let state = seed >>> 0
  const chance = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return teams.flatMap(({ unit, size, manners: how, missing, groups }) =>
    Array.from({ length: size }, (_, position) => ({
      unit,
      group: groups[Math.floor((position * groups.length) / size)] ?? "all",
      answers: Array.from({ length: items }, (_item, i) => {
        const answer = answerIn(how[i % how.length]!, position, chance())
        return chance() < missing ? null : answer
      })
    }))
  )
}

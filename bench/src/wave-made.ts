import { join } from "node:path"
import { contractRecords, type Log, openVaultKeys, Sealer, sealRecords, streamTopics } from "@plimsoll/log"
import { type Answer, answers, type CloseOptions, type Instrument } from "@plimsoll/quality"
import { contractOf, type StreamDefinition } from "@plimsoll/schema"
import { organisation } from "./wide.ts"

/** The stream of answers, as the log of the benchmark knows it. */
export const answersContract = contractOf(organisation, answers as unknown as StreamDefinition)

/** Where the keys are. */
export const vaultOf = (folder: string): string => join(folder, "vault")

const itemIds = Array.from({ length: 40 }, (_, nth) => `Q${String(nth + 1).padStart(2, "0")}`)

/** 40 items in ten scales: of one half the percentages of the items are told, of the other the scores of people. */
export const instrument: Instrument = {
  id: "staff",
  version: "1",
  title: "Staff",
  source: "made for the benchmark",
  licence: "Apache-2.0",
  wording: "by-user",
  items: itemIds.map((id, nth) => ({
    id,
    min: 1,
    max: 5,
    reversed: nth % 8 === 3,
    notApplicable: nth % 4 === 0 ? 9 : null,
    alone: false,
    labels: {},
    wording: null,
    citation: "seen"
  })),
  scales: Array.from({ length: 10 }, (_, nth) => ({
    id: `scale-${nth}`,
    title: `Scale ${nth}`,
    items: itemIds.slice(nth * 4, nth * 4 + 4),
    scoring:
      nth % 2 === 0
        ? { kind: "percent-positive", threshold: 4 }
        : { kind: "transform", subtract: 1, multiply: 25, positiveFrom: 75 }
  }))
}

const idOf = (kind: string, nth: number): string => `${kind}-${String(nth).padStart(4, "0")}`

/** Teams, ten to a service, ten services to a division, under one organisation; half as many again were asked as answer. */
export const waveOf = (people: number, teams: number): Omit<CloseOptions, "answers"> => {
  const services = Math.ceil(teams / 10)
  const divisions = Math.ceil(services / 10)
  const below = (count: number, kind: string, above: (nth: number) => string | null) =>
    Array.from({ length: count }, (_, nth) => ({ id: idOf(kind, nth), parent: above(nth) }))
  return {
    wave: { id: "w1", instrumentVersion: "1", k: 10 },
    instrument,
    units: [
      { id: "organisation", parent: null },
      ...below(divisions, "division", () => "organisation"),
      ...below(services, "service", (nth) => idOf("division", Math.floor(nth / 10))),
      ...below(teams, "team", (nth) => idOf("service", Math.floor(nth / 10)))
    ],
    invited: Object.fromEntries(
      Array.from({ length: teams }, (_, nth) => [idOf("team", nth), Math.ceil((people / teams) * 3)])
    ),
    day: "2026-04-01"
  }
}

/** Numbers of a seed, in [0, 1). */
const drawn = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const roles = ["nursing", "medical", "therapy", "support", "office"]

/** What the nth person answers: teams of different size and temper, one item in forty left out. */
const answerOf = (random: () => number, teams: number): Answer => {
  const team = Math.floor(teams * random() ** 1.3)
  const temper = 0.35 + 0.3 * (((team * 7919) % 101) / 100) + 0.3 * (random() - 0.5)
  const given: Record<string, number | null> = {}
  for (const id of itemIds) {
    const place = Math.min(0.999, Math.max(0, temper + 0.6 * (random() - 0.5)))
    given[id] = random() < 0.025 ? null : 1 + Math.floor(5 * place)
  }
  return {
    wave: "w1",
    respondent: Array.from({ length: 4 }, () =>
      Math.floor(random() * 2 ** 30)
        .toString(36)
        .padStart(6, "0")
    ).join(""),
    instrumentVersion: "1",
    microsystem: idOf("team", team),
    role: roles[Math.floor(random() * roles.length)]!,
    mode: random() < 0.8 ? "online" : "paper",
    half: random() < 0.6 ? "early" : "late",
    opened: "2026-03-01",
    answers: given
  }
}

/** Seals the answers of so many people onto a log, in batches as a run makes them. */
export const sealWave = async (log: Log, folder: string, people: number, teams: number): Promise<void> => {
  await log.ensureTopics(streamTopics(answersContract))
  const writer = await log.writer("plimsoll.bench.answers")
  await writer.append(await contractRecords(log, [answersContract], "/plimsoll/bench/bench"))
  const sealer = new Sealer(openVaultKeys(vaultOf(folder)))
  const author = { organisation, name: "bench", instance: "bench" }
  const random = drawn(people)
  for (let from = 0; from < people; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, people - from) }, () => answerOf(random, teams))
    await writer.append(sealRecords(author, answers, rows, sealer))
  }
  await writer.close()
}

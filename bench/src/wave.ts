import { fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { WaveTook } from "./wave-child.ts"

const child = new URL("./wave-child.ts", import.meta.url)

const told = (work: "seal" | "open" | "close", folder: string, people: number, teams: number) =>
  new Promise<WaveTook>((resolve, reject) => {
    const one = fork(child, [work, folder, String(people), String(teams)])
    let took: WaveTook | undefined
    one.once("message", (message) => (took = message as WaveTook))
    one.once("exit", (code) =>
      code === 0 && took !== undefined ? resolve(took) : reject(new Error(`"${work}" failed`))
    )
  })

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const spread = (each: ReadonlyArray<WaveTook>): string => {
  const text = (of: (one: WaveTook) => number) => median(each.map(of)).toFixed(1)
  const seconds = each.map((one) => one.seconds)
  const most = Math.max(...each.map((one) => one.peak))
  return `${text((one) => one.seconds)} s (${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}), CPU ${text((one) => one.cpu)} s, peak ${(most / 1e6).toFixed(0)} MB`
}

/** How large the waves are, and how often each is closed. */
export interface WaveOptions {
  readonly teams: number
  readonly people: ReadonlyArray<number>
  readonly runs?: number
}

/**
 * Waves of 40 items and growing size: sealed answers on the embedded log to a release, each time in a process of its own, so
 * that its memory can be told. Beside it what only opens the same records and counts the people.
 */
export const wave = async ({ teams, people, runs = 3 }: WaveOptions): Promise<void> => {
  for (const count of people) {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"))
    try {
      await told("seal", folder, count, teams)
      const [opened, closed]: [WaveTook[], WaveTook[]] = [[], []]
      for (let run = 0; run < runs; run++) {
        closed.push(await told("close", folder, count, teams))
        opened.push(await told("open", folder, count, teams))
      }
      const ratio = median(closed.map((one, run) => one.cpu / opened[run]!.cpu))
      console.log(
        `wave of ${count.toLocaleString("en")} people × 40 items, ${teams.toLocaleString("en")} teams: closed, scored and released, ` +
          `${closed[0]!.figures.toLocaleString("en")} figures, in ${spread(closed)}; opened and counted only: ${spread(opened)}; ` +
          `CPU ratio ${ratio.toFixed(2)}, ${runs} pairs; goal < 10 s, flat`
      )
      if (closed.some((one) => one.people !== count) || opened.some((one) => one.people !== count)) {
        throw new Error("not everybody was counted")
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

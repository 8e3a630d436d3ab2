import { Worker } from "node:worker_threads"
import { Crowd } from "./crowd.ts"
import type { Scoring } from "./scoring.ts"
import type { SumsMemory } from "./sums.ts"
import { Totals } from "./totals.ts"
import type { FullCrowd, TotalsAssignment } from "./totals-worker.ts"

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./totals-worker.ts" : "./totals-worker.js",
  import.meta.url
)

/**
 * Adds people up on a thread of its own, a crowd at a time, while the next one is read. A wave of fewer people than a crowd holds
 * starts no thread.
 */
export class Adder {
  readonly totals: Totals
  readonly #shape: Pick<TotalsAssignment, "units" | "scoring" | "breakdowns" | "most">
  readonly #crowds: [Crowd, Crowd?]
  #filling = 0
  #opened: Array<{ readonly breakdown: number; readonly memory: SumsMemory }> = []
  #worker: Worker | undefined
  /** Done when the crowd that is not being filled has been added up. */
  #adding: Promise<void> = Promise.resolve()
  #added: () => void = () => undefined
  #failed: (cause: unknown) => void = () => undefined

  /** `most`: how many people a crowd holds. */
  constructor(units: number, scoring: Scoring, breakdowns: number, most: number) {
    this.#shape = { units, scoring, breakdowns, most }
    this.totals = new Totals(units, scoring, breakdowns)
    this.#crowds = [new Crowd(units, scoring, breakdowns, most)]
  }

  /** Makes room for another group of a breakdown. */
  open(breakdown: number): void {
    this.#opened.push({ breakdown, memory: this.totals.open(breakdown) })
  }

  /** Takes one person in; to be waited for where it gives a promise. */
  add(unit: number, values: Int16Array, groups: Int16Array): Promise<void> | undefined {
    return this.#crowds[this.#filling]!.add(unit, values, groups) ? this.#handOn() : undefined
  }

  /** Adds up all who are left. */
  async end(): Promise<Totals> {
    await this.#adding
    this.totals.add(this.#crowds[this.#filling]!)
    return this.totals
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #handOn(): Promise<void> {
    const worker = (this.#worker ??= this.#start())
    const crowd = this.#crowds[this.#filling]!
    await this.#adding
    const full: FullCrowd = { crowd: this.#filling, count: crowd.count, opened: this.#opened }
    this.#adding = new Promise((resolve, reject) => {
      this.#added = resolve
      this.#failed = reject
    })
    // Whoever waits next is told.
    this.#adding.catch(() => undefined)
    worker.postMessage(full)
    this.#opened = []
    this.#filling = 1 - this.#filling
    this.#crowds[this.#filling]!.count = 0
  }

  #start(): Worker {
    const { units, scoring, breakdowns, most } = this.#shape
    this.#crowds[1] = new Crowd(units, scoring, breakdowns, most)
    // What was opened so far goes with the first crowd.
    const workerData: TotalsAssignment = {
      ...this.#shape,
      totals: this.totals.memory,
      crowds: this.#crowds.map((one) => one!.memory)
    }
    return new Worker(workerUrl, { workerData, name: "plimsoll-wave" })
      .on("message", () => this.#added())
      .on("error", (cause) => this.#failed(cause))
      .on("exit", () => this.#failed(new Error("the thread that adds up ended")))
  }
}

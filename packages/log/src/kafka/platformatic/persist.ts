import { setTimeout as sleep } from "node:timers/promises"

import { passes, toFault } from "./fault.ts"

/** Tries for so many milliseconds what may fail and pass; `anew`: what was known of the brokers may no longer be true. */
export const persist = async <A>(milliseconds: number, work: (anew: boolean) => Promise<A>): Promise<A> => {
  let anew = false
  for (const until = performance.now() + milliseconds; ;) {
    try {
      return await work(anew)
    } catch (error) {
      const fault = toFault(error)
      if (!passes(fault) || performance.now() > until) throw fault
      anew = true
      await sleep(50)
    }
  }
}

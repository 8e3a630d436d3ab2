import { test } from "vitest"
import { logs } from "../../../test/logs.ts"
import { connectorConformance } from "../src/testing/index.ts"

const source = new URL("./conformance-source.ts", import.meta.url)

for (const log of logs) {
  const isKafka = log.client !== undefined
  log.describe(`a connector on ${log.name}`, () => {
    const checks = connectorConformance(source, {
      kills: isKafka ? 3 : 5,
      checkpoints: isKafka ? 3 : 6,
      ...(isKafka
        ? {
            logs: {
              module: new URL("./kafka-opener.ts", import.meta.url),
              argument: async () => JSON.stringify((await log.make()).kafka)
            }
          }
        : {})
    })
    for (const check of checks) test(`${check.id} ${check.title}`, check.run, 120_000)
  })
}

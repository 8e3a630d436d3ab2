import { test } from "vitest"
import { connectorConformance } from "../src/testing/index.ts"

for (const check of connectorConformance(new URL("./conformance-source.ts", import.meta.url), {
  kills: 5,
  checkpoints: 6
})) {
  test(`${check.id} ${check.title}`, check.run, 120_000)
}

import { connectorConformance } from "@plimsoll/pipeline/testing"
import { test } from "vitest"

for (const check of connectorConformance(new URL("./conformance-files.ts", import.meta.url), {
  kills: 5,
  checkpoints: 6
})) {
  test(`${check.id} ${check.title}`, check.run, 120_000)
}

import { defineConfig } from "vitest/config"
import { doctest } from "./test/doctest.ts"
import { SlowFirst } from "./test/slow-first.ts"

// Tests run from source: every package names its source under this condition.
const conditions = ["@plimsoll/source", "module", "node", "import", "default"]

export default defineConfig({
  plugins: [doctest()],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/{src,test,build}/**/*.test.ts",
      "connectors/*/{src,test}/**/*.test.ts",
      "examples/*/**/*.test.ts",
      "bench/**/*.test.ts",
      "test/**/*.test.ts"
    ],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.long.test.ts"],
    globalSetup: ["test/kafka-broker-setup.ts", "test/store-templates-setup.ts"],
    pool: "forks",
    sequence: { sequencer: SlowFirst },
    // Many tests wait for a broker or for another process: on two cores three at a time are done sooner.
    maxWorkers: 3,
    // Shared machines were seen at half their speed.
    testTimeout: 240_000,
    hookTimeout: 240_000
  }
})

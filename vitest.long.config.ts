import { defineConfig } from "vitest/config"
import base from "./vitest.config.ts"

const { include: _short, exclude: _long, ...test } = base.test ?? {}

/** The tests that take minutes: soak runs, simulated tables, whole data sets. */
export default defineConfig({
  ...base,
  test: {
    ...test,
    include: ["{packages,connectors}/*/{src,test}/**/*.long.test.ts", "{examples/*,test}/**/*.long.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 3_600_000
  }
})

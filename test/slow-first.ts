import { BaseSequencer, type TestSpecification } from "vitest/node"

/** What takes minutes, the slowest first. */
const slow = [
  "packages/cli/test/standby.test.ts",
  "examples/closed-loop/loop.test.ts",
  "test/report.test.ts",
  "test/kill/turns.test.ts",
  "test/kill/kill.test.ts",
  "packages/core/test/core.test.ts",
  "packages/cli/test/doctor-kafka.test.ts",
  "examples/trust/trust.test.ts",
  "test/hospital-logs.test.ts",
  "packages/cli/test/wave.test.ts",
  "packages/core/test/incremental.test.ts",
  "packages/cli/test/logs.test.ts",
  "examples/tenth-module/staffing.test.ts"
]

/** Starts the slow files first: the last of them would otherwise go on alone while the other workers have nothing to do. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = slow.findIndex((one) => moduleId.endsWith(`/${one}`))
      return at < 0 ? slow.length : at
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

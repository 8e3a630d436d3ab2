import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { KafkaFault } from "./fault.ts"

/** Kafka 4 runs its broker on this version of Java or a later one. */
const oldest = 17
const cure = `install Java ${oldest} or newer (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk) and put it on the PATH or name it in JAVA_HOME`

export interface Java {
  readonly program: string
  /** As Java says it, for example 17.0.15. */
  readonly version: string
}

let found: Java | undefined

/** The Java of JAVA_HOME, or the one on the PATH. Throws `no-java` where there is none that is recent enough. */
export const findJava = (): Java => {
  if (found !== undefined) return found
  const home = process.env["JAVA_HOME"]
  const ofHome = home ? join(home, "bin", "java") : ""
  const program = existsSync(ofHome) ? ofHome : "java"
  const { error, stderr } = spawnSync(program, ["-version"], { encoding: "utf8" })
  if (error !== undefined) throw new KafkaFault("no-java", `there is no Java: ${error.message}`, cure)
  const version = /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown"
  if (!(Number.parseInt(version, 10) >= oldest)) {
    throw new KafkaFault("no-java", `Java ${version} is too old for Kafka`, cure)
  }
  found = { program, version }
  return found
}

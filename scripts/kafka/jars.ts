import { execFile } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { KafkaFault } from "./fault.ts"

/** The version of the broker. The clients' tests run against this one. */
export const kafkaVersion = "4.4.0"

const toolsFolder = (): string =>
  process.env["PLIMSOLL_TOOLS"] ||
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "plimsoll")

/** Where everything that was fetched for the broker lies. */
export const kafkaFolder = (): string => join(toolsFolder(), `kafka-${kafkaVersion}`)

const jarFolder = (): string => join(kafkaFolder(), "jars")

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>plimsoll</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${kafkaVersion}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

const maven = async (folder: string): Promise<void> => {
  writeFileSync(join(folder, "pom.xml"), pom)
  const goal = "dependency:copy-dependencies"
  const to = `-DoutputDirectory=${join(folder, "jars")}`
  try {
    await promisify(execFile)(
      "mvn",
      ["-B", "-q", "-f", join(folder, "pom.xml"), goal, "-DincludeScope=runtime", to],
      { maxBuffer: 1 << 26 }
    )
  } catch (cause) {
    const { code, stdout = "" } = cause as { code?: string | number; stdout?: string }
    if (code === "ENOENT") {
      throw new KafkaFault(
        "no-maven",
        `Kafka ${kafkaVersion} is not in ${kafkaFolder()}, and there is no Maven to fetch it with`,
        "install Maven (Debian: apt-get install maven; macOS: brew install maven), or copy that folder from a machine that has it"
      )
    }
    const why = /\[ERROR\] (.*)/.exec(stdout)?.[1] ?? (cause as Error).message
    throw new KafkaFault(
      "no-jars",
      `Maven could not fetch Kafka ${kafkaVersion}: ${why.slice(0, 300)}`,
      "see that Maven reaches Maven Central or your mirror of it (~/.m2/settings.xml), and try again"
    )
  }
}

export const jarsAreThere = (): boolean => existsSync(jarFolder())

/** Puts the broker's jars into the cache of tools, once. Two processes may do so at the same time. */
export const fetchJars = async (): Promise<void> => {
  if (jarsAreThere()) return
  mkdirSync(kafkaFolder(), { recursive: true })
  // In the same folder, so that the last step is one rename: half a set of jars is never seen.
  const fresh = mkdtempSync(join(kafkaFolder(), ".new-"))
  try {
    await maven(fresh)
    try {
      renameSync(join(fresh, "jars"), jarFolder())
    } catch (cause) {
      if (!jarsAreThere()) throw cause
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Every jar, in a fixed order: an archive of loaded classes is good for one class path only. */
export const classPath = (): string => {
  const jars = readdirSync(jarFolder()).filter((name) => name.endsWith(".jar"))
  if (!jars.some((name) => name.startsWith("kafka_2.13-"))) {
    throw new KafkaFault(
      "no-jars",
      `there is no broker in ${jarFolder()}`,
      "remove that folder; it is fetched again"
    )
  }
  return jars
    .toSorted()
    .map((name) => join(jarFolder(), name))
    .join(delimiter)
}
